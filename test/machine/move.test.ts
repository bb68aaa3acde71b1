// A machine that goes from worker to worker, with calls in flight: it answers, tells and becomes what one does that stays where it is.

import { describe, expect, it } from 'vitest';
import { COMMANDS, PENDING } from '../../src/machine/commands.ts';
import { HOST_FILES } from '../../src/machine/durable/file-layer.ts';
import type { HostedMachine } from '../../src/machine/hosted/hosted-machine.ts';
import { madeMachine } from '../../src/machine/hosted/made-machine.ts';
import type { Surroundings } from '../../src/machine/hosted/surroundings.ts';
import { DEFAULT_SPEC, type MachineSpec } from '../../src/machine/machine-spec.ts';
import type { CommandFields, CommandKind, CommandReply, FromWorker } from '../../src/machine/protocol.ts';
import { hosted as hostedBy } from './durable/hosted.ts';
import { PowerCutFiles } from './durable/power-cut.ts';
import { guest, stepModule } from './run-guest.ts';

/** Short, so that much happens between slices. */
const SLICE = 7001;

class Workers {
  hosted: HostedMachine;
  readonly events: Uint8Array[] = [];
  readonly output: string[] = [];
  private readonly answers = new Map<number, unknown>();
  /** Calls in flight: the number that the present worker has for each. */
  private readonly numbers = new Map<number, number>();
  private requests = 0;
  private readonly spec: MachineSpec;
  /** Slices between moves; 0: it stays. */
  private readonly every: number;
  private slices = 0;
  moves = 0;

  constructor(spec: Partial<MachineSpec>, every: number) {
    this.spec = { ...DEFAULT_SPEC, ram_bytes: 16 << 20, ...spec };
    this.every = every;
    this.hosted = madeMachine(1, { spec: this.spec, account: 0 }, this.around);
    this.hosted.flush();
  }

  private readonly take = (message: FromWorker): void => {
    if (message.kind === 'events') this.events.push(message.bytes.slice());
    else if (message.kind === 'console') this.output.push(`${message.stream} ${message.offset} ${Buffer.from(message.bytes).toString()}`);
    else if (message.kind === 'reply' || message.kind === 'error')
      for (const [call, number] of this.numbers)
        if (number === message.request) {
          this.numbers.delete(call);
          this.answers.set(call, message.kind === 'reply' ? message.reply : new Error(message.error.message));
        }
  };

  private get around(): Surroundings {
    return { stepModule: stepModule(), post: this.take, files: HOST_FILES };
  }

  begin<K extends CommandKind>(kind: K, fields: CommandFields<K>): number {
    const call = ++this.requests;
    this.numbers.set(call, call);
    this.hosted.sliceCycles = SLICE;
    const host = { machines: new Map([[1, this.hosted]]), create: () => this.hosted, bringBack: () => {}, remove: () => {} };
    const reply = COMMANDS[kind](host, { kind, machine: 1, request: call, fields } as never);
    this.hosted.flush();
    if (reply !== PENDING) {
      this.numbers.delete(call);
      this.answers.set(call, reply);
    }
    if (this.every > 0) this.move();
    return call;
  }

  do<K extends CommandKind>(kind: K, fields: CommandFields<K>): CommandReply<K> {
    return this.end(this.begin(kind, fields)) as CommandReply<K>;
  }

  /** Slices until a call is answered. */
  end(call: number): unknown {
    for (let i = 0; !this.answers.has(call) && i < 10_000 && this.hosted.isRunnable; i++) {
      this.hosted.sliceCycles = SLICE;
      this.hosted.runSlice();
      if (this.every > 0 && ++this.slices % this.every === 0) this.move();
    }
    if (!this.answers.has(call)) throw new Error(`call ${call} is not answered, ${this.hosted.state} at ${this.hosted.machine.time}`);
    const answer = this.answers.get(call);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  move(): void {
    let left: CommandReply<'leave_machine'>;
    try {
      left = structuredClone(this.hosted.leave());
    } catch (error) {
      expect(error).toMatchObject({ code: 'MACHINE_BUSY' });
      return;
    }
    const { image, life } = left;
    expect(this.hosted.isRunnable).toBe(false);
    // Numbers as another worker's port would give.
    const requests = new Map([...this.numbers.values()].map((number) => [number, number + 1000]));
    for (const [call, number] of this.numbers) this.numbers.set(call, number + 1000);
    this.hosted = madeMachine(1, { spec: this.spec, account: 0, image, moved: { life, requests } }, this.around);
    this.moves++;
  }
}

const NOTHING = { untilCycle: 0, cycles: 0, instructions: 0, nanoseconds: 0n, event: null };

function spawn(workers: Workers, name: string, ...args: string[]): number {
  return workers.do('spawn_process', {
    program: { path: '/bin/program', image: guest(name) },
    arguments: ['program', ...args],
    environment: [],
    workingDirectory: '/',
    stdin: new Uint8Array(0),
    files: [],
    affinity: 0,
  }).pid;
}

/** So that time does not jump. */
const computing = (workers: Workers) => spawn(workers, 'bench/mul', '1000000000000');
const remote = (workers: Workers, pid = 0) => workers.do('create_remote_thread', { pid, name: 'client', park: 'spin', affinity: 0 });
const value = (of: number | bigint) => ({ kind: 'value', value: BigInt(of) }) as const;

/** What is done, and all that is answered. */
const SCRIPTS: readonly [name: string, spec: Partial<MachineSpec>, every: number, script: (workers: Workers) => unknown[]][] = [
  [
    'programs, and who waits for their end',
    { vcpus: 2 },
    60,
    (workers) => {
      const pids = [spawn(workers, 'threads'), spawn(workers, 'uipi_spin.poc'), spawn(workers, 'fork_wait')];
      workers.do('start_machine', {});
      const waits = pids.map((pid) => workers.begin('wait_process', { pid, untilQuiescent: true }));
      return waits.map((wait) => workers.end(wait));
    },
  ],
  [
    'runs to each kind of end, and steps',
    { vcpus: 2, time_mode: 'LOCKSTEP' },
    40,
    (workers) => {
      const pid = spawn(workers, 'uipi_sample.poc');
      const run = (ends: Partial<CommandFields<'run_machine'>>) => workers.do('run_machine', { ...NOTHING, ...ends });
      return [
        run({ instructions: 3001 }),
        run({ cycles: 50_123 }),
        workers.do('step_machine', { tid: 0, vcpu: 0, instructions: 400 }),
        run({ event: { kind: 'senduipi', pid: 0, tid: 0, vcpu: null, fields: {} } }),
        run({ nanoseconds: 20_000n }),
        workers.do('list_processes', { pid }),
        run({}),
      ];
    },
  ],
  [
    'a breakpoint that is met behind a move',
    { vcpus: 1 },
    7,
    (workers) => {
      const pid = spawn(workers, 'threads');
      const set = workers.do('create_breakpoint', { pid, address: null, symbol: 'exit' });
      return [set, workers.do('run_machine', NOTHING), workers.do('list_breakpoints', {})];
    },
  ],
  [
    'system calls that block, and interrupts that are waited for',
    { vcpus: 2, time_mode: 'LOCKSTEP' },
    40,
    (workers) => {
      computing(workers);
      const [receiver, sender] = [remote(workers), remote(workers)];
      const tid = receiver.tid;
      const fields = { tid, mode: 'automatic', blockedReceiver: 'none', keepMasked: false } as const;
      const handler = workers.do('register_handler', fields);
      const fd = workers.do('create_vector_fd', { tid, vector: 5 });
      const entry = workers.do('register_sender', { tid: sender.tid, fd: fd.fd, pid: fd.pid });
      const timespec = new Uint8Array(BigInt64Array.of(0n, 700_000n).buffer);
      const sleep = workers.begin('execute_syscall', {
        tid: sender.tid,
        call: 'nanosleep',
        arguments: [{ kind: 'bytes', bytes: timespec, output: false }, value(0)],
      });
      const wait = workers.begin('wait_for_interrupt', { tid, mode: 'parked', timeoutNanoseconds: 900_000 });
      const slept = workers.end(sleep);
      const sent = workers.do('send_uipis', { tid: sender.tid, name: 'SendUipi', indexes: [BigInt(entry.uittIndex)] });
      const woken = workers.end(wait);
      const again = workers.do('wait_for_interrupt', { tid, mode: 'parked', timeoutNanoseconds: 300_000 });
      return [handler, fd, entry, slept, sent, woken, again, workers.do('uintr_state', { tid: 0 })];
    },
  ],
  [
    'rings, and completions that are waited for',
    { vcpus: 2, time_mode: 'LOCKSTEP' },
    40,
    (workers) => {
      computing(workers);
      const { tid } = remote(workers);
      const { ring } = workers.do('setup_ring', { tid, entries: 8, cqEntries: 0, setupFlags: 0, uintrFd: 0 });
      const timeout = (userData: bigint, nanoseconds: bigint) =>
        ({ userData, flags: 0, operation: { kind: 'timeout', nanoseconds, completions: 0 } }) as const;
      const submitted = workers.do('submit_ops', { ring: ring.ring, entries: [timeout(1n, 400_000n), timeout(2n, 900_000n)] });
      const wait = { ring: ring.ring, minimum: 1, maximum: 8, timeoutNanoseconds: -1 };
      const first = workers.do('wait_completions', wait);
      const short = workers.do('wait_completions', { ...wait, timeoutNanoseconds: 100_000 });
      const second = workers.do('wait_completions', wait);
      return [submitted, first, short, second, workers.do('ring_state', { ring: ring.ring })];
    },
  ],
];

describe('a machine that moves', () => {
  it.each(SCRIPTS)('answers, tells and ends as one that stays: %s', (_name, spec, every, script) => {
    const [still, moved] = [new Workers(spec, 0), new Workers(spec, every)];
    const expected = script(still);
    expect(script(moved)).toEqual(expected);
    expect(moved.moves).toBeGreaterThan(3);
    expect(Buffer.concat(moved.events).equals(Buffer.concat(still.events))).toBe(true);
    expect(moved.output.join('')).toBe(still.output.join(''));
    expect(moved.hosted.machine.hash()).toBe(still.hosted.machine.hash());
    expect(moved.hosted.machine.journal.entries).toEqual(still.hosted.machine.journal.entries);
  });

  it('has its journal go on: all that was told, before it left and behind, is in what is recovered', () => {
    const files = new PowerCutFiles();
    const spec = { ...DEFAULT_SPEC, ram_bytes: 16 << 20 };
    const journal = { folder: 'j', uid: 'u', engine: 'e', segment: 1, incarnation: 1, recover: false };
    const create = (more: object, its: PowerCutFiles) => hostedBy({ spec, ...more }, its);
    let hosted = create({ journal }, files);
    const act = (name: string): void => {
      hosted.machine.apply('write_file', { path: `/tmp/${name}`, bytes: new Uint8Array(9), mode: 0o600 });
      for (let i = 0; i < 3; i++) hosted.runSlice();
      hosted.flush();
      hosted.commit()?.sync();
    };
    spawn({ do: (_kind: never, fields: never) => hosted.machine.apply('spawn_process', fields) } as never, 'threads');
    hosted.changeState('running', '');
    hosted.sliceCycles = SLICE;
    for (let move = 0; move < 3; move++) {
      act(`before${move}`);
      const { image, life } = structuredClone(hosted.leave());
      const left = hosted;
      hosted = create({ image, moved: { life, requests: new Map() } }, files);
      left.close();
      act(`behind${move}`);
    }
    const recovered = create(
      { journal: { ...journal, recover: true } },
      files.cut(() => 0),
    );
    expect(recovered.machine.hash()).toBe(hosted.machine.hash());
    expect(recovered.machine.events.emitted).toBe(hosted.machine.events.emitted);
  });

  it('goes on where it was if it has not arrived', () => {
    const workers = new Workers({}, 0);
    const pid = spawn(workers, 'threads');
    workers.do('start_machine', {});
    const wait = workers.begin('wait_process', { pid, untilQuiescent: true });
    workers.hosted.runSlice();
    workers.hosted.leave();
    workers.hosted.stay();
    expect(workers.end(wait)).toMatchObject({ reason: 'exited' });
  });

  it('waits while it is in the middle of what cannot be begun again', () => {
    const workers = new Workers({ time_mode: 'LOCKSTEP' }, 0);
    const { tid } = remote(workers);
    const call = workers.begin('setup_ring', { tid, entries: 8, cqEntries: 0, setupFlags: 0, uintrFd: 0 });
    try {
      workers.hosted.leave();
    } catch (error) {
      expect(error).toMatchObject({ code: 'MACHINE_BUSY' });
    }
    workers.end(call);
    workers.hosted.leave();
  });
});
