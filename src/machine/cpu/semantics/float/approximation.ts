// RCPPS and RSQRTPS: 12-bit approximations from tables, which a data segment of the module puts into memory 0.
// They ignore MXCSR and raise nothing; denormals count as zeros, results too small for a normal number become zero.

import { APPROXIMATIONS_BASE } from '../../../memory/layout.ts';
import { Body, Expression, i64 } from '../../wasm/expression.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { RECIPROCAL, RECIPROCAL_ROOT_EVEN, RECIPROCAL_ROOT_ODD } from './approximation-tables.ts';
import { F32, exponentField, isNan } from './format.ts';

const ENTRIES = 4096;
const RECIPROCAL_BASE = APPROXIMATIONS_BASE,
  ROOT_BASE = APPROXIMATIONS_BASE + 2 * ENTRIES;
/** Exponent of every table entry, and fraction bits below those the tables know. */
const TABLE_EXPONENT = 126n,
  BELOW = 11n;

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Fractions of 12 bits from differences of three, two to a digit. */
function decode(...tables: readonly { readonly first: number; readonly falls: string }[]): Uint8Array {
  const entries = new Uint16Array(tables.length * ENTRIES);
  const codes = new Uint8Array(128);
  for (let i = 0; i < DIGITS.length; i++) codes[DIGITS.charCodeAt(i)] = i;
  let at = 0;
  for (const { first, falls } of tables) {
    let value = first;
    for (let i = 0; i < falls.length; i++) {
      const code = codes[falls.charCodeAt(i)]!;
      entries[at++] = value -= code >> 3;
      entries[at++] = value -= code & 7;
    }
  }
  return new Uint8Array(entries.buffer);
}

export interface Approximations {
  /** (bits) -> bits. */
  readonly reciprocal: number;
  readonly reciprocalRoot: number;
}

export function emitApproximations(module: ModuleBuilder): Approximations {
  module.data(APPROXIMATIONS_BASE, decode(RECIPROCAL, RECIPROCAL_ROOT_EVEN, RECIPROCAL_ROOT_ODD));
  return { reciprocal: emitReciprocal(module), reciprocalRoot: emitReciprocalRoot(module) };
}

/** Sign, exponent, and the entry at a byte index that is even. */
function assemble(sign: Expression, exponent: Expression, base: number, index: Expression): Expression {
  const fraction = new Expression('i64', (f) => (index.wrap().emit(f), f.mem('i64.load16_u', base)));
  return sign.or(exponent.shl(F32.fraction)).or(fraction.shl(BELOW));
}

function emitReciprocal(module: ModuleBuilder): number {
  const f = module.function(['i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64');
  const sign = x.and(F32.sign),
    field = exponentField(x, F32);
  b.when(isNan(x, F32), () => b.return(x.or(F32.quiet)));
  b.when(field.eqz(), () => b.return(sign.or(F32.infinity)));
  const exponent = b.variable(i64(TABLE_EXPONENT + F32.bias).sub(field));
  b.when(exponent.les(0), () => b.return(sign));
  b.return(assemble(sign, exponent, RECIPROCAL_BASE, x.shr(BELOW - 1n).and(2n * 4095n)));
  return f.index;
}

function emitReciprocalRoot(module: ModuleBuilder): number {
  const f = module.function(['i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64');
  const sign = x.and(F32.sign),
    field = exponentField(x, F32);
  b.when(isNan(x, F32), () => b.return(x.or(F32.quiet)));
  b.when(field.eqz(), () => b.return(sign.or(F32.infinity)));
  b.when(sign.nez(), () => b.return(i64(F32.indefinite)));
  b.when(x.eq(F32.infinity), () => b.return(i64(0n)));
  const unbiased = b.variable(field.sub(F32.bias));
  const index = x
    .shr(BELOW - 1n)
    .and(2n * 4095n)
    .or(unbiased.and(1).mul(2n * BigInt(ENTRIES)));
  b.return(assemble(i64(0n), i64(TABLE_EXPONENT).sub(unbiased.sar(1)), ROOT_BASE, index));
  return f.index;
}
