// Part of MachineService: running to an end, stepping, memory, registers, breakpoints.

import { invalidField, MachineError } from '../../machine/errors.ts';
import { parseMachine } from '../resource-name.ts';
import type { MachineService, StopReason } from '../../gen/api.ts';
import type { CommandReply } from '../../machine/protocol.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

const STOP_REASONS: Readonly<Record<CommandReply<'run_machine'>['reason'], StopReason>> = {
  reached: 'STOP_REASON_CYCLE',
  quiescent: 'STOP_REASON_QUIESCENT',
  virtual_limit: 'STOP_REASON_VIRTUAL_LIMIT',
};

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

const missing = (name: string) => (): never => {
  throw new MachineError('UNSUPPORTED', name);
};

export function controlMethods(machines: MachineRegistry): ControlMethods {
  return {
    async RunMachine({ name, until_cycle }, { signal }) {
      const handle = machines.get(parseMachine('name', name));
      if (until_cycle > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidField('until_cycle', 'must be below 2^53');
      const { cycle, reason } = await handle.send('run_machine', { untilCycle: Number(until_cycle) }, signal);
      return { cycle, stop_reason: STOP_REASONS[reason] };
    },
    StepMachine: missing('StepMachine'),
    ReadMemory: missing('ReadMemory'),
    WriteMemory: missing('WriteMemory'),
    ReadRegisters: missing('ReadRegisters'),
    WriteRegisters: missing('WriteRegisters'),
    CreateBreakpoint: missing('CreateBreakpoint'),
    ListBreakpoints: missing('ListBreakpoints'),
    DeleteBreakpoint: missing('DeleteBreakpoint'),
  };
}
