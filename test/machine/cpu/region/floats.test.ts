// Floating point in regions: the same registers, memory and MXCSR as by the step executor, whatever MXCSR is and whatever the lanes
// hold; regions are made for one MXCSR, and not again and again where it changes; zeros and exact results do not leave them.

import { describe, expect, it } from 'vitest';
import type { Tiers } from '../../../../src/machine/cpu/cpu.ts';
import { RCX, RDI, RSI, XMM } from '../../../../src/machine/cpu/state.ts';
import { lane, littleEndian } from '../../../vectors/generate/values.ts';
import { Random } from '../../../vectors/random.ts';
import { BenchMachine, DATA, RX, hex } from '../bench-machine.ts';

/** Two operands a turn at RDI, results 2 KiB behind: every packed operation of SSE to SSE4.1 and some scalar ones. */
const DOUBLES = `66 0f 28 0f 66 0f 28 57 10 66 0f 28 d9 66 0f 59 da 66 0f 58 d9 66 0f 28 e2 66 0f 5c e3 66 0f 5e e1 66 0f 5d dc 66 0f 5f e2 66 0f 51 eb 66 0f c2 ea 02 66 0f 7c dc 66 0f d0 e1 f2 0f 10 f3 f2 0f 59 77 08 f2 0f 58 f6 f2 0f 5a fe 66 44 0f 5a c3 66 44 0f e6 cc f2 44 0f e6 d4 66 44 0f 3a 09 db 01 66 44 0f 3a 0b e6 08 66 0f 2e ce 66 0f 29 9f 00 08 00 00 66 0f 29 af 10 08 00 00 45 0f 57 e3 45 0f 57 e0 66 45 0f d4 e1 66 45 0f d4 e2 48 83 c7 10 ff c9 0f 85 66 ff ff ff eb fe`;
const SINGLES = `0f 28 0f 0f 28 57 10 0f 28 d9 0f 59 da 0f 58 d9 0f 28 e2 0f 5c e3 0f 5e e1 0f 5d dc 0f 5f e2 0f 51 eb 0f c2 ea 01 f2 0f 7c dc f2 0f d0 e1 f3 0f 10 f3 f3 0f 59 77 08 f3 0f 5c f1 f3 0f 5a fe 44 0f 5a c3 f3 44 0f 5b cc 66 44 0f 5b d4 44 0f 5b 1f 66 44 0f 3a 08 eb 03 66 44 0f 3a 0a e6 04 0f 2e ce 0f 29 9f 00 08 00 00 0f 29 af 10 08 00 00 45 0f 57 e3 45 0f 57 e0 66 45 0f fe e1 66 45 0f fe e2 66 45 0f fe e5 48 83 c7 10 ff c9 0f 85 6d ff ff ff eb fe`;
/** LDMXCSR [rsi]; DIVSD, ADDSD; LDMXCSR [rsi+4]; the same; STMXCSR [rsi+8]. */
const CHANGING = `0f ae 16 f2 0f 5e c1 f2 0f 58 c2 0f ae 56 04 f2 0f 5e c1 f2 0f 58 c2 0f ae 5e 08 ff c9 75 e1 eb fe`;
/** MULPD, ADDPD, SUBPD, CVTTPD2DQ, CVTDQ2PD, DIVPD, ADDSD of zeros and small integers. */
const EXACT = `66 0f 28 0f 66 0f 59 d1 66 0f 58 d1 66 0f 5c d3 66 0f e6 e2 f3 0f e6 ec 66 0f 5e eb f2 0f 58 f5 66 0f 57 d2 ff c9 75 d8 eb fe`;

const ONE = 0x3ff0_0000_0000_0000n,
  TWO = 0x4000_0000_0000_0000n,
  THREE = 0x4008_0000_0000_0000n;
const vector = (low: bigint, high: bigint): number[] => [...littleEndian(low, 8), ...littleEndian(high, 8)];

interface Setup {
  readonly code: string;
  readonly turns: number;
  readonly mxcsr?: number;
  readonly data?: ArrayLike<number>;
  /** By number of the XMM register. */
  readonly xmm?: Readonly<Record<number, readonly number[]>>;
}

function run({ code, turns, mxcsr = 0x1f80, data = [], xmm = {} }: Setup, tiers: Tiers) {
  const machine = new BenchMachine();
  const { cpu, context } = machine;
  cpu.setTiers(tiers, 77);
  machine.load(hex(code), RX);
  machine.poke(DATA, data);
  context.mxcsr = mxcsr;
  context.setRegister(RCX, BigInt(turns));
  context.setRegister(RDI, BigInt(DATA));
  context.setRegister(RSI, BigInt(DATA + 0x1000));
  for (const [n, bytes] of Object.entries(xmm)) context.bytes.set(bytes, XMM + 16 * Number(n));
  const exit = machine.run(60 * turns);
  const { instructions, inRegions, regions } = cpu.statistics;
  const result = {
    outcome: {
      exit,
      registers: machine.registers(),
      xmm: [...context.bytes.slice(XMM, XMM + 256)],
      mxcsr: context.mxcsr,
      rip: context.rip,
      instructions,
      data: machine.peek(DATA, 0x1100),
    },
    compiled: regions.compiled,
    share: inRegions / instructions,
  };
  cpu.release();
  return result;
}

/** Mostly ordinary numbers; zeros, denormals, infinities and NaNs in some lanes. */
function table(kind: 'f32' | 'f64', odd: number, seed: number): number[] {
  const random = new Random(seed);
  const width = kind === 'f64' ? 8 : 4;
  const ordinary = (): bigint => {
    if (random.below(6) === 0) return 0n;
    return kind === 'f64'
      ? (random.bits64() & 0x800f_ffff_ffff_ffffn) | (BigInt(1015 + random.below(16)) << 52n)
      : BigInt(((random.next() & 0x807f_ffff) | ((119 + random.below(16)) << 23)) >>> 0);
  };
  return Array.from({ length: 0x800 / width }, () => (random.below(100) < odd ? lane(random, kind) : ordinary())).flatMap((bits) => [
    ...littleEndian(bits, width),
  ]);
}

describe.each([
  ['doubles', DOUBLES, 'f64'],
  ['singles', SINGLES, 'f32'],
] as const)('%s', (_name, code, kind) => {
  // As a C program has it, with PE, rounding up, FTZ and DAZ, division by zero unmasked.
  const controls = [0x1f80, 0x1fa0, 0x5f80, 0x9fe0, 0x1d80];
  it.each(controls.flatMap((mxcsr) => [3, 40].map((odd) => [mxcsr.toString(16), odd] as const)))(
    'MXCSR %s, %i % odd lanes',
    (mxcsr, odd) => {
      const setup = { code, turns: 60, mxcsr: Number.parseInt(mxcsr, 16), data: table(kind, odd, 5 + odd) };
      const expected = run(setup, 'step');
      expect(run(setup, odd > 10 ? 'random' : 'region').outcome).toEqual(expected.outcome);
    },
  );
});

it('makes no region again and again where MXCSR changes', () => {
  const data = new Uint8Array(0x1010);
  data.set([...littleEndian(0x7f80n, 4), ...littleEndian(0x1fa0n, 4)], 0x1000);
  const setup = { code: CHANGING, turns: 400, data, xmm: { 0: vector(ONE, 0n), 1: vector(THREE, 0n), 2: vector(TWO, 0n) } };
  const { outcome, compiled } = run(setup, 'region');
  expect(outcome).toEqual(run(setup, 'step').outcome);
  expect(compiled).toBeLessThan(12);
});

it('makes regions for MXCSR once more when the first result is inexact', () => {
  const setup = { code: EXACT, turns: 400, data: vector(ONE, THREE), xmm: { 3: vector(THREE, THREE) } };
  const { outcome, compiled } = run(setup, 'region');
  expect(outcome).toEqual(run(setup, 'step').outcome);
  expect(outcome.mxcsr).toBe(0x1fa0);
  expect(compiled).toBeLessThan(6);
});

it('stays in regions where every result is exact', () => {
  const setup = { code: EXACT, turns: 400, data: vector(TWO, ONE), xmm: { 3: vector(ONE, ONE) } };
  const { outcome, share } = run(setup, 'region');
  expect(outcome).toEqual(run(setup, 'step').outcome);
  expect(outcome.mxcsr).toBe(0x1f80);
  expect(share).toBeGreaterThan(0.95);
});

it('stays in regions for zeros and inexact results once PE is set', () => {
  const setup = { code: EXACT, turns: 400, mxcsr: 0x1fa0, data: vector(ONE, THREE), xmm: { 3: vector(THREE, THREE) } };
  expect(run(setup, 'region').share).toBeGreaterThan(0.95);
});
