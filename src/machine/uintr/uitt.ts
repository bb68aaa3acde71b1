// An entry of the user-interrupt target table, 16 bytes: SDM vol. 3, "User-Interrupt Target Table".

export const UITTE_BYTES = 16;
const VALID = 1n;
const VECTOR_SHIFT = 8n;
/** Bits 7:1, 15:14 (a vector above 63) and 63:16 of the low quadword. */
const RESERVED_LOW = ~0x3f01n & 0xffff_ffff_ffff_ffffn;
/** UPIDADDR is 64-byte aligned. */
const RESERVED_HIGH = 0x3fn;

export interface Uitte {
  readonly vector: number;
  readonly upid: bigint;
}

/** Why SENDUIPI refuses an entry. */
export type UitteDefect = 'V is clear' | 'a reserved bit is set' | 'the vector is above 63' | 'UPIDADDR is not 64-byte aligned';

export function parseUitte(low: bigint, high: bigint): Uitte | UitteDefect {
  if ((low & VALID) === 0n) return 'V is clear';
  if ((low >> VECTOR_SHIFT) & 0xc0n) return 'the vector is above 63';
  if (low & RESERVED_LOW) return 'a reserved bit is set';
  if (high & RESERVED_HIGH) return 'UPIDADDR is not 64-byte aligned';
  return { vector: Number((low >> VECTOR_SHIFT) & 0x3fn), upid: high };
}

/** The low quadword of a valid entry; the high one is the address of the UPID. */
export function encodeUitteLow(vector: number): bigint {
  return VALID | (BigInt(vector) << VECTOR_SHIFT);
}
