// Damage to good programs: wild fields in their headers, wild bytes, wild code, cut off.

import type { Choices } from '../random.ts';

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const VALUES = [
  0n,
  1n,
  7n,
  0x38n,
  0xfffn,
  0x1000n,
  0x40_0000n,
  0x7fff_ffffn,
  0xffff_ffffn,
  0x7fff_ffff_f000n,
  0x8000_0000_0000n,
  1n << 63n,
  (1n << 64n) - 1n,
];
/** Of the ELF header (elf(5)): offset and bytes of what is worth changing. */
const HEADER_FIELDS = [
  [4, 1],
  [5, 1],
  [6, 1],
  [7, 1],
  [16, 2],
  [18, 2],
  [20, 4],
  [24, 8],
  [32, 8],
  [48, 4],
  [52, 2],
  [54, 2],
  [56, 2],
] as const; // prettier-ignore
/** Of a program header: type, flags, offset, virtual address, size in the file and in memory, alignment. */
const PROGRAM_FIELDS = [
  [0, 4],
  [4, 4],
  [8, 8],
  [16, 8],
  [32, 8],
  [40, 8],
  [48, 8],
] as const; // prettier-ignore
const TYPES = [0n, 1n, 2n, 3n, 4n, 6n, 7n, 0x6474_e550n, 0x6474_e551n, 0x6474_e552n, 0x6474_e553n];

function write(image: Uint8Array, at: number, bytes: number, value: bigint): void {
  for (let n = 0; n < bytes && at + n < image.length; n++) image[at + n] = Number((value >> BigInt(8 * n)) & 0xffn);
}

export function damagedProgram(originals: readonly Uint8Array[], choices: Choices): Uint8Array {
  let image: Uint8Array = choices.of(originals).slice();
  const view = new DataView(image.buffer);
  const [tableAt, count] = [Number(view.getBigUint64(32, true)), view.getUint16(56, true)];
  for (let damages = 1 + choices.below(4); damages > 0; damages--) {
    const value = choices.chance(0.7) ? choices.of(VALUES) : choices.bits64() >> BigInt(choices.below(64));
    const what = choices.below(12);
    if (what < 3) {
      const [at, bytes] = choices.of(HEADER_FIELDS);
      write(image, at, bytes, value);
    } else if (what < 8) {
      const [at, bytes] = choices.of(PROGRAM_FIELDS);
      const place = tableAt + choices.below(count) * PROGRAM_HEADER_BYTES + at;
      write(image, place, bytes, at === 0 ? choices.of(TYPES) : value);
    } else if (what < 9) {
      // Code, mostly: a run of wild bytes.
      const at = choices.below(image.length);
      image.set(choices.bytes(Math.min(1 + choices.below(32), image.length - at)), at);
    } else if (what < 11) write(image, choices.below(image.length), 8, choices.bits64());
    else image = image.slice(0, choices.chance(0.5) ? choices.below(HEADER_BYTES + 8 * PROGRAM_HEADER_BYTES) : choices.below(image.length));
  }
  return image;
}
