// One program under each choice of executors, with time cut into budgets of each size and interrupted at random instructions: all must
// end in the same state with the same events.

import { expect } from 'vitest';
import type { Tiers } from '../../src/machine/cpu/cpu.ts';
import type { MachineSpec } from '../../src/machine/machine-spec.ts';
import { RandomGenerator } from '../../src/machine/random-generator.ts';
import { type SpawnOptions, newMachine, spawn } from './run-guest.ts';

const SIGCONT = 18,
  SIGSTOP = 19;

export interface TierProgram {
  readonly image: Uint8Array;
  readonly options?: SpawnOptions;
  readonly spec: Partial<MachineSpec>;
  /** Virtual time, in cycles, at which all are compared. */
  readonly end: number;
  /** The process is stopped at so many random times, and goes on a little later. */
  readonly stops: number;
  readonly seed: bigint;
}

export interface TierOutcome {
  readonly hash: string;
  readonly events: string;
  readonly time: number;
  readonly instructions: number;
}

/** `budget`: cycles that the machine is given at a time, for the first `cuts` times. */
export interface TierSetting {
  readonly tiers: Tiers;
  readonly budget: number;
  readonly cuts: number;
}

/** Time is never cut but by the stops. */
export const REFERENCE: TierSetting = { tiers: 'step', budget: 1_000_000, cuts: 0 };
/** Each choice, and each budget, which is given anew behind each stop. */
export const SETTINGS: readonly TierSetting[] = [
  { tiers: 'region', budget: 1_000_000, cuts: 100 },
  { tiers: 'region', budget: 1000, cuts: 600 },
  { tiers: 'region', budget: 7, cuts: 1500 },
  { tiers: 'mixed', budget: 1000, cuts: 300 },
  { tiers: 'random', budget: 1, cuts: 1500 },
  { tiers: 'random', budget: 7, cuts: 1500 },
  { tiers: 'random', budget: 1000, cuts: 600 },
  { tiers: 'random', budget: 1_000_000, cuts: 100 },
];

/** The fewest that have every choice and every size of budget. */
export const FEW_SETTINGS: readonly TierSetting[] = [
  { tiers: 'region', budget: 1_000_000, cuts: 100 },
  { tiers: 'region', budget: 7, cuts: 500 },
  { tiers: 'mixed', budget: 1000, cuts: 100 },
  { tiers: 'random', budget: 1, cuts: 500 },
  { tiers: 'random', budget: 1000, cuts: 200 },
];

/** Times at which the process is stopped or goes on, in their order. */
function interruptions({ stops, end, seed }: TierProgram): readonly (readonly [time: number, signal: number])[] {
  const random = new RandomGenerator(seed);
  const all = Array.from({ length: stops }, () => {
    const time = 1 + (random.next() % (end >>> 2));
    return [
      [time, SIGSTOP],
      [time + 1 + (random.next() % 3000), SIGCONT],
    ] as const;
  });
  return all.flat().toSorted(([a], [b]) => a - b);
}

export function tierOutcome(program: TierProgram, { tiers, budget, cuts }: TierSetting): TierOutcome {
  const machine = newMachine(program.spec);
  const { cpu } = machine.board;
  const random = new RandomGenerator(program.seed + BigInt(budget));
  cpu.setTiers(tiers);
  const pid = spawn(machine, program.image, program.options);
  const advance = (until: number): void => {
    for (let n = 0; n < cuts && machine.time < until; n++) {
      // Another choice for every block from here on.
      if (tiers === 'random' && n % 64 === 0) cpu.setTiers(tiers, (random.next() | 1) >>> 0);
      machine.advanceTo(Math.min(until, machine.time + budget));
    }
    machine.advanceTo(until);
  };
  for (const [time, signal] of interruptions(program)) {
    advance(time);
    if (machine.programs.get(pid)!.process.exitStatus) break;
    machine.apply('signal_process', { pid, tid: 0, signal });
  }
  advance(program.end);
  const { regions } = cpu as unknown as { regions: { statistics: { compiled: number } } };
  if (tiers !== 'mixed') expect(regions.statistics.compiled > 0).toBe(tiers !== 'step');
  const outcome = {
    hash: machine.hash(),
    events: Buffer.from(machine.events.take()?.bytes ?? []).toString('latin1'),
    time: machine.time,
    instructions: cpu.instructions,
  };
  cpu.release();
  return outcome;
}
