// Packed decimal of FBLD and FBSTP (SDM vol. 1, 4.7): 18 digits, two a byte, and a sign in the last byte.

import { IE, PE, type Rounding } from './control.ts';
import { fromInteger, toInteger } from './convert.ts';
import type { Float80 } from './float80.ts';

const LIMIT = 1_000_000_000_000_000_000n;

/** Digits above 9 are not checked, as processors do not: each nibble has its weight. */
export function fromDecimal(bytes: Uint8Array): Float80 {
  let value = 0n;
  for (let i = 8; i >= 0; i--) {
    const byte = bytes[i] ?? 0;
    value = value * 100n + BigInt((byte >> 4) * 10 + (byte & 15));
  }
  const sign = (bytes[9] ?? 0) >= 0x80 ? 1 : 0;
  return { ...fromInteger(value), sign };
}

export interface StoredDecimal {
  readonly bytes: Uint8Array;
  readonly flags: number;
  readonly roundedUp: boolean;
}

export const DECIMAL_INDEFINITE = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff);

export function toDecimal(value: Float80, rounding: Rounding): StoredDecimal {
  const { integer, inexact, roundedUp } = toInteger(value, rounding);
  const magnitude = integer !== null && integer < 0n ? -integer : integer;
  if (magnitude === null || magnitude >= LIMIT) return { bytes: DECIMAL_INDEFINITE, flags: IE, roundedUp: false };
  const bytes = new Uint8Array(10);
  const digits = magnitude.toString().padStart(18, '0');
  for (let i = 0; i < 9; i++) bytes[i] = Number.parseInt(digits.slice(16 - 2 * i, 18 - 2 * i), 16);
  bytes[9] = value.sign << 7;
  return { bytes, flags: inexact ? PE : 0, roundedUp };
}
