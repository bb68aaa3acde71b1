// Generated code's x87 arithmetic against the helpers' (cpu/x87), which are held against recordings of a processor: equal wherever it answers, and it
// answers wherever operands and result are zero or normal.

import { describe, expect, it } from 'vitest';
import { Random } from '../../../vectors/random.ts';
import { X87_RESULT } from '../../../../src/machine/cpu/state.ts';
import { UNCOMMON, emitX87Functions } from '../../../../src/machine/cpu/semantics/x87/functions.ts';
import { ModuleBuilder } from '../../../../src/machine/cpu/wasm/module-builder.ts';
import { type Binary, add, divide, multiply } from '../../../../src/machine/cpu/x87/arithmetic.ts';
import { compare, ORDER_CODES } from '../../../../src/machine/cpu/x87/compare.ts';
import { C1, NEAREST, PE, TRUNCATE, type Outcome, decodeControl } from '../../../../src/machine/cpu/x87/control.ts';
import { DOUBLE, SINGLE, type Stored, fromInteger, narrow, storeInteger, widen } from '../../../../src/machine/cpu/x87/convert.ts';
import { type Float80, NORMAL, ZERO, float80 } from '../../../../src/machine/cpu/x87/float80.ts';
import { CPU_BASE } from '../../../../src/machine/memory/layout.ts';

const CONTROL = decodeControl(0x37f);
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
const view = new DataView(memory.buffer);

function build(): Readonly<Record<string, (...operands: bigint[]) => bigint>> {
  const module = new ModuleBuilder();
  module.importMemory('machine', 'memory', 1, 1);
  const functions = emitX87Functions(module);
  for (const [name, index] of Object.entries(functions)) module.export(name, index);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { machine: { memory } });
  return instance.exports as Record<string, (...operands: bigint[]) => bigint>;
}

const functions = build();
/** What a function answers: null, or the word below the status, the status, and the result. */
function ask(name: string, ...operands: bigint[]): { word: bigint; status: number; result: bigint } | null {
  const answer = functions[name]!(...operands);
  if (answer === UNCOMMON) return null;
  return { word: answer & 0xffffn, status: Number(answer >> 16n), result: view.getBigUint64(CPU_BASE + X87_RESULT, true) };
}

const wordOf = ({ sign, exponent }: Float80): bigint => BigInt((sign << 15) | exponent);
const isCommon = ({ kind }: Float80): boolean => kind === ZERO || kind === NORMAL;
const statusOf = ({ flags, roundedUp }: { flags: number; roundedUp: boolean }): number => flags | (roundedUp ? C1 : 0);

const TOP = 1n << 63n;
const SIGNIFICANDS = [
  TOP,
  TOP | 1n,
  TOP | 2n,
  (1n << 64n) - 1n,
  (1n << 64n) - 2n,
  TOP | (1n << 32n),
  TOP | 0xffff_ffffn,
  0xffff_ffff_0000_0000n,
  TOP | 0x400n,
  TOP | 0xc00n,
  TOP | 0x401n,
  TOP | 0x80_0000_0000n,
  TOP | 0x180_0000_0000n,
  0xaaaa_aaaa_aaaa_aaabn,
  // Not normal.
  0n,
  1n,
  TOP >> 1n,
];
const EXPONENTS = [
  0, 1, 2, 63, 64, 65, 0x3f80, 0x3fbf, 0x3ffe, 0x3fff, 0x4000, 0x403d, 0x403e, 0x403f, 0x4040, 0x407e, 0x407f, 0x43fe, 0x43ff, 0x7ffd,
  0x7ffe, 0x7fff,
];
const values = EXPONENTS.flatMap((exponent) => SIGNIFICANDS.map((significand, n) => float80((n & 1) as 0 | 1, exponent, significand)));
values.push(float80(1, 0, 0n), float80(0, 0, 0n), float80(1, 0x3fff, TOP), float80(0, 0x3fff, TOP));

function* random(count: number): Generator<readonly [Float80, Float80]> {
  const source = new Random(87);
  const one = (near: number): Float80 => {
    const significand = TOP | (BigInt(source.below(2 ** 31)) << 32n) | BigInt(source.below(2 ** 32));
    const masked = source.below(3) === 0 ? significand & ~((1n << BigInt(source.below(63))) - 1n) : significand;
    return float80(source.below(2) as 0 | 1, Math.min(Math.max(near + source.below(140) - 70, 0), 0x7fff), masked);
  };
  for (let n = 0; n < count; n++) {
    const near = source.below(4) === 0 ? source.below(0x8000) : 0x3fff;
    yield [one(near), one(near)];
  }
}

const PAIRS = [...values.flatMap((a) => values.map((b) => [a, b] as const)), ...random(60_000)];

/** `wanted` where it is the common case, else null. */
function arithmetic(a: Float80, b: Float80, wanted: Outcome): ReturnType<typeof ask> {
  if (!isCommon(a) || !isCommon(b) || !isCommon(wanted.value) || (wanted.flags & ~PE) !== 0) return null;
  return { word: wordOf(wanted.value), status: statusOf(wanted), result: wanted.value.significand };
}

describe('of pairs of values', () => {
  it.each<[string, Binary]>([
    ['add', add],
    ['multiply', multiply],
    ['divide', divide],
  ])('%s', (name, operation) => {
    let common = 0;
    for (const [a, b] of PAIRS) {
      const wanted = arithmetic(a, b, operation(a, b, CONTROL));
      const got = ask(name, a.significand, wordOf(a), b.significand, wordOf(b));
      if (wanted) common++;
      if (got?.word !== wanted?.word || got?.status !== wanted?.status || got?.result !== wanted?.result)
        expect({ a, b, got }).toEqual({ a, b, got: wanted });
    }
    expect(common).toBeGreaterThan(50_000);
  });

  it('compare', () => {
    for (const [a, b] of [...PAIRS, ...values.map((value) => [value, value] as const)]) {
      const got = functions['compare']!(a.significand, wordOf(a), b.significand, wordOf(b));
      const wanted = isCommon(a) && isCommon(b) ? BigInt(ORDER_CODES[compare(a, b, false).order]) : UNCOMMON;
      if (got !== wanted) expect({ a, b, got }).toEqual({ a, b, got: wanted });
    }
  });
});

const singles = [...values, ...[...random(40_000)].flat()];

function stored(value: Float80, { bits, flags, roundedUp }: Stored, isOrdinary: boolean): ReturnType<typeof ask> {
  return isCommon(value) && isOrdinary && (flags & ~PE) === 0 ? { word: 0n, status: statusOf({ flags, roundedUp }), result: bits } : null;
}

describe('to and from memory', () => {
  it.each([
    ['toSingle', SINGLE],
    ['toDouble', DOUBLE],
  ] as const)('%s', (name, format) => {
    for (const value of singles) {
      const wanted = narrow(value, format, CONTROL);
      const exponent = Number(wanted.bits >> BigInt(format.fractionBits)) & (2 * format.bias + 1);
      // What rounds up to the least normal number is left to the helper.
      const isOrdinary =
        exponent > 1 || wanted.bits << 1n === 0n || (value.exponent - 0x3fff >= format.minimum && exponent === 1) || value.kind === ZERO;
      const got = ask(name, value.significand, wordOf(value));
      const common = stored(value, wanted, isOrdinary && exponent < 2 * format.bias + 1);
      if (got?.status !== common?.status || got?.result !== common?.result) expect({ value, got }).toEqual({ value, got: common });
    }
  });

  it.each([
    [15n, 2],
    [31n, 4],
    [63n, 8],
  ] as const)('to an integer of %i bits and a sign', (width, bytes) => {
    for (const value of singles)
      for (const rounding of [NEAREST, TRUNCATE] as const) {
        const wanted = storeInteger(value, bytes, rounding);
        const isLeast = value.sign === 1 && value.exponent === 0x3fff + 63;
        const got = ask('toInteger', value.significand, wordOf(value), rounding === TRUNCATE ? 1n : 0n, width);
        const common = stored(value, wanted, !isLeast);
        const result = got && BigInt.asUintN(bytes * 8, got.result);
        if (got?.status !== common?.status || (common && result !== common.result))
          expect({ value, rounding, got }).toEqual({ value, rounding, got: common });
      }
  });

  it.each([
    ['fromSingle', SINGLE],
    ['fromDouble', DOUBLE],
  ] as const)('%s', (name, format) => {
    const source = new Random(3);
    const bits = format.bytes * 8;
    for (let n = 0; n < 50_000; n++) {
      const exponent = BigInt([0, 1, 2 * format.bias, 2 * format.bias + 1, source.below(2 * format.bias + 2)][n % 5]!);
      const fraction =
        source.below(4) === 0
          ? 0n
          : ((BigInt(source.below(2 ** 32)) << 32n) | BigInt(source.below(2 ** 32))) >> BigInt(64 - format.fractionBits);
      const given = (BigInt(source.below(2)) << BigInt(bits - 1)) | (exponent << BigInt(format.fractionBits)) | fraction;
      const wanted = widen(given, format);
      const got = ask(name, given);
      expect(got).toEqual(isCommon(wanted) ? { word: wordOf(wanted), status: 0, result: wanted.significand } : null);
    }
  });

  it('from an integer', () => {
    const integers = [
      0n,
      1n,
      -1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      2n ** 62n,
      ...[...random(1000)].map(([{ significand }], n) => BigInt.asIntN(64, significand >> BigInt(n % 64))),
    ];
    for (const integer of integers) {
      const wanted = fromInteger(integer);
      expect(ask('fromInteger', integer)).toEqual({ word: wordOf(wanted), status: 0, result: wanted.significand });
    }
  });
});
