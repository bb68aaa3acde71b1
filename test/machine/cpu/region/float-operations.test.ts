// Every instruction with doubts at the edges of its doubts, in regions made for each kind of MXCSR, as the step executor does it, and as
// the processor does where this host has one: its result, its flags, and those of what then relies on the lanes of its registers.

import { describe, expect, it } from 'vitest';
import { Engine } from '../../../../fuzz/cpu/engine.ts';
import { runNatively, whyNotNative } from '../../../../fuzz/cpu/native/batch.ts';
import { jobsOf } from './float-jobs.ts';
import { differences } from './float-loop.ts';
import { operations } from './float-operations.ts';

const reason = whyNotNative();

describe('instructions with doubts', () => {
  const [step, region] = [new Engine('step'), new Engine('region')];
  const budget = (): number => 1_000_000;
  it.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
    for (const { regime, job } of jobsOf(operation)) {
      const expected = step.run(job, budget);
      expect([expected.vector, expected.gpr[1]]).toEqual([3, 0n]);
      expect([regime, differences(job, region.run(job, budget).memory, expected.memory)]).toEqual([regime, []]);
    }
  });

  it.skipIf(reason !== null)(`are what the processor says${reason ? `: not asked, ${reason}` : ''}`, () => {
    const jobs = operations.flatMap((operation) => jobsOf(operation).map((each) => ({ name: operation.name, ...each })));
    const outcomes = runNatively(jobs.map(({ job }) => job));
    const wrong = jobs.map(({ name, regime, job }, n) => ({
      name,
      regime,
      different: differences(job, step.run(job, budget).memory, outcomes[n]!.memory),
    }));
    expect(wrong.filter(({ different }) => different.length > 0)).toEqual([]);
  });
});
