// Part of MachineService: running to an end, stepping, memory, registers, breakpoints.

import { invalidField } from '../../machine/errors.ts';
import { pageOf } from '../page.ts';
import { breakpointName, parseMachine, parseOne, parseProcess, parseWithin, processName, threadName } from '../resource-name.ts';
import type { Breakpoint, EventMatch, MachineService, Registers, StopReason } from '../../gen/api.ts';
import type { BreakpointInfo, CommandReply, EventMatchFields, MemoryPlace, RegisterValues } from '../../machine/protocol.ts';
import type { Input } from '../../wire/encode.ts';
import type { Implementation } from '../call.ts';
import type { MachineHandle } from '../machine-handle.ts';
import type { MachineRegistry } from '../machine-registry.ts';

type Reason = CommandReply<'run_machine'>['reason'] | CommandReply<'step_machine'>['reason'];

const STOP_REASONS: Readonly<Record<Reason, StopReason>> = {
  cycle: 'STOP_REASON_CYCLE',
  quiescent: 'STOP_REASON_QUIESCENT',
  virtual_limit: 'STOP_REASON_VIRTUAL_LIMIT',
  instructions: 'STOP_REASON_INSTRUCTIONS',
  event: 'STOP_REASON_EVENT',
  breakpoint: 'STOP_REASON_BREAKPOINT',
  not_running: 'STOP_REASON_NOT_RUNNING',
};

const MEMORY_LIMIT = 1 << 20;
const STEP_LIMIT = 100_000;
const KIND_PREFIX = 'EVENT_KIND_';

type ControlMethods = Pick<
  Implementation<MachineService>,
  | 'RunMachine'
  | 'StepMachine'
  | 'ReadMemory'
  | 'WriteMemory'
  | 'ReadRegisters'
  | 'WriteRegisters'
  | 'CreateBreakpoint'
  | 'ListBreakpoints'
  | 'DeleteBreakpoint'
>;

/** A count that a double holds exactly. */
export function count(field: string, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidField(field, `must be below 2^53, got ${value}`);
  return Number(value);
}

function nanosecondsOf(field: string, duration: { readonly seconds: bigint; readonly nanos: number } | undefined): bigint {
  if (!duration) return 0n;
  const { seconds, nanos } = duration;
  if (seconds < 0n || nanos < 0 || nanos > 999_999_999 || (seconds === 0n && nanos === 0))
    throw invalidField(field, `must be a duration above zero, got ${seconds} s and ${nanos} ns`);
  if (seconds > 1_000_000n) throw invalidField(field, `must be at most 1000000 s, got ${seconds} s`);
  return seconds * 1_000_000_000n + BigInt(nanos);
}

export function eventOf(match: EventMatch | undefined): EventMatchFields | null {
  if (!match) return null;
  const { kind, pid, tid, vcpu, fields } = match;
  return {
    kind: kind === 'EVENT_KIND_UNSPECIFIED' ? '' : String(kind).slice(KIND_PREFIX.length).toLowerCase(),
    pid,
    tid,
    vcpu: vcpu ?? null,
    fields,
  };
}

/** A machine, or one of its processes or threads. */
function memoryPlace(name: string, address: bigint): { machine: string; place: MemoryPlace } {
  const { machine, kind, id } = parseWithin('name', name, 'processes|threads');
  return { machine, place: { pid: kind === 'processes' ? id : 0, tid: kind === 'threads' ? id : 0, address } };
}

const registersToMessage = ({ values, vectors }: RegisterValues): Input<Registers> => ({ values, vectors });

function breakpointToMessage(machine: string, { id, pid, address, symbol, hits }: BreakpointInfo): Input<Breakpoint> {
  return { name: breakpointName(machine, id), process: processName(machine, pid), address, symbol, hits };
}

/** Bytes in a buffer of their own: a message to a worker copies the whole buffer behind a view. */
const owned = (bytes: Uint8Array): Uint8Array => (bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes));

export function controlMethods(machines: MachineRegistry): ControlMethods {
  const thread = (name: string): { handle: MachineHandle; tid: number } => {
    const { machine, id } = parseOne('name', name, 'threads');
    return { handle: machines.get(machine), tid: id };
  };

  return {
    async RunMachine(request, { signal }) {
      const { name } = request;
      const handle = machines.get(parseMachine('name', name));
      const fields = {
        untilCycle: count('until_cycle', request.until_cycle),
        cycles: count('cycles', request.cycles),
        instructions: count('instructions', request.instructions),
        nanoseconds: nanosecondsOf('virtual_time', request.virtual_time),
        event: eventOf(request.event),
      };
      const { cycle, reason, instructions, eventSequence, breakpoint, tid } = await handle.send('run_machine', fields, signal);
      return {
        cycle,
        stop_reason: STOP_REASONS[reason],
        instructions,
        event_sequence: eventSequence,
        breakpoint: breakpoint === 0 ? '' : breakpointName(name, breakpoint),
        thread: tid === 0 ? '' : threadName(name, tid),
      };
    },

    async StepMachine({ name, vcpu, instructions }, { signal }) {
      const { machine, id: tid } = parseWithin('name', name, 'threads');
      if (tid !== 0 && vcpu !== 0) throw invalidField('vcpu', 'is for a machine; a thread is where it is');
      if (instructions > STEP_LIMIT) throw invalidField('instructions', `must be at most ${STEP_LIMIT}, got ${instructions}`);
      const reply = await machines.get(machine).send('step_machine', { tid, vcpu, instructions: instructions || 1 }, signal);
      return {
        stop_reason: STOP_REASONS[reply.reason],
        cycle: reply.cycle,
        instructions: reply.instructions,
        thread: reply.tid === 0 ? '' : threadName(machine, reply.tid),
        rip: reply.rip,
        symbol: reply.symbol,
      };
    },

    async ReadMemory({ name, address, length }) {
      if (length > MEMORY_LIMIT) throw invalidField('length', `must be at most ${MEMORY_LIMIT}, got ${length}`);
      const { machine, place } = memoryPlace(name, address);
      const { bytes } = await machines.get(machine).send('read_memory', { place, length });
      return { data: bytes };
    },

    async WriteMemory({ name, address, data }) {
      if (data.length > MEMORY_LIMIT) throw invalidField('data', `must be at most ${MEMORY_LIMIT} bytes, got ${data.length}`);
      const { machine, place } = memoryPlace(name, address);
      await machines.get(machine).send('write_memory', { place, data: owned(data) });
      return {};
    },

    async ReadRegisters({ name }) {
      const { handle, tid } = thread(name);
      const { registers, cycle } = await handle.send('read_registers', { tid });
      return { registers: registersToMessage(registers), cycle };
    },

    async WriteRegisters({ name, registers: given }) {
      const { handle, tid } = thread(name);
      if (!given) throw invalidField('registers', 'is missing');
      const vectors = Object.fromEntries(Object.entries(given.vectors).map(([register, bytes]) => [register, owned(bytes)]));
      const { registers } = await handle.send('write_registers', { tid, registers: { values: given.values, vectors } });
      return { registers: registersToMessage(registers) };
    },

    async CreateBreakpoint({ parent, address, symbol }) {
      const { machine, pid } = parseProcess('parent', parent);
      if (address === undefined && symbol === undefined) throw invalidField('place', 'give an address or a symbol');
      const fields = { pid, address: address ?? null, symbol: symbol ?? '' };
      const { breakpoint } = await machines.get(machine).send('create_breakpoint', fields);
      return { breakpoint: breakpointToMessage(machine, breakpoint) };
    },

    async ListBreakpoints(request) {
      const machine = parseMachine('parent', request.parent);
      const { breakpoints } = await machines.get(machine).send('list_breakpoints', {});
      const { items, next_page_token } = pageOf(`${machine}/breakpoints`, breakpoints, (info) => info.id, request);
      return { breakpoints: items.map((info) => breakpointToMessage(machine, info)), next_page_token };
    },

    async DeleteBreakpoint({ name }) {
      const { machine, id } = parseOne('name', name, 'breakpoints');
      await machines.get(machine).send('delete_breakpoint', { id });
      return {};
    },
  };
}
