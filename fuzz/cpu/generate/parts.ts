// Single instructions by their bytes, for what items are put together from.

import { type FlagUse, NO_FLAGS, type Part } from '../program.ts';
import { inspect } from '../flags.ts';
import { littleEndian } from '../../../test/vectors/generate/values.ts';

export function part(bytes: readonly number[], flags: FlagUse = NO_FLAGS): Part {
  return { bytes: Uint8Array.from(bytes), flags };
}

/** An instruction whose flags iced knows. */
export function known(bytes: readonly number[]): Part {
  const code = Uint8Array.from(bytes);
  const flags = inspect(code);
  if (!flags) throw new Error(`not one instruction: ${Buffer.from(code).toString('hex')}`);
  return { bytes: code, flags };
}

export function int32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];
}

/** MOV r64, imm: the shortest of its three encodings. */
export function moveImmediate(register: number, value: bigint): Part {
  const unsigned = BigInt.asUintN(64, value);
  const high = register >> 3;
  if (unsigned < 1n << 32n) return part([...(high ? [0x41] : []), 0xb8 | (register & 7), ...littleEndian(unsigned, 4)]);
  if (BigInt.asIntN(32, unsigned) === BigInt.asIntN(64, unsigned))
    return part([0x48 | high, 0xc7, 0xc0 | (register & 7), ...littleEndian(unsigned, 4)]);
  return part([0x48 | high, 0xb8 | (register & 7), ...littleEndian(unsigned, 8)]);
}

/** MOV dword [absolute], imm32. */
export function storeImmediate(address: number, value: number): Part {
  return part([0xc7, 0x04, 0x25, ...int32(address), ...int32(value)]);
}

export const CLD = known([0xfc]);
export const STD = known([0xfd]);

/** NOP of 1 to 9 bytes, as recommended. */
const NOPS: readonly (readonly number[])[] = [
  [],
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/** The parts with NOPs behind them, `bytes` in all; null if they are longer. */
export function padParts(parts: readonly Part[], bytes: number): Part[] | null {
  let left = bytes - parts.reduce((sum, { bytes: own }) => sum + own.length, 0);
  if (left < 0) return null;
  const padded = [...parts];
  while (left > 0) {
    const nop = NOPS[Math.min(left, 8)]!;
    padded.push(part(nop));
    left -= nop.length;
  }
  return padded;
}
