// A hosted machine without a worker: commands go in as the worker gives them, and what it posts is kept.

import { COMMANDS, PENDING } from '../../../src/machine/commands.ts';
import type { HostedMachine } from '../../../src/machine/hosted/hosted-machine.ts';
import { madeMachine } from '../../../src/machine/hosted/made-machine.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import { DEFAULT_SPEC, type MachineSpec } from '../../../src/machine/machine-spec.ts';
import type { CommandFields, CommandKind, CommandReply, FromWorker } from '../../../src/machine/protocol.ts';
import { HOST_FILES } from '../../../src/machine/durable/file-layer.ts';
import { guest, stepModule } from '../run-guest.ts';

export class Rig {
  readonly hosted: HostedMachine;
  readonly posted: FromWorker[] = [];
  private requests = 0;

  constructor(spec: Partial<MachineSpec> = {}) {
    const post = (message: FromWorker): void => void this.posted.push(message);
    this.hosted = madeMachine(1, { spec: { ...DEFAULT_SPEC, ...spec }, account: 0 }, { stepModule: stepModule(), post, files: HOST_FILES });
  }

  get machine(): Machine {
    return this.hosted.machine;
  }

  get events(): string[] {
    return this.posted.flatMap((message) => (message.kind === 'state' ? [`${message.state} ${message.reason}`.trim()] : []));
  }

  /** Begins a command; answers its number. */
  send<K extends CommandKind>(kind: K, fields: CommandFields<K>): number {
    const request = ++this.requests;
    const command = { kind, machine: 1, request, fields } as never;
    const host = { machines: new Map([[1, this.hosted]]), create: () => this.hosted, bringBack: () => {}, remove: () => {} };
    const reply = COMMANDS[kind](host, command);
    if (reply !== PENDING) this.posted.push({ kind: 'reply', command: kind, request, reply } as never);
    return request;
  }

  /** The answer to a request, if it is there. Errors are thrown. */
  answer<K extends CommandKind>(_kind: K, request: number): CommandReply<K> | null {
    for (const message of this.posted) {
      if (message.kind === 'reply' && message.request === request) return message.reply as CommandReply<K>;
      if (message.kind === 'error' && message.request === request)
        throw Object.assign(new Error(message.error.message), { code: message.error.code, details: message.error.details });
    }
    return null;
  }

  /** Slices until nothing can go on, at most so many. */
  slices(count = 10_000): void {
    for (let i = 0; i < count && this.hosted.isRunnable; i++) this.hosted.runSlice();
  }

  do<K extends CommandKind>(kind: K, fields: CommandFields<K>): CommandReply<K> {
    const request = this.send(kind, fields);
    for (let i = 0; i < 100_000; i++) {
      const reply = this.answer(kind, request);
      if (reply) return reply;
      if (i > 3000)
        throw new Error(
          `${kind} goes on and on: ${JSON.stringify(fields, (_k, v: unknown) => (typeof v === 'bigint' ? String(v) : v))} at ${this.machine.time}`,
        );
      if (!this.hosted.isRunnable) throw new Error(`${kind} waits and nothing goes on: ${this.hosted.state}`);
      this.hosted.runSlice();
    }
    throw new Error(`${kind} does not end`);
  }

  run(ends: Partial<CommandFields<'run_machine'>> = {}): CommandReply<'run_machine'> {
    return this.do('run_machine', { untilCycle: 0, cycles: 0, instructions: 0, nanoseconds: 0n, event: null, ...ends });
  }

  step(instructions: number, where: { tid?: number; vcpu?: number } = {}): CommandReply<'step_machine'> {
    return this.do('step_machine', { tid: where.tid ?? 0, vcpu: where.vcpu ?? 0, instructions });
  }

  spawn(image: Uint8Array | string, options: { affinity?: number; stdin?: 'stream' } = {}): number {
    return this.do('spawn_process', {
      program: { path: '/bin/program', image: typeof image === 'string' ? guest(image) : image },
      arguments: ['program'],
      environment: [],
      workingDirectory: '/',
      stdin: options.stdin ?? new Uint8Array(0),
      files: [],
      affinity: options.affinity ?? 0,
    }).pid;
  }

  /** The events recorded from now on, as text without sequence numbers, but for those of control from outside. */
  guestEvents(): readonly string[] {
    const seen: string[] = [];
    const { events } = this.machine;
    const emit = events.emit.bind(events);
    events.emit = (kind, place, fields) => {
      if (kind !== 'breakpoint_hit' && kind !== 'machine_state')
        seen.push(JSON.stringify([kind, place, fields], (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)));
      emit(kind, place, fields);
    };
    return seen;
  }
}
