// Damaged programs (good ELF files with wild fields in their headers, wild bytes and code, cut off), and programs and scripts made from
// nothing, with one another as interpreters. Found: a thrown exception that is no
// MachineError, a program that makes the machine take more than its limits, anything that is not given back, two runs that differ.

import { readFileSync } from 'node:fs';
import { MachineError } from '../src/machine/errors.ts';
import { Machine } from '../src/machine/machine.ts';
import { DEFAULT_SPEC } from '../src/machine/machine-spec.ts';
import { Choices } from './random.ts';
import { damagedProgram } from './elf/damaged.ts';
import { madeProgram } from './elf/made.ts';
import { type MachineSuite, fuzzMachines } from './machines.ts';
import type { GuestFile } from '../src/machine/protocol.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

/** Files of one machine. */
const FILES_A_MACHINE = 50;
/** Virtual cycles that a program is given before it is killed. */
const CYCLES = 2_000_000;
const SIGKILL = 9;
/** 4 MiB: files in the machine. */
const MOST_KEPT_FRAMES = 1024;
const PROGRAMS = ['hello', 'threads', 'uipi_spin.poc', 'signals', 'mappings', 'pthreads', 'fork_wait'];
/** A program, and what it may execute or be interpreted by. */
interface Files {
  readonly image: Uint8Array;
  readonly other: Uint8Array;
  readonly interpreter: Uint8Array;
}

const file = (path: string, bytes: Uint8Array): GuestFile => ({ path, bytes, mode: 0o755 });

/** Undefined if all is well. The outcome says what became of the program. */
function runOne(machine: Machine, { image, other, interpreter }: Files, outcomes: Map<string, number>): string | undefined {
  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  try {
    const { pid } = machine.apply('spawn_process', {
      program: { path: '/bin/damaged', image },
      arguments: ['damaged'],
      environment: [],
      workingDirectory: '/',
      stdin: new Uint8Array(0),
      files: [file('/bin/other', other), file('/lib/ld.so', interpreter)],
      affinity: 0,
    });
    const { process } = machine.programs.get(pid)!;
    const end = machine.time + CYCLES;
    while (machine.time < end && !process.exitStatus && machine.runSlice(end) !== 'quiescent') machine.events.take();
    count(process.exitStatus ? 'ran' : 'was killed');
    const { tasks } = machine.board.kernel.pids;
    for (let slices = 0; slices < 100 && tasks.size > 0; slices++) {
      // All of them: it may have forked, and its children may.
      for (const own of new Set([...tasks.values()].filter((task) => !task.process.exitStatus).map((task) => task.process.pid)))
        machine.apply('signal_process', { pid: own, tid: 0, signal: SIGKILL });
      machine.runSlice(machine.time + CYCLES);
      machine.events.take();
    }
    machine.consoles.takeOutput();
    return tasks.size === 0 ? undefined : 'threads are left that SIGKILL does not end';
  } catch (error) {
    if (!(error instanceof MachineError) || error.code === 'INTERNAL')
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    count(error.code);
    return undefined;
  }
}

function runMachine(machine: Machine, seed: number, files: number, outcomes: Map<string, number>): string | undefined {
  const originals = PROGRAMS.map((name) => new Uint8Array(readFileSync(new URL(`../guests/bin/${name}`, import.meta.url))));
  const choices = new Choices(seed);
  const { physical } = machine.board;
  let before = Number.NaN;
  for (let file = 0; file < files; file++) {
    const program = (): Uint8Array => (choices.chance(0.5) ? madeProgram(choices) : damagedProgram(originals, choices));
    const problem = runOne(machine, { image: program(), other: program(), interpreter: program() }, outcomes);
    if (problem) return `file ${file}: ${problem}`;
    // What a first program makes the machine keep stays; so does the file of the last one.
    const free = physical.freeFrames;
    if (file === 0) before = free;
    if (free < before - MOST_KEPT_FRAMES) return `file ${file}: ${before - free} frames are not given back`;
  }
  return undefined;
}

/** `count` files. */
export function fuzzElf(options: FuzzOptions): Promise<FuzzReport> {
  const suite: MachineSuite = {
    name: 'elf',
    countAMachine: FILES_A_MACHINE,
    fresh: (seed, module) => new Machine({ ...DEFAULT_SPEC, seed: BigInt(seed), event_kinds: [] }, module),
    run: (machine, seed, files) => {
      const outcomes = new Map<string, number>();
      const problem = runMachine(machine, seed, files, outcomes) ?? null;
      return { problem, said: [...outcomes].map(([outcome, times]) => `${times} ${outcome}`).join(', ') };
    },
  };
  return fuzzMachines(suite, options);
}
