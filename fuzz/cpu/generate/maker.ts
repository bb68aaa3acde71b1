// Makes instructions of any form: chooses registers that nothing relies on, places for memory operands, values for immediates.

import { OpCodeOperandKind as K } from 'iced-x86';
import { type Addressing, assemble, impossible } from '../../../test/vectors/generate/assemble.ts';
import { integer, littleEndian } from '../../../test/vectors/generate/values.ts';
import type { Random } from '../../../test/vectors/random.ts';
import { inspect, isOf } from '../flags.ts';
import { FS_BASE, GS_BASE } from '../layout.ts';
import type { FlagUse, Part } from '../program.ts';
import type { FuzzForm } from './forms.ts';
import { moveImmediate } from './parts.ts';
import { type Place, targetAt } from './places.ts';

type Role = 'reg' | 'rm' | 'opcode' | 'immediate' | 'none';
interface Operand {
  readonly role: Role;
  /** gpr: a general register; other files are used freely. */
  readonly file: 'gpr' | 'xmm' | 'eight' | 'segment' | 'none';
  readonly bits: number;
}
const gpr = (role: Role, bits: number): Operand => ({ role, file: 'gpr', bits });
const other = (role: Role, file: 'xmm' | 'eight'): Operand => ({ role, file, bits: 0 });
const immediate = (bytes: number): Operand => ({ role: 'immediate', file: 'none', bits: bytes * 8 });

const OPERANDS = new Map<K, Operand>([
  [K.r8_reg, gpr('reg', 8)],
  [K.r16_reg, gpr('reg', 16)],
  [K.r32_reg, gpr('reg', 32)],
  [K.r64_reg, gpr('reg', 64)],
  [K.r8_or_mem, gpr('rm', 8)],
  [K.r16_or_mem, gpr('rm', 16)],
  [K.r32_or_mem, gpr('rm', 32)],
  [K.r64_or_mem, gpr('rm', 64)],
  [K.r16_reg_mem, gpr('reg', 16)],
  [K.r32_reg_mem, gpr('reg', 32)],
  [K.r64_reg_mem, gpr('reg', 64)],
  [K.r16_rm, gpr('rm', 16)],
  [K.r32_rm, gpr('rm', 32)],
  [K.r64_rm, gpr('rm', 64)],
  [K.r8_opcode, gpr('opcode', 8)],
  [K.r16_opcode, gpr('opcode', 16)],
  [K.r32_opcode, gpr('opcode', 32)],
  [K.r64_opcode, gpr('opcode', 64)],
  [K.xmm_reg, other('reg', 'xmm')],
  [K.xmm_rm, other('rm', 'xmm')],
  [K.xmm_or_mem, other('rm', 'xmm')],
  [K.mm_reg, other('reg', 'eight')],
  [K.mm_rm, other('rm', 'eight')],
  [K.mm_or_mem, other('rm', 'eight')],
  [K.sti_opcode, other('opcode', 'eight')],
  [K.imm8, immediate(1)],
  [K.imm8sex16, immediate(1)],
  [K.imm8sex32, immediate(1)],
  [K.imm8sex64, immediate(1)],
  [K.imm16, immediate(2)],
  [K.imm32, immediate(4)],
  [K.imm32sex64, immediate(4)],
  [K.imm64, immediate(8)],
  [K.mem_offs, immediate(8)],
  [K.seg_reg, { role: 'reg', file: 'segment', bits: 0 }],
]);
const NONE: Operand = { role: 'none', file: 'none', bits: 0 };

/** Leave their first operand as it is. */
const READS_ONLY = /^(Cmp|Test|Bt|Push|Ucomi|Comi|Nop|Reservednop|Cmp[bwdq])$|^Reservednop/;
const WRITES_SECOND = /^(Xchg|Xadd)$/;
/** A double shift by more than its operand's width has no defined result. */
const NARROW_DOUBLE_SHIFT = /^Sh[lr]d_rm16/;
/** From memory, Intel's go over to MMX (SDM vol. 2, CVTPI2PS), AMD's do not; Intel's MOVSXD to 16 bits reads two bytes, AMD's four. */
const MAKERS_DIFFER_ON_MEMORY = new Set(['Cvtpi2ps_xmm_mmm64', 'Movsxd_r16_rm16']);
const RCX = 1,
  RSP = 4;

export interface Made {
  readonly parts: readonly Part[];
}

const flagsOf = new Map<number, FlagUse>();

/** Flags of an encoded form; those of an immediate shift depend on the count. null if the bytes mean something else. */
function flagUseOf(form: FuzzForm, bytes: Uint8Array): FlagUse | null {
  const varies = form.operands.at(-1) === K.imm8 && /^(Sh|Sa|Ro|Rc)/.test(form.mnemonic);
  const cached = varies ? undefined : flagsOf.get(form.code);
  // What was made before must not matter: bytes that mean something else are found out each time.
  if (cached) return isOf(form.code, bytes) ? cached : null;
  const flags = inspect(bytes, form.memoryBytes, form.code);
  if (flags && !varies) flagsOf.set(form.code, flags);
  return flags;
}

export interface Pointer {
  readonly register: number;
  readonly value: bigint;
}

export class Maker {
  readonly random: Random;
  /** Registers that hold addresses from start to end. */
  pointers: readonly Pointer[];
  /** Registers that must keep what they hold: pointers, RSP, counters of loops around. */
  readonly reserved = new Set<number>();
  /** Chances in 100 that a memory operand crosses a page, is unaligned although that faults, or that a place is bad. */
  crossing = 3;
  misaligned = 0;
  bad = 0;
  /** Operands may lie in the code window. */
  scratchCode = false;

  constructor(random: Random, pointers: readonly Pointer[]) {
    this.random = random;
    this.pointers = pointers;
    this.reserved.add(RSP);
    for (const { register } of pointers) this.reserved.add(register);
  }

  percent(chance: number): boolean {
    return this.random.below(100) < chance;
  }

  /** A register that may be changed. */
  free(not: readonly number[] = []): number {
    for (;;) {
      const n = this.random.below(16);
      if (!this.reserved.has(n) && !not.includes(n)) return n;
    }
  }

  /** What `make` makes has this register for its only pointer. */
  through<T>(pointer: Pointer, make: () => T): T {
    const { pointers } = this;
    this.pointers = [pointer];
    this.reserved.add(pointer.register);
    try {
      return make();
    } finally {
      this.pointers = pointers;
      this.reserved.delete(pointer.register);
    }
  }

  clobbers(form: FuzzForm): boolean {
    return form.implicit.some((register) => this.reserved.has(register) && register !== RSP);
  }

  private choose(operand: Operand, written: boolean): number {
    if (operand.file === 'eight') return this.random.below(8);
    if (operand.file === 'segment') return this.random.below(6);
    if (operand.file === 'xmm') return this.random.below(16);
    if (operand.bits === 8 && this.random.below(4) === 0) {
      const high = this.random.below(4);
      if (!written || !this.reserved.has(high)) return 16 + high;
    }
    return written ? this.free() : this.random.below(16);
  }

  /** A random instruction of the form, with what has to go before it; null if it does not work out here. */
  instruction(form: FuzzForm, options: { readonly memory?: boolean; readonly target?: number | bigint } = {}): Made | null {
    const { random } = this;
    if (this.clobbers(form)) return null;
    const narrowShift = NARROW_DOUBLE_SHIFT.test(form.name);
    const byRegister = narrowShift && form.operands.includes(K.cl);
    if (byRegister && this.reserved.has(RCX)) return null;
    const operands = form.operands.map((kind) => OPERANDS.get(kind) ?? NONE);
    const wanted = options.memory ?? random.below(5) < 2;
    const inMemory = form.memory >= 0 && (form.memoryOnly || (wanted && !MAKERS_DIFFER_ON_MEMORY.has(form.name)));
    const chosen = { reg: -1, rm: -1, opcodeRegister: -1 };
    operands.forEach((operand, i) => {
      const written = i === 0 ? !READS_ONLY.test(form.mnemonic) : WRITES_SECOND.test(form.mnemonic);
      if (operand.role === 'reg') chosen.reg = this.choose(operand, written);
      else if (operand.role === 'rm' && !inMemory) chosen.rm = this.choose(operand, written);
      else if (operand.role === 'opcode') chosen.opcodeRegister = this.choose(operand, written);
    });
    const parts: Part[] = [];
    let memory: Addressing | null = null;
    if (inMemory) {
      const writes = form.memory === 0 && !READS_ONLY.test(form.mnemonic);
      const target =
        options.target ?? targetAt(random, this.place(form, writes), Math.max(form.memoryBytes, 1), this.scratchCode && writes);
      const used = operands.map((operand) => (operand.file !== 'gpr' ? -1 : operand.role === 'reg' ? chosen.reg & 15 : -1));
      memory = this.addressing(BigInt(target), [...used, ...form.implicit, ...fixedSources(form)], parts);
    }
    const bytes = operands.reduce((sum, { role, bits }) => sum + (role === 'immediate' ? bits / 8 : 0), 0);
    let value = integer(random, Math.max(bytes * 8, 8));
    if (narrowShift) value = BigInt(random.below(17) + 32 * random.below(8));
    if (byRegister) parts.push(moveImmediate(RCX, value));
    if (form.operands.includes(K.mem_offs)) value = BigInt(targetAt(random, this.percent(90) ? 'ordinary' : 'high', 8, false));
    const lock = form.lockable && inMemory && random.below(6) === 0;
    const all = { ...chosen, memory, immediate: littleEndian(value, bytes), prefixes: lock ? [0xf0] : [] };
    if (impossible(form, all)) return null;
    const code = assemble(form, all);
    const flags = flagUseOf(form, code);
    if (!flags) return null;
    if (memory?.kind === 'rip') {
      parts.push({ bytes: code, flags, fixup: { at: code.length - bytes - 4, kind: 'rel32', target: memory.displacement } });
    } else parts.push({ bytes: code, flags });
    return { parts };
  }

  private place(form: FuzzForm, writes: boolean): Place {
    const { random } = this;
    if (this.percent(this.bad))
      return random.pick(
        writes
          ? ['unmapped', 'non-canonical', 'crossing-fault', 'read-only', 'high-end']
          : ['unmapped', 'non-canonical', 'crossing-fault', 'high-end'],
      );
    if (form.aligned) return this.percent(this.misaligned) ? 'unaligned' : this.percent(15) ? 'high-aligned' : 'aligned';
    if (this.percent(this.crossing)) return writes ? 'crossing' : random.pick(['crossing', 'crossing-read']);
    if (!writes && random.below(12) === 0) return 'read-only';
    return random.pick(['ordinary', 'ordinary', 'ordinary', 'aligned', 'stack', 'high']);
  }

  /** How an instruction may name `target`; what sets registers for it is put into `before`. */
  addressing(target: bigint, avoid: readonly number[], before: Part[]): Addressing {
    const { random } = this;
    const none = { base: -1, index: -1, scale: 0, displacement: 0, displacementBytes: 4, address32: false, segment: 0 } as const;
    const low = target >= 0n && target < 0x7000_0000n;
    const mode = random.below(12);
    if (low && mode === 0) return { ...none, kind: 'absolute', displacement: Number(target) };
    if (low && mode <= 2) return { ...none, kind: 'rip', displacement: Number(target) };
    const near = this.pointers.filter(({ value }) => {
      const distance = target - value;
      return distance >= -0x7fff_0000n && distance <= 0x7fff_0000n;
    });
    if (mode <= 7 && near.length > 0) {
      const { register, value } = random.pick(near);
      if (random.below(3) > 0) return based(random, register, target - value);
      const index = this.free(avoid);
      const count = BigInt(random.below(64) - 24);
      const scale = random.below(4) as 0 | 1 | 2 | 3;
      before.push(moveImmediate(index, count));
      return { ...none, kind: 'index', base: register, index, scale, displacement: Number(target - value - (count << BigInt(scale))) };
    }
    const base = this.free(avoid);
    // Makers differ on a segment base that carries an address over the canonical hole.
    const segment = mode === 8 && target < 1n << 47n ? random.pick([0x64, 0x65] as const) : 0;
    const address32 = mode === 9 && low;
    const displacement = BigInt(random.below(256) - 128);
    const from = segment === 0x64 ? BigInt(FS_BASE) : segment === 0x65 ? BigInt(GS_BASE) : 0n;
    const value = BigInt.asUintN(address32 ? 32 : 64, target - from - displacement);
    before.push(moveImmediate(base, address32 ? value | (BigInt(random.next()) << 32n) : value));
    return { ...none, kind: 'base', base, displacement: Number(displacement), displacementBytes: 1, address32, segment };
  }
}

/** Registers an instruction reads without naming them, which its address must not change. */
function fixedSources(form: FuzzForm): number[] {
  const fixed: number[] = [];
  if (form.operands.includes(K.cl) || form.name.startsWith('Pcmpestr')) fixed.push(1);
  if (/^(Mul|Imul|Cmpxchg|Pcmpestr|Cmpxchg\d+b)$/.test(form.mnemonic)) fixed.push(0, 2, 3, 1);
  if (form.operands.some((kind) => kind === K.al || kind === K.ax || kind === K.eax || kind === K.rax)) fixed.push(0);
  return fixed;
}

function based(random: Random, base: number, displacement: bigint): Addressing {
  const small = displacement >= -128n && displacement < 128n && random.below(4) > 0;
  const bytes = displacement === 0n && (base & 7) !== 5 && random.below(2) === 0 ? 0 : small ? 1 : 4;
  return {
    kind: 'base',
    base,
    index: -1,
    scale: 0,
    displacement: Number(displacement),
    displacementBytes: bytes,
    address32: false,
    segment: 0,
  };
}
