// A short run of the fuzzer of the CPU engine, from a fixed seed: beside this host's processor where it has one that can answer.

import { describe, expect, it, test } from 'vitest';
import { fuzzCpu } from '../../fuzz/cpu.ts';
import type { Verdict } from '../../fuzz/cpu/check.ts';
import { differencesFromProcessor } from '../../fuzz/cpu/compare.ts';
import { Engine } from '../../fuzz/cpu/engine.ts';
import { TRAITS, caseOf } from '../../fuzz/cpu/generate/generate.ts';
import { CODE } from '../../fuzz/cpu/layout.ts';
import { lower } from '../../fuzz/cpu/lower.ts';
import { minimise } from '../../fuzz/cpu/minimise.ts';
import { whyNotNative } from '../../fuzz/cpu/native/batch.ts';
import type { FuzzCase } from '../../fuzz/cpu/program.ts';

const reason = whyNotNative();

test(`random sequences do what ${reason ? `every executor says (NOT THE PROCESSOR: ${reason})` : 'the processor says'}`, async () => {
  const told: string[] = [];
  const { problems } = await fuzzCpu({ seed: 1, count: 250, progress: (text) => told.push(text) });
  expect(problems).toEqual([]);
  expect(told.at(-1)).toMatch(/^250 of 250 sequences clean, 0 failed: seed 1, numbers 0 to 249, /);
  // Both compilers have compiled regions.
  const [liftoff, turbofan] = ['liftoff', 'turbofan'].map((compiler) => Number(new RegExp(`${compiler} (\\d+)`).exec(told.at(-1)!)?.[1]));
  expect(liftoff).toBeGreaterThan(300);
  expect(turbofan).toBeGreaterThan(100);
  expect(told.some((text) => text.startsWith('NOT COMPARED'))).toBe(reason !== null);
});

describe('cases', () => {
  const cases = Array.from({ length: 600 }, (_, n) => caseOf(2, n));

  it('hold everything often enough, and fit', () => {
    for (const trait of TRAITS) expect(cases.filter(({ traits }) => traits.includes(trait)).length, trait).toBeGreaterThan(60);
    expect(cases.filter(({ program }) => lower(program) === null)).toEqual([]);
  });

  it('are the same from the same seed', () => {
    for (const n of [0, 17, 123, 3]) expect(caseOf(2, n)).toEqual(cases[n]);
    expect(caseOf(3, 17)).not.toEqual(cases[17]);
  });
});

/** Fails where bytes of this pattern are in the code. */
function planted(pattern: string): { check(cases: readonly FuzzCase[]): Verdict[] } {
  return {
    check: (cases) =>
      cases.flatMap((made) => {
        const lowered = lower(made.program);
        if (!lowered) return [];
        const wrong = Buffer.from(lowered.code).includes(Buffer.from(pattern, 'hex'));
        return [{ case: made, job: { lowered, state: made.state }, differences: wrong ? ['planted'] : [], instructions: 0, end: '' }];
      }),
  };
}

describe('a failing case', () => {
  it('is made as small as what makes it fail', () => {
    const checker = planted('0f0b');
    const failing = checker.check(Array.from({ length: 400 }, (_, n) => caseOf(4, n))).find(({ differences }) => differences.length > 0)!;
    const { job } = minimise(checker, failing);
    expect(Buffer.from(job.lowered.code).toString('hex')).toMatch(/^0f0bccc3/);
    expect(job.state.gpr.filter((value, n) => value !== 0n && n !== 4)).toEqual([]);
  });

  it('is noticed whatever is wrong, but for flags that are undefined there', () => {
    const made = caseOf(2, 5);
    const lowered = lower(made.program)!;
    const right = new Engine().run({ lowered, state: made.state }, () => 1_000_000);
    const at = new Map([[Number(right.rip) - 1, 0x10]]);
    const compare = (wrong: Partial<typeof right>): number =>
      differencesFromProcessor({ ...lowered, undefinedAt: at }, right, { ...right, ...wrong }).length;
    expect(right.vector).toBe(3);
    expect(compare({})).toBe(0);
    expect(compare({ rflags: right.rflags ^ 0x10 })).toBe(0);
    const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, n) => (n === 40 ? byte ^ 1 : byte));
    const { rflags, rip, mxcsr, fcw, fsw, ftw, gpr, xmm, st, memory, vector, errorCode } = right;
    const wrong: Partial<typeof right>[] = [
      { rflags: rflags ^ 1 },
      { rip: rip + 1n },
      { mxcsr: mxcsr ^ 1 },
      { fcw: fcw ^ 1 },
      { fsw: fsw ^ 1 },
      { ftw: ftw ^ 1 },
      { gpr: gpr.with(7, gpr[7]! ^ 1n) },
      { xmm: flip(xmm) },
      { st: flip(st) },
      { memory: flip(memory) },
      { vector: vector + 1 },
      { errorCode: errorCode + 1 },
    ];
    expect(wrong.map(compare)).toEqual(wrong.map(() => 1));
  });

  it.each([
    ['0fff', 6, 14, 0x14, 0x1000, 0],
    ['66f30fb9', 6, 14, 0x15, 0x1000, 0],
    ['0f0b', 6, 14, 0x14, 0x1000, 1],
    ['0fff', 6, 14, 0x4, 0x1000, 1],
    ['0fff', 6, 14, 0x14, 0x1001, 1],
    ['0fff', 6, 13, 0, 0, 1],
    ['0fff', 14, 6, 0, 0, 1],
  ])('%s at the end of a page: %i there, %i %i at %#x here', (code, there, here, errorCode, address, differences) => {
    const made = caseOf(2, 5);
    const lowered = lower(made.program)!;
    const outcome = new Engine().run({ lowered, state: made.state }, () => 1_000_000);
    const bytes = Buffer.from(code, 'hex');
    const at = 0x1000 - bytes.length;
    const memory = outcome.memory.slice();
    memory.set(bytes, at);
    const expected = { ...outcome, memory, rip: BigInt(CODE.base + at), vector: there, errorCode: 0, address: 0n };
    const got = { ...expected, vector: here, errorCode, address: BigInt(CODE.base + address) };
    expect(differencesFromProcessor(lowered, expected, got)).toHaveLength(differences);
  });
});
