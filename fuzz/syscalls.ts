// Random system calls with wild arguments in a machine (guests/fuzz/syscalls.c). Found: a thrown exception, a machine that does not end,
// state that cannot be hashed, threads that are left behind, two runs that differ.

import { readFileSync } from 'node:fs';
import { createStepModule } from '../src/machine/cpu/step/step-module.ts';
import type { ArgumentKind } from '../src/kernel/syscalls/row.ts';
import { Machine } from '../src/machine/machine.ts';
import { DEFAULT_SPEC } from '../src/machine/machine-spec.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

const PROGRAM = new URL('../guests/bin/fuzz/syscalls', import.meta.url);
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

interface Run {
  readonly said: string;
  readonly problem: string | null;
  readonly hash: string;
}

function runMachine(machine: Machine, seed: number, rounds: number): Run {
  const image = new Uint8Array(readFileSync(PROGRAM));
  const failed = (problem: string): Run => ({ said: '', problem, hash: '' });
  try {
    const { pid } = machine.apply('spawn_process', {
      program: { path: '/bin/fuzz', image },
      arguments: ['fuzz', `${seed}`, `${rounds}`, describeCalls(machine)],
      environment: [],
      workingDirectory: '/',
      stdin: new Uint8Array(0),
      files: [],
      affinity: 0,
    });
    const end = machine.time + rounds * CYCLES_A_ROUND;
    let reason: string = 'limit';
    while (machine.time < end && reason === 'limit' && !machine.programs.get(pid)!.process.exitStatus) reason = machine.runSlice(end);
    const decoder = new TextDecoder();
    const said = machine.consoles
      .takeOutput()
      .map(({ bytes }) => decoder.decode(bytes))
      .join('')
      .trimEnd();
    if (!machine.programs.get(pid)!.process.exitStatus) return failed(`did not end: ${reason} at cycle ${machine.time}`);
    if (!/^\d+ rounds/m.test(said)) return failed(`said ${JSON.stringify(said.slice(0, 200))}`);
    machine.runSlice(machine.time + CYCLES_A_ROUND);
    const { tasks } = machine.board.kernel.pids;
    if (tasks.size > 0)
      return failed(
        `${tasks.size} threads are left: ${[...tasks.values()].map((task) => `${task.tid} ${task.state} ${task.blocked?.waitingFor ?? ''}`).join('; ')}`,
      );
    return { said, problem: null, hash: machine.hash() };
  } catch (error) {
    return failed(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** `count` rounds; `twice` runs every machine again and compares their states. */
export function fuzzSyscalls({ seed, count, progress, twice = false }: FuzzOptions): FuzzReport {
  const module = createStepModule();
  const problems: string[] = [];
  const fresh = (own: number): Machine => new Machine({ ...DEFAULT_SPEC, seed: BigInt(own), event_kinds: [] }, module);
  for (let done = 0; done < count; done += ROUNDS_A_MACHINE) {
    const own = seed + done / ROUNDS_A_MACHINE;
    const rounds = Math.min(ROUNDS_A_MACHINE, count - done);
    const run = runMachine(fresh(own), own, rounds);
    progress(`seed ${own}: ${run.problem ?? run.said}`);
    if (run.problem) problems.push(`syscalls --seed ${own} --count ${rounds}: ${run.problem}`);
    else if (twice && runMachine(fresh(own), own, rounds).hash !== run.hash)
      problems.push(`syscalls --seed ${own} --count ${rounds}: two runs differ`);
  }
  return { problems };
}
