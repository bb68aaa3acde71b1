// FPREM and FPREM1: exact remainders, at most 63 quotient bits a step.

import { denormalFlag, withFlags } from './arithmetic.ts';
import { C0, C1, C2, C3, exact, type Control, type Outcome } from './control.ts';
import { INFINITY, ZERO, bitLength, lowExponent, zero, type Float80, type Sign } from './float80.ts';
import { invalid, nanResult } from './nan.ts';
import { roundExtended } from './rounding.ts';

export interface Remainder {
  readonly outcome: Outcome;
  /** C2: the reduction is not complete; otherwise C0, C3, C1 are the low three bits of the quotient. null: they stay. */
  readonly conditions: number | null;
}

/** `nearest`: the quotient is rounded to nearest even (FPREM1, IEEE), else truncated (FPREM). */
export function remainder(a: Float80, b: Float80, nearest: boolean, control: Control): Remainder {
  const nan = nanResult(a, b);
  if (nan !== null) return { outcome: nan, conditions: null };
  if (a.kind === INFINITY || b.kind === ZERO) return { outcome: invalid, conditions: null };
  const denormal = denormalFlag(a, b);
  if (a.kind === ZERO || b.kind === INFINITY) {
    // Delivered through rounding: a denormal signals underflow if that is unmasked.
    const value = a.kind === ZERO ? exact(a) : roundExtended(a.sign, a.significand, lowExponent(a), control);
    return { outcome: withFlags(value, denormal), conditions: 0 };
  }
  const low = lowExponent(a);
  const difference = low + bitLength(a.significand) - (lowExponent(b) + bitLength(b.significand));
  if (difference >= 64) {
    // One step of as many bits as the processors take: the difference falls to a multiple of 32.
    const bits = (difference & 31) | 32;
    const aligned = a.significand << BigInt(64 - bitLength(a.significand) + bits);
    const divisor = b.significand << BigInt(64 - bitLength(b.significand));
    return { outcome: finish(a.sign, aligned % divisor, low - (64 - bitLength(a.significand)) - bits, denormal, control), conditions: C2 };
  }
  const exponent = Math.min(low, lowExponent(b));
  const dividend = a.significand << BigInt(Math.max(0, low - exponent));
  if (difference < -1 || (difference < 0 && !nearest)) {
    return { outcome: finish(a.sign, a.significand, low, denormal, control), conditions: 0 };
  }
  const divisor = b.significand << BigInt(lowExponent(b) - exponent);
  let quotient = dividend / divisor;
  let rest = dividend - quotient * divisor;
  let sign = a.sign;
  if (nearest && (2n * rest > divisor || (2n * rest === divisor && (quotient & 1n) === 1n))) {
    quotient += 1n;
    rest = divisor - rest;
    sign = (sign ^ 1) as Sign;
  }
  const q = Number(quotient & 7n);
  const conditions = ((q & 4) !== 0 ? C0 : 0) | ((q & 2) !== 0 ? C3 : 0) | ((q & 1) !== 0 ? C1 : 0);
  return { outcome: finish(rest === 0n ? a.sign : sign, rest, exponent, denormal, control), conditions };
}

function finish(sign: Sign, significand: bigint, exponent: number, denormal: number, control: Control): Outcome {
  const outcome = significand === 0n ? exact(zero(sign)) : roundExtended(sign, significand, exponent, control);
  return withFlags(outcome, denormal);
}
