// Segment registers and the descriptors that user code can see: LAR, LSL, VERR, VERW, and loads of DS, ES, FS, GS and SS.
// The table is Linux's GDT as CPL 3 sees it (arch/x86/kernel/cpu/common.c); there is no LDT.

import { Code } from 'iced-x86';
import { type CpuException, VECTOR } from '../exit.ts';
import { RSP, ZF } from '../state.ts';
import type { Helper, HelperMachine, HelperResult } from './helper.ts';

/** Numbers of segment registers in instructions. */
const CS = 1,
  SS = 2,
  FS = 4,
  GS = 5;
const USER_CS = 0x33,
  USER_DS = 0x2b;

interface Descriptor {
  /** As LAR gives it: bits 23:8 of the descriptor's upper half. */
  readonly rights: number;
  readonly writable: boolean;
  /** Bytes less one. Of the segment that names the processor it is its number. */
  readonly limit: number | 'processor';
}

/** By selector without RPL. Those of the kernel have DPL 0, so that nothing can be learnt of them. */
const DESCRIPTORS: ReadonlyMap<number, Descriptor> = new Map<number, Descriptor>([
  [0x20, { rights: 0xcffb00, writable: false, limit: 0xffff_ffff }],
  [0x28, { rights: 0xcff300, writable: true, limit: 0xffff_ffff }],
  [0x30, { rights: 0xaffb00, writable: false, limit: 0xffff_ffff }],
  [0x78, { rights: 0x40f500, writable: false, limit: 'processor' }],
]);

const MASK = (1n << 64n) - 1n;
const protection = (selector: number): CpuException => ({
  kind: 'exception',
  vector: VECTOR.GP,
  errorCode: selector & 0xfffc,
  address: 0n,
});

/** Null for the null selector and where user code sees no descriptor. */
const descriptorOf = (selector: number): Descriptor | null => DESCRIPTORS.get(selector & 0xfffc) ?? null;

function bytesOf(value: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i < 2 ? (value >> (8 * i)) & 0xff : 0));
}

/** The selector in the register or memory operand at `position`. */
function selectorOperand(machine: HelperMachine, position: number): number | CpuException {
  const register = machine.instruction.registers[position]!;
  if (register >= 0) return Number(machine.context.register(register) & 0xffffn);
  const bytes = machine.read(machine.address(), 2);
  return bytes instanceof Uint8Array ? bytes[0]! | (bytes[1]! << 8) : bytes;
}

function selectorIn(machine: HelperMachine, segment: number): number {
  return segment === CS ? USER_CS : segment === SS ? USER_DS : machine.context.selector(segment);
}

function setZero({ context }: HelperMachine, zero: boolean): null {
  context.rflags = zero ? context.rflags | ZF : context.rflags & ~ZF;
  return null;
}

/** Every one of Linux's descriptors for users begins at 0, and so does FS or GS with a null selector, on Intel's processors. */
function loadSegment(machine: HelperMachine, segment: number, selector: number): CpuException | null {
  const isNull = selector < 4;
  const allowed = segment === SS ? selector === USER_DS : isNull || descriptorOf(selector) !== null;
  if (!allowed) return protection(selector);
  if (segment === FS) machine.context.fsBase = 0n;
  if (segment === GS) machine.context.gsBase = 0n;
  machine.context.setSelector(segment, selector);
  return null;
}

/** Register and width of PUSH and POP. */
const STACKED: ReadonlyMap<number, readonly [segment: number, width: 2 | 8]> = new Map([
  [Code.Pushw_FS, [FS, 2]],
  [Code.Pushq_FS, [FS, 8]],
  [Code.Pushw_GS, [GS, 2]],
  [Code.Pushq_GS, [GS, 8]],
  [Code.Popw_FS, [FS, 2]],
  [Code.Popq_FS, [FS, 8]],
  [Code.Popw_GS, [GS, 2]],
  [Code.Popq_GS, [GS, 8]],
] as const);

/** LAR and LSL: a number about a descriptor, if it can be seen, in as many bits as the destination has, at most 32. */
function about(value: (descriptor: Descriptor, machine: HelperMachine) => number): Helper {
  return (machine): HelperResult => {
    const selector = selectorOperand(machine, 1);
    if (typeof selector === 'object') return selector;
    const descriptor = descriptorOf(selector);
    if (!descriptor) return setZero(machine, false);
    const { registers, operandWidth } = machine.instruction;
    const number = BigInt(value(descriptor, machine));
    const old = machine.context.register(registers[0]!);
    machine.context.setRegister(registers[0]!, operandWidth === 2 ? (old & ~0xffffn) | (number & 0xffffn) : number);
    return setZero(machine, true);
  };
}

function verify(permits: (descriptor: Descriptor) => boolean): Helper {
  return (machine): HelperResult => {
    const selector = selectorOperand(machine, 0);
    if (typeof selector === 'object') return selector;
    const descriptor = descriptorOf(selector);
    return setZero(machine, descriptor !== null && permits(descriptor));
  };
}

export const segmentHelpers: Readonly<Record<string, Helper>> = {
  mov_from_segment: (machine) => {
    const { registers, operandWidth } = machine.instruction;
    const selector = selectorIn(machine, registers[1]!);
    if (registers[0]! < 0) return machine.write(machine.address(), bytesOf(selector, 2));
    const old = machine.context.register(registers[0]!);
    machine.context.setRegister(registers[0]!, operandWidth === 2 ? (old & ~0xffffn) | BigInt(selector) : BigInt(selector));
    return null;
  },

  mov_to_segment: (machine) => {
    const segment = machine.instruction.registers[0]!;
    if (segment === CS) return { kind: 'exception', vector: VECTOR.UD, errorCode: 0, address: 0n };
    const selector = selectorOperand(machine, 1);
    if (typeof selector === 'object') return selector;
    return loadSegment(machine, segment, selector) ?? (segment === SS ? 'shadow' : null);
  },

  push_segment: (machine) => {
    const [segment, width] = STACKED.get(machine.instruction.code)!;
    const top = (machine.context.register(RSP) - BigInt(width)) & MASK;
    const fault = machine.write(top, bytesOf(selectorIn(machine, segment), width));
    if (!fault) machine.context.setRegister(RSP, top);
    return fault;
  },

  pop_segment: (machine) => {
    const [segment, width] = STACKED.get(machine.instruction.code)!;
    const top = machine.context.register(RSP);
    const bytes = machine.read(top, width);
    if (!(bytes instanceof Uint8Array)) return bytes;
    const fault = loadSegment(machine, segment, bytes[0]! | (bytes[1]! << 8));
    if (!fault) machine.context.setRegister(RSP, (top + BigInt(width)) & MASK);
    return fault;
  },

  lar: about(({ rights }) => rights),
  lsl: about(({ limit }, { vcpu }) => (limit === 'processor' ? vcpu.id : limit)),
  verr: verify(() => true),
  verw: verify(({ writable }) => writable),
};
