// Numbers as programs have them: most operations on two of them are exact or inexact and nothing else, so that what a region does with
// floats itself is what runs; some come close to where that ends.

import { lane } from '../../test/vectors/generate/values.ts';
import type { Random } from '../../test/vectors/random.ts';

interface Shape {
  readonly bytes: 4 | 8;
  readonly fraction: number;
  readonly bias: number;
}
const SHAPES: Readonly<Record<'f32' | 'f64', Shape>> = {
  f32: { bytes: 4, fraction: 23, bias: 127 },
  f64: { bytes: 8, fraction: 52, bias: 1023 },
};

/** Exponents that two of which make a product or quotient at the smallest or the greatest number. */
function atTheEdge(random: Random, bias: number): number {
  const half = Math.floor(bias / 2);
  return bias + random.pick([-half, half, 1 - bias, bias]) + (random.below(5) - 2);
}

function write(view: DataView, at: number, random: Random, format: 'f32' | 'f64'): void {
  const { bytes, fraction, bias } = SHAPES[format];
  const put = (value: number): void => (bytes === 4 ? view.setFloat32(at, value, true) : view.setFloat64(at, value, true));
  const putBits = (bits: bigint): void =>
    bytes === 4 ? view.setUint32(at, Number(BigInt.asUintN(32, bits)), true) : view.setBigUint64(at, BigInt.asUintN(64, bits), true);
  const sign = random.below(3) === 0 ? -1 : 1;
  const composed = (exponent: number, mantissa: bigint): void =>
    putBits((sign < 0 ? 1n << BigInt(8 * bytes - 1) : 0n) | (BigInt(exponent) << BigInt(fraction)) | mantissa);
  switch (random.below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return put(sign * random.below(random.pick([3, 10, 100, 1 << 16])));
    case 4:
    case 5:
    case 6:
      return put((sign * random.below(1 << 10)) / 2 ** random.below(12));
    case 7:
      return put(sign * 2 ** (random.below(41) - 20));
    case 8:
      // Integers about as large as there are exact ones, and integer registers.
      return put(sign * (2 ** random.pick([fraction, fraction + 1, fraction + 2, 31, 63]) + random.below(5) - 2));
    case 9:
    case 10:
    case 11:
    case 12:
      return composed(bias - 12 + random.below(25), random.bits64() & ((1n << BigInt(fraction)) - 1n));
    case 13:
      // A difference of few bits to its neighbours.
      return composed(bias, random.pick([0n, 1n, 2n, 3n, 1n << BigInt(fraction - 1), (1n << BigInt(fraction)) - 1n]));
    case 14:
      return composed(
        Math.max(1, Math.min(2 * bias, atTheEdge(random, bias))),
        random.below(2) === 0 ? 0n : random.bits64() & ((1n << BigInt(fraction)) - 1n),
      );
    default:
      return random.below(2) === 0 ? putBits(lane(random, format)) : composed(0, 0n);
  }
}

/** Mantissas around powers of two: products and quotients of such numbers round to one, or just not. */
function nearPower(random: Random, fraction: number): bigint {
  const all = (1n << BigInt(fraction)) - 1n;
  return random.pick([0n, 1n, 2n, 3n, all, all - 1n, all - 2n, 1n << BigInt(fraction - 1)]);
}

/**
 * What the registers of a case have in common. few: four numbers, both zeros among them, so that many are equal. edge: products at the
 * smallest normal number. halves: doubles whose lower half is no regular single.
 */
export const THEMES = ['any', 'any', 'few', 'edge', 'halves'] as const;
type Theme = (typeof THEMES)[number];
const ODD_SINGLES = [0, 1, 0x8000_0001, 0x7f_ffff, 0x7f80_0000, 0xff80_0001, 0x7fc0_0001];

export function themedRegisters(random: Random, format: 'f32' | 'f64', theme: Theme): Uint8Array[] {
  const { bytes, fraction, bias } = SHAPES[format];
  const number = (bits: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(bits).buffer, 0, bytes);
  const sign = (): bigint => BigInt(random.below(2)) << BigInt(8 * bytes - 1);
  const pool = [0n, 1n << BigInt(8 * bytes - 1)].map(number);
  for (let n = 0; n < 2; n++) pool.push(ordinaryFloats(random, format, bytes));
  const half = Math.floor(bias / 2);
  const makers: Readonly<Record<Theme, () => Uint8Array>> = {
    any: () => ordinaryFloats(random, format, bytes),
    few: () => random.pick(pool),
    edge: () => number(sign() | (BigInt(bias - half - 1 + random.below(3)) << BigInt(fraction)) | nearPower(random, fraction)),
    halves: () =>
      Uint8Array.of(
        ...new Uint8Array(Uint32Array.of(random.pick(ODD_SINGLES), 0x3ff0_0000 + (random.next() & 0x800f_ffff)).buffer).subarray(0, bytes),
      ),
  };
  return Array.from({ length: 16 }, () => {
    const register = new Uint8Array(16);
    for (let at = 0; at < 16; at += bytes) register.set(makers[theme](), at);
    return register;
  });
}

export function ordinaryFloats(random: Random, format: 'f32' | 'f64', count: number): Uint8Array {
  const out = new Uint8Array(count);
  const view = new DataView(out.buffer);
  for (let at = 0; at < count; at += SHAPES[format].bytes) write(view, at, random, format);
  return out;
}
