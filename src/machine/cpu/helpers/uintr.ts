// The five UINTR instructions as helpers: they find operands, charge, and leave the work to machine/uintr.

import { clui, stui, testui } from '../../uintr/flag.ts';
import { senduipi } from '../../uintr/senduipi.ts';
import { uiret } from '../../uintr/uiret.ts';
import type { CpuException } from '../exit.ts';
import { wholeCycle } from '../vcpu.ts';
import type { Helper, HelperMachine } from './helper.ts';

export const uintrHelpers: Readonly<Record<string, Helper>> = {
  senduipi: (machine) => {
    const { vcpu, context, costs, instruction } = machine;
    wholeCycle(vcpu);
    const index = context.register(instruction.registers[0]!);
    // The IPI leaves when the instruction ends; vcpu.clock has its flat cost already.
    const outcome = senduipi(vcpu.uintr, index, vcpu.clock + costs.senduipi);
    if (typeof outcome === 'object') return outcome;
    machine.charge(outcome === 'sent' ? costs.senduipi : costs.senduipi_suppressed);
    return 'boundary';
  },
  stui: (machine) => charged(machine, (of) => stui(of.vcpu.uintr), machine.costs.stui) ?? 'boundary',
  clui: (machine) => charged(machine, (of) => clui(of.vcpu.uintr), machine.costs.clui),
  testui: (machine) => charged(machine, (of) => testui(of.vcpu.uintr, of.context), machine.costs.testui),
  uiret: (machine) =>
    charged(machine, (of) => uiret(of.vcpu.uintr, of.context, { read64: (address) => read64(of, address) }), machine.costs.uiret) ??
    'jumped',
};

/** Acts at a whole cycle, as all that events report does. A fault costs nothing here: the exception it becomes does. */
function charged(machine: HelperMachine, act: (machine: HelperMachine) => CpuException | null, cycles: number): CpuException | null {
  wholeCycle(machine.vcpu);
  const fault = act(machine);
  if (!fault) machine.charge(cycles);
  return fault;
}

function read64(machine: HelperMachine, address: bigint): bigint | CpuException {
  const bytes = machine.read(address, 8);
  return bytes instanceof Uint8Array ? new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true) : bytes;
}
