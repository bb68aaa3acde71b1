// Random rings in a machine (guests/fuzz/uring.c). Found: a thrown exception, a machine that does not end, threads that are left behind,
// a completion that was lost or came twice, anything that is not given back, two runs that differ.

import { Machine } from '../src/machine/machine.ts';
import { DEFAULT_SPEC } from '../src/machine/machine-spec.ts';
import { runGuest } from './guest-run.ts';
import { type MachineRun, type MachineSuite, fuzzMachines } from './machines.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

/** Rounds of one machine: a finding names its machine's seed. */
const ROUNDS_A_MACHINE = 50;
/** Virtual cycles a round may take: the guest gives one a second, and a machine is slower where processes of a round fight for it. */
const CYCLES_A_ROUND = 4_000_000_000;

/** What guests take from the machine, by number. */
function taken({ board }: Machine): Record<string, number> {
  const { kernel, physical, uring } = board;
  return {
    frames: physical.frameCount - physical.freeFrames,
    'open files': kernel.vfs.openFiles.count,
    'file pages': kernel.vfs.filePages.pages,
    'kernel memory': kernel.memory.used,
    rings: uring.rings.size,
    'tasks with work of rings': uring.work.size,
    'tasks that know rings': uring.registered.size,
  };
}

function run(machine: Machine, seed: number, rounds: number): MachineRun {
  const program = { name: 'uring', cycles: rounds * CYCLES_A_ROUND, patience: CYCLES_A_ROUND };
  // Once without rounds: what a first program makes the machine keep is there before.
  const empty = runGuest(machine, { ...program, arguments: ['1', '0'], says: /^0 rounds/ });
  if (empty.problem) return empty;
  const before = taken(machine);
  const result = runGuest(machine, { ...program, arguments: [`${seed}`, `${rounds}`], says: /^\d+ rounds/ });
  if (result.problem) return result;
  const kept = Object.entries(taken(machine)).filter(([what, count]) => count !== before[what]);
  if (kept.length === 0) return result;
  return { ...result, problem: `not given back: ${kept.map(([what, count]) => `${count - before[what]!} ${what}`).join(', ')}` };
}

/** `count` rounds. */
export function fuzzUring(options: FuzzOptions): Promise<FuzzReport> {
  const fresh: MachineSuite['fresh'] = (seed, module) => new Machine({ ...DEFAULT_SPEC, seed: BigInt(seed) }, module);
  return fuzzMachines({ name: 'uring', countAMachine: ROUNDS_A_MACHINE, fresh, run }, options);
}
