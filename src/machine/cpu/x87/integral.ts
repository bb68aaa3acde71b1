// Round to integral, scale and extract (FRNDINT, FSCALE, FXTRACT).

import { denormalFlag, withFlags, type Binary, type Unary } from './arithmetic.ts';
import { PE, ZE, exact, type Outcome } from './control.ts';
import { toInteger, fromInteger } from './convert.ts';
import { BIAS, INFINITY, INTEGER_BIT, LOW_BIT, NORMAL, ZERO, bitLength, infinity, lowExponent, zero, type Float80 } from './float80.ts';
import { invalid, nanResult, unaryNanResult } from './nan.ts';
import { roundExtended } from './rounding.ts';

export const roundToIntegral: Unary = (a, control) => {
  const nan = unaryNanResult(a);
  if (nan !== null) return nan;
  if (a.kind === INFINITY || a.kind === ZERO || a.exponent >= LOW_BIT) return exact(a);
  const { integer, inexact, roundedUp } = toInteger(a, control.rounding);
  const value = integer === null || integer === 0n ? zero(a.sign) : fromInteger(integer);
  return { value, flags: (inexact ? PE : 0) | denormalFlag(a), roundedUp };
};

/** Beyond this power every finite operand over- or underflows, even wrapped. */
const SCALE_LIMIT = 0x10000n;

/** a * 2^truncate(b). */
export const scale: Binary = (a, b, control) => {
  const nan = nanResult(a, b);
  if (nan !== null) return nan;
  const denormal = denormalFlag(a, b);
  if (b.kind === INFINITY) {
    if (b.sign === 0) return a.kind === ZERO ? invalid : exact(infinity(a.sign), denormal);
    return a.kind === INFINITY ? invalid : exact(zero(a.sign), denormal);
  }
  if (a.kind === INFINITY || a.kind === ZERO || b.kind === ZERO) return exact(a, denormal);
  let power = toInteger(b, 3).integer ?? (b.sign === 1 ? -SCALE_LIMIT : SCALE_LIMIT);
  if (power > SCALE_LIMIT) power = SCALE_LIMIT;
  if (power < -SCALE_LIMIT) power = -SCALE_LIMIT;
  return withFlags(roundExtended(a.sign, a.significand, lowExponent(a) + Number(power), control), denormal);
};

export interface Extracted {
  readonly exponent: Outcome;
  readonly significand: Float80;
}

export function extract(a: Float80): Extracted {
  const nan = unaryNanResult(a);
  if (nan !== null) return { exponent: nan, significand: nan.value };
  if (a.kind === INFINITY) return { exponent: exact(infinity(0)), significand: a };
  if (a.kind === ZERO) return { exponent: exact(infinity(1), ZE), significand: a };
  const shift = 64 - bitLength(a.significand);
  const unbiased = lowExponent(a) + 63 - shift;
  const significand: Float80 = { sign: a.sign, exponent: BIAS, significand: (a.significand << BigInt(shift)) | INTEGER_BIT, kind: NORMAL };
  return { exponent: exact(fromInteger(BigInt(unbiased)), denormalFlag(a)), significand };
}
