// The exact float functions of a module: what definitions call when an operation leaves the fast path.
// Operands and results are bits in i64 or lanes of a v128; flags gather in FLOAT_FLAGS until `settle`.

import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { type Approximations, emitApproximations } from './approximation.ts';
import { emitAdd, emitDivide, emitMultiply, emitMultiplyHigh, emitNan, emitSquareRoot } from './arithmetic.ts';
import { emitCompare, emitExtreme } from './comparison.ts';
import { emitFromInteger, emitResize, emitToInteger } from './conversion.ts';
import { F32, F64, type Format } from './format.ts';
import { emitRoundToIntegral } from './integral.ts';
import { emitSettle } from './mxcsr.ts';
import {
  type PackedConversions,
  emitPackedConversions,
  emitPackedPair,
  emitPackedPredicate,
  emitPackedSingle,
  emitPredicate,
} from './packed.ts';
import { emitRound } from './rounding.ts';

export type PairOperation = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max';

/** Function indexes for one format. PairOperations: (first, second) -> result. */
export interface FormatFunctions extends Readonly<Record<PairOperation, number>> {
  /** (bits) -> bits. */
  readonly sqrt: number;
  /** (first, second, quiet: i32) -> relation: i32, see comparison.ts. */
  readonly compare: number;
  /** (first, second, predicate of CMPSD: i32) -> mask. */
  readonly predicate: number;
  /** (bits, truncate: i32) -> integer, zero-extended. */
  readonly toInt32: number;
  readonly toInt64: number;
  /** (signed i64) -> bits. */
  readonly fromInteger: number;
  /** (bits, immediate of ROUNDSD: i32) -> bits. */
  readonly roundToIntegral: number;
  /** (bits) -> bits of the other format. */
  readonly resize: number;
}

/** The same over vectors. */
export interface PackedFunctions extends Readonly<Record<PairOperation, number>> {
  readonly sqrt: number;
  readonly predicate: number;
}

export interface FloatFunctions {
  readonly f32: FormatFunctions;
  readonly f64: FormatFunctions;
  readonly f32x4: PackedFunctions;
  readonly f64x2: PackedFunctions;
  readonly conversions: PackedConversions;
  readonly approximations: Approximations & { readonly packed: Approximations };
  /** () -> i32: commits the gathered flags to MXCSR; 1 if #XM must be raised. */
  readonly settle: number;
}

export function emitFloatFunctions(module: ModuleBuilder): FloatFunctions {
  const multiplyHigh = emitMultiplyHigh(module);
  const round = { f32: emitRound(module, F32), f64: emitRound(module, F64) };
  const scalar = (t: Format, other: Format): FormatFunctions => {
    const parts = { round: round[t.name], nan: emitNan(module, t), multiplyHigh };
    const compare = emitCompare(module, t);
    return {
      ...emitAdd(module, t, parts),
      mul: emitMultiply(module, t, parts),
      div: emitDivide(module, t, parts),
      min: emitExtreme(module, t, 'min'),
      max: emitExtreme(module, t, 'max'),
      sqrt: emitSquareRoot(module, t, parts),
      compare,
      predicate: emitPredicate(module, compare, t),
      toInt32: emitToInteger(module, t, 32n),
      toInt64: emitToInteger(module, t, 64n),
      fromInteger: emitFromInteger(module, t, parts.round),
      roundToIntegral: emitRoundToIntegral(module, t),
      resize: emitResize(module, t, other, round[other.name]),
    };
  };
  const packed = (t: Format, lane: FormatFunctions): PackedFunctions => ({
    add: emitPackedPair(module, t, lane.add),
    sub: emitPackedPair(module, t, lane.sub),
    mul: emitPackedPair(module, t, lane.mul),
    div: emitPackedPair(module, t, lane.div),
    min: emitPackedPair(module, t, lane.min),
    max: emitPackedPair(module, t, lane.max),
    sqrt: emitPackedSingle(module, t, lane.sqrt),
    predicate: emitPackedPredicate(module, t, lane.predicate),
  });
  const approximations = emitApproximations(module);
  const f32 = scalar(F32, F64),
    f64 = scalar(F64, F32);
  return {
    f32,
    f64,
    f32x4: packed(F32, f32),
    f64x2: packed(F64, f64),
    approximations: {
      ...approximations,
      packed: {
        reciprocal: emitPackedSingle(module, F32, approximations.reciprocal),
        reciprocalRoot: emitPackedSingle(module, F32, approximations.reciprocalRoot),
      },
    },
    conversions: emitPackedConversions(module, f32, f64, F32),
    settle: emitSettle(module),
  };
}
