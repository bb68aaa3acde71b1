// The address space of every case, on the processor and in the engine. All windows together are the memory image, code first.

const PAGE = 0x1000;

export interface Window {
  readonly base: number;
  readonly bytes: number;
  readonly write: boolean;
  readonly execute: boolean;
}

/** Filled with INT3 around the case; the pages around it are not mapped. */
export const CODE: Window = { base: 0x2000_0000, bytes: 2 * PAGE, write: true, execute: true };
/** The frames of CODE once more, writable. */
export const CODE_ALIAS = 0x2100_0000;
export const DATA: Window = { base: 0x3000_0000, bytes: 3 * PAGE, write: true, execute: false };
/** Right behind DATA; nothing is mapped behind it. The same bytes in every image. */
export const READ_ONLY: Window = { base: DATA.base + DATA.bytes, bytes: PAGE, write: false, execute: false };
export const STACK: Window = { base: 0x3800_0000, bytes: 2 * PAGE, write: true, execute: false };
/** Above 4 GiB, where translation takes another way. */
export const HIGH: Window = { base: 0x5000_0000_0000, bytes: 2 * PAGE, write: true, execute: false };
/** Like STACK. */
export const HIGH_STACK: Window = { base: 0x5000_1000_0000, bytes: 2 * PAGE, write: true, execute: false };
export const STACKS: readonly Window[] = [STACK, HIGH_STACK];
/** No operand is placed here: counters of loops, targets of indirect jumps, and what code is changed to. */
export const KEPT: Window = { base: 0x3900_0000, bytes: PAGE, write: true, execute: false };

export const WINDOWS: readonly Window[] = [CODE, DATA, READ_ONLY, STACK, HIGH, KEPT, HIGH_STACK];
export const IMAGE_BYTES = WINDOWS.reduce((sum, { bytes }) => sum + bytes, 0);

export const FS_BASE = DATA.base + 0x123;
export const GS_BASE = HIGH.base + 0x40;
/** RSP at the start, above the base of a stack. */
export const STACK_START = 0x1400;
export const STACK_TOP = STACK.base + STACK_START;
export const UNMAPPED = 0x3400_0000;

/** Offset in the memory image of an address, -1 outside of it. */
export function imageOffset(address: number): number {
  let offset = 0;
  for (const { base, bytes } of WINDOWS) {
    if (address >= base && address < base + bytes) return offset + address - base;
    offset += bytes;
  }
  return -1;
}

export function addressOf(offset: number): number {
  let rest = offset;
  for (const { base, bytes } of WINDOWS) {
    if (rest < bytes) return base + rest;
    rest -= bytes;
  }
  throw new RangeError(`offset ${offset} is behind the image`);
}
