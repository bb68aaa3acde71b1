// Helpers of the rarer integer and system instructions: time stamp, segment registers, software interrupts,
// 128-bit division, CMPXCHG16B, nested ENTER.

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

/** Selectors of a 64-bit Linux process, in encoding order ES CS SS DS FS GS. */
const SELECTORS = [0, 0x33, 0x2b, 0, 0, 0] as const;
const CS = 1;
const SS = 2;
const FS = 4;
const GS = 5;
/** Segment and width of POP FS and POP GS. */
const POPPED: ReadonlyMap<number, readonly [number, 2 | 8]> = new Map([
  [Code.Popw_FS, [FS, 2]],
  [Code.Popq_FS, [FS, 8]],
  [Code.Popw_GS, [GS, 2]],
  [Code.Popq_GS, [GS, 8]],
] as const);
/** What user code may load into a data segment register: null selectors and the flat data segment. */
const LOADABLE: readonly number[] = [0, 1, 2, 3, 0x2b];

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

/** A null selector in FS or GS clears its base, as Intel's processors do. SS takes no null selector of RPL 3. */
function loadSegment(machine: HelperMachine, segment: number, selector: number): CpuException | null {
  const allowed = segment === SS ? selector === SELECTORS[SS] : LOADABLE.includes(selector);
  if (!allowed) return exception(VECTOR.GP, selector & 0xfffc);
  if (segment === FS) machine.context.fsBase = 0n;
  if (segment === GS) machine.context.gsBase = 0n;
  return null;
}

/** 128 by 64 bits; `view` makes both signed or unsigned. */
function divide128(machine: HelperMachine, view: (bits: number, value: bigint) => bigint): HelperResult {
  const raw = divisor(machine);
  if (typeof raw === 'object') return raw;
  const { context } = machine;
  const y = view(64, raw);
  const x = view(128, (context.register(RDX) << 64n) | context.register(RAX));
  if (y === 0n) return exception(VECTOR.DE);
  const quotient = x / y;
  if (view(64, quotient) !== quotient) return exception(VECTOR.DE);
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

  mov_from_segment: (machine) => {
    const { registers } = machine.instruction;
    const selector = BigInt(SELECTORS[registers[1]!]!);
    if (registers[0]! < 0) return machine.write(machine.address(), littleEndian(selector, 2));
    const old = machine.context.register(registers[0]!);
    machine.context.setRegister(registers[0]!, machine.instruction.operandWidth === 2 ? (old & ~0xffffn) | selector : selector);
    return null;
  },

  mov_to_segment: (machine) => {
    const { registers } = machine.instruction;
    const segment = registers[0]!;
    if (segment === CS) return exception(VECTOR.UD);
    let selector: number;
    if (registers[1]! >= 0) selector = Number(machine.context.register(registers[1]!) & 0xffffn);
    else {
      const bytes = machine.read(machine.address(), 2);
      if (!(bytes instanceof Uint8Array)) return bytes;
      selector = Number(number(bytes));
    }
    return loadSegment(machine, segment, selector) ?? (segment === SS ? 'shadow' : null);
  },

  div128: (machine) => divide128(machine, BigInt.asUintN),
  idiv128: (machine) => divide128(machine, BigInt.asIntN),

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

  pop_segment: (machine) => {
    const { context, instruction } = machine;
    const [segment, width] = POPPED.get(instruction.code)!;
    const top = context.register(RSP);
    const bytes = machine.read(top, width);
    if (!(bytes instanceof Uint8Array)) return bytes;
    const fault = loadSegment(machine, segment, Number(number(bytes) & 0xffffn));
    if (!fault) context.setRegister(RSP, (top + BigInt(width)) & MASK);
    return fault;
  },

  /**
   * ENTER with nesting or of 16 bits: pushes rBP and copies the display of outer frame pointers, one after the other. A fault leaves
   * registers as they were, and in memory what has been pushed.
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
    if (fault) return fault;
    context.setRegister(RBP, (outer & MASK & ~mask) | (frame & mask));
    context.setRegister(RSP, (top - BigInt(instruction.immediate & 0xffff)) & MASK);
    return null;
  },
};
