// The address space every vector runs in, natively and in the engine: where code, data and the stack lie.
// The C harness gets these numbers in the header of its input, so they are written down only here.

const PAGE = 0x1000;

/** Two pages filled with INT3, the instruction under test among them; the page behind them is not mapped. */
export const CODE_BASE = 0x2000_0000;
export const CODE_BYTES = 2 * PAGE;
/** Where an instruction lies unless its case says otherwise. */
export const CODE_OFFSET = 0x800;

/** Two writable pages and a read-only one; the pages before and behind them are not mapped. */
export const DATA_BASE = 0x3000_0000;
export const DATA_BYTES = 3 * PAGE;
export const READ_ONLY_OFFSET = 2 * PAGE;

/** One writable page above 4 GiB; the page behind it is not mapped. */
export const HIGH_BASE = 0x5000_0000_0000;
export const HIGH_BYTES = PAGE;

/** RSP of every background state. */
export const STACK_TOP = DATA_BASE + 0x1800;
/** IA32_GS_BASE of every case. */
export const GS_BASE = DATA_BASE + 0x120;
/** IA32_FS_BASE of every case; the harness has its own thread-local storage there. */
export const FS_BASE = 0x2800_0800;
/** Addresses that are not mapped, and not canonical. */
export const UNMAPPED = 0x3100_0000;
export const NON_CANONICAL = 0x8000_3000_0000_0010n;

/** Bytes of the memory image: the data window, then the high window. */
export const IMAGE_BYTES = DATA_BYTES + HIGH_BYTES;

/** Offset in the memory image of a guest address, or -1 outside the windows. */
export function imageOffset(address: number): number {
  if (address >= DATA_BASE && address < DATA_BASE + DATA_BYTES) return address - DATA_BASE;
  if (address >= HIGH_BASE && address < HIGH_BASE + HIGH_BYTES) return DATA_BYTES + (address - HIGH_BASE);
  return -1;
}
