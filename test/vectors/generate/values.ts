// Operand values worth trying: integer boundaries, floating-point classes, MXCSR settings.

import type { Random } from '../random.ts';

export type Lane = 'i8' | 'i16' | 'i32' | 'i64' | 'f32' | 'f64';

const SMALL = [0n, 1n, -1n, 2n, -2n, 3n, 0x7fn, 0x80n, 0xffn, -0x80n, 10n, 0x55n, 0xaan];

/** A `bits`-wide integer: a boundary more often than not. */
export function integer(random: Random, bits: number): bigint {
  const width = BigInt(bits);
  const top = 1n << (width - 1n);
  switch (random.below(8)) {
    case 0:
    case 1:
      return BigInt.asUintN(bits, random.pick(SMALL));
    case 2:
      return BigInt.asUintN(bits, random.pick([top, top - 1n, top + 1n, -top, (top << 1n) - 2n]));
    case 3:
      return BigInt.asUintN(bits, 1n << BigInt(random.below(bits)));
    case 4:
      return BigInt.asUintN(bits, random.bits64() >> BigInt(random.below(64)));
    default:
      return BigInt.asUintN(bits, random.bits64());
  }
}

const F32 = [
  0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00400000, 0x00800000, 0x80800000,
  0x00800001, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fc12345, 0x7f800001, 0xff800001, 0x7fa54321,
  0xffffffff, 0x3f000000, 0x3fc00000, 0x40200000, 0xbf000000, 0xc0200000, 0x3effffff, 0x4b000000, 0x4b000001, 0x4b7fffff, 0x4f000000,
  0xcf000000, 0x4effffff, 0xcf000001, 0x5f000000, 0xdf000000, 0x5effffff, 0x4f800000, 0x20000000, 0x1fffffff, 0x60000000, 0x0c000000,
  0x40400000, 0x3eaaaaab, 0x3f7fffff, 0x3f800001, 0x42c80000, 0x33800000, 0x34000000, 0x01000000, 0x7f000000,
];
const F64 = [
  0x0000000000000000n,
  0x8000000000000000n,
  0x3ff0000000000000n,
  0xbff0000000000000n,
  0x0000000000000001n,
  0x8000000000000001n,
  0x000fffffffffffffn,
  0x800fffffffffffffn,
  0x0008000000000000n,
  0x0010000000000000n,
  0x8010000000000000n,
  0x0010000000000001n,
  0x7fefffffffffffffn,
  0xffefffffffffffffn,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0xfff8000000000000n,
  0x7ff8123456789abcn,
  0x7ff0000000000001n,
  0xfff0000000000001n,
  0x7ff4543210fedcban,
  0xffffffffffffffffn,
  0x3fe0000000000000n,
  0x3ff8000000000000n,
  0x4004000000000000n,
  0xbfe0000000000000n,
  0xc004000000000000n,
  0x3fdfffffffffffffn,
  0x4330000000000000n,
  0x4330000000000001n,
  0x433fffffffffffffn,
  0x41e0000000000000n,
  0xc1e0000000000000n,
  0x41dfffffffc00000n,
  0x41dfffffffe00000n,
  0xc1e0000000200000n,
  0x43e0000000000000n,
  0xc3e0000000000000n,
  0x43dfffffffffffffn,
  0x41f0000000000000n,
  0x2000000000000000n,
  0x1fffffffffffffffn,
  0x6000000000000000n,
  0x47efffffe0000000n,
  0x47effffff0000000n,
  0x3810000000000000n,
  0x380fffffe0000000n,
  0x36a0000000000000n,
  0x3690000000000000n,
  0x369fffffffffffffn,
  0x3ff0000010000000n,
  0x3ff0000030000000n,
  0x4008000000000000n,
  0x3fd5555555555555n,
  0x3fefffffffffffffn,
  0x3ff0000000000001n,
  0x3ca0000000000000n,
  0x3cb0000000000000n,
  0x0020000000000000n,
];

/** Bits of one lane. */
export function lane(random: Random, kind: Lane): bigint {
  switch (kind) {
    case 'f32':
      if (random.below(5) < 3) return BigInt(random.pick(F32));
      // Exponents near the bias, so that sums and products of two are ordinary numbers.
      if (random.chance(2)) return BigInt(((random.next() & 0x807fffff) | ((112 + random.below(32)) << 23)) >>> 0);
      return BigInt(random.next());
    case 'f64':
      if (random.below(5) < 3) return random.pick(F64);
      if (random.chance(2)) return (random.bits64() & 0x800fffffffffffffn) | (BigInt(1000 + random.below(46)) << 52n);
      return random.bits64();
    default:
      return integer(random, Number(kind.slice(1)));
  }
}

/** `count` bytes made of lanes. */
export function lanes(random: Random, kind: Lane, count: number): Uint8Array {
  const width = Number(kind.slice(1)) / 8;
  const bytes = new Uint8Array(Math.max(count, width));
  for (let at = 0; at < bytes.length; at += width) bytes.set(littleEndian(lane(random, kind), width), at);
  return bytes.subarray(0, count);
}

export function littleEndian(value: bigint, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  let rest = BigInt.asUintN(bytes * 8, value);
  for (let i = 0; i < bytes; i++) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}

const CONTROL = [
  0x1f80, 0x3f80, 0x5f80, 0x7f80, 0x9f80, 0x1fc0, 0x9fc0, 0x0000, 0x1fbf, 0x8000, 0x1f00, 0x1e80, 0x1d80, 0x1b80, 0x1780, 0x0f80, 0x9780,
  0x0fc0,
];

/** An MXCSR: the start value, a setting of one kind, or any. */
export function control(random: Random): number {
  switch (random.below(5)) {
    case 0:
    case 1:
      return 0x1f80;
    case 2:
      return random.next() & 0xffff;
    default:
      return random.pick(CONTROL);
  }
}

/** RFLAGS with any arithmetic flags; DF sometimes. */
export function flags(random: Random): number {
  const arithmetic = random.next() & 0x8d5;
  return 0x202 | arithmetic | (random.chance(8) ? 0x400 : 0);
}
