// Runs a benchmark program in a machine of this project, in this process, and times it.

import { readFileSync } from 'node:fs';
import type { Tiers } from '../src/machine/cpu/cpu.ts';
import { createStepModule, type StepModule } from '../src/machine/cpu/step/step-module.ts';
import { Machine } from '../src/machine/machine.ts';
import { DEFAULT_SPEC } from '../src/machine/machine-spec.ts';
import { tuneCompiler } from '../src/server/worker-compiler.ts';

tuneCompiler();
let stepModule: StepModule | null = null;

export interface GuestRun {
  readonly stdout: string;
  readonly seconds: number;
  /** Processor time of this thread alone, which others on the machine do not lengthen. */
  readonly processorSeconds: number;
  /** Guest instructions executed. */
  readonly instructions: number;
  /** Virtual time that passed, in cycles. */
  readonly cycles: number;
}

export function runInMachine(program: string, programArguments: readonly string[], vcpus = 1, ramBytes = 64 << 20): GuestRun {
  return runImage(program, new Uint8Array(readFileSync(program)), programArguments, { vcpus, ramBytes });
}

/** `name` is for messages. */
export function runImage(
  name: string,
  image: Uint8Array,
  programArguments: readonly string[],
  { vcpus = 1, ramBytes = 64 << 20, tiers = 'mixed' as Tiers } = {},
): GuestRun {
  stepModule ??= createStepModule();
  const machine = new Machine({ ...DEFAULT_SPEC, vcpus, ram_bytes: ramBytes, event_kinds: [] }, stepModule);
  machine.board.cpu.setTiers(tiers);
  const { pid } = machine.apply('spawn_process', {
    program: { path: '/bin/program', image },
    arguments: ['program', ...programArguments],
    environment: [],
    workingDirectory: '/',
    stdin: new Uint8Array(0),
    files: [],
    affinity: 0,
  });
  const before = machine.board.cpu.statistics.instructions;
  const start = performance.now();
  const processor = process.threadCpuUsage();
  while (machine.runSlice() === 'limit') continue;
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.threadCpuUsage(processor);
  const status = machine.programs.get(pid)!.process.exitStatus;
  if (status?.kind !== 'exited' || status.code !== 0) throw new Error(`${name} ended by ${JSON.stringify(status)}`);
  const decoder = new TextDecoder();
  const stdout = machine.consoles
    .takeOutput()
    .map((chunk) => decoder.decode(chunk.bytes))
    .join('');
  const instructions = machine.board.cpu.statistics.instructions - before;
  return { stdout, seconds, processorSeconds: (user + system) / 1e6, instructions, cycles: machine.time };
}
