// What regions know of the lanes of XMM registers is true of them, whatever writes them: DE is set where the processor sets it, or the
// step executor where this host cannot be asked.

import { describe, expect, it } from 'vitest';
import { Engine } from '../../../../fuzz/cpu/engine.ts';
import { runNatively, whyNotNative } from '../../../../fuzz/cpu/native/batch.ts';
import { differences } from './float-loop.ts';
import { laneJobs } from './lane-jobs.ts';
import { writers } from './lane-writers.ts';

const reason = whyNotNative();

describe(`instructions that write XMM registers${reason ? `, by the step executor alone: ${reason}` : ''}`, () => {
  const [step, region] = [new Engine('step'), new Engine('region')];
  const budget = (): number => 1_000_000;
  it.each(writers.map((writer) => [writer.name, writer] as const))('%s', (_name, writer) => {
    const jobs = laneJobs(writer);
    const outcomes = reason === null ? runNatively(jobs.map(({ job }) => job)) : jobs.map(({ job }) => step.run(job, budget));
    for (const [n, { form, learnt, lanes, job }] of jobs.entries()) {
      const expected = outcomes[n]!;
      expect([expected.vector, expected.gpr[1]]).toEqual([3, 0n]);
      expect([form, learnt, lanes, differences(job, region.run(job, budget).memory, expected.memory)]).toEqual([form, learnt, lanes, []]);
    }
  });
});
