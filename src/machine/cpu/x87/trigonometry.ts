// FSIN, FCOS, FSINCOS, FPTAN, FPATAN. Arguments are reduced with the 66-bit pi that processors have (SDM vol. 1, 8.3.8).

import { DE, PE, exact, type Control, type Outcome } from './control.ts';
import { denormalFlag, withFlags, type Binary } from './arithmetic.ts';
import { FIXED_PI, FRACTION_BITS, arctangent, sineAndCosine } from './fixed-point.ts';
import { INFINITY, LOW_BIT, ONE, ZERO, bitLength, lowExponent, zero, type Float80, type Sign } from './float80.ts';
import { invalid, nanResult, unaryNanResult } from './nan.ts';
import { roundExtended } from './rounding.ts';

/** Half of pi as the argument reduction knows it, times 2^67. */
const HALF_PI_66 = 0xc90fdaa22168c234cn;
const HALF_PI_66_BITS = 67;
/** Below 2^-40 the series is its first term, a sticky bit less. */
const TINY = -40;
const STICKY_BITS = 140;

/** null: the operand is 2^63 or larger and stays as it is (C2). */
export interface Trigonometric {
  readonly sine: Outcome;
  readonly cosine: Outcome;
  readonly tangent: Outcome;
}

/** A signed magnitude: value * 2^exponent. */
interface Scaled {
  readonly value: bigint;
  readonly exponent: number;
}

export function trigonometric(a: Float80, control: Control): Trigonometric | null {
  const nan = unaryNanResult(a);
  if (nan !== null) return { sine: nan, cosine: nan, tangent: nan };
  if (a.kind === INFINITY) return { sine: invalid, cosine: invalid, tangent: invalid };
  if (a.kind === ZERO) return { sine: exact(a), cosine: exact(ONE), tangent: exact(a) };
  if (a.exponent >= LOW_BIT) return null;

  const { rest, exponent, quadrant } = reduce(a);
  const [sine, cosine] = evaluate(rest, exponent);
  const turned: readonly [Scaled, Scaled] = quadrant % 2 === 0 ? [sine, cosine] : [cosine, minus(sine)];
  const [s, c] = quadrant >= 2 ? [minus(turned[0]), minus(turned[1])] : turned;
  const denormal = denormalFlag(a);
  const tangent: Scaled = { value: (s.value << 200n) / c.value, exponent: s.exponent - c.exponent - 200 };
  return {
    sine: withFlags(deliver(s, control), denormal),
    cosine: withFlags(deliver(c, control), denormal),
    tangent: withFlags(deliver(tangent, control), denormal),
  };
}

const minus = (a: Scaled): Scaled => ({ value: -a.value, exponent: a.exponent });

/** Rounds a value known to be irrational: always inexact. */
function deliver(a: Scaled, control: Control): Outcome {
  const sign: Sign = a.value < 0n ? 1 : 0;
  const magnitude = sign === 1 ? -a.value : a.value;
  return withFlags(roundExtended(sign, (magnitude << 1n) | 1n, a.exponent - 1, control), PE);
}

/** a = quadrant * pi/2 + rest * 2^exponent, |rest| at most pi/4. */
function reduce(a: Float80): { rest: bigint; exponent: number; quadrant: number } {
  const low = lowExponent(a);
  const signed = a.sign === 1 ? -a.significand : a.significand;
  if (low + bitLength(a.significand) < -1) return { rest: signed, exponent: low, quadrant: 0 };
  const exponent = Math.min(low, -HALF_PI_66_BITS);
  const aligned = a.significand << BigInt(low - exponent);
  const halfPi = HALF_PI_66 << BigInt(-HALF_PI_66_BITS - exponent);
  let quotient = aligned / halfPi;
  let rest = aligned - quotient * halfPi;
  if (2n * rest > halfPi) {
    rest -= halfPi;
    quotient += 1n;
  }
  const quadrant = Number(quotient & 3n);
  return a.sign === 0 ? { rest, exponent, quadrant } : { rest: -rest, exponent, quadrant: (4 - quadrant) & 3 };
}

function evaluate(rest: bigint, exponent: number): readonly [Scaled, Scaled] {
  const magnitude = rest < 0n ? -rest : rest;
  if (exponent + bitLength(magnitude) <= TINY) {
    const sticky = (magnitude << BigInt(STICKY_BITS)) - 1n;
    return [
      { value: rest < 0n ? -sticky : sticky, exponent: exponent - STICKY_BITS },
      { value: (1n << BigInt(STICKY_BITS)) - 1n, exponent: -STICKY_BITS },
    ];
  }
  const shift = FRACTION_BITS + exponent;
  const fixed = shift >= 0 ? rest << BigInt(shift) : rest >> BigInt(-shift);
  const [sine, cosine] = sineAndCosine(fixed);
  return [
    { value: sine, exponent: -FRACTION_BITS },
    { value: cosine, exponent: -FRACTION_BITS },
  ];
}

/** Angle of the point (x, y) as FPATAN gives it; y is ST(1), x is ST(0). */
export const arctangent2: Binary = (y, x, control) => {
  const nan = nanResult(y, x);
  if (nan !== null) return nan;
  const denormal = denormalFlag(x, y);
  const flags = denormal === 0 ? 0 : DE;
  if (y.kind === ZERO || (x.kind === INFINITY && y.kind !== INFINITY)) {
    return x.sign === 0 ? exact(zero(y.sign), flags) : quarters(y.sign, 4n, control, flags);
  }
  if (y.kind === INFINITY) {
    return quarters(y.sign, x.kind !== INFINITY ? 2n : x.sign === 0 ? 1n : 3n, control, flags);
  }
  if (x.kind === ZERO) return quarters(y.sign, 2n, control, flags);

  const steep = magnitudeExceeds(y, x);
  const [small, large] = steep ? [x, y] : [y, x];
  const ratio = (small.significand << BigInt(STICKY_BITS)) / large.significand;
  const ratioExponent = lowExponent(small) - lowExponent(large) - STICKY_BITS;
  const tiny = ratioExponent + bitLength(ratio) <= TINY;
  if (tiny && !steep && x.sign === 0) {
    return withFlags(deliver({ value: signed(y.sign, (ratio << 64n) - 1n), exponent: ratioExponent - 64 }, control), flags);
  }
  const shift = FRACTION_BITS + ratioExponent;
  const angle = arctangentOfRatio(ratio, shift, tiny);
  let result = steep ? (FIXED_PI >> 1n) - angle : angle;
  if (x.sign === 1) result = steep ? (FIXED_PI >> 1n) + angle : FIXED_PI - angle;
  return withFlags(deliver({ value: signed(y.sign, result), exponent: -FRACTION_BITS }, control), flags);
};

const signed = (sign: Sign, magnitude: bigint): bigint => (sign === 1 ? -magnitude : magnitude);

function arctangentOfRatio(ratio: bigint, shift: number, tiny: boolean): bigint {
  const fixed = shift >= 0 ? ratio << BigInt(shift) : -shift > bitLength(ratio) ? 0n : ratio >> BigInt(-shift);
  return tiny ? fixed : arctangent(fixed);
}

function quarters(sign: Sign, count: bigint, control: Control, flags: number): Outcome {
  return withFlags(deliver({ value: signed(sign, (FIXED_PI * count) >> 2n), exponent: -FRACTION_BITS }, control), flags);
}

function magnitudeExceeds(a: Float80, b: Float80): boolean {
  const difference = lowExponent(a) - lowExponent(b);
  if (difference === 0) return a.significand > b.significand;
  const lengths = difference + bitLength(a.significand) - bitLength(b.significand);
  if (lengths !== 0) return lengths > 0;
  return difference > 0 ? a.significand << BigInt(difference) > b.significand : a.significand > b.significand << BigInt(-difference);
}
