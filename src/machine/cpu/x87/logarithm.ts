// F2XM1, FYL2X, FYL2XP1: fixed-point series, rounded once.

import { denormalFlag, withFlags, type Binary, type Unary } from './arithmetic.ts';
import { PE, UE, ZE, exact, type Control, type Outcome } from './control.ts';
import { FIXED_ONE, FRACTION_BITS, LONG_BITS, LONG_LN2, LONG_LOG2_E, exponentialMinusOne, twiceArtanh } from './fixed-point.ts';
import {
  BIAS,
  DENORMAL,
  INFINITY,
  INTEGER_BIT,
  ZERO,
  bitLength,
  float80,
  infinity,
  lowExponent,
  zero,
  type Float80,
  type Sign,
} from './float80.ts';
import { invalid, nanResult, unaryNanResult } from './nan.ts';
import { roundExtended } from './rounding.ts';

const FIXED_LN2 = LONG_LN2 >> BigInt(LONG_BITS - FRACTION_BITS);
/** Below 2^-70 a logarithm or exponential is linear within a sticky bit. */
const TINY = -70;

/** Rounds magnitude * 2^exponent, known to be irrational. */
function irrational(sign: Sign, magnitude: bigint, exponent: number, control: Control): Outcome {
  return withFlags(roundExtended(sign, (magnitude << 1n) | 1n, exponent - 1, control), PE);
}

const toFixed = (a: Float80): bigint => {
  const shift = FRACTION_BITS + lowExponent(a);
  const magnitude = shift >= 0 ? a.significand << BigInt(shift) : a.significand >> BigInt(-shift);
  return a.sign === 1 ? -magnitude : magnitude;
};

/** 2^a - 1, defined for |a| <= 1; others come back as they are. */
export const exponential: Unary = (a, control) => {
  const nan = unaryNanResult(a);
  if (nan !== null) return nan;
  if (a.kind === ZERO) return exact(a);
  if (a.kind === INFINITY) return exact(a.sign === 0 ? a : float80(1, BIAS, INTEGER_BIT));
  const denormal = denormalFlag(a);
  if (a.exponent > BIAS || (a.exponent === BIAS && a.significand !== INTEGER_BIT)) return exact(a, PE);
  if (a.exponent === BIAS) return exact(a.sign === 0 ? a : float80(1, BIAS - 1, INTEGER_BIT), PE);
  if (a.exponent - BIAS < TINY) {
    return withFlags(irrational(a.sign, a.significand * LONG_LN2, lowExponent(a) - LONG_BITS, control), denormal);
  }
  const result = exponentialMinusOne((toFixed(a) * FIXED_LN2) >> BigInt(FRACTION_BITS));
  return irrational(a.sign, result < 0n ? -result : result, -FRACTION_BITS, control);
};

/** y * log2(x); operands in the order ST(1), ST(0). */
export const logarithm: Binary = (y, x, control) => {
  const nan = nanResult(y, x);
  if (nan !== null) return nan;
  const denormal = denormalFlag(x, y);
  if (x.kind === ZERO) {
    if (y.kind === ZERO) return invalid;
    return exact(infinity((y.sign ^ 1) as Sign), y.kind === INFINITY ? 0 : ZE);
  }
  if (x.sign === 1) return invalid;
  if (x.kind === INFINITY) return y.kind === ZERO ? invalid : exact(infinity(y.sign), denormal);
  const isOne = x.exponent === BIAS && x.significand === INTEGER_BIT;
  const negative: Sign = x.exponent < BIAS ? 1 : 0;
  const sign = (y.sign ^ negative) as Sign;
  if (y.kind === INFINITY) return isOne ? invalid : exact(infinity(sign), denormal);
  if (isOne || y.kind === ZERO) return exact(zero(sign), denormal);

  return withFlags(timesLog2(y, x.significand, lowExponent(x), sign, control), denormal);
};

/** |y * log2(significand * 2^exponent)| with a sign. */
function timesLog2(y: Float80, significand: bigint, exponent: number, sign: Sign, control: Control): Outcome {
  const top = bitLength(significand) - 1;
  let power = exponent + top;
  if (significand === 1n << BigInt(top)) {
    // A power of two: an exact product, but processors say inexact of that too, and so of a denormal underflow.
    const outcome = roundExtended(sign, y.significand * BigInt(Math.abs(power)), lowExponent(y), control);
    return withFlags(outcome, outcome.value.kind === DENORMAL ? PE | UE : PE);
  }
  // m in [0.75, 1.5), so that near 1 nothing cancels.
  let m = significand << BigInt(FRACTION_BITS - top);
  if (2n * m >= 3n * FIXED_ONE) {
    m >>= 1n;
    power += 1;
  }
  const logarithmOfM = (twiceArtanh(((m - FIXED_ONE) << BigInt(FRACTION_BITS)) / (m + FIXED_ONE)) * LONG_LOG2_E) >> BigInt(LONG_BITS);
  const sum = logarithmOfM + BigInt(power) * FIXED_ONE;
  return irrational(sign, y.significand * (sum < 0n ? -sum : sum), lowExponent(y) - FRACTION_BITS, control);
}

/** y * log2(1 + x), meant for |x| < 1 - sqrt(1/2). */
export const logarithmPlusOne: Binary = (y, x, control) => {
  const nan = nanResult(y, x);
  if (nan !== null) return nan;
  const denormal = denormalFlag(x, y);
  const sign = (y.sign ^ x.sign) as Sign;
  if (x.kind === INFINITY) return x.sign === 1 || y.kind === ZERO ? invalid : exact(infinity(sign), denormal);
  if (y.kind === INFINITY) return x.kind === ZERO ? invalid : exact(infinity(sign), denormal);
  if (x.kind === ZERO || y.kind === ZERO) return exact(zero(sign), denormal);
  // Not defined there by the manual: processors give the operand back.
  if (x.sign === 1 && x.exponent >= BIAS) return exact(x, PE | denormal);
  if (x.exponent - BIAS < TINY) {
    const product = y.significand * x.significand * LONG_LOG2_E;
    return withFlags(irrational(sign, product, lowExponent(y) + lowExponent(x) - LONG_BITS, control), denormal);
  }
  if (x.exponent >= BIAS - 1) {
    const low = lowExponent(x);
    const one = low < 0 ? 1n << BigInt(-low) : 0n;
    const sum = x.sign === 0 ? one + x.significand : one - x.significand;
    return withFlags(timesLog2(y, sum, low, sign, control), denormal);
  }
  const fixed = toFixed(x);
  const z = (fixed << BigInt(FRACTION_BITS)) / (2n * FIXED_ONE + fixed);
  const log2 = (twiceArtanh(z) * LONG_LOG2_E) >> BigInt(LONG_BITS);
  return withFlags(irrational(sign, y.significand * (log2 < 0n ? -log2 : log2), lowExponent(y) - FRACTION_BITS, control), denormal);
};
