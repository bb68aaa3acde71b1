// Rounding of an exact or sticky-terminated magnitude to a format, with overflow, underflow and inexact (SDM vol. 1, 4.8.4 and 8.5).

import { DOWN, NEAREST, OE, PE, TRUNCATE, UE, UP, type Control, type Outcome, type Rounding } from './control.ts';
import { BIAS, LOW_BIT, MAX_EXPONENT, bitLength, float80, infinity, type Sign } from './float80.ts';

export interface Format {
  readonly precision: number;
  /** Exponents of the leading bit of the smallest and largest normal numbers. */
  readonly minimum: number;
  readonly maximum: number;
}

export interface Rounded {
  /** Magnitude = significand * 2^exponent; meaningless when `overflow` is 'infinity'. */
  readonly significand: bigint;
  readonly exponent: number;
  readonly flags: number;
  readonly roundedUp: boolean;
  readonly overflow: 'no' | 'infinity' | 'unmasked';
  readonly underflow: boolean;
}

interface Cut {
  readonly quotient: bigint;
  readonly inexact: boolean;
  readonly up: boolean;
}

/** Drops the lowest `count` bits (appends zeros if negative). */
export function cut(significand: bigint, count: number, sign: Sign, rounding: Rounding): Cut {
  if (count <= 0) return { quotient: significand << BigInt(-count), inexact: false, up: false };
  if (count > bitLength(significand) + 1) {
    const up = significand !== 0n && roundsAway(sign, rounding);
    return { quotient: up ? 1n : 0n, inexact: significand !== 0n, up };
  }
  const shift = BigInt(count);
  const quotient = significand >> shift;
  const rest = significand - (quotient << shift);
  if (rest === 0n) return { quotient, inexact: false, up: false };
  const half = 1n << (shift - 1n);
  const up = rounding === NEAREST ? rest > half || (rest === half && (quotient & 1n) === 1n) : roundsAway(sign, rounding);
  return { quotient: up ? quotient + 1n : quotient, inexact: true, up };
}

function roundsAway(sign: Sign, rounding: Rounding): boolean {
  return rounding === (sign === 1 ? DOWN : UP);
}

/** Rounds significand * 2^exponent, significand > 0. Bits far below the format may be one sticky bit. */
export function round(sign: Sign, significand: bigint, exponent: number, format: Format, control: Control): Rounded {
  const { precision, minimum, maximum } = format;
  const bits = bitLength(significand);
  const drop = bits - precision;
  const first = cut(significand, drop, sign, control.rounding);
  const leading = exponent + drop + bitLength(first.quotient) - 1;
  const inexact = first.inexact ? PE : 0;
  const unbounded: Rounded = {
    significand: first.quotient,
    exponent: exponent + drop,
    flags: inexact,
    roundedUp: first.up,
    overflow: 'no',
    underflow: false,
  };
  if (leading > maximum) {
    if ((control.masks & OE) === 0) {
      return { ...unbounded, flags: OE | inexact, overflow: 'unmasked' };
    }
    const toInfinity = control.rounding !== TRUNCATE && (control.rounding === NEAREST || roundsAway(sign, control.rounding));
    return {
      significand: (1n << BigInt(precision)) - 1n,
      exponent: maximum - precision + 1,
      flags: OE | PE,
      roundedUp: toInfinity,
      overflow: toInfinity ? 'infinity' : 'no',
      underflow: false,
    };
  }
  if (leading >= minimum) {
    return unbounded;
  }
  if ((control.masks & UE) === 0) {
    return { ...unbounded, flags: UE | inexact, underflow: true };
  }
  const lowest = minimum - precision + 1;
  const denormal = cut(significand, lowest - exponent, sign, control.rounding);
  return {
    significand: denormal.quotient,
    exponent: lowest,
    flags: denormal.inexact ? UE | PE : 0,
    roundedUp: denormal.up,
    overflow: 'no',
    underflow: false,
  };
}

const EXTENDED: Record<number, Format> = {
  24: { precision: 24, minimum: 1 - BIAS, maximum: BIAS },
  53: { precision: 53, minimum: 1 - BIAS, maximum: BIAS },
  64: { precision: 64, minimum: 1 - BIAS, maximum: BIAS },
};
/** What the exponent of a result is wrapped by when overflow or underflow is unmasked. */
const WRAP = 24576;

/** Rounds to a register value. `precision` is the control word's for basic arithmetic, 64 otherwise. */
export function roundExtended(sign: Sign, significand: bigint, exponent: number, control: Control, precision = 64): Outcome {
  const rounded = round(sign, significand, exponent, EXTENDED[precision] as Format, control);
  const { flags, roundedUp } = rounded;
  if (rounded.overflow === 'infinity') return { value: infinity(sign), flags, roundedUp };
  let low = rounded.exponent;
  if (rounded.overflow === 'unmasked') low -= WRAP;
  else if (rounded.underflow) low += WRAP;
  let result = rounded.significand;
  if (result === 0n) return { value: float80(sign, 0, 0n), flags, roundedUp };
  const shift = 64 - bitLength(result);
  const biased = low - shift + LOW_BIT;
  if (biased >= MAX_EXPONENT) return { value: infinity(sign), flags: flags | PE, roundedUp: true };
  if (biased <= 0) {
    // Denormal: the lowest bit has the weight of biased exponent 1.
    const up = low + LOW_BIT - 1;
    result = up >= 0 ? result << BigInt(up) : 0n;
    const lost = rounded.underflow ? PE : 0;
    return { value: float80(sign, 0, result), flags: flags | lost, roundedUp };
  }
  return { value: float80(sign, biased, result << BigInt(shift)), flags, roundedUp };
}
