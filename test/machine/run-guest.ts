// Runs a guest program in a machine of its own, in this process, for tests.

import { readFileSync } from 'node:fs';
import { createStepModule, type StepModule } from '../../src/machine/cpu/step/step-module.ts';
import type { EventFields, EventKind, EventPlace } from '../../src/machine/events/schema.ts';
import { Machine } from '../../src/machine/machine.ts';
import { DEFAULT_SPEC, type MachineSpec } from '../../src/machine/machine-spec.ts';
import type { GuestFile } from '../../src/machine/protocol.ts';

let module: StepModule | null = null;

/** Made once a test process. */
export function stepModule(): StepModule {
  module ??= createStepModule();
  return module;
}

export function newMachine(spec: Partial<MachineSpec> = {}): Machine {
  return new Machine({ ...DEFAULT_SPEC, ...spec }, stepModule());
}

/** A program of guests/bin. */
export function guest(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../guests/bin/${name}`, import.meta.url)));
}

export interface SeenEvent<K extends EventKind = EventKind> extends EventPlace {
  readonly kind: K;
  readonly fields: EventFields<K>;
}

/** Records what a machine emits from now on, beside encoding it. */
export function watch(machine: Machine): SeenEvent[] {
  const seen: SeenEvent[] = [];
  const emit = machine.events.emit.bind(machine.events);
  machine.events.emit = (kind, place, fields) => {
    seen.push({ kind, ...place, fields });
    emit(kind, place, fields);
  };
  return seen;
}

export interface SpawnOptions {
  readonly arguments?: readonly string[];
  readonly environment?: readonly string[];
  /** Whole input, or 'stream'. */
  readonly stdin?: Uint8Array | string;
  readonly files?: readonly GuestFile[];
  readonly affinity?: number;
  readonly terminal?: { readonly rows: number; readonly columns: number };
}

export function spawn(machine: Machine, image: Uint8Array, options: SpawnOptions = {}): number {
  const { stdin = '' } = options;
  const { pid } = machine.apply('spawn_process', {
    program: { path: '/bin/program', image },
    arguments: options.arguments ?? ['program'],
    environment: options.environment ?? ['PATH=/bin:/usr/bin'],
    workingDirectory: '/',
    stdin: stdin === 'stream' || options.terminal ? 'stream' : typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin,
    ...(options.terminal ? { terminal: options.terminal } : {}),
    files: options.files ?? [],
    affinity: options.affinity ?? 0,
  });
  return pid;
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or -signal; null if the process has not ended. */
  readonly status: number | null;
  /** quiescent, or limit when `cycles` were not enough. */
  readonly reason: string;
}

/** Lets time pass until nothing happens any more, at most `cycles`. */
export function finish(machine: Machine, pid: number, cycles = 20_000_000_000): Outcome {
  const end = machine.time + cycles;
  let reason: string = 'limit';
  while (machine.time < end && reason === 'limit') reason = machine.runSlice(end);
  const texts = ['', '', ''];
  const decoder = new TextDecoder();
  for (const chunk of machine.consoles.takeOutput()) if (chunk.pid === pid) texts[chunk.stream] += decoder.decode(chunk.bytes);
  const status = machine.programs.get(pid)!.process.exitStatus;
  return {
    stdout: texts[1]!,
    stderr: texts[2]!,
    status: status ? (status.kind === 'exited' ? status.code : -status.signal) : null,
    reason,
  };
}

export function run(
  image: Uint8Array,
  options: SpawnOptions = {},
  spec: Partial<MachineSpec> = {},
): Outcome & { readonly machine: Machine; readonly events: SeenEvent[] } {
  const machine = newMachine(spec);
  const events = watch(machine);
  const pid = spawn(machine, image, options);
  return { ...finish(machine, pid), machine, events };
}
