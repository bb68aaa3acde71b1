// A machine and its spec, from and to their messages. In a spec, zero and empty mean: the default.

import { DEFAULT_SPEC } from '../machine/machine-spec.ts';
import { nanoseconds, nanosecondsToTimestamp, toTimestamp } from './timestamp.ts';
import type * as api from '../gen/api.ts';
import type { Abi, CpuLevel, MachineSpec, PartialSpec, TimeMode } from '../machine/machine-spec.ts';
import type { MachineState } from '../machine/protocol.ts';
import type { Input } from '../wire/encode.ts';
import type { MachineHandle } from './machine-handle.ts';
import type { RecordedSpec } from './snapshots/snapshot-record.ts';

const CPU_LEVELS: Readonly<Record<CpuLevel, api.CpuLevel>> = { 'x86-64-v1': 'CPU_LEVEL_X86_64_V1', 'x86-64-v2': 'CPU_LEVEL_X86_64_V2' };
const ABIS: Readonly<Record<Abi, api.Abi>> = {
  poc: 'ABI_POC',
  'poc-stack-top': 'ABI_POC_STACK_TOP',
  k518: 'ABI_K518',
  rfc: 'ABI_RFC',
  none: 'ABI_NONE',
};
const TIME_MODES: Readonly<Record<TimeMode, api.TimeMode>> = { FREE_RUNNING: 'TIME_MODE_FREE_RUNNING', LOCKSTEP: 'TIME_MODE_LOCKSTEP' };
const STORAGES: Readonly<Record<MachineSpec['storage'], api.Storage>> = {
  none: 'STORAGE_NONE',
  nvme: 'STORAGE_NVME',
  disk: 'STORAGE_DISK',
};
export const STATES: Readonly<Record<MachineState, api.MachineState>> = {
  created: 'MACHINE_STATE_CREATED',
  running: 'MACHINE_STATE_RUNNING',
  paused: 'MACHINE_STATE_PAUSED',
  quiescent: 'MACHINE_STATE_QUIESCENT',
  crashed: 'MACHINE_STATE_CRASHED',
};

const nameOf = (table: Readonly<Record<string, string>>, value: string): string | undefined =>
  Object.keys(table).find((name) => table[name] === value);
const unlessZero = <T>(value: T): T | undefined => (value ? value : undefined);

export function specFromMessage(message: api.MachineSpec | undefined): PartialSpec {
  if (!message) return {};
  return {
    vcpus: unlessZero(message.vcpus),
    ram_bytes: unlessZero(message.ram_bytes),
    cpu_level: nameOf(CPU_LEVELS, message.cpu_level),
    abi: nameOf(ABIS, message.abi),
    cost_preset: unlessZero(message.cost_preset),
    cost_overrides: message.cost_overrides,
    seed: message.seed,
    epoch: message.epoch && nanoseconds(message.epoch),
    time_mode: nameOf(TIME_MODES, message.time_mode),
    event_kinds: message.event_kinds.length > 0 ? message.event_kinds : undefined,
    storage: nameOf(STORAGES, message.storage),
    limits: message.limits && {
      virtual_cycles: message.limits.virtual_cycles,
      threads: message.limits.threads || DEFAULT_SPEC.limits.threads,
      file_bytes: message.limits.file_bytes || DEFAULT_SPEC.limits.file_bytes,
      console_bytes: message.limits.console_bytes || DEFAULT_SPEC.limits.console_bytes,
    },
  };
}

export function specToMessage(spec: RecordedSpec): Input<api.MachineSpec> {
  return {
    vcpus: spec.vcpus,
    ram_bytes: spec.ram_bytes,
    cpu_level: CPU_LEVELS[spec.cpu_level],
    abi: ABIS[spec.abi],
    cost_preset: spec.cost_preset,
    cost_overrides: spec.cost_overrides as Readonly<Record<string, number>>,
    seed: spec.seed,
    epoch: nanosecondsToTimestamp(spec.epoch),
    time_mode: TIME_MODES[spec.time_mode],
    event_kinds: spec.event_kinds,
    limits: spec.limits,
    storage: STORAGES[spec.storage],
    ...(spec.root ? { root: { artifact: spec.root.artifact, sha256: spec.root.sha256 } } : {}),
  };
}

function stateOf({ isParked, isRecovering, state }: MachineHandle): api.MachineState {
  if (isParked) return 'MACHINE_STATE_PARKED';
  return isRecovering ? 'MACHINE_STATE_RECOVERING' : STATES[state];
}

export function machineToMessage(handle: MachineHandle): Input<api.Machine> {
  return {
    name: handle.identity.name,
    uid: handle.identity.uid,
    etag: handle.etag,
    labels: handle.labels,
    create_time: toTimestamp(handle.identity.createTime),
    spec: specToMessage(handle.identity.spec),
    state: stateOf(handle),
    state_reason: handle.stateReason,
    cycle: handle.cycle,
    incarnation: handle.incarnation,
    awaiting_input: handle.awaitingInput,
    ...(handle.isParked ? { parked_state: STATES[handle.state] } : handle.isRecovering ? {} : { worker: handle.worker }),
  };
}
