// Cases on the processor and on every executor, compared.

import { Random } from '../../test/vectors/random.ts';
import { differencesFromProcessor, differencesOfExecutors, differencesOfStops } from './compare.ts';
import { Engine, type Execution } from './engine.ts';
import { lower } from './lower.ts';
import { type Job, runNatively } from './native/batch.ts';
import type { Outcome } from './outcome.ts';
import type { FuzzCase } from './program.ts';

/** Cycles of a call of run() in cases that are cut up: the first slices are short, so that they fall into everything, then longer. */
const BUDGETS = [
  [1, 7, 7, 50, 1000],
  [7, 1000, 20_000],
] as const;
const SLICES_OF_A_KIND = 60;
const WHOLE = 1 << 30;
/** Instructions from which on something is hot for certain; below, 'mixed' does what 'step' does. */
const HOT = 3000;

/**
 * How a case is run, by its number, so that each difference is met by many cases and none takes each run twice: whole or in slices, by the
 * step executor and by the others; in pages that are taken for restless; changing executors at random.
 */
interface Manner {
  readonly stepInSlices: boolean;
  readonly othersInSlices: boolean;
  readonly isRestless: boolean;
  readonly changes: boolean;
}

function mannerOf(index: number): Manner {
  return {
    stepInSlices: (index & 1) !== 0,
    othersInSlices: ((index ^ (index >> 1)) & 1) !== 0,
    isRestless: ((index >> 2) & 3) === 3,
    changes: index % 3 === 0,
  };
}

const whole = (): number => WHOLE;

/** What each call of run() gets, the same for every executor of a case. */
function slices(index: number): () => number {
  const random = new Random(index + 1);
  let made = 0;
  return () => {
    const budgets = BUDGETS[Math.floor(made++ / SLICES_OF_A_KIND)];
    return budgets ? random.pick(budgets) + random.below(16) / 16 : 1_000_000;
  };
}

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
        const manner = mannerOf(job.case.index);
        const step = this.step.run(job, manner.stepInSlices ? slices(job.case.index) : whole);
        const processor = answers.get(job);
        const end = step.end === 'exception' ? `exception ${step.vector}` : step.end;
        const lines = [...(processor ? differencesFromProcessor(job.lowered, processor, step) : []), ...this.executors(job, step, manner)];
        return { ...verdict, differences: lines, expected: processor ?? step, instructions: step.instructions, end };
      } catch (error) {
        return { ...verdict, differences: [`the engine threw ${(error as Error).stack}`], instructions: 0, end: 'threw' };
      }
    });
  }

  /** Regions always, what becomes hot where something does. */
  private executors({ case: { index }, ...job }: Job & { case: FuzzCase }, step: Execution, manner: Manner): string[] {
    const names: (keyof typeof this.others)[] = ['region'];
    if (manner.changes) names.push('random');
    if (step.instructions > HOT) names.push('mixed');
    this.others.random.mix(index + 1);
    return names.flatMap((name) => {
      const got = this.others[name].run(job, manner.othersInSlices ? slices(index) : whole, manner.isRestless);
      const lines = [
        ...differencesOfExecutors(step, got),
        ...(manner.stepInSlices && manner.othersInSlices ? differencesOfStops(step, got) : []),
      ];
      const how = (inSlices: boolean): string => (inSlices ? ' in slices' : '');
      return lines.map((line) => `step${how(manner.stepInSlices)} against ${name}${how(manner.othersInSlices)}: ${line}`);
    });
  }
}
