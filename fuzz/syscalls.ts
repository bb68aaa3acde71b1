// Random system calls with wild arguments in a machine (guests/fuzz/syscalls.c). Found: a thrown exception, a machine that does not end,
// state that cannot be hashed, threads that are left behind, two runs that differ.

import type { ArgumentKind } from '../src/kernel/syscalls/row.ts';
import { Machine } from '../src/machine/machine.ts';
import { DEFAULT_SPEC } from '../src/machine/machine-spec.ts';
import { runGuest } from './guest-run.ts';
import { type MachineRun, type MachineSuite, fuzzMachines } from './machines.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

/** Rounds of one machine: a finding names its machine's seed. */
const ROUNDS_A_MACHINE = 100;
/** Virtual cycles a round may take: it is killed after 50 ms. */
const CYCLES_A_ROUND = 400_000_000;

const LETTERS: Readonly<Record<ArgumentKind, string>> = {
  fd: 'f',
  pointer: 'p',
  path: 'n',
  size: 'z',
  flags: 'b',
  signal: 's',
  i32: 'i',
  u32: 'i',
  i64: 'i',
  u64: 'i',
};

/** Calls that are there, as the guest reads them. */
function describeCalls(machine: Machine): string {
  const rows = machine.board.kernel.table.list().filter((row) => row.handler);
  return rows.map(({ number, arguments: kinds }) => `${number}:${kinds.map((kind) => LETTERS[kind]).join('')}`).join(' ');
}

function run(machine: Machine, seed: number, rounds: number): MachineRun {
  const cycles = rounds * CYCLES_A_ROUND;
  const programArguments = [`${seed}`, `${rounds}`, describeCalls(machine)];
  return runGuest(machine, { name: 'syscalls', arguments: programArguments, cycles, patience: CYCLES_A_ROUND, says: /^\d+ rounds/m });
}

/** `count` rounds. */
export function fuzzSyscalls(options: FuzzOptions): Promise<FuzzReport> {
  const fresh: MachineSuite['fresh'] = (seed, module) => new Machine({ ...DEFAULT_SPEC, seed: BigInt(seed), event_kinds: [] }, module);
  return fuzzMachines({ name: 'syscalls', countAMachine: ROUNDS_A_MACHINE, fresh, run }, options);
}
