// Cases on the processor and on every executor, compared.

import { Random } from '../../test/vectors/random.ts';
import { differencesFromProcessor, differencesOfExecutors, differencesOfStops } from './compare.ts';
import { COMPILERS, type Compiler, compiledBy, use } from './compilers.ts';
import { Engine, type Execution, stepModule } from './engine.ts';
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
 * step executor and by regions, under either compiler; in pages that are taken for restless; changing executors at random.
 */
interface Manner {
  readonly stepInSlices: Readonly<Record<Compiler, boolean>>;
  readonly regionsInSlices: Readonly<Record<Compiler, boolean>>;
  readonly isRestless: boolean;
  /** Under this compiler. */
  readonly changes: Compiler | null;
  /** Who compiles what becomes hot. */
  readonly hot: Compiler;
}

function mannerOf(index: number): Manner {
  const turn = index % 8;
  return {
    stepInSlices: { liftoff: (turn & 1) !== 0, turbofan: (turn & 2) !== 0 },
    regionsInSlices: { liftoff: turn === 1 || turn === 2 || turn === 5, turbofan: turn === 3 || turn === 4 || turn === 7 },
    isRestless: ((index >> 3) & 7) === 7,
    changes: index % 3 === 0 ? COMPILERS[(index / 3) & 1]! : null,
    hot: COMPILERS[(index >> 1) & 1]!,
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

export class Checker {
  private readonly step: Readonly<Record<Compiler, Engine>> = { liftoff: new Engine('step'), turbofan: new Engine('step', stepModule()) };
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

  /**
   * What the step executor does, and where others differ from it. Each is run under both compilers: the step executor is compiled twice,
   * a case's regions are run once as they are made, and once more when all have been compiled by the other.
   */
  private executors({ case: { index }, ...job }: Job & { case: FuzzCase }): { step: Execution; differences: string[] } {
    const { others } = this;
    const manner = mannerOf(index);
    const budget = (inSlices: boolean): (() => number) => (inSlices ? slices(index) : whole);
    const differences: string[] = [];
    use('liftoff');
    const inSlices = manner.stepInSlices.liftoff;
    const step = this.step.liftoff.run(job, budget(inSlices));
    const how = (sliced: boolean): string => (sliced ? ' in slices' : '');
    const compare = (got: Execution, name: string, compiler: Compiler, sliced: boolean): void => {
      const lines = [...differencesOfExecutors(step, got), ...(inSlices && sliced ? differencesOfStops(step, got) : [])];
      for (const line of lines) differences.push(`step${how(inSlices)} against ${name}${how(sliced)} by ${compiler}: ${line}`);
    };
    const other = (name: keyof typeof others, compiler: Compiler): void => {
      const sliced = manner.regionsInSlices[compiler];
      compare(others[name].run(job, budget(sliced), manner.isRestless), name, compiler, sliced);
    };
    others.random.mix(index + 1);
    for (const compiler of COMPILERS) {
      use(compiler);
      if (compiler === 'liftoff') {
        other('region', compiler);
        this.compiled.liftoff += compiledBy(compiler, others.region.regions);
      } else {
        compare(this.step.turbofan.run(job, budget(manner.stepInSlices.turbofan)), 'step', compiler, manner.stepInSlices.turbofan);
        const sliced = manner.regionsInSlices.turbofan;
        compare(others.region.again(job, budget(sliced)), 'region', compiler, sliced);
        this.compiled.turbofan += compiledBy(compiler, others.region.regions);
      }
      if (manner.changes === compiler) other('random', compiler);
      if (manner.hot === compiler && step.instructions > HOT) other('mixed', compiler);
    }
    return { step, differences };
  }
}
