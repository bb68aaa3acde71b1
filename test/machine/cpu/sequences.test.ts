// Sequences through every executor, and on the processor where this host has one.

import { describe, expect, it } from 'vitest';
import { Engine } from '../../../fuzz/cpu/engine.ts';
import { runNatively, whyNotNative } from '../../../fuzz/cpu/native/batch.ts';
import { divisions } from './divisions.ts';
import { floatSequences } from './region/float-sequences.ts';
import { jobOf, told } from './sequence.ts';
import { sequences } from './sequences.ts';

const BREAKPOINT = [3, 0, 0n] as const;
const reason = whyNotNative();

describe.each([
  ['that were executed wrongly once', sequences],
  ['that regions would execute wrongly if they relied on too much of floats', floatSequences],
  ['of a division of 128 by 64 bits', divisions],
])('sequences %s', (_title, table) => {
  const engines = (['step', 'region', 'mixed', 'ripening'] as const).map((tiers) => [tiers, new Engine(tiers)] as const);
  const budget = (): number => 100_000;
  it.each(table.map((sequence) => [sequence.name, sequence] as const))('%s', (_name, sequence) => {
    const wanted = { exception: BREAKPOINT, ...sequence.expected };
    const job = jobOf(sequence);
    for (const [tiers, engine] of engines) {
      const first = told(sequence, engine.run(job, budget));
      // Once more, in regions made of all that it has come to.
      const again = tiers === 'ripening' ? [false, true].map((reachesHigh) => told(sequence, engine.again(job, budget, reachesHigh))) : [];
      expect([tiers, first, ...again]).toEqual([tiers, wanted, ...again.map(() => wanted)]);
    }
  });

  it.skipIf(reason !== null)(`are what the processor says${reason ? `: not asked, ${reason}` : ''}`, () => {
    const outcomes = runNatively(table.map(jobOf));
    const answers = table.map((sequence, n) => [sequence.name, told(sequence, outcomes[n]!)]);
    expect(answers).toEqual(table.map(({ name, expected }) => [name, { exception: BREAKPOINT, ...expected }]));
  });
});
