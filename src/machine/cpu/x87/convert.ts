// Between registers and memory formats: single, double, integers. NaNs are widened without quieting; the operation that uses them decides.

import { IE, PE, type Control } from './control.ts';
import {
  BIAS,
  DENORMAL,
  INFINITY,
  INTEGER_BIT,
  LOW_BIT,
  MAX_EXPONENT,
  ZERO,
  bitLength,
  float80,
  lowExponent,
  zero,
  type Float80,
  type Sign,
} from './float80.ts';
import { unaryNanResult } from './nan.ts';
import { cut, round, type Format } from './rounding.ts';

interface MemoryFormat extends Format {
  readonly bytes: 4 | 8;
  readonly bias: number;
  readonly fractionBits: number;
}

export const SINGLE: MemoryFormat = { bytes: 4, precision: 24, minimum: -126, maximum: 127, bias: 127, fractionBits: 23 };
export const DOUBLE: MemoryFormat = { bytes: 8, precision: 53, minimum: -1022, maximum: 1023, bias: 1023, fractionBits: 52 };

export function widen(bits: bigint, format: MemoryFormat): Float80 {
  const { fractionBits, bias } = format;
  const fraction = bits & ((1n << BigInt(fractionBits)) - 1n);
  const special = 2 * bias + 1;
  const exponent = Number(bits >> BigInt(fractionBits)) & special;
  const sign = Number(bits >> BigInt(format.bytes * 8 - 1)) as Sign;
  const aligned = fraction << BigInt(63 - fractionBits);
  if (exponent === special) return float80(sign, MAX_EXPONENT, INTEGER_BIT | aligned);
  if (exponent !== 0) return float80(sign, exponent - bias + BIAS, INTEGER_BIT | aligned);
  if (fraction === 0n) return zero(sign);
  const shift = 64 - bitLength(aligned);
  return { sign, exponent: 1 - bias + BIAS - shift, significand: aligned << BigInt(shift), kind: DENORMAL };
}

export interface Stored {
  readonly bits: bigint;
  readonly flags: number;
  readonly roundedUp: boolean;
}

/** Rounds for a store. With overflow or underflow unmasked nothing is stored, so the bits do not matter then. */
export function narrow(value: Float80, format: MemoryFormat, control: Control): Stored {
  const { fractionBits, bias, bytes } = format;
  const sign = BigInt(value.sign) << BigInt(bytes * 8 - 1);
  const special = BigInt(2 * bias + 1) << BigInt(fractionBits);
  if (value.kind === ZERO) return { bits: sign, flags: 0, roundedUp: false };
  if (value.kind === INFINITY) return { bits: sign | special, flags: 0, roundedUp: false };
  const nan = unaryNanResult(value);
  if (nan !== null) {
    const fraction = (nan.value.significand & ~INTEGER_BIT) >> BigInt(63 - fractionBits);
    return { bits: (BigInt(nan.value.sign) << BigInt(bytes * 8 - 1)) | special | fraction, flags: nan.flags, roundedUp: false };
  }
  const { significand, exponent, flags, roundedUp, overflow } = round(value.sign, value.significand, lowExponent(value), format, control);
  if (overflow === 'infinity') return { bits: sign | special, flags, roundedUp };
  const lowest = format.minimum - fractionBits;
  const length = bitLength(significand);
  let fraction = significand;
  let biased = 0;
  if (length === format.precision) biased = exponent - lowest + 1;
  // Rounded up to the next power of two.
  if (length > format.precision) {
    biased = exponent - lowest + 2;
    fraction >>= 1n;
  }
  const mask = (1n << BigInt(fractionBits)) - 1n;
  return { bits: sign | (BigInt(biased) << BigInt(fractionBits)) | (fraction & mask), flags, roundedUp };
}

export function fromInteger(value: bigint): Float80 {
  if (value === 0n) return zero(0);
  const sign: Sign = value < 0n ? 1 : 0;
  const magnitude = sign === 1 ? -value : value;
  const shift = 64 - bitLength(magnitude);
  return float80(sign, LOW_BIT - shift, magnitude << BigInt(shift));
}

export interface RoundedInteger {
  /** null: not a number, infinite, or so large that no integer format holds it. */
  readonly integer: bigint | null;
  readonly inexact: boolean;
  readonly roundedUp: boolean;
}

/** To an integer of any size up to 2^70. */
export function toInteger(value: Float80, rounding: Control['rounding']): RoundedInteger {
  if (value.kind >= INFINITY || lowExponent(value) > 6) return { integer: null, inexact: false, roundedUp: false };
  const { quotient, inexact, up } = cut(value.significand, -lowExponent(value), value.sign, rounding);
  return { integer: value.sign === 1 ? -quotient : quotient, inexact, roundedUp: up };
}

/** For FIST and its like: two's complement in `bytes` bytes, or the integer indefinite with IE. */
export function storeInteger(value: Float80, bytes: number, rounding: Control['rounding']): Stored {
  const limit = 1n << BigInt(bytes * 8 - 1);
  const { integer, inexact, roundedUp } = toInteger(value, rounding);
  if (integer === null || integer >= limit || integer < -limit) return { bits: limit, flags: IE, roundedUp: false };
  return { bits: BigInt.asUintN(bytes * 8, integer), flags: inexact ? PE : 0, roundedUp };
}
