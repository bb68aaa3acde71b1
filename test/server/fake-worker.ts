// A worker without a machine inside: it speaks the whole protocol and acts out what programs do, by the name of the program.
// So the daemon can be tested on crashes, hangs, floods and orders of events that no guest would produce on demand.

import { parentPort } from 'node:worker_threads';
import { EventEncoder } from '../../src/machine/events/encoder.ts';
import { MachineError } from '../../src/machine/errors.ts';
import type { MachineSpec } from '../../src/machine/machine-spec.ts';
import type {
  Command,
  CommandFields,
  FromWorker,
  MachineState,
  OutputStream,
  ProcessInfo,
  ThreadInfo,
} from '../../src/machine/protocol.ts';

const port = parentPort!;
const post = (message: FromWorker): void => port.postMessage([message]);

interface Acted {
  info: ProcessInfo & { state: 'running' | 'exited' };
  readonly fields: CommandFields<'spawn_process'>;
  stdin: number;
  stdinOpen: boolean;
  readonly written: Record<OutputStream, number>;
  readonly waits: Map<number, boolean>;
  begun: boolean;
}

class FakeMachine {
  readonly number: number;
  readonly spec: MachineSpec;
  state: MachineState = 'created';
  cycle = 0;
  events: EventEncoder;
  held = false;
  holds = 0;
  readonly processes = new Map<number, Acted>();
  readonly files = new Map<string, { bytes: Uint8Array; mode: number }>();

  constructor(number: number, spec: MachineSpec) {
    this.number = number;
    this.spec = spec;
    this.events = new EventEncoder(spec.event_kinds);
  }

  setState(state: MachineState, reason = '', awaitingInput = false): void {
    this.state = state;
    this.emit('machine_state', { state, reason });
    post({ kind: 'state', machine: this.number, state, cycle: this.cycle, reason, awaitingInput });
  }

  emit(kind: Parameters<EventEncoder['emit']>[0], fields: object, pid = 0): void {
    this.events.emit(kind, { cycle: this.cycle, vcpu: -1, pid, tid: pid }, fields as never);
    this.flush();
  }

  flush(): void {
    const batch = this.events.take();
    if (batch) post({ kind: 'events', machine: this.number, ...batch });
  }

  write(acted: Acted, stream: OutputStream, bytes: Uint8Array): void {
    post({ kind: 'console', machine: this.number, pid: acted.info.pid, stream, offset: acted.written[stream], bytes });
    acted.written[stream] += bytes.length;
  }

  exit(acted: Acted, exitCode: number, signal = 0): void {
    acted.info = { ...acted.info, state: 'exited', exitCode, signal, threads: 0 };
    this.emit('process_exited', { exit_code: exitCode, signal }, acted.info.pid);
    post({ kind: 'console_end', machine: this.number, pid: acted.info.pid });
    this.answerWaits(acted, 'exited');
  }

  answerWaits(acted: Acted, reason: 'exited' | 'quiescent' | 'virtual_limit'): void {
    for (const [request, untilQuiescent] of acted.waits) {
      if (reason === 'quiescent' && !untilQuiescent) continue;
      acted.waits.delete(request);
      post({ kind: 'reply', command: 'wait_process', request, reply: { process: acted.info, reason, cycle: this.cycle } });
    }
  }

  /** What a program does once time passes. */
  begin(acted: Acted): void {
    if (acted.begun) return;
    acted.begun = true;
    const text = (stream: OutputStream, line: string): void => this.write(acted, stream, new TextEncoder().encode(line));
    const [, ...args] = acted.fields.arguments;
    const number = Number(args[0] ?? 0);
    this.cycle += 1000;
    const acts: Record<string, () => void> = {
      '/bin/echo': () => {
        text(1, `${args.join(' ')}\n`);
        this.exit(acted, 0);
      },
      '/bin/complain': () => {
        text(1, 'out\n');
        text(2, 'err\n');
        this.exit(acted, 3);
      },
      '/bin/environment': () => {
        text(1, acted.fields.environment.join('\n'));
        this.exit(acted, 0);
      },
      '/bin/cat': () => {
        if (acted.fields.stdin !== 'stream') {
          this.write(acted, 1, acted.fields.stdin);
          this.exit(acted, 0);
        } else this.setState('quiescent', '', true);
      },
      '/bin/exit': () => this.exit(acted, number),
      '/bin/killed': () => this.exit(acted, 0, number),
      '/bin/hang': () => {
        text(1, 'before\n');
        this.setState('quiescent');
        this.answerWaits(acted, 'quiescent');
      },
      '/bin/limited': () => {
        this.setState('paused', 'virtual_limit');
        this.answerWaits(acted, 'virtual_limit');
      },
      '/bin/spin': () => {},
      '/bin/events': () => {
        for (let n = 0; n < number; n++)
          this.events.emit(
            n % 2 ? 'senduipi' : 'uiret',
            { cycle: n, vcpu: 0, pid: 1, tid: 1 },
            n % 2 ? { vector: n & 63 } : { rip: BigInt(n) },
          );
        this.flush();
        this.exit(acted, 0);
      },
      '/bin/flood': () => void this.flood(acted, number),
      '/bin/crash': () => this.setState('crashed', 'emulator bug: a table has no such row'),
      '/bin/die': () =>
        void setTimeout(() => {
          throw new Error('worker bug');
        }, 50),
      '/bin/stall': () => {
        for (;;);
      },
    };
    (acts[acted.fields.program.path] ?? acts['/bin/echo']!)();
  }

  private async flood(acted: Acted, bytes: number): Promise<void> {
    const piece = new Uint8Array(64 << 10).fill(0x79);
    for (let left = bytes; left > 0; left -= piece.length) {
      while (this.held) await new Promise((resolve) => setTimeout(resolve, 1));
      this.write(acted, 1, piece.subarray(0, Math.min(left, piece.length)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.exit(acted, 0);
  }
}

const machines = new Map<number, FakeMachine>();
const MISSING = ['/bin/missing'];

function thread(acted: Acted): ThreadInfo {
  return {
    tid: acted.info.pid,
    pid: acted.info.pid,
    name: 'main',
    state: 'blocked',
    vcpu: 0,
    rip: 0x401000n,
    symbol: 'main+0x10',
    waitingFor: 'futex 0x4c0120',
    interruptNote: 'UIF is clear since cycle 5: CLUI at main+0x8',
    remote: null,
  };
}

/** Commands without an actor here are tested on real workers. */
type Handlers = { [K in Command['kind']]?: (machine: FakeMachine, fields: CommandFields<K>, request: number) => object | undefined };

const find = (machine: FakeMachine, pid: number): Acted => {
  const acted = machine.processes.get(pid);
  if (!acted) throw new MachineError('PROCESS_NOT_FOUND', `there is no process ${pid}`, { name: String(pid) });
  return acted;
};

const HANDLERS: Handlers = {
  ping: () => ({}),
  preset_costs: (_machine, { preset }) => {
    if (preset !== 'spr-2.0ghz') throw new MachineError('INVALID_FIELD', 'preset: unknown', { field: 'preset', description: 'unknown' });
    return { preset, hertz: 2e9, costs: [{ name: 'uiret', cycles: 20, source: 'assumed', overridden: false }], figures: [], presets: [] };
  },
  create_machine: () => ({ restored: { segment: 0 } }),
  delete_machine: (machine) => {
    machines.delete(machine.number);
    return {};
  },
  start_machine: (machine) => {
    if (machine.state === 'running') return { state: 'running' };
    machine.setState('running');
    for (const acted of machine.processes.values()) machine.begin(acted);
    return { state: machine.state };
  },
  pause_machine: (machine) => {
    machine.setState('paused', 'requested');
    return { state: machine.state };
  },
  reset_machine: (machine) => {
    machine.processes.clear();
    machine.files.clear();
    machine.events = new EventEncoder(machine.spec.event_kinds);
    machine.state = 'created';
    machine.cycle = 0;
    return { state: machine.state };
  },
  run_machine: (machine, { untilCycle }) => {
    machine.cycle = untilCycle;
    return { cycle: untilCycle, reason: 'cycle', instructions: 0, eventSequence: 0, breakpoint: 0, tid: 0 };
  },
  spawn_process: (machine, fields) => {
    const { path, image } = fields.program;
    if (MISSING.includes(path)) throw new MachineError('PROGRAM_NOT_FOUND', `there is no ${path} in the guest`, { name: path });
    if (image && new TextDecoder('latin1').decode(image.subarray(1, 4)) !== 'ELF')
      throw new MachineError('NOT_EXECUTABLE', `${path} is not an ELF file`, { name: path });
    const pid = machine.processes.size + 1;
    const info = {
      pid,
      parentPid: 0,
      path,
      arguments: fields.arguments,
      state: 'running',
      exitCode: 0,
      signal: 0,
      coreDumped: false,
      threads: 1,
      spawned: true,
      residentBytes: 4096,
    } as const;
    const acted: Acted = {
      info,
      fields,
      stdin: 0,
      stdinOpen: fields.stdin === 'stream',
      written: { 1: 0, 2: 0 },
      waits: new Map(),
      begun: false,
    };
    machine.processes.set(pid, acted);
    for (const file of fields.files) machine.files.set(file.path, file);
    machine.emit('process_started', { path }, pid);
    if (machine.state === 'quiescent') machine.setState('running');
    if (machine.state === 'running') setImmediate(() => machine.begin(acted));
    return { pid };
  },
  write_stdin: (machine, { pid, bytes }) => {
    const acted = find(machine, pid);
    if (!acted.stdinOpen) throw new MachineError('STDIN_CLOSED', 'standard input is closed');
    acted.stdin += bytes.length;
    machine.write(acted, 1, bytes);
    return { offset: acted.stdin };
  },
  close_stdin: (machine, { pid }) => {
    const acted = find(machine, pid);
    acted.stdinOpen = false;
    machine.exit(acted, 0);
    return {};
  },
  resize_terminal: (machine, { pid, size }) => {
    const acted = find(machine, pid);
    if (!acted.fields.terminal) throw new MachineError('NO_TERMINAL', 'there is no terminal');
    machine.write(acted, 1, new TextEncoder().encode(`${size.rows}x${size.columns}`));
    return {};
  },
  signal_process: (machine, { pid, tid, signal }) => {
    machine.exit(find(machine, pid || tid), 0, signal);
    return {};
  },
  wait_process: (machine, { pid, untilQuiescent }, request) => {
    const acted = find(machine, pid);
    acted.waits.set(request, untilQuiescent);
    if (acted.info.state === 'exited') machine.answerWaits(acted, 'exited');
    else if (machine.state === 'paused' && acted.info.path === '/bin/limited') machine.answerWaits(acted, 'virtual_limit');
    else if (machine.state === 'quiescent' && acted.info.path === '/bin/hang') machine.answerWaits(acted, 'quiescent');
    return undefined;
  },
  cancel: (machine, { target }) => {
    for (const acted of machine.processes.values()) acted.waits.delete(target);
    return {};
  },
  list_processes: (machine, { pid }) => ({
    processes: [...machine.processes.values()].map((acted) => acted.info).filter((info) => pid === 0 || info.pid === pid),
  }),
  list_threads: (machine, { pid }) => ({
    threads: [...machine.processes.values()].filter(({ info }) => (pid === 0 || info.pid === pid) && info.state === 'running').map(thread),
  }),
  uintr_state: (machine, { tid }) => ({
    cycle: machine.cycle,
    threads: [...machine.processes.values()]
      .filter(({ info }) => tid === 0 || info.pid === tid)
      .map(({ info }) => ({
        tid: info.pid,
        pid: info.pid,
        name: 'main',
        liveOn: -1,
        uif: true,
        uirr: 1n << 63n,
        handler: 0x401136n,
        handlerSymbol: 'handler',
        stackAdjust: 128n,
        misc: 0xec_0000_00ffn,
        pd: 0xffff_8880_0000_0040n,
        tt: 0xffff_8880_0000_1001n,
        upid: {
          address: 0xffff_8880_0000_0040n,
          outstanding: true,
          suppressed: false,
          notificationVector: 0xec,
          notificationDestination: 1,
          postedRequests: 5n,
        },
        uitt: [{ index: 0, valid: true, vector: 3, upid: 0xffff_8880_0000_0040n }],
        note: '',
      })),
  }),
  hold_machine: (machine, { held }) => {
    machine.held = held;
    if (held) machine.holds++;
    return {};
  },
  quiescent_report: (machine) => ({ awaitingInput: false, threads: [...machine.processes.values()].map(thread) }),
  machine_stats: (machine, { hash }) => ({
    state: machine.state,
    cycle: machine.cycle,
    instructions: machine.cycle,
    events: machine.events.emitted,
    processes: machine.processes.size,
    threads: machine.processes.size,
    ramUsedBytes: 4096,
    journalEntries: machine.holds,
    vcpus: [{ index: 0, mode: 'idle', cycle: machine.cycle, instructions: 0, tid: 0 }],
    stateHash: hash ? 'abcd' : '',
    engine: {
      steppedInstructions: 1000,
      regionInstructions: 2000,
      regionEntries: 3,
      decodedInstructions: 40,
      codeDrops: 0,
      regionsCompiled: 2,
      regionsRefused: 1,
      regionsLive: 1,
      compiledBytes: 5000,
      compileMicroseconds: 600,
      exits: [{ cause: 'syscall', count: 7 }],
    },
  }),
  cost_table: (machine) => ({
    preset: machine.spec.cost_preset,
    hertz: 2e9,
    costs: [
      {
        name: 'uiret',
        value: machine.spec.cost_overrides.uiret ?? 20,
        unit: 'cycles',
        source: 'assumed',
        overridden: 'uiret' in machine.spec.cost_overrides,
      },
      { name: 'disk_depth', value: 1, unit: 'commands', source: 'assumed', overridden: false },
    ],
    figures: [],
    presets: [],
  }),
  read_file: (machine, { path, offset, length }) => {
    const file = machine.files.get(path);
    if (!file) throw new MachineError('FILE_ERROR', `${path}: no such file`, { errno: 'ENOENT', name: path });
    return { bytes: file.bytes.slice(offset, offset + length), size: file.bytes.length, mode: file.mode };
  },
  write_file: (machine, { path, bytes, mode }) => {
    machine.files.set(path, { bytes, mode });
    return { size: bytes.length };
  },
};

function handle(command: Command): void {
  if (command.kind === 'create_machine') machines.set(command.machine, new FakeMachine(command.machine, command.fields.spec));
  try {
    const machine = machines.get(command.machine)!;
    const reply = (HANDLERS[command.kind] as (machine: FakeMachine, fields: object, request: number) => object | undefined)(
      machine,
      command.fields,
      command.request,
    );
    if (reply) post({ kind: 'reply', command: command.kind, request: command.request, reply } as FromWorker);
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    post({ kind: 'error', request: command.request, error: { code: error.code, message: error.message, details: error.details } });
  }
}

port.on('message', (commands: readonly Command[]) => {
  for (const command of commands) handle(command);
});
post({ kind: 'ready' });
