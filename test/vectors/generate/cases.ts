// All cases of one form: register and memory operands, values, flags, faults.

import { type Code, Decoder, DecoderOptions, OpCodeOperandKind } from 'iced-x86';
import { CODE_BASE, CODE_BYTES, FS_BASE, GS_BASE } from '../layout.ts';
import { Random } from '../random.ts';
import type { Case } from '../vector.ts';
import { type Addressing, assemble, type Chosen, impossible } from './assemble.ts';
import { Draft } from './draft.ts';
import type { Form } from './forms.ts';
import { address, addressing, type Mode, type Place, ripRelative } from './places.ts';
import { laneOf, type Operands, type Plan, planFor } from './plans.ts';
import { control, flags, integer, lanes, littleEndian } from './values.ts';

const K = OpCodeOperandKind;

interface OperandKind {
  readonly role: 'reg' | 'rm' | 'opcode' | 'immediate' | 'memory' | 'fixed' | 'system';
  readonly bits: number;
  readonly vector?: boolean;
  readonly memory?: boolean;
  /** Fixed register, or bytes of an immediate. */
  readonly detail?: number;
}

const reg = (bits: number): OperandKind => ({ role: 'reg', bits });
const rm = (bits: number, memory: boolean): OperandKind => ({ role: 'rm', bits, memory });
const immediate = (detail: number): OperandKind => ({ role: 'immediate', bits: detail * 8, detail });
const fixed = (detail: number, bits: number): OperandKind => ({ role: 'fixed', bits, detail });

const KINDS = new Map<OpCodeOperandKind, OperandKind>([
  [K.r8_reg, reg(8)],
  [K.r16_reg, reg(16)],
  [K.r32_reg, reg(32)],
  [K.r64_reg, reg(64)],
  [K.r16_reg_mem, reg(16)],
  [K.r32_reg_mem, reg(32)],
  [K.r64_reg_mem, reg(64)],
  [K.r8_or_mem, rm(8, true)],
  [K.r16_or_mem, rm(16, true)],
  [K.r32_or_mem, rm(32, true)],
  [K.r64_or_mem, rm(64, true)],
  [K.r16_rm, rm(16, false)],
  [K.r32_rm, rm(32, false)],
  [K.r64_rm, rm(64, false)],
  [K.r8_opcode, { role: 'opcode', bits: 8 }],
  [K.r16_opcode, { role: 'opcode', bits: 16 }],
  [K.r32_opcode, { role: 'opcode', bits: 32 }],
  [K.r64_opcode, { role: 'opcode', bits: 64 }],
  [K.xmm_reg, { role: 'reg', bits: 128, vector: true }],
  [K.xmm_rm, { role: 'rm', bits: 128, vector: true }],
  [K.xmm_or_mem, { role: 'rm', bits: 128, vector: true, memory: true }],
  [K.mem, { role: 'memory', bits: 0, memory: true }],
  [K.mem_offs, immediate(8)],
  [K.imm8, immediate(1)],
  [K.imm8sex16, immediate(1)],
  [K.imm8sex32, immediate(1)],
  [K.imm8sex64, immediate(1)],
  [K.imm16, immediate(2)],
  [K.imm32, immediate(4)],
  [K.imm32sex64, immediate(4)],
  [K.imm64, immediate(8)],
  [K.br64_1, immediate(1)],
  [K.br64_4, immediate(4)],
  [K.imm8_const_1, { role: 'fixed', bits: 0, detail: -1 }],
  [K.al, fixed(0, 8)],
  [K.ax, fixed(0, 16)],
  [K.eax, fixed(0, 32)],
  [K.rax, fixed(0, 64)],
  [K.cl, fixed(1, 8)],
  [K.dx, fixed(2, 16)],
  [K.seg_rSI, fixed(-1, 0)],
  [K.es_rDI, fixed(-1, 0)],
  [K.seg_rDI, fixed(-1, 0)],
  [K.seg_rBX_al, fixed(-1, 0)],
  [K.fs, fixed(-1, 0)],
  [K.gs, fixed(-1, 0)],
  [K.seg_reg, { role: 'system', bits: 0 }],
  [K.cr_reg, { role: 'system', bits: 0 }],
  [K.dr_reg, { role: 'system', bits: 0 }],
]);

function kindsOf(form: Form): OperandKind[] | null {
  const kinds: OperandKind[] = [];
  for (const operand of form.operands) {
    const kind = KINDS.get(operand);
    if (!kind) return null;
    kinds.push(kind);
  }
  return kinds;
}

interface Wish {
  readonly place: Place | null;
  readonly lock: boolean;
  /** Where the instruction lies: 'inside' a page, over a 'boundary', or cut off by the 'end' of the window. */
  readonly fetch: 'inside' | 'boundary' | 'end';
  readonly n: number;
  /** How the memory operand is to be written. */
  readonly mode?: Mode;
}

function chooseRegister(random: Random, kind: OperandKind, high: boolean): number {
  return kind.bits === 8 && high ? random.below(20) : random.below(16);
}

function place(draft: Draft, kind: OperandKind, register: number, value: bigint): void {
  if (kind.bits > 0 && kind.bits <= 64) draft.setPart(register, kind.bits, value);
}

/** Decodes what was assembled: a form that the bytes do not mean is one this mode cannot express. */
function means(form: Form, code: Uint8Array, codeOffset: number): boolean {
  const decoder = new Decoder(64, code, DecoderOptions.None);
  try {
    decoder.ip = BigInt(CODE_BASE + codeOffset);
    const instruction = decoder.decode();
    const same = instruction.code === form.code && instruction.length === code.length;
    instruction.free();
    return same;
  } finally {
    decoder.free();
  }
}

function build(form: Form, kinds: readonly OperandKind[], plan: Plan, random: Random, wish: Wish): Case | null {
  const { lane, float } = laneOf(form);
  const draft = new Draft(random);
  draft.rflags = flags(random);
  draft.mxcsr = float ? control(random) : 0x1f80;
  const inMemory = wish.place !== null;

  const registers = { reg: -1, rm: -1, opcodeRegister: -1 };
  const high = !form.rexW && random.chance(2);
  for (const kind of kinds) {
    if (kind.role === 'reg') registers.reg = chooseRegister(random, kind, high);
    else if (kind.role === 'rm' && !inMemory) registers.rm = chooseRegister(random, kind, high);
    else if (kind.role === 'opcode') registers.opcodeRegister = chooseRegister(random, kind, high);
    else if (kind.role === 'system')
      registers.reg = form.name.includes('_cr') ? random.pick([0, 2, 3, 4]) : form.name.includes('_dr') ? random.below(4) : random.below(6);
  }

  const values = kinds.map((kind) => integer(random, kind.bits || Math.max(form.memoryBytes * 8, 8)));
  const hasImmediate = kinds.some((kind) => kind.role === 'immediate');
  const operands: Operands = { values, inMemory, target: null, immediate: null, n: wish.n };
  if (hasImmediate) {
    const bytes = kinds.filter((kind) => kind.role === 'immediate').reduce((sum, kind) => sum + (kind.detail ?? 0), 0);
    operands.immediate = form.mnemonic.startsWith('Cmp') && kinds[0]!.vector ? BigInt(random.below(8)) : integer(random, bytes * 8);
  }
  // Fixed and named registers first, then what the plan wants of implicit ones, then the address.
  kinds.forEach((kind, i) => {
    if (kind.role === 'fixed' && (kind.detail ?? -1) >= 0) place(draft, kind, kind.detail!, values[i]!);
  });
  plan.prepare?.(draft, random, form, operands);
  kinds.forEach((kind, i) => {
    if (kind.role === 'memory' || kind.role === 'immediate' || kind.role === 'fixed' || kind.role === 'system') return;
    if (kind.role === 'rm' && inMemory) return;
    const register = kind.role === 'reg' ? registers.reg : kind.role === 'rm' ? registers.rm : registers.opcodeRegister;
    if (kind.vector) draft.xmm.set(register, lanes(random, lane, 16));
    else if (!(plan.implicit?.includes(register) && form.mnemonic !== 'Div' && form.mnemonic !== 'Idiv') && (register & 15) !== 4)
      place(draft, kind, register, operands.values[i]!);
  });

  let memory: Addressing | null = null;
  if (inMemory) {
    const index = kinds.findIndex((kind) => kind.memory);
    const target = operands.target ?? address(random, wish.place!, form.memoryBytes);
    const used = new Set<number>(plan.implicit ?? []);
    if (!random.chance(8) || form.mnemonic.startsWith('Bt'))
      for (const register of [registers.reg, registers.opcodeRegister]) if (register >= 0 && !kinds[0]!.vector) used.add(register & 15);
    kinds.forEach((kind) => kind.role === 'fixed' && (kind.detail ?? -1) >= 0 && used.add(kind.detail!));
    memory = addressing(random, draft, target, used, wish.mode);
    const plain = kinds[index]!;
    const content =
      plain.vector || form.operands.some((kind) => kind === K.xmm_reg)
        ? lanes(random, lane, form.memoryBytes)
        : littleEndian(operands.values[index]!, Math.min(form.memoryBytes, 8));
    if (target < 1n << 47n && form.memoryBytes > 0) draft.setMemory(Number(target), content);
  }

  const bytes = kinds.filter((kind) => kind.role === 'immediate').reduce((sum, kind) => sum + (kind.detail ?? 0), 0);
  const prefixes = wish.lock ? [0xf0, ...draft.prefixes] : draft.prefixes;
  const chosen: Chosen = {
    ...registers,
    memory,
    immediate: operands.immediate === null ? new Uint8Array(0) : littleEndian(operands.immediate, bytes),
    prefixes,
  };
  if (impossible(form, chosen)) return null;
  let code = assemble(form, chosen);
  if (wish.fetch === 'end' && code.length === 1) return null;
  if (wish.fetch === 'boundary') draft.codeOffset = 0x1000 - 1 - random.below(Math.max(code.length - 1, 1));
  if (wish.fetch === 'end') draft.codeOffset = CODE_BYTES - code.length + 1 + random.below(code.length - 1);
  if (memory?.kind === 'rip') code = assemble(form, { ...chosen, memory: ripRelative(memory, draft.codeOffset, code.length) });
  if (!means(form, wish.lock ? code.subarray(1) : code, draft.codeOffset)) return null;
  if (wish.fetch === 'end') code = code.subarray(0, CODE_BYTES - draft.codeOffset);
  return draft.freeze(code);
}

const PLACES: readonly Place[] = ['crossing', 'high', 'read-only', 'unmapped', 'crossing-fault', 'non-canonical'];

function wishes(form: Form, plan: Plan, kinds: readonly OperandKind[]): Wish[] {
  const { float } = laneOf(form);
  const list: Wish[] = [];
  const inside = { lock: false, fetch: 'inside' } as const;
  const canMemory = kinds.some((kind) => kind.memory);
  const canRegister = !kinds.some((kind) => kind.role === 'memory');
  const explicit = kinds.some((kind) => ['reg', 'rm', 'opcode', 'immediate'].includes(kind.role));
  if (canRegister) {
    const count = plan.cases ?? (float ? 36 : explicit || kinds.length > 0 ? 12 : 5);
    for (let n = 0; n < count; n++) list.push({ ...inside, place: null, n });
  }
  if (canMemory) {
    const count = plan.cases ?? (float ? 18 : 8);
    for (let n = 0; n < count; n++) list.push({ ...inside, place: 'ordinary', n });
    if (!form.privileged) PLACES.forEach((where) => list.push({ ...inside, place: where, n: 3 }));
    // A LOCK prefix on MOV to and from control registers means CR8 on AMD.
    for (let n = 0; n < (form.lockable ? 3 : form.privileged ? 0 : 1); n++)
      list.push({ place: 'ordinary', lock: true, fetch: 'inside', n });
  }
  if (canRegister && !form.privileged) list.push({ place: null, lock: true, fetch: 'inside', n: 3 });
  list.push({ place: canRegister ? null : 'ordinary', lock: false, fetch: 'boundary', n: 3 });
  // UD0 and UD1: makers differ on whether the ModRM byte is fetched before #UD.
  if (!/^Ud[01]$/.test(form.mnemonic)) list.push({ place: canRegister ? null : 'ordinary', lock: false, fetch: 'end', n: 3 });
  return list;
}

const MODES: readonly Mode[] = ['base', 'index', 'narrow', 'fs', 'gs'];

/** Each way of writing a memory operand, and of string instructions each prefix of segment, address size and repetition. */
export function shapeCases(form: Form, seed: number): Case[] {
  const kinds = kindsOf(form);
  if (!kinds) throw new Error(`${form.name}: an operand kind without a rule`);
  const random = new Random(seed * 8191 + form.code * 3 + 1);
  const plan = planFor(form);
  const made: Case[] = [];
  const attempt = (wish: Wish, change?: (c: Case) => Case): void => {
    for (let tries = 0; tries < 20; tries++) {
      const one = build(form, kinds, plan, random, wish);
      if (!one) continue;
      made.push(change ? change(one) : one);
      return;
    }
  };
  if (kinds.some((kind) => kind.memory && form.memoryBytes > 0))
    for (const mode of MODES) attempt({ place: 'ordinary', lock: false, fetch: 'inside', n: 0, mode });
  if (form.operands.includes(K.mem_offs))
    for (const segment of [0x64, 0x65]) attempt({ place: null, lock: false, fetch: 'inside', n: 0 }, (c) => ofSegment(c, segment));
  if (isString(form))
    for (const prefixes of STRING_PREFIXES)
      for (const n of [0, 1]) attempt({ place: null, lock: false, fetch: 'inside', n }, (c) => withPrefixes(c, prefixes));
  return made;
}

/** An absolute address, less the segment's base. */
function ofSegment(c: Case, segment: number): Case {
  const code = Uint8Array.from([segment, ...c.code]);
  const view = new DataView(code.buffer, code.length - 8);
  view.setBigUint64(0, view.getBigUint64(0, true) - BigInt(segment === 0x64 ? FS_BASE : GS_BASE), true);
  return { ...c, code };
}

const isString = (form: Form): boolean => form.operands.some((kind) => IMPLICIT_MEMORY.has(kind));
const IMPLICIT_MEMORY = new Set([K.seg_rSI, K.es_rDI, K.seg_rDI, K.seg_rBX_al]);
/** Segment bases change where the source lies; what the cases leave there is then not theirs, but memory all the same. */
const STRING_PREFIXES: readonly (readonly number[])[] = [0, 0xf3, 0xf2].flatMap((repeat) =>
  [0, 0x67].flatMap((size) => [0, 0x64, 0x65].map((segment) => [size, segment, repeat].filter((prefix) => prefix !== 0))),
);

/** The source is where it was: RSI less the segment's base. Counts are small, so that all of it stays in the window. */
function withPrefixes(c: Case, prefixes: readonly number[]): Case {
  const segment = prefixes.includes(0x64) ? FS_BASE : prefixes.includes(0x65) ? GS_BASE : 0;
  const gpr = new Map(c.gpr);
  for (const register of [RSI, RBX]) {
    const value = gpr.get(register);
    if (value !== undefined && segment !== 0) gpr.set(register, BigInt.asUintN(64, value - BigInt(segment)));
  }
  // With 32-bit addresses the upper halves are not looked at.
  if (prefixes.includes(0x67)) for (const register of [RSI, RDI, RBX, RCX]) gpr.set(register, (gpr.get(register) ?? 0n) & 0xffff_ffffn);
  return { ...c, gpr, code: Uint8Array.from([...prefixes, ...c.code]) };
}

const RCX = 1,
  RBX = 3,
  RSI = 6,
  RDI = 7;

/** Empty for a form that cannot be written in this mode. */
export function casesOf(form: Form, seed: number): Case[] {
  const kinds = kindsOf(form);
  if (!kinds) throw new Error(`${form.name}: an operand kind without a rule`);
  const random = new Random(seed * 8191 + (form.code as Code));
  const plan = planFor(form);
  const cases: Case[] = [];
  for (const wish of wishes(form, plan, kinds)) {
    for (let attempt = 0; attempt < 20; attempt++) {
      const made = build(form, kinds, plan, random, wish);
      if (!made) continue;
      if (wish.fetch === 'end' && made.code.length === 0) break;
      cases.push(made);
      break;
    }
  }
  return cases;
}
