// Random system calls with wild arguments in a machine (guests/fuzz/syscalls.c). Found: a thrown exception, a machine that does not end,
// state that cannot be hashed, threads that are left behind, two runs that differ.

import { createStepModule } from '../src/machine/cpu/step/step-module.ts';
import type { ArgumentKind } from '../src/kernel/syscalls/row.ts';
import { Machine } from '../src/machine/machine.ts';
import { DEFAULT_SPEC } from '../src/machine/machine-spec.ts';
import { type GuestRun, runGuest } from './guest-run.ts';
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

function run(machine: Machine, seed: number, rounds: number): GuestRun {
  const cycles = rounds * CYCLES_A_ROUND;
  const programArguments = [`${seed}`, `${rounds}`, describeCalls(machine)];
  return runGuest(machine, { name: 'syscalls', arguments: programArguments, cycles, patience: CYCLES_A_ROUND, says: /^\d+ rounds/m });
}

/** `count` rounds; `twice` runs every machine again and compares their states. */
export function fuzzSyscalls({ seed, count, isOver = () => false, progress, twice = false }: FuzzOptions): FuzzReport {
  const module = createStepModule();
  const problems: string[] = [];
  const fresh = (own: number): Machine => new Machine({ ...DEFAULT_SPEC, seed: BigInt(own), event_kinds: [] }, module);
  for (let done = 0; done < count && !isOver(); done += ROUNDS_A_MACHINE) {
    const own = seed + done / ROUNDS_A_MACHINE;
    const rounds = Math.min(ROUNDS_A_MACHINE, count - done);
    const first = run(fresh(own), own, rounds);
    progress(`seed ${own}: ${first.problem ?? first.said}`);
    if (first.problem) problems.push(`syscalls --seed ${own} --count ${rounds}: ${first.problem}`);
    else if (twice && run(fresh(own), own, rounds).hash !== first.hash)
      problems.push(`syscalls --seed ${own} --count ${rounds}: two runs differ`);
  }
  return { problems };
}
