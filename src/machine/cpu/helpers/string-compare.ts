// PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM (SDM vol. 1, 4.1, and vol. 2).

import { Code } from 'iced-x86';
import { AF, CF, OF, PF, RAX, RCX, RDX, SF, XMM, ZF } from '../state.ts';
import type { Helper, HelperMachine } from './helper.ts';

/** Immediate: element format in bits 1:0, aggregation in 3:2, negation in 4, only of valid elements in 5, output in 6. */
const WORDS = 1,
  SIGNED = 2,
  NEGATE = 0x10,
  VALID_ONLY = 0x20,
  LAST_OR_WIDE = 0x40;
const ARITHMETIC = CF | PF | AF | ZF | SF | OF;

interface Text {
  readonly elements: readonly number[];
  /** Elements before the end; the others are invalid. */
  readonly length: number;
}

/** What holds of element `j` of the second operand. */
type Aggregation = (a: Text, b: Text, j: number) => boolean;

const some = (length: number, holds: (i: number) => boolean): boolean => Array.from({ length }, (_, i) => i).some(holds);
const every = (length: number, holds: (i: number) => boolean): boolean => Array.from({ length }, (_, i) => i).every(holds);

const AGGREGATIONS: readonly Aggregation[] = [
  // Equal any.
  (a, b, j) => j < b.length && some(a.length, (i) => a.elements[i] === b.elements[j]),
  // Ranges: pairs of bounds.
  (a, b, j) => j < b.length && some(a.length >> 1, (i) => a.elements[2 * i]! <= b.elements[j]! && b.elements[j]! <= a.elements[2 * i + 1]!),
  // Equal each.
  (a, b, j) => (j < a.length && j < b.length ? a.elements[j] === b.elements[j] : j >= a.length && j >= b.length),
  // Equal ordered: the first operand is found from here on, as far as the register reaches.
  (a, b, j) => every(Math.min(a.length, b.elements.length - j), (i) => i + j < b.length && a.elements[i] === b.elements[i + j]),
];

function elementsOf(bytes: Uint8Array, format: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  if (!(format & WORDS)) return Array.from({ length: 16 }, (_, i) => (format & SIGNED ? view.getInt8(i) : view.getUint8(i)));
  return Array.from({ length: 8 }, (_, i) => (format & SIGNED ? view.getInt16(2 * i, true) : view.getUint16(2 * i, true)));
}

const EXPLICIT = new Set([
  Code.Pcmpestri_xmm_xmmm128_imm8,
  Code.Pcmpestri64_xmm_xmmm128_imm8,
  Code.Pcmpestrm_xmm_xmmm128_imm8,
  Code.Pcmpestrm64_xmm_xmmm128_imm8,
]);
const LONG = new Set([Code.Pcmpestri64_xmm_xmmm128_imm8, Code.Pcmpestrm64_xmm_xmmm128_imm8]);
const INDEX = new Set([Code.Pcmpestri_xmm_xmmm128_imm8, Code.Pcmpestri64_xmm_xmmm128_imm8, Code.Pcmpistri_xmm_xmmm128_imm8]);

function explicitLength(machine: HelperMachine, register: number, most: number): number {
  const long = LONG.has(machine.instruction.code);
  const value = long ? BigInt.asIntN(64, machine.context.register(register)) : BigInt(machine.context.int32(register));
  const magnitude = value < 0n ? -value : value;
  return magnitude > BigInt(most) ? most : Number(magnitude);
}

function text(machine: HelperMachine, bytes: Uint8Array, format: number, register: number): Text {
  const elements = elementsOf(bytes, format);
  if (EXPLICIT.has(machine.instruction.code)) return { elements, length: explicitLength(machine, register, elements.length) };
  const end = elements.indexOf(0);
  return { elements, length: end < 0 ? elements.length : end };
}

const compareStrings: Helper = (machine) => {
  const { context, instruction } = machine;
  const xmm = (n: number): Uint8Array => context.bytes.subarray(XMM + n * 16, XMM + n * 16 + 16);
  const second = instruction.registers[1]! >= 0 ? xmm(instruction.registers[1]!) : machine.read(machine.address(), 16);
  if (!(second instanceof Uint8Array)) return second;
  const control = instruction.immediate & 0xff;
  const a = text(machine, xmm(instruction.registers[0]!), control, RAX);
  const b = text(machine, second, control, RDX);
  const count = b.elements.length;
  const aggregate = AGGREGATIONS[(control >> 2) & 3]!;
  const bits = Array.from({ length: count }, (_, j) => {
    const negated = (control & NEGATE) !== 0 && (!(control & VALID_ONLY) || j < b.length);
    return aggregate(a, b, j) !== negated;
  });

  if (INDEX.has(instruction.code)) {
    const found = control & LAST_OR_WIDE ? bits.lastIndexOf(true) : bits.indexOf(true);
    context.setRegister(RCX, BigInt(found < 0 ? count : found));
  } else {
    const mask = xmm(0);
    mask.fill(0);
    const width = 16 / count;
    bits.forEach((bit, j) => {
      if (!bit) return;
      if (control & LAST_OR_WIDE) mask.fill(0xff, j * width, (j + 1) * width);
      else mask[j >> 3] = mask[j >> 3]! | (1 << (j & 7));
    });
  }
  const flags = (bits.includes(true) ? CF : 0) | (b.length < count ? ZF : 0) | (a.length < count ? SF : 0) | (bits[0] ? OF : 0);
  context.rflags = (context.rflags & ~ARITHMETIC) | flags;
  return null;
};

export const stringCompareHelpers: Readonly<Record<string, Helper>> = { 'compare-strings': compareStrings };
