// Bytes of one instruction from a form and chosen operands. Written by hand, not with an assembler library,
// because the vectors want every addressing mode, redundant prefixes and illegal combinations as well.

import { OpCodeOperandKind, OpCodeTableKind } from 'iced-x86';
import type { Form } from './forms.ts';

const K = OpCodeOperandKind;

/** How a memory operand is written. */
export interface Addressing {
  readonly kind: 'base' | 'index' | 'absolute' | 'rip';
  readonly base: number;
  readonly index: number;
  readonly scale: 0 | 1 | 2 | 3;
  readonly displacement: number;
  /** Bytes of displacement: 0, 1 or 4. */
  readonly displacementBytes: number;
  readonly address32: boolean;
  readonly segment: 0 | 0x64 | 0x65;
}

export interface Chosen {
  /** ModRM.reg register, or -1. 8-bit registers 16..19 are AH CH DH BH. */
  readonly reg: number;
  /** Register in ModRM.rm, or -1 where `memory` is used. */
  readonly rm: number;
  readonly memory: Addressing | null;
  /** Register in the opcode byte, or -1. */
  readonly opcodeRegister: number;
  readonly immediate: Uint8Array;
  /** Legacy prefixes in front of everything (LOCK, REP). */
  readonly prefixes: readonly number[];
}

const BYTE_KINDS = new Set([K.r8_or_mem, K.r8_reg, K.r8_opcode]);

function low(register: number): number {
  return register >= 16 ? register - 12 : register & 7;
}

/** SPL, BPL, SIL, DIL exist only with a REX prefix. */
function needsRex(form: Form, chosen: Chosen): boolean {
  return form.operands.some((kind) => {
    if (!BYTE_KINDS.has(kind)) return false;
    const register = kind === K.r8_reg ? chosen.reg : kind === K.r8_opcode ? chosen.opcodeRegister : chosen.rm;
    return register >= 4 && register < 8;
  });
}

/** True if the choice cannot be encoded: AH..BH together with a REX prefix. */
export function impossible(form: Form, chosen: Chosen): boolean {
  const high = [chosen.reg, chosen.rm, chosen.opcodeRegister].some((register) => register >= 16);
  return high && rex(form, chosen) !== 0;
}

function rex(form: Form, chosen: Chosen): number {
  const { reg, rm, memory, opcodeRegister } = chosen;
  let bits = form.rexW ? 8 : 0;
  if (reg >= 8 && reg < 16) bits |= 4;
  if (memory) {
    if (memory.kind === 'index' && memory.index >= 8) bits |= 2;
    if ((memory.kind === 'base' || memory.kind === 'index') && memory.base >= 8) bits |= 1;
  } else if (rm >= 8 && rm < 16) bits |= 1;
  if (opcodeRegister >= 8 && opcodeRegister < 16) bits |= 1;
  return bits !== 0 || needsRex(form, chosen) ? 0x40 | bits : 0;
}

function displacement(m: Addressing): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < m.displacementBytes; i++) bytes.push((m.displacement >> (8 * i)) & 0xff);
  return bytes;
}

function modrm(form: Form, chosen: Chosen): number[] {
  const reg = (form.group >= 0 ? form.group : low(chosen.reg)) << 3;
  const m = chosen.memory;
  if (!m) return [0xc0 | reg | low(chosen.rm)];
  const mod = m.displacementBytes === 0 ? 0 : m.displacementBytes === 1 ? 0x40 : 0x80;
  switch (m.kind) {
    case 'rip':
      return [reg | 5, ...displacement(m)];
    case 'absolute':
      return [reg | 4, 0x25, ...displacement(m)];
    case 'base':
      return (m.base & 7) === 4 ? [mod | reg | 4, 0x24, ...displacement(m)] : [mod | reg | (m.base & 7), ...displacement(m)];
    case 'index':
      return [mod | reg | 4, (m.scale << 6) | ((m.index & 7) << 3) | (m.base & 7), ...displacement(m)];
  }
}

const WITH_MODRM = new Set([
  K.mem,
  K.r8_or_mem,
  K.r16_or_mem,
  K.r32_or_mem,
  K.r64_or_mem,
  K.xmm_or_mem,
  K.mm_or_mem,
  K.r8_reg,
  K.r16_reg,
  K.r32_reg,
  K.r64_reg,
  K.xmm_reg,
  K.xmm_rm,
  K.mm_reg,
  K.mm_rm,
  K.r16_rm,
  K.r32_rm,
  K.r64_rm,
  K.seg_reg,
  K.cr_reg,
  K.dr_reg,
]);

export function hasModrm(form: Form): boolean {
  return form.opcodeBytes === 1 && (form.group >= 0 || form.operands.some((kind) => WITH_MODRM.has(kind)));
}

/** `address32` of a form with an address size of its own (LOOP, JRCXZ) follows from the form. */
export function assemble(form: Form, chosen: Chosen): Uint8Array {
  const bytes: number[] = [...chosen.prefixes];
  if (chosen.memory?.segment) bytes.push(chosen.memory.segment);
  if (chosen.memory?.address32 || form.addressSize === 32) bytes.push(0x67);
  if (form.operandSize === 16) bytes.push(0x66);
  if (form.mandatoryPrefix) bytes.push(form.mandatoryPrefix);
  const prefix = rex(form, chosen);
  if (prefix) bytes.push(prefix);
  if (form.table === OpCodeTableKind.T0F) bytes.push(0x0f);
  if (form.table === OpCodeTableKind.T0F38) bytes.push(0x0f, 0x38);
  if (form.table === OpCodeTableKind.T0F3A) bytes.push(0x0f, 0x3a);
  const opcode = form.opcode + (chosen.opcodeRegister >= 0 ? chosen.opcodeRegister & 7 : 0);
  if (form.opcodeBytes === 2) bytes.push(opcode >> 8, opcode & 0xff);
  else bytes.push(opcode);
  if (hasModrm(form)) bytes.push(...modrm(form, chosen));
  bytes.push(...chosen.immediate);
  return Uint8Array.from(bytes);
}
