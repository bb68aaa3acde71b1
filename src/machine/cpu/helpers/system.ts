// Helpers of the rarer integer and system instructions: time stamp, software interrupts, 128-bit division,
// CMPXCHG16B, nested ENTER.

import { Code } from 'iced-x86';
import { type CpuException, VECTOR } from '../exit.ts';
import { RAX, RBP, RBX, RCX, RDX, RSP, ZF } from '../state.ts';
import type { Helper, HelperMachine, HelperResult } from './helper.ts';

const MASK = (1n << 64n) - 1n;
const exception = (vector: number, errorCode = 0): CpuException => ({ kind: 'exception', vector, errorCode, address: 0n });

/** TSC == the virtual clock at which the instruction starts. */
function readTimeStamp(machine: HelperMachine): null {
  const time = BigInt(Math.floor(machine.clock));
  machine.context.setRegister(RAX, time & 0xffff_ffffn);
  machine.context.setRegister(RDX, time >> 32n);
  return null;
}

function number(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function littleEndian(value: bigint, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

function divisor(machine: HelperMachine): bigint | CpuException {
  const register = machine.instruction.registers[0]!;
  if (register >= 0) return machine.context.register(register);
  const bytes = machine.read(machine.address(), 8);
  return bytes instanceof Uint8Array ? number(bytes) : bytes;
}

/** 128 by 64 bits, signed. */
function divideSigned128(machine: HelperMachine): HelperResult {
  const raw = divisor(machine);
  if (typeof raw === 'object') return raw;
  const { context } = machine;
  const y = BigInt.asIntN(64, raw);
  const x = BigInt.asIntN(128, (context.register(RDX) << 64n) | context.register(RAX));
  if (y === 0n) return exception(VECTOR.DE);
  const quotient = x / y;
  if (BigInt.asIntN(64, quotient) !== quotient) return exception(VECTOR.DE);
  context.setRegister(RAX, quotient & MASK);
  context.setRegister(RDX, (x % y) & MASK);
  return null;
}

export const systemHelpers: Readonly<Record<string, Helper>> = {
  rdtsc: readTimeStamp,
  rdtscp: (machine) => {
    // IA32_TSC_AUX as Linux sets it: node << 12 | cpu.
    machine.context.setRegister(RCX, BigInt(machine.vcpu.id));
    return readTimeStamp(machine);
  },

  /** INT n: Linux's IDT lets CPL 3 raise #BP and #OF only; the others are #GP with the gate's selector. */
  int: (machine) => {
    const { context, instruction } = machine;
    const vector = instruction.immediate & 0xff;
    if (vector !== VECTOR.BP && vector !== VECTOR.OF) return exception(VECTOR.GP, vector * 8 + 2);
    context.rip += BigInt(instruction.length);
    return exception(vector);
  },

  idiv128: divideSigned128,

  cmpxchg16b: (machine) => {
    const { context } = machine;
    const address = machine.address();
    if (address & 15n) return exception(VECTOR.GP);
    const fault = machine.probeWrite(address, 16);
    if (fault) return fault;
    const bytes = machine.read(address, 16);
    if (!(bytes instanceof Uint8Array)) return bytes;
    const old = number(bytes);
    const equal = old === ((context.register(RDX) << 64n) | context.register(RAX));
    machine.write(address, equal ? littleEndian((context.register(RCX) << 64n) | context.register(RBX), 16) : bytes);
    context.rflags = equal ? context.rflags | ZF : context.rflags & ~ZF;
    if (!equal) {
      context.setRegister(RAX, old & MASK);
      context.setRegister(RDX, old >> 64n);
    }
    return null;
  },

  /**
   * ENTER: pushes rBP and copies the display of outer frame pointers, one after the other; then the new top of the stack must be such that
   * it could be written. A fault leaves registers as they were, and in memory what has been pushed.
   */
  enter: (machine) => {
    const { context, instruction } = machine;
    const width = instruction.code === Code.Enterw_imm16_imm8 ? 2 : 8;
    const mask = (1n << BigInt(width * 8)) - 1n;
    const level = (instruction.secondImmediate ?? 0) & 31;
    const outer = context.register(RBP);
    let top = context.register(RSP);
    const push = (value: bigint): CpuException | null => {
      top = (top - BigInt(width)) & MASK;
      return machine.write(top, littleEndian(value, width));
    };
    let fault = push(outer & mask);
    const frame = top;
    for (let i = 1; i < level && !fault; i++) {
      const bytes = machine.read((outer - BigInt(i * width)) & MASK, width);
      fault = bytes instanceof Uint8Array ? push(number(bytes)) : bytes;
    }
    if (level > 0 && !fault) fault = push(frame & mask);
    top = (top - BigInt(instruction.immediate & 0xffff)) & MASK;
    fault ??= machine.probeWrite(top, width);
    if (fault) return fault;
    context.setRegister(RBP, (outer & MASK & ~mask) | (frame & mask));
    context.setRegister(RSP, top);
    return null;
  },
};
