// Damaged programs: good ELF files with wild fields in their headers, wild bytes, cut off or grown. Found: a thrown exception that is no
// MachineError, a program that makes the machine take more than its limits, anything that is not given back, two runs that differ.

import { readFileSync } from 'node:fs';
import { createStepModule } from '../src/machine/cpu/step/step-module.ts';
import { MachineError } from '../src/machine/errors.ts';
import { Machine } from '../src/machine/machine.ts';
import { DEFAULT_SPEC } from '../src/machine/machine-spec.ts';
import { Choices } from './random.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

/** Files of one machine. */
const FILES_A_MACHINE = 50;
/** Virtual cycles that a program is given before it is killed. */
const CYCLES = 2_000_000;
const SIGKILL = 9;
/** 4 MiB: files in the machine. */
const MOST_KEPT_FRAMES = 1024;
const PROGRAMS = ['hello', 'threads', 'uipi_spin.poc'];
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const VALUES = [
  0n,
  1n,
  7n,
  0x38n,
  0xfffn,
  0x1000n,
  0x40_0000n,
  0x7fff_ffffn,
  0xffff_ffffn,
  0x7fff_ffff_f000n,
  0x8000_0000_0000n,
  1n << 63n,
  (1n << 64n) - 1n,
];
/** Of the ELF header (elf(5)): offset and bytes of what is worth changing. */
const HEADER_FIELDS = [
  [4, 1],
  [5, 1],
  [6, 1],
  [7, 1],
  [16, 2],
  [18, 2],
  [20, 4],
  [24, 8],
  [32, 8],
  [48, 4],
  [52, 2],
  [54, 2],
  [56, 2],
] as const; // prettier-ignore
/** Of a program header: type, flags, offset, virtual address, size in the file and in memory, alignment. */
const PROGRAM_FIELDS = [
  [0, 4],
  [4, 4],
  [8, 8],
  [16, 8],
  [32, 8],
  [40, 8],
  [48, 8],
] as const; // prettier-ignore
const TYPES = [0n, 1n, 2n, 3n, 4n, 6n, 7n, 0x6474_e550n, 0x6474_e551n, 0x6474_e552n, 0x6474_e553n];

function write(image: Uint8Array, at: number, bytes: number, value: bigint): void {
  for (let n = 0; n < bytes && at + n < image.length; n++) image[at + n] = Number((value >> BigInt(8 * n)) & 0xffn);
}

export function damagedProgram(originals: readonly Uint8Array[], choices: Choices): Uint8Array {
  let image = choices.of(originals).slice();
  const view = new DataView(image.buffer);
  const [tableAt, count] = [Number(view.getBigUint64(32, true)), view.getUint16(56, true)];
  for (let damages = 1 + choices.below(4); damages > 0; damages--) {
    const value = choices.chance(0.7) ? choices.of(VALUES) : choices.bits64() >> BigInt(choices.below(64));
    const what = choices.below(10);
    if (what < 3) {
      const [at, bytes] = choices.of(HEADER_FIELDS);
      write(image, at, bytes, value);
    } else if (what < 8) {
      const [at, bytes] = choices.of(PROGRAM_FIELDS);
      const place = tableAt + choices.below(count) * PROGRAM_HEADER_BYTES + at;
      write(image, place, bytes, at === 0 ? choices.of(TYPES) : value);
    } else if (what < 9) write(image, choices.below(image.length), 8, choices.bits64());
    else image = image.slice(0, choices.chance(0.5) ? choices.below(HEADER_BYTES + 8 * PROGRAM_HEADER_BYTES) : choices.below(image.length));
  }
  return image;
}

/** Undefined if all is well. The outcome says what became of the program. */
function runOne(machine: Machine, image: Uint8Array, outcomes: Map<string, number>): string | undefined {
  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  try {
    const { pid } = machine.apply('spawn_process', {
      program: { path: '/bin/damaged', image },
      arguments: ['damaged'],
      environment: [],
      workingDirectory: '/',
      stdin: new Uint8Array(0),
      files: [],
      affinity: 0,
    });
    const { process } = machine.programs.get(pid)!;
    const end = machine.time + CYCLES;
    while (machine.time < end && !process.exitStatus && machine.runSlice(end) !== 'quiescent') machine.events.take();
    if (!process.exitStatus) machine.apply('signal_process', { pid, tid: 0, signal: SIGKILL });
    count(process.exitStatus ? 'ran' : 'was killed');
    for (let slices = 0; slices < 100 && machine.board.kernel.pids.tasks.size > 0; slices++) {
      machine.runSlice(machine.time + CYCLES);
      machine.events.take();
    }
    machine.consoles.takeOutput();
    return machine.board.kernel.pids.tasks.size === 0 ? undefined : 'threads are left that SIGKILL does not end';
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
    const problem = runOne(machine, damagedProgram(originals, choices), outcomes);
    if (problem) return `file ${file}: ${problem}`;
    // What a first program makes the machine keep stays; so does the file of the last one.
    const free = physical.freeFrames;
    if (file === 0) before = free;
    if (free < before - MOST_KEPT_FRAMES) return `file ${file}: ${before - free} frames are not given back`;
  }
  return undefined;
}

/** `count` files; `twice` runs every machine again and compares their states. */
export function fuzzElf({ seed, count, progress, twice = false }: FuzzOptions): FuzzReport {
  const module = createStepModule();
  const problems: string[] = [];
  const fresh = (own: number): Machine => new Machine({ ...DEFAULT_SPEC, seed: BigInt(own), event_kinds: [] }, module);
  for (let done = 0; done < count; done += FILES_A_MACHINE) {
    const own = seed + done / FILES_A_MACHINE;
    const files = Math.min(FILES_A_MACHINE, count - done);
    const [machine, outcomes] = [fresh(own), new Map<string, number>()];
    const problem = runMachine(machine, own, files, outcomes);
    progress(`seed ${own}: ${problem ?? [...outcomes].map(([outcome, times]) => `${times} ${outcome}`).join(', ')}`);
    if (problem) problems.push(`elf --seed ${own} --count ${files}: ${problem}`);
    else if (twice) {
      const again = fresh(own);
      runMachine(again, own, files, new Map());
      if (again.hash() !== machine.hash()) problems.push(`elf --seed ${own} --count ${files}: two runs differ`);
    }
  }
  return { problems };
}
