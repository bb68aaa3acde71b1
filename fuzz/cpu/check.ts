// Cases on the processor and on every executor, compared.

import { Random } from '../../test/vectors/random.ts';
import { differencesFromProcessor, differencesOfExecutors, differencesOfStops } from './compare.ts';
import { Engine, type Execution } from './engine.ts';
import { lower } from './lower.ts';
import { type Job, runNatively } from './native/batch.ts';
import type { Outcome } from './outcome.ts';
import type { FuzzCase } from './program.ts';

/** Cycles of a call of run() in cases that are cut up. */
const BUDGETS = [1, 7, 1000, 1_000_000];
const WHOLE = 1 << 30;
/** Instructions above which a budget of 1 and 7 takes too long: each costs an entry of generated code. */
const LONG = 20_000;
/** What else runs a case, by its number. */
const OTHERS = ['mixed', 'random', 'region', 'region', 'random', 'mixed'] as const;
/** Instructions from which on something is hot for certain. */
const HOT = 3000;

export interface Verdict {
  readonly case: FuzzCase;
  readonly job: Job;
  /** Empty if all agree. */
  readonly differences: readonly string[];
  /** What the processor says, or the step executor where that was not asked. */
  readonly expected?: Outcome;
  readonly instructions: number;
  /** How it ended. */
  readonly end: string;
}

export class Checker {
  private readonly step = new Engine('step');
  private readonly slices = new Engine('step');
  private readonly others = { region: new Engine('region'), mixed: new Engine('mixed'), random: new Engine('random') };
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
        const step = this.step.run(job, () => WHOLE);
        const processor = answers.get(job);
        const end = step.end === 'exception' ? `exception ${step.vector}` : step.end;
        const lines = [...(processor ? differencesFromProcessor(job.lowered, processor, step) : []), ...this.executors(job, step)];
        return { ...verdict, differences: lines, expected: processor ?? step, instructions: step.instructions, end };
      } catch (error) {
        return { ...verdict, differences: [`the engine threw ${(error as Error).stack}`], instructions: 0, end: 'threw' };
      }
    });
  }

  /** Regions always; changes at random and what becomes hot for some, because cases are many. Half of all in slices, which must end alike. */
  private executors(job: Job & { case: FuzzCase }, step: Execution): string[] {
    const { index } = job.case;
    const names = new Set<keyof typeof this.others>(['region', OTHERS[index % OTHERS.length]!]);
    if (step.instructions > HOT) names.add('mixed');
    this.others.random.mix(index + 1);
    const budgets = step.instructions > LONG ? BUDGETS.slice(2) : BUDGETS;
    const slices = (): (() => number) => {
      const random = new Random(index + 1);
      return () => random.pick(budgets) + random.below(16) / 16;
    };
    const cut = index % 2 === 1;
    const sliced = cut ? this.slices.run(job, slices()) : null;
    const say = (name: string, lines: readonly string[]): string[] => lines.map((line) => `step against ${name}: ${line}`);
    return [
      ...(sliced ? say('its slices', differencesOfExecutors(step, sliced)) : []),
      ...[...names].flatMap((name) => {
        const got = this.others[name].run(job, sliced ? slices() : () => WHOLE);
        return say(`${name}${cut ? ' in slices' : ''}`, [
          ...differencesOfExecutors(step, got),
          ...(sliced ? differencesOfStops(sliced, got) : []),
        ]);
      }),
    ];
  }
}
