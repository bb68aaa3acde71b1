// What each command of the main thread does: one row a command. A row returns its reply, PENDING if the answer comes later, or throws MachineError.

import { type ControlledRun, MachineRun, MachineStep } from './control/controlled-run.ts';
import { describe } from './control/inputs.ts';
import { readMemory } from './control/memory.ts';
import { readRegisters } from './control/registers.ts';
import { liveThread } from './control/subjects.ts';
import { costRows, PRESETS } from './cost/presets.ts';
import type { CostOverrides } from './cost/presets.ts';
import { PUBLISHED } from './cost/published.ts';
import { MachineError } from './errors.ts';
import { explainDelivery } from './explain/explain.ts';
import { readGuestFile } from './guest-files.ts';
import type { HostedMachine } from './hosted/hosted-machine.ts';
import type { InputKind } from './journal.ts';
import type { Command, CommandFields, CommandKind, CommandReply, CostTableReply, JournalFields, MachineState } from './protocol.ts';
import type { RemoteProgramKind } from './remote/programs/commands.ts';
import { passToSender } from './remote/programs/pass-descriptor.ts';
import { ringInfos, ringStateReply } from './remote/programs/rings.ts';
import { machineStats, processInfo, processInfos, threadInfos } from './reports.ts';
import { capture } from './snapshot/image.ts';
import { imageBuffers } from './snapshot/machine-image.ts';
import { uintrStates } from './uintr-report.ts';

/** The answer follows when the wait is over. */
export const PENDING: unique symbol = Symbol('pending');

/** What a worker gives its commands. */
export interface Host {
  readonly machines: Map<number, HostedMachine>;
  /** `source`: what it is to be a copy of. */
  create(id: number, fields: CommandFields<'create_machine'>, source?: HostedMachine): HostedMachine;
  /** From its journal, slice by slice; answered when it is back. */
  bringBack(id: number, request: number, fields: CommandFields<'create_machine'>, journal: JournalFields): void;
  /** `frees`: its memory is to go back to the host. */
  remove(id: number, frees: boolean): void;
}

type Row<K extends CommandKind> = (host: Host, command: Extract<Command, { kind: K }>) => CommandReply<K> | typeof PENDING;

/** What of a reply is handed over instead of copied. */
export const TRANSFERS: { readonly [K in CommandKind]?: (reply: CommandReply<K>) => ArrayBuffer[] } = {
  capture_machine: ({ image }) => imageBuffers(image),
  save_machine: ({ image }) => imageBuffers(image),
  leave_machine: ({ image }) => imageBuffers(image),
};

/** States in which a guest can be looked at and acted on. */
const ALIVE: readonly MachineState[] = ['created', 'running', 'paused', 'quiescent'];

function find(host: Host, id: number): HostedMachine {
  const hosted = host.machines.get(id);
  if (!hosted) throw new MachineError('MACHINE_NOT_FOUND', `this worker has no machine ${id}`);
  return hosted;
}

function alive(host: Host, command: Pick<Command, 'kind' | 'machine'>): HostedMachine {
  const hosted = find(host, command.machine);
  hosted.require(command.kind, ...ALIVE);
  return hosted;
}

function costTable(preset: string, overrides: CostOverrides): CostTableReply {
  const found = PRESETS[preset];
  if (!found)
    throw new MachineError('INVALID_FIELD', `preset: there is no cost preset ${preset}; there are ${Object.keys(PRESETS).join(', ')}`, {
      field: 'preset',
      description: 'unknown',
    });
  const presets = Object.values(PRESETS).map(({ name, hertz, about }) => ({ name, hertz, about }));
  return { preset, hertz: found.hertz, costs: costRows(found, overrides), figures: PUBLISHED, presets };
}

/** An input: recorded, applied, and time goes on if it stood still. */
function input<K extends InputKind>(kind: K): Row<K> {
  return (host, command) => {
    const hosted = alive(host, command);
    const reply = hosted.machine.apply(kind, (command as { readonly fields: CommandFields<K> }).fields);
    hosted.inputApplied();
    return reply as CommandReply<K>;
  };
}

/** A program on a remote thread: answers when its calls have ended. */
const program = (host: Host, command: Extract<Command, { kind: RemoteProgramKind }>): typeof PENDING => {
  alive(host, command).runProgram(command.kind, command.request, command.fields);
  return PENDING;
};

/** Time passes until the run's end, and the answer then follows. */
function control(hosted: HostedMachine, make: (hosted: HostedMachine) => ControlledRun): typeof PENDING {
  hosted.requireStandstill('run_machine');
  hosted.control(make(hosted));
  return PENDING;
}

export const COMMANDS: { readonly [K in CommandKind]: Row<K> } = {
  ping: () => ({}),
  preset_costs: (_host, { fields }) => costTable(fields.preset, {}),

  create_machine(host, { kind, machine, request, fields }) {
    if (host.machines.has(machine)) throw new MachineError('ALREADY_EXISTS', `machine ${machine} exists`);
    const source = fields.source === undefined ? undefined : alive(host, { kind, machine: fields.source });
    if (fields.journal?.recover) {
      host.bringBack(machine, request, fields, fields.journal);
      return PENDING;
    }
    return { restored: host.create(machine, fields, source).restoredReport() };
  },
  save_machine: (host, command) => alive(host, command).save(command.fields.last),
  announce_parking(host, command) {
    const { idleSeconds, inSeconds } = command.fields;
    alive(host, command).machine.announceParking(idleSeconds, inSeconds);
    return {};
  },
  record_machine: (host, command) => ({ recording: alive(host, command).record(command.fields.segment) }),
  play_recording(host, command) {
    alive(host, command).play(command.request, command.fields.records, command.fields.toCycle);
    return PENDING;
  },
  capture_machine: (host, command) => ({ image: capture(alive(host, command).machine) }),
  restore_machine(host, { machine, fields }) {
    const hosted = find(host, machine);
    hosted.restore(fields.image);
    return { restored: hosted.restoredReport() };
  },
  leave_machine: (host, command) => alive(host, command).leave(),
  stay_machine(host, { machine }) {
    find(host, machine).stay();
    return {};
  },
  forget_machine(host, { machine, fields }) {
    const hosted = find(host, machine);
    hosted.close();
    host.remove(machine, fields.frees);
    hosted.machine.end();
    return {};
  },
  delete_machine(host, { machine }) {
    const hosted = find(host, machine);
    hosted.cancelAllWaits('the machine was deleted');
    hosted.close();
    host.remove(machine, false);
    hosted.machine.end();
    return {};
  },
  start_machine(host, command) {
    const hosted = alive(host, command);
    if (hosted.state === 'created' || hosted.state === 'paused') {
      if (hosted.machine.reason === 'virtual_limit') hosted.require('start_machine, past its limit of virtual time,', 'created');
      hosted.changeState('running', 'requested');
    }
    return { state: hosted.state };
  },
  pause_machine(host, command) {
    const hosted = find(host, command.machine);
    hosted.require(command.kind, 'running', 'quiescent', 'paused');
    if (hosted.state !== 'paused') hosted.pause();
    return { state: hosted.state };
  },
  reset_machine(host, { machine }) {
    const hosted = find(host, machine);
    hosted.reset();
    return { state: hosted.state, segment: hosted.segment };
  },
  run_machine: (host, { machine, request, fields }) =>
    control(find(host, machine), (hosted) => new MachineRun(hosted.machine, request, fields)),
  step_machine: (host, { machine, request, fields }) =>
    control(find(host, machine), (hosted) => new MachineStep(hosted.machine, request, fields)),
  read_memory(host, command) {
    const { place, length } = command.fields;
    return { bytes: readMemory(alive(host, command).machine, place, length) };
  },
  write_memory: input('write_memory'),
  read_registers(host, command) {
    const { machine } = alive(host, command);
    machine.board.suspendAll();
    return { registers: readRegisters(liveThread(machine, command.fields.tid)), cycle: machine.cycle };
  },
  write_registers(host, command) {
    const hosted = find(host, command.machine);
    hosted.requireStandstill(command.kind);
    return hosted.machine.apply('write_registers', command.fields);
  },
  create_breakpoint: (host, command) => alive(host, command).machine.apply('create_breakpoint', command.fields),
  delete_breakpoint: (host, command) => alive(host, command).machine.apply('delete_breakpoint', command.fields),
  list_breakpoints: (host, command) => ({ breakpoints: alive(host, command).machine.board.breakpoints.list.map(describe) }),

  spawn_process: input('spawn_process'),
  write_stdin: input('write_stdin'),
  close_stdin: input('close_stdin'),
  resize_terminal: input('resize_terminal'),
  signal_process: input('signal_process'),
  write_file: input('write_file'),
  create_remote_thread: input('create_remote_thread'),
  remote_call: input('remote_call'),
  pass_descriptor: input('pass_descriptor'),

  register_handler: program,
  unregister_handler: program,
  create_vector_fd: program,
  register_sender: (host, command) => program(host, { ...command, fields: passToSender(alive(host, command).machine, command.fields) }),
  unregister_sender: program,
  send_uipis: program,
  set_user_interrupt_flag: program,
  test_user_interrupt_flag: program,
  wait_for_interrupt: program,
  return_from_interrupt: program,
  execute_syscall: program,
  setup_ring: program,
  register_resources: program,
  submit_ops: program,
  wait_completions: program,
  cancel_ops: program,
  close_ring: program,
  list_rings: (host, command) => ({ rings: ringInfos(alive(host, command).machine) }),
  ring_state: (host, command) => ringStateReply(alive(host, command).machine, command.fields.ring),

  wait_process(host, command) {
    const hosted = alive(host, command);
    const { pid, untilQuiescent } = command.fields;
    if (!processInfo(hosted.machine, pid)) throw new MachineError('PROCESS_NOT_FOUND', `there is no process ${pid}`, { pid: `${pid}` });
    hosted.addWait({ request: command.request, pid, untilQuiescent });
    return PENDING;
  },
  hold_machine(host, { machine, fields }) {
    find(host, machine).held = fields.held;
    return {};
  },
  cancel(host, { machine, fields }) {
    host.machines.get(machine)?.cancelWait(fields.target);
    return {};
  },
  list_processes(host, command) {
    const { machine } = alive(host, command);
    const { pid } = command.fields;
    const processes = pid === 0 ? processInfos(machine) : [processInfo(machine, pid)].filter((found) => found !== null);
    return { processes };
  },
  list_threads(host, command) {
    const { machine } = alive(host, command);
    const { pid } = command.fields;
    if (pid !== 0 && !processInfo(machine, pid))
      throw new MachineError('PROCESS_NOT_FOUND', `there is no process ${pid}`, { pid: `${pid}` });
    return { threads: threadInfos(machine, pid) };
  },
  uintr_state(host, command) {
    const { machine } = alive(host, command);
    return { cycle: machine.cycle, threads: uintrStates(machine.board, command.fields.tid) };
  },
  explain_delivery: (host, command) => explainDelivery(alive(host, command).machine, command.fields.subject),
  quiescent_report: (host, command) => alive(host, command).quiescentReport(),
  machine_stats: (host, command) => machineStats(find(host, command.machine).machine, command.fields.hash),
  cost_table(host, command) {
    const { spec } = find(host, command.machine).machine;
    return costTable(spec.cost_preset, spec.cost_overrides);
  },
  read_file(host, command) {
    const { path, offset, length } = command.fields;
    return readGuestFile(alive(host, command).machine.board.kernel, path, offset, length);
  },
};
