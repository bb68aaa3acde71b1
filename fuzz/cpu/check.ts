// Cases on the processor and on every executor, compared.

import { Random } from '../../test/vectors/random.ts';
import { differencesFromProcessor, differencesOfExecutors, differencesOfStops } from './compare.ts';
import { COMPILERS, type Compiler, compiledBy, use } from './compilers.ts';
import { createStepModule } from '../../src/machine/cpu/step/step-module.ts';
import { Engine, type Execution } from './engine.ts';
import { lower } from './lower.ts';
import { type Job, runNatively } from './native/batch.ts';
import type { Outcome } from './outcome.ts';
import type { FuzzCase } from './program.ts';

/** Cycles of a call of run() in cases that are cut up: the first slices are short, so that they fall into everything, then longer. */
const BUDGETS = [
  [1, 7, 50, 50, 1000, 1000],
  [7, 1000, 20_000],
] as const;
const SLICES_OF_A_KIND = 60;
const WHOLE = 1 << 30;
/** Instructions from which on something is hot for certain; below, 'mixed' does what 'step' does. */
const HOT = 3000;

/**
 * How a case is run, by its number, so that each difference is met by many cases and none takes each run twice. Under one compiler, `fresh`,
 * by the step executor and in regions that are made as code is met; under the other by the step executor, and then in regions made of all
 * that this has come to. Each whole or in slices.
 */
interface Manner {
  readonly fresh: Compiler;
  readonly inSlices: Readonly<Record<'step' | 'fresh' | 'ripening' | 'ripe', boolean>>;
  /** The pages of code are taken for such that keep changing. */
  readonly isRestless: boolean;
  /** Once more, changing executors at random: under this compiler. */
  readonly changes: Compiler | null;
}

function mannerOf(index: number): Manner {
  const turn = index & 7;
  return {
    inSlices: {
      step: (turn & 1) !== 0,
      fresh: turn === 1 || turn === 2,
      ripening: (turn & 2) !== 0,
      ripe: turn === 3 || turn === 4 || turn === 7,
    },
    fresh: COMPILERS[(index >> 3) & 1]!,
    isRestless: ((index >> 4) & 15) === 15,
    changes: index % 3 === 0 ? COMPILERS[(index / 3) & 1]! : null,
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

/** Functions compiled for regions. */
export type Compiled = Record<Compiler, number>;

/** Those that execute everything one instruction after the other are compiled by one compiler each. */
const stepping = (): Record<'step' | 'ripening', Engine> => {
  const module = createStepModule();
  return { step: new Engine('step', module), ripening: new Engine('ripening', module) };
};

export class Checker {
  private readonly stepping: Readonly<Record<Compiler, Record<'step' | 'ripening', Engine>>> = {
    liftoff: stepping(),
    turbofan: stepping(),
  };
  private readonly others = { region: new Engine('region'), mixed: new Engine('mixed'), random: new Engine('random') };
  /** Whether the processor is asked. */
  readonly native: boolean;
  private compiled: Compiled = { liftoff: 0, turbofan: 0 };

  constructor(native: boolean) {
    this.native = native;
  }

  /** What of the regions that there were at the end of each case had been compiled, since this was asked last. */
  takeCompiled(): Compiled {
    const { compiled } = this;
    this.compiled = { liftoff: 0, turbofan: 0 };
    return compiled;
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
        const processor = answers.get(job);
        const { step, differences } = this.executors(job);
        const end = step.end === 'exception' ? `exception ${step.vector}` : step.end;
        const lines = [...(processor ? differencesFromProcessor(job.lowered, processor, step) : []), ...differences];
        return { ...verdict, differences: lines, expected: processor ?? step, instructions: step.instructions, end };
      } catch (error) {
        return { ...verdict, differences: [`the engine threw ${(error as Error).stack}`], instructions: 0, end: 'threw' };
      }
    });
  }

  /** What the step executor does, and where others differ from it. */
  private executors({ case: { index }, ...job }: Job & { case: FuzzCase }): { step: Execution; differences: string[] } {
    const { others, stepping, compiled } = this;
    const { fresh, inSlices, isRestless, changes } = mannerOf(index);
    const ripe: Compiler = fresh === 'liftoff' ? 'turbofan' : 'liftoff';
    const budget = (sliced: boolean): (() => number) => (sliced ? slices(index) : whole);
    const how = (sliced: boolean): string => (sliced ? ' in slices' : '');
    const differences: string[] = [];

    use(fresh);
    const step = stepping[fresh].step.run(job, budget(inSlices.step));
    const compare = (name: string, sliced: boolean, compiler: Compiler, run: (next: () => number) => Execution): void => {
      use(compiler);
      const got = run(budget(sliced));
      const lines = [...differencesOfExecutors(step, got), ...(inSlices.step && sliced ? differencesOfStops(step, got) : [])];
      const who = `step${how(inSlices.step)} by ${fresh} against ${name}${how(sliced)} by ${compiler}`;
      for (const line of lines) differences.push(`${who}: ${line}`);
    };

    compare('region', inSlices.fresh, fresh, (next) => others.region.run(job, next, isRestless));
    compiled[fresh] += compiledBy(fresh, others.region.regions);
    if (step.instructions > HOT) compare('mixed', inSlices.fresh, fresh, (next) => others.mixed.run(job, next, isRestless));
    const { ripening } = stepping[ripe];
    compare('step', inSlices.ripening, ripe, (next) => ripening.run(job, next));
    compare('ripe region', inSlices.ripe, ripe, (next) => ripening.again(job, next));
    compiled[ripe] += compiledBy(ripe, ripening.regions);
    others.random.mix(index + 1);
    if (changes) compare('random', inSlices.fresh, changes, (next) => others.random.run(job, next, isRestless));
    return { step, differences };
  }
}
