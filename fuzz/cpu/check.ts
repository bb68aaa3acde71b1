// Cases on the processor and on every executor, compared.

import { Random } from '../../test/vectors/random.ts';
import { differencesFromProcessor, differencesOfExecutors, differencesOfStops } from './compare.ts';
import { type Compiler, compiledBy, use } from './compilers.ts';
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
 * How a case is run, by its number, so that each difference is met by many cases and none takes every run: by the step executor, and in
 * regions, made as code is met or of all that the step executor has come to; by one of V8's compilers, whole or in slices.
 */
interface Manner {
  readonly compiler: Compiler;
  readonly regions: 'fresh' | 'ripe';
  readonly inSlices: Readonly<Record<'step' | 'regions', boolean>>;
  /** The pages of code are taken for such that keep changing. */
  readonly isRestless: boolean;
  /** Fresh: once more, changing executors at random. */
  readonly changes: boolean;
  /** Ripe regions find what is above 4 GiB. */
  readonly reachesHigh: boolean;
}

function mannerOf(index: number): Manner {
  return {
    compiler: ((index >> 2) & 3) === 3 ? 'turbofan' : 'liftoff',
    regions: ((index >> 4) & 1) === 0 ? 'fresh' : 'ripe',
    inSlices: { step: (index & 1) !== 0, regions: (index & 2) !== 0 },
    isRestless: ((index >> 5) & 15) === 15,
    reachesHigh: ((index >> 5) & 1) === 1,
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
  /** For what the processor ends, but executors that agree do not in their time: as many cycles as it may take itself. */
  private readonly patient = new Engine('mixed', createStepModule(), 2_000_000_000);
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
        const { step: first, differences } = this.executors(job);
        const isCutShort = processor && processor.end !== 'endless' && first.end === 'endless';
        const step = isCutShort ? this.patient.run(job, whole) : first;
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
    const { others, compiled } = this;
    const { compiler, regions, inSlices, isRestless, changes, reachesHigh } = mannerOf(index);
    const budget = (sliced: boolean): (() => number) => (sliced ? slices(index) : whole);
    const how = (sliced: boolean): string => (sliced ? ' in slices' : '');
    const differences: string[] = [];

    use(compiler);
    const { [regions === 'ripe' ? 'ripening' : 'step']: stepper, ripening } = this.stepping[compiler];
    const step = stepper.run(job, budget(inSlices.step));
    const compare = (name: string, got: Execution): void => {
      const lines = [...differencesOfExecutors(step, got), ...(inSlices.step && inSlices.regions ? differencesOfStops(step, got) : [])];
      const who = `step${how(inSlices.step)} against ${name}${how(inSlices.regions)} by ${compiler}`;
      for (const line of lines) differences.push(`${who}: ${line}`);
    };
    if (regions === 'ripe') {
      compare('ripe region', ripening.again(job, budget(inSlices.regions), reachesHigh));
      compiled[compiler] += compiledBy(compiler, ripening.regions);
      return { step, differences };
    }
    compare('region', others.region.run(job, budget(inSlices.regions), isRestless));
    compiled[compiler] += compiledBy(compiler, others.region.regions);
    if (step.instructions > HOT) compare('mixed', others.mixed.run(job, budget(inSlices.regions), isRestless));
    others.random.mix(index + 1);
    if (changes) compare('random', others.random.run(job, budget(inSlices.regions), isRestless));
    return { step, differences };
  }
}
