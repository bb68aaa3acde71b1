// What a case starts from: registers, x87 and SSE state, and which memory image with which patches.

import { type Lane, integer, lanes } from '../../test/vectors/generate/values.ts';
import { ordinaryFloats } from './floats.ts';
import { Random } from '../../test/vectors/random.ts';
import { CODE, IMAGE_BYTES, READ_ONLY, imageOffset } from './layout.ts';

export interface Patch {
  /** In the memory image. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface MachineState {
  readonly gpr: readonly bigint[];
  readonly rflags: number;
  /** 16 of 16 bytes. */
  readonly xmm: readonly Uint8Array[];
  readonly mxcsr: number;
  readonly fcw: number;
  readonly fsw: number;
  /** As in FXSAVE: bit n = physical register n is not empty. */
  readonly ftw: number;
  /** ST(0) to ST(7), 10 bytes each. */
  readonly st: readonly Uint8Array[];
  readonly image: number;
  readonly patches: readonly Patch[];
}

/** Registers that hold nothing, memory of the first image. */
export const PLAIN: Omit<MachineState, 'gpr'> = {
  rflags: 0x202,
  xmm: Array.from({ length: 16 }, () => new Uint8Array(16)),
  mxcsr: 0x1f80,
  fcw: 0x37f,
  fsw: 0,
  ftw: 0,
  st: Array.from({ length: 8 }, () => new Uint8Array(10)),
  image: 0,
  patches: [],
};

/** Images by what they are made of; the first is zero. Code is not part of them. */
const KINDS = ['zero', 'i8', 'i32', 'f32', 'f64', 'f80', 'ordinary f32', 'ordinary f64'] as const satisfies readonly (
  | Lane
  | `ordinary ${'f32' | 'f64'}`
  | 'zero'
  | 'f80'
)[];
export const IMAGES = KINDS.length;
export const imageNamed = (kind: (typeof KINDS)[number]): number => KINDS.indexOf(kind);

const made: Uint8Array[] = [];

/** The whole memory image with INT3 for code. */
export function imageOf(n: number): Uint8Array {
  return (made[n] ??= makeImage(n));
}

function makeImage(n: number): Uint8Array {
  const random = new Random(1000 + n);
  const kind = KINDS[n]!;
  const image = new Uint8Array(IMAGE_BYTES).fill(0xcc, 0, CODE.bytes);
  for (let at = CODE.bytes; at < IMAGE_BYTES && kind !== 'zero'; ) {
    const bytes =
      kind === 'f80'
        ? extended(random)
        : kind === 'ordinary f32' || kind === 'ordinary f64'
          ? ordinaryFloats(random, kind === 'ordinary f32' ? 'f32' : 'f64', 16)
          : lanes(random, kind, 16);
    const part = bytes.subarray(0, Math.min(bytes.length, IMAGE_BYTES - at));
    image.set(part, at);
    at += part.length;
  }
  const fixed = imageOffset(READ_ONLY.base);
  image.set(lanes(new Random(999), 'i32', READ_ONLY.bytes), fixed);
  return image;
}

const EXPONENTS = [0, 1, 0x3ffe, 0x3fff, 0x4000, 0x403e, 0x403f, 0x7ffe, 0x7fff, 0x3c00, 0x43ff, 0x3f80, 0x407f];
const SIGNIFICANDS = [
  0n,
  1n,
  0x8000_0000_0000_0000n,
  0x8000_0000_0000_0001n,
  0xc000_0000_0000_0000n,
  0xffff_ffff_ffff_ffffn,
  0xa000_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0080_0000_0000n,
  0x8000_0000_0000_0400n,
];

/** A number of 80 bits: of every class, most often a normal one. */
export function extended(random: Random): Uint8Array {
  const bytes = new Uint8Array(10);
  const view = new DataView(bytes.buffer);
  const special = random.below(3) === 0;
  view.setBigUint64(0, special ? random.pick(SIGNIFICANDS) : random.bits64() | (1n << 63n), true);
  const exponent = special ? random.pick(EXPONENTS) : 0x3fff - 40 + random.below(80);
  view.setUint16(8, exponent | (random.chance(2) ? 0x8000 : 0), true);
  return bytes;
}

/** Any value for a register that nothing relies on. */
export function anyInteger(random: Random): bigint {
  return integer(random, 64);
}
