// Helpers of the system instructions that user code can run: RDTSC, RDTSCP.

import { RAX, RCX, RDX } from '../state.ts';
import type { Helper, HelperMachine } from './helper.ts';

/** TSC == the virtual clock at which the instruction starts. */
function readTimeStamp(machine: HelperMachine): void {
  const time = BigInt(Math.floor(machine.clock));
  machine.context.setRegister(RAX, time & 0xffff_ffffn);
  machine.context.setRegister(RDX, time >> 32n);
}

export const systemHelpers: Readonly<Record<string, Helper>> = {
  rdtsc: (machine) => {
    readTimeStamp(machine);
    return null;
  },
  rdtscp: (machine) => {
    readTimeStamp(machine);
    // IA32_TSC_AUX as Linux sets it: node << 12 | cpu.
    machine.context.setRegister(RCX, BigInt(machine.vcpu.id));
    return null;
  },
};
