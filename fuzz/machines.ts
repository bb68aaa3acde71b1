// Machine after machine, each with a seed of its own and a part of the count. Found in all of them: two runs that differ, state that cannot
// be hashed, a process that holds ever more.

import { setImmediate as nextJob } from 'node:timers/promises';
import { type StepModule, createStepModule } from '../src/machine/cpu/step/step-module.ts';
import type { Machine } from '../src/machine/machine.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

/** Beyond what the process held behind the first machine. */
const MOST_GROWTH_BYTES = 2 ** 30;

const mebibytes = (bytes: number): number => Math.floor(bytes / 2 ** 20);

export interface MachineRun {
  /** Null if all is well. */
  readonly problem: string | null;
  /** What is told of it then. */
  readonly said: string;
}

export interface MachineSuite {
  /** As `npm run fuzz` calls it. */
  readonly name: string;
  /** Of the count. */
  readonly countAMachine: number;
  fresh(seed: number, module: StepModule): Machine;
  run(machine: Machine, seed: number, count: number): MachineRun;
}

interface Ended extends MachineRun {
  /** Empty after a problem. */
  readonly hash: string;
}

function runOne(suite: MachineSuite, machine: Machine, seed: number, count: number): Ended {
  try {
    const { problem, said } = suite.run(machine, seed, count);
    return { problem, said, hash: problem === null ? machine.hash() : '' };
  } catch (error) {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error), said: '', hash: '' };
  } finally {
    machine.end();
  }
}

/** A finding names its machine's seed. `twice` runs every machine again and compares their states. */
export async function fuzzMachines(suite: MachineSuite, options: FuzzOptions): Promise<FuzzReport> {
  const { seed, count, isOver = () => false, progress, twice = false } = options;
  const { name, countAMachine } = suite;
  const module = createStepModule();
  const problems: string[] = [];
  let held = Number.NaN;
  for (let done = 0; done < count && !isOver(); done += countAMachine) {
    const own = seed + done / countAMachine;
    const part = Math.min(countAMachine, count - done);
    const found = (problem: string): void => void problems.push(`${name} --seed ${own} --count ${part}: ${problem}`);
    const first = runOne(suite, suite.fresh(own, module), own, part);
    progress(`seed ${own}: ${first.problem ?? first.said}`);
    if (first.problem !== null) found(first.problem);
    else if (twice && runOne(suite, suite.fresh(own, module), own, part).hash !== first.hash) found('two runs differ');
    // What is referred to weakly lives until the job is over.
    await nextJob();
    const resident = process.memoryUsage.rss();
    if (Number.isNaN(held)) held = resident;
    if (resident - held <= MOST_GROWTH_BYTES) continue;
    problems.push(`${name} --seed ${seed} --count ${done + part}: the process grew from ${mebibytes(held)} to ${mebibytes(resident)} MiB`);
    break;
  }
  return { problems };
}
