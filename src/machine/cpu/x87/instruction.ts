// The frame of every x87 instruction: a pending exception first, then the work, then the pointers to the last instruction.
// As on processors with FDP_EXCPTN_ONLY and without FOP compatibility mode, FDP and FOP change only when an unmasked exception is raised.

import { VECTOR, type CpuException } from '../exit.ts';
import type { Helper, HelperMachine } from '../helpers/helper.ts';
import { FDP, FIP, FOP } from '../state.ts';
import { ES } from './control.ts';
import { Fpu } from './fpu.ts';

/** A fault has changed nothing. */
export type Work = (fpu: Fpu, machine: HelperMachine) => CpuException | null;

const MATH_FAULT: CpuException = { kind: 'exception', vector: VECTOR.MF, errorCode: 0, address: 0n };

/** A waiting instruction, FNOP and FFREE among them: the pointer to the last instruction follows it. */
export function waiting(work: Work): Helper {
  return (machine) => {
    const fpu = new Fpu(machine.context);
    if ((fpu.fsw & ES) !== 0) return MATH_FAULT;
    const fault = work(fpu, machine);
    if (fault !== null) return fault;
    fpu.view.setBigUint64(FIP, machine.context.rip, true);
    if ((fpu.fsw & ES) !== 0) recordOperand(fpu, machine);
    return null;
  };
}

/** A waiting control instruction (FWAIT, FLDCW, FLDENV, FRSTOR): leaves the pointers alone. */
export function waitingControl(work: Work): Helper {
  return (machine) => {
    const fpu = new Fpu(machine.context);
    return (fpu.fsw & ES) !== 0 ? MATH_FAULT : work(fpu, machine);
  };
}

/** FN...: runs whatever is pending. */
export function nonWaiting(work: Work): Helper {
  return (machine) => work(new Fpu(machine.context), machine);
}

function recordOperand(fpu: Fpu, machine: HelperMachine): void {
  const { memorySize, length } = machine.instruction;
  if (memorySize > 0) fpu.view.setBigUint64(FDP, machine.address(), true);
  const code = machine.read(machine.context.rip, length);
  if (!(code instanceof Uint8Array)) return;
  const escape = code.findIndex((byte) => byte >= 0xd8 && byte <= 0xdf);
  if (escape >= 0) fpu.view.setUint16(FOP, (((code[escape] ?? 0) & 7) << 8) | (code[escape + 1] ?? 0), true);
}

/** ST(i) of the instruction: the register operand that `position` names. */
export function stackIndex(machine: HelperMachine, position: number): number {
  return machine.instruction.registers[position] ?? 0;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
