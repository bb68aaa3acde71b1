// Double extended precision values (SDM vol. 1, 4.2.2 and 8.2): sign, 15-bit biased exponent, and a 64-bit significand
// with an explicit integer bit.

export const BIAS = 16383;
/** Weight of the lowest significand bit of a value with biased exponent e is 2^(e - LOW_BIT). */
export const LOW_BIT = BIAS + 63;
export const MAX_EXPONENT = 0x7fff;
export const INTEGER_BIT = 1n << 63n;
export const QUIET_BIT = 1n << 62n;

/** Ordered so that `kind >= QNAN` means "no number". INVALID: an encoding that the 387 and later reject. */
export const ZERO = 0,
  NORMAL = 1,
  DENORMAL = 2,
  INFINITY = 3,
  QNAN = 4,
  SNAN = 5,
  INVALID = 6;
export type Kind = 0 | 1 | 2 | 3 | 4 | 5 | 6;
export type Sign = 0 | 1;

/** A denormal single or double that has been widened keeps the kind DENORMAL although its encoding is normal. */
export interface Float80 {
  readonly sign: Sign;
  readonly exponent: number;
  readonly significand: bigint;
  readonly kind: Kind;
}

export function classify(exponent: number, significand: bigint): Kind {
  if (exponent === 0) return significand === 0n ? ZERO : DENORMAL;
  if (significand < INTEGER_BIT) return INVALID;
  if (exponent !== MAX_EXPONENT) return NORMAL;
  if (significand === INTEGER_BIT) return INFINITY;
  return (significand & QUIET_BIT) === 0n ? SNAN : QNAN;
}

export function float80(sign: Sign, exponent: number, significand: bigint): Float80 {
  return { sign, exponent, significand, kind: classify(exponent, significand) };
}

export function readFloat80(view: DataView, offset: number): Float80 {
  const high = view.getUint16(offset + 8, true);
  return float80((high >> 15) as Sign, high & MAX_EXPONENT, view.getBigUint64(offset, true));
}

export function writeFloat80(view: DataView, offset: number, value: Float80): void {
  view.setBigUint64(offset, value.significand, true);
  view.setUint16(offset + 8, (value.sign << 15) | value.exponent, true);
}

export const zero = (sign: Sign): Float80 => ({ sign, exponent: 0, significand: 0n, kind: ZERO });
export const infinity = (sign: Sign): Float80 => ({ sign, exponent: MAX_EXPONENT, significand: INTEGER_BIT, kind: INFINITY });

/** The real indefinite: the masked response to an invalid operation. */
export const INDEFINITE: Float80 = { sign: 1, exponent: MAX_EXPONENT, significand: INTEGER_BIT | QUIET_BIT, kind: QNAN };
export const ONE: Float80 = { sign: 0, exponent: BIAS, significand: INTEGER_BIT, kind: NORMAL };

/** Exponent of the lowest bit of a finite value: value = significand * 2^lowExponent. */
export function lowExponent(value: Float80): number {
  return (value.exponent === 0 ? 1 : value.exponent) - LOW_BIT;
}

export function bitLength(value: bigint): number {
  let bits = 0;
  let rest = value;
  for (let above = rest >> 64n; above !== 0n; above = rest >> 64n) {
    rest = above;
    bits += 64;
  }
  const high = Number(rest >> 32n);
  return high !== 0 ? bits + 64 - Math.clz32(high) : bits + 32 - Math.clz32(Number(rest));
}
