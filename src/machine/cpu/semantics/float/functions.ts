// The exact float functions of a module: what definitions call when an operation leaves the fast path.
// Operands and results are bits in i64; flags gather in FLOAT_FLAGS until `settle`.

import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { emitAdd, emitDivide, emitMultiply, emitMultiplyHigh, emitNan, emitSquareRoot } from './arithmetic.ts';
import { emitCompare, emitExtreme } from './comparison.ts';
import { emitFromInteger, emitResize, emitToInteger } from './conversion.ts';
import { F32, F64, type Format } from './format.ts';
import { emitSettle } from './mxcsr.ts';
import { emitRound } from './rounding.ts';

/** Function indexes for one format. */
export interface FormatFunctions {
  /** (first, second) -> result. */
  readonly add: number;
  readonly sub: number;
  readonly mul: number;
  readonly div: number;
  readonly min: number;
  readonly max: number;
  /** (bits) -> bits. */
  readonly sqrt: number;
  /** (first, second, quiet: i32) -> relation: i32, see comparison.ts. */
  readonly compare: number;
  /** (bits, truncate: i32) -> integer, zero-extended. */
  readonly toInt32: number;
  readonly toInt64: number;
  /** (signed i64) -> bits. */
  readonly fromInteger: number;
  /** (bits) -> bits of the other format. */
  readonly resize: number;
}

export interface FloatFunctions {
  readonly f32: FormatFunctions;
  readonly f64: FormatFunctions;
  /** () -> i32: commits the gathered flags to MXCSR; 1 if #XM must be raised. */
  readonly settle: number;
}

export function emitFloatFunctions(module: ModuleBuilder): FloatFunctions {
  const multiplyHigh = emitMultiplyHigh(module);
  const round = { f32: emitRound(module, F32), f64: emitRound(module, F64) };
  const functions = (t: Format, other: Format): FormatFunctions => {
    const parts = { round: round[t.name], nan: emitNan(module, t), multiplyHigh };
    return {
      ...emitAdd(module, t, parts),
      mul: emitMultiply(module, t, parts),
      div: emitDivide(module, t, parts),
      min: emitExtreme(module, t, 'min'),
      max: emitExtreme(module, t, 'max'),
      sqrt: emitSquareRoot(module, t, parts),
      compare: emitCompare(module, t),
      toInt32: emitToInteger(module, t, 32n),
      toInt64: emitToInteger(module, t, 64n),
      fromInteger: emitFromInteger(module, t, parts.round),
      resize: emitResize(module, t, other, round[other.name]),
    };
  };
  return { f32: functions(F32, F64), f64: functions(F64, F32), settle: emitSettle(module) };
}
