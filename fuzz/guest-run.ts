// Runs a fuzzing program (guests/fuzz) to its end in a machine: what it said, or what is wrong with the machine.

import { readFileSync } from 'node:fs';
import type { Machine } from '../src/machine/machine.ts';
import type { MachineRun } from './machines.ts';

export interface GuestProgram {
  /** In guests/bin/fuzz. */
  readonly name: string;
  readonly arguments: readonly string[];
  /** Virtual time that it may take, and that everything it left behind then has to end. */
  readonly cycles: number;
  readonly patience: number;
  /** What it prints when all went well. */
  readonly says: RegExp;
}

function failed(problem: string): MachineRun {
  return { said: '', problem };
}

export function runGuest(machine: Machine, program: GuestProgram): MachineRun {
  const image = new Uint8Array(readFileSync(new URL(`../guests/bin/fuzz/${program.name}`, import.meta.url)));
  try {
    const { pid } = machine.apply('spawn_process', {
      program: { path: '/bin/fuzz', image },
      arguments: ['fuzz', ...program.arguments],
      environment: [],
      workingDirectory: '/',
      stdin: new Uint8Array(0),
      files: [],
      affinity: 0,
    });
    const end = machine.time + program.cycles;
    let reason: string = 'limit';
    while (machine.time < end && reason === 'limit' && !machine.programs.get(pid)!.process.exitStatus) {
      reason = machine.runSlice(end);
      machine.events.take();
    }
    const decoder = new TextDecoder();
    const said = machine.consoles
      .takeOutput()
      .map(({ bytes }) => decoder.decode(bytes))
      .join('')
      .trimEnd();
    if (!machine.programs.get(pid)!.process.exitStatus) return failed(`did not end: ${reason} at cycle ${machine.time}`);
    if (!program.says.test(said)) return failed(`said ${JSON.stringify(said.slice(0, 200))}`);
    machine.runSlice(machine.time + program.patience);
    const { tasks } = machine.board.kernel.pids;
    const left = [...tasks.values()].map((task) => `${task.tid} ${task.state} ${task.blocked?.waitingFor ?? ''}`);
    if (left.length > 0) return failed(`${left.length} threads are left: ${left.join('; ')}`);
    return { said, problem: null };
  } catch (error) {
    return failed(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
