// What debuggers do to a machine, as inputs.

import { MachineError } from '../errors.ts';
import type { InputKind } from '../journal.ts';
import type { Machine } from '../machine.ts';
import type { BreakpointInfo, CommandFields, CommandReply } from '../protocol.ts';
import type { Breakpoint } from './breakpoints.ts';
import { writeMemory } from './memory.ts';
import { addressOf } from './places.ts';
import { readRegisters, writeRegisters } from './registers.ts';
import { liveProcess, liveThread } from './subjects.ts';

type ControlInput = Extract<InputKind, 'write_memory' | 'write_registers' | 'create_breakpoint' | 'delete_breakpoint'>;

export const CONTROL_INPUTS: {
  readonly [K in ControlInput]: (machine: Machine, fields: CommandFields<K>) => CommandReply<K>;
} = {
  write_memory(machine, { place, data }) {
    writeMemory(machine, place, data);
    return {};
  },

  write_registers(machine, { tid, registers }) {
    const task = liveThread(machine, tid);
    writeRegisters(task, registers);
    if ('rip' in registers.values) machine.board.breakpoints.forget(task);
    return { registers: readRegisters(task) };
  },

  create_breakpoint(machine, { pid, address, symbol }) {
    const process = liveProcess(machine, pid);
    const { board } = machine;
    const place = addressOf(process, address, symbol);
    const present = board.breakpoints.find(process, place);
    if (present)
      throw new MachineError('ALREADY_EXISTS', `breakpoint ${present.id} of process ${pid} is there already`, {
        breakpoint: `${present.id}`,
      });
    const breakpoint = board.breakpoints.add(process, place);
    board.breakpointsChanged();
    return { breakpoint: describe(breakpoint) };
  },

  delete_breakpoint(machine, { id }) {
    const removed = machine.board.breakpoints.remove(id);
    machine.board.breakpointsChanged();
    if (!removed) throw new MachineError('BREAKPOINT_NOT_FOUND', `there is no breakpoint ${id}`, { breakpoint: `${id}` });
    return {};
  },
};

export function describe({ id, process, address, hits }: Breakpoint): BreakpointInfo {
  return { id, pid: process.pid, address: BigInt(address), symbol: process.symbols?.describe(address) ?? '', hits };
}
