// What each command of the main thread does: one row a command. A row returns its reply, PENDING if the answer comes later, or throws MachineError.

import { PRESETS } from './cost/presets.ts';
import type { CostName } from './cost/presets.ts';
import { MachineError } from './errors.ts';
import { explainDelivery } from './explain/explain.ts';
import { readGuestFile } from './guest-files.ts';
import type { HostedMachine } from './hosted-machine.ts';
import type { MachineSpec } from './machine-spec.ts';
import type { InputKind } from './journal.ts';
import type { Command, CommandFields, CommandKind, CommandReply, CostTableReply, MachineState } from './protocol.ts';
import { machineStats, processInfo, processInfos, threadInfos } from './reports.ts';
import { uintrStates } from './uintr-report.ts';

/** The answer follows when the wait is over. */
export const PENDING: unique symbol = Symbol('pending');

/** What a worker gives its commands. */
export interface Host {
  readonly machines: Map<number, HostedMachine>;
  create(id: number, spec: MachineSpec): HostedMachine;
}

type Row<K extends CommandKind> = (host: Host, command: Extract<Command, { kind: K }>) => CommandReply<K> | typeof PENDING;

/** States in which a guest can be looked at and acted on. */
const ALIVE: readonly MachineState[] = ['created', 'running', 'paused', 'quiescent'];

function find(host: Host, id: number): HostedMachine {
  const hosted = host.machines.get(id);
  if (!hosted) throw new MachineError('MACHINE_NOT_FOUND', `this worker has no machine ${id}`);
  return hosted;
}

function alive(host: Host, command: Command): HostedMachine {
  const hosted = find(host, command.machine);
  hosted.require(command.kind, ...ALIVE);
  return hosted;
}

function costTable(preset: string, overrides: Readonly<Partial<Record<CostName, number>>>): CostTableReply {
  const found = PRESETS[preset];
  if (!found)
    throw new MachineError('INVALID_FIELD', `preset: there is no cost preset ${preset}`, { field: 'preset', description: 'unknown' });
  const costs = (Object.keys(found.costs) as CostName[]).map((name) => ({
    name,
    cycles: overrides[name] ?? found.costs[name].cycles,
    source: found.costs[name].source,
    overridden: overrides[name] !== undefined,
  }));
  return { preset, hertz: found.hertz, costs };
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

export const COMMANDS: { readonly [K in CommandKind]: Row<K> } = {
  ping: () => ({}),
  preset_costs: (_host, { fields }) => costTable(fields.preset, {}),

  create_machine(host, { machine, fields }) {
    if (host.machines.has(machine)) throw new MachineError('ALREADY_EXISTS', `machine ${machine} exists`);
    host.create(machine, fields.spec);
    return {};
  },
  delete_machine(host, { machine }) {
    find(host, machine).cancelAllWaits('the machine was deleted');
    host.machines.delete(machine);
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
    if (hosted.state !== 'paused') hosted.changeState('paused', 'requested');
    return { state: hosted.state };
  },
  reset_machine(host, { machine }) {
    const hosted = find(host, machine);
    hosted.reset();
    return { state: hosted.state };
  },
  run_machine(host, { machine, request, fields }) {
    const hosted = find(host, machine);
    if (hosted.machine.spec.time_mode !== 'LOCKSTEP')
      throw new MachineError('WRONG_STATE', 'run_machine needs a machine whose time_mode is LOCKSTEP', {
        state: 'FREE_RUNNING',
        allowed: 'LOCKSTEP',
      });
    hosted.require('run_machine', 'created', 'paused', 'quiescent');
    hosted.addWait({ kind: 'run_machine', request, untilCycle: fields.untilCycle });
    return PENDING;
  },

  spawn_process: input('spawn_process'),
  write_stdin: input('write_stdin'),
  close_stdin: input('close_stdin'),
  signal_process: input('signal_process'),
  write_file: input('write_file'),
  create_remote_thread: input('create_remote_thread'),
  remote_call: input('remote_call'),
  pass_descriptor: input('pass_descriptor'),

  wait_process(host, command) {
    const hosted = alive(host, command);
    const { pid, untilQuiescent } = command.fields;
    if (!processInfo(hosted.machine, pid)) throw new MachineError('PROCESS_NOT_FOUND', `there is no process ${pid}`, { pid: `${pid}` });
    hosted.addWait({ kind: 'wait_process', request: command.request, pid, untilQuiescent });
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
  list_threads: (host, command) => ({ threads: threadInfos(alive(host, command).machine, command.fields.pid) }),
  uintr_state(host, command) {
    const { machine } = alive(host, command);
    return { cycle: machine.time, threads: uintrStates(machine.board, command.fields.tid) };
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
