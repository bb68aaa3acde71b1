// Add, subtract, multiply, divide and square root: exact integer results, rounded once.

import { DE, DOWN, ZE, exact, type Control, type Outcome } from './control.ts';
import { DENORMAL, INFINITY, ZERO, bitLength, infinity, lowExponent, zero, type Float80, type Sign } from './float80.ts';
import { invalid, nanResult, unaryNanResult } from './nan.ts';
import { roundExtended } from './rounding.ts';

export type Binary = (a: Float80, b: Float80, control: Control) => Outcome;
export type Unary = (a: Float80, control: Control) => Outcome;

export function denormalFlag(a: Float80, b: Float80 = a): number {
  return a.kind === DENORMAL || b.kind === DENORMAL ? DE : 0;
}

export function withFlags(outcome: Outcome, flags: number): Outcome {
  return flags === 0 ? outcome : { ...outcome, flags: outcome.flags | flags };
}

/** Bits that are kept of the smaller operand's distance: beyond, it is one sticky bit. */
const FAR = 140;

export const add: Binary = (a, b, control) => {
  const nan = nanResult(a, b);
  if (nan !== null) return nan;
  const denormal = denormalFlag(a, b);
  if (a.kind === INFINITY || b.kind === INFINITY) {
    if (a.kind === b.kind && a.sign !== b.sign) return invalid;
    return exact(infinity(a.kind === INFINITY ? a.sign : b.sign), denormal);
  }
  const zeroSign: Sign = control.rounding === DOWN ? 1 : 0;
  if (a.kind === ZERO && b.kind === ZERO) return exact(zero(a.sign === b.sign ? a.sign : zeroSign));
  if (a.kind === ZERO) return withFlags(roundExtended(b.sign, b.significand, lowExponent(b), control, control.precision), denormal);
  if (b.kind === ZERO) return withFlags(roundExtended(a.sign, a.significand, lowExponent(a), control, control.precision), denormal);

  const [high, low] = lowExponent(a) >= lowExponent(b) ? [a, b] : [b, a];
  let exponent = lowExponent(low);
  let distance = lowExponent(high) - exponent;
  let small = low.significand;
  // A denormal has few bits, but nothing is far below it.
  if (distance > FAR) {
    exponent = lowExponent(high) - FAR;
    distance = FAR;
    small = 1n;
  }
  const large = high.significand << BigInt(distance);
  if (a.sign === b.sign) return withFlags(roundExtended(a.sign, large + small, exponent, control, control.precision), denormal);
  const difference = large - small;
  if (difference === 0n) return exact(zero(zeroSign), denormal);
  const sign = difference > 0n ? high.sign : low.sign;
  return withFlags(roundExtended(sign, difference > 0n ? difference : -difference, exponent, control, control.precision), denormal);
};

/** a - b; a NaN keeps its sign. */
export const subtract: Binary = (a, b, control) => nanResult(a, b) ?? add(a, { ...b, sign: (b.sign ^ 1) as Sign }, control);

export const subtractReverse: Binary = (a, b, control) => subtract(b, a, control);

export const multiply: Binary = (a, b, control) => {
  const nan = nanResult(a, b);
  if (nan !== null) return nan;
  const sign = (a.sign ^ b.sign) as Sign;
  const denormal = denormalFlag(a, b);
  if (a.kind === INFINITY || b.kind === INFINITY) {
    return a.kind === ZERO || b.kind === ZERO ? invalid : exact(infinity(sign), denormal);
  }
  if (a.kind === ZERO || b.kind === ZERO) return exact(zero(sign), denormal);
  const outcome = roundExtended(sign, a.significand * b.significand, lowExponent(a) + lowExponent(b), control, control.precision);
  return withFlags(outcome, denormal);
};

export const divide: Binary = (a, b, control) => {
  const nan = nanResult(a, b);
  if (nan !== null) return nan;
  const sign = (a.sign ^ b.sign) as Sign;
  const denormal = denormalFlag(a, b);
  if (a.kind === INFINITY) return b.kind === INFINITY ? invalid : exact(infinity(sign), denormal);
  if (b.kind === INFINITY) return exact(zero(sign), denormal);
  if (b.kind === ZERO) return a.kind === ZERO ? invalid : exact(infinity(sign), ZE);
  if (a.kind === ZERO) return exact(zero(sign), denormal);
  const dividend = a.significand << 132n;
  let quotient = dividend / b.significand;
  if (quotient * b.significand !== dividend) quotient |= 1n;
  return withFlags(roundExtended(sign, quotient, lowExponent(a) - lowExponent(b) - 132, control, control.precision), denormal);
};

export const divideReverse: Binary = (a, b, control) => divide(b, a, control);

export const squareRoot: Unary = (a, control) => {
  const nan = unaryNanResult(a);
  if (nan !== null) return nan;
  if (a.kind === ZERO) return exact(a);
  if (a.sign === 1) return invalid;
  if (a.kind === INFINITY) return exact(a);
  let exponent = lowExponent(a);
  let radicand = a.significand << BigInt(72 + (64 - bitLength(a.significand)));
  exponent -= 72 + (64 - bitLength(a.significand));
  if ((exponent & 1) !== 0) {
    radicand <<= 1n;
    exponent -= 1;
  }
  let root = integerSquareRoot(radicand);
  if (root * root !== radicand) root = (root << 1n) | 1n;
  else root <<= 1n;
  return withFlags(roundExtended(0, root, exponent / 2 - 1, control, control.precision), denormalFlag(a));
};

/** Largest r with r * r <= n. */
export function integerSquareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let r = 1n << BigInt((bitLength(n) + 1) >> 1);
  for (;;) {
    const better = (r + n / r) >> 1n;
    if (better >= r) return r;
    r = better;
  }
}

export const absolute = (a: Float80): Float80 => ({ ...a, sign: 0 });
export const negate = (a: Float80): Float80 => ({ ...a, sign: (a.sign ^ 1) as Sign });
