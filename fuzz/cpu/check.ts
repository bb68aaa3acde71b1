// Cases on the processor and on every executor, compared.

import { Random } from '../../test/vectors/random.ts';
import { differencesFromProcessor, differencesOfExecutors } from './compare.ts';
import { Engine, type Execution } from './engine.ts';
import { lower } from './lower.ts';
import { type Job, runNatively } from './native/batch.ts';
import type { FuzzCase } from './program.ts';

/** Cycles of a call of run() in cases that are cut up. */
const BUDGETS = [1, 7, 1000, 1_000_000];
const WHOLE = 1 << 30;

export interface Verdict {
  readonly case: FuzzCase;
  readonly job: Job;
  /** Empty if all agree. */
  readonly differences: readonly string[];
  readonly instructions: number;
  /** How it ended. */
  readonly end: string;
}

export class Checker {
  private readonly whole = new Engine();
  private readonly cut = new Engine();
  /** Whether the processor is asked. */
  readonly native: boolean;

  constructor(native: boolean) {
    this.native = native;
  }

  /** Those that fit into their window, in order. */
  check(cases: readonly FuzzCase[]): Verdict[] {
    const jobs = cases.flatMap((one): (Job & { case: FuzzCase })[] => {
      const lowered = lower(one.program);
      return lowered ? [{ case: one, lowered, state: one.state }] : [];
    });
    const asked = this.native ? jobs.filter((job) => job.case.native) : [];
    const outcomes = asked.length > 0 ? runNatively(asked) : [];
    const answers = new Map(asked.map((job, i) => [job, outcomes[i]!]));
    return jobs.map((job) => {
      const verdict = { case: job.case, job };
      try {
        const step = this.whole.run(job, () => WHOLE);
        const processor = answers.get(job);
        const end = step.end === 'exception' ? `exception ${step.vector}` : step.end;
        const lines = [
          ...(processor ? differencesFromProcessor(job.lowered, processor, step) : []),
          ...this.executors(job, step).map((line) => `in slices: ${line}`),
        ];
        return { ...verdict, differences: lines, instructions: step.instructions, end };
      } catch (error) {
        return { ...verdict, differences: [`the engine threw ${(error as Error).stack}`], instructions: 0, end: 'threw' };
      }
    });
  }

  private executors(job: Job & { case: FuzzCase }, step: Execution): string[] {
    const random = new Random(job.case.index + 1);
    // A budget of 1 costs an entry of generated code each: not for what runs long.
    const budgets = step.instructions > 20_000 ? BUDGETS.slice(2) : BUDGETS;
    return differencesOfExecutors(
      step,
      this.cut.run(job, () => random.pick(budgets)),
    );
  }
}
