// IEEE 754 binary32 and binary64 as integer arithmetic sees them: bits in an i64, zero-extended.

import type { Expression } from '../../wasm/expression.ts';

export interface Format {
  readonly name: 'f32' | 'f64';
  readonly width: 32 | 64;
  /** Bits of the fraction field. */
  readonly fraction: bigint;
  readonly bias: bigint;
  /** Exponent field of infinities and NaNs. */
  readonly maxExponent: bigint;
  readonly sign: bigint;
  /** Everything but the sign. */
  readonly magnitude: bigint;
  readonly infinity: bigint;
  readonly quiet: bigint;
  /** Smallest normal number; also the implicit bit of the significand. */
  readonly minNormal: bigint;
  /** x86's "real indefinite": the quiet NaN that an invalid operation gives. */
  readonly indefinite: bigint;
}

function format(name: 'f32' | 'f64', width: 32 | 64, fraction: bigint): Format {
  const sign = 1n << BigInt(width - 1);
  const maxExponent = (1n << (BigInt(width) - 1n - fraction)) - 1n;
  const infinity = maxExponent << fraction;
  const quiet = 1n << (fraction - 1n);
  return {
    name,
    width,
    fraction,
    bias: maxExponent >> 1n,
    maxExponent,
    sign,
    magnitude: sign - 1n,
    infinity,
    quiet,
    minNormal: 1n << fraction,
    indefinite: sign | infinity | quiet,
  };
}

export const F32 = format('f32', 32, 23n);
export const F64 = format('f64', 64, 52n);

export const isNan = (x: Expression, t: Format): Expression => x.and(t.magnitude).gtu(t.infinity);
export const isSignalling = (x: Expression, t: Format): Expression => isNan(x, t).and(x.and(t.quiet).eqz());
export const isInfinite = (x: Expression, t: Format): Expression => x.and(t.magnitude).eq(t.infinity);
export const isZero = (x: Expression, t: Format): Expression => x.and(t.magnitude).eqz();
export const isDenormal = (x: Expression, t: Format): Expression =>
  x
    .and(t.magnitude)
    .sub(1)
    .ltu(t.minNormal - 1n);
/** Neither zero, denormal, infinite nor NaN. */
export const isNormal = (x: Expression, t: Format): Expression =>
  x
    .and(t.magnitude)
    .sub(t.minNormal)
    .ltu(t.infinity - t.minNormal);
export const isFinite = (x: Expression, t: Format): Expression => x.and(t.magnitude).ltu(t.infinity);
export const exponentField = (x: Expression, t: Format): Expression => x.shr(t.fraction).and(t.maxExponent);

/** WebAssembly's vector shape of a format. */
export const vectorShape = (t: Format): 'f32x4' | 'f64x2' => (t === F64 ? 'f64x2' : 'f32x4');
