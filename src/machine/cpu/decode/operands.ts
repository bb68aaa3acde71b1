// What the step executor must know of an iced Code before it meets one: where operands live and which shapes can occur.

import { type Code, CodeExt, OpCodeOperandKind as K, Register } from 'iced-x86';
import { FS_BASE, GS_BASE, ZERO } from '../state.ts';
import { SHAPE } from './record.ts';

export type OperandPlace =
  | 'general'
  | 'cl'
  | 'xmm'
  | 'mmx'
  | 'x87'
  | 'segment'
  | 'memory'
  | 'either-general'
  | 'either-xmm'
  | 'either-mmx'
  | 'immediate'
  | 'immediate64'
  | 'one'
  | 'branch'
  | 'string'
  | 'other';

const PLACES: Readonly<Record<OperandPlace, readonly K[]>> = {
  'either-general': [K.r8_or_mem, K.r16_or_mem, K.r32_or_mem, K.r64_or_mem],
  'either-xmm': [K.xmm_or_mem],
  'either-mmx': [K.mm_or_mem],
  general: [
    K.r8_reg,
    K.r8_opcode,
    K.r16_reg,
    K.r16_reg_mem,
    K.r16_rm,
    K.r16_opcode,
    K.r32_reg,
    K.r32_reg_mem,
    K.r32_rm,
    K.r32_opcode,
    K.r64_reg,
    K.r64_reg_mem,
    K.r64_rm,
    K.r64_opcode,
    K.al,
    K.ax,
    K.dx,
    K.eax,
    K.rax,
  ],
  xmm: [K.xmm_reg, K.xmm_rm],
  mmx: [K.mm_reg, K.mm_rm],
  x87: [K.st0, K.sti_opcode],
  cl: [K.cl],
  segment: [K.seg_reg, K.es, K.cs, K.ss, K.ds, K.fs, K.gs],
  memory: [K.mem, K.mem_offs],
  immediate: [K.imm8, K.imm8sex16, K.imm8sex32, K.imm8sex64, K.imm16, K.imm32, K.imm32sex64],
  immediate64: [K.imm64],
  one: [K.imm8_const_1],
  branch: [K.br16_1, K.br16_2, K.br32_1, K.br32_4, K.br64_1, K.br64_4, K.xbegin_2, K.xbegin_4],
  string: [K.seg_rSI, K.es_rDI, K.seg_rDI, K.seg_rBX_al],
  other: [],
};

const PLACE_OF: OperandPlace[] = [];
for (const [place, kinds] of Object.entries(PLACES)) for (const kind of kinds) PLACE_OF[kind] = place as OperandPlace;

export interface CodeOperands {
  readonly kinds: readonly K[];
  readonly places: readonly OperandPlace[];
  /** Position of the operand that is or may be memory, -1 if none. */
  readonly memory: number;
  readonly string: boolean;
  readonly shapes: readonly number[];
}

const cache: (CodeOperands | undefined)[] = [];

export function operandsOf(code: Code): CodeOperands {
  return (cache[code] ??= describe(code));
}

function describe(code: Code): CodeOperands {
  const info = CodeExt.opCode(code);
  const kinds: K[] = [];
  for (let i = 0; i < info.opCount; i++) kinds.push(info.opKind(i));
  const repeats = info.canUseRepPrefix;
  info.free();
  const places = kinds.map((kind) => PLACE_OF[kind] ?? 'other');
  const memory = places.findIndex((p) => p === 'memory' || p.startsWith('either'));
  const string = places.includes('string');
  return { kinds, places, memory, string, shapes: shapesOf(places, memory, string, repeats) };
}

function shapesOf(places: readonly OperandPlace[], memory: number, string: boolean, repeats: boolean): number[] {
  if (string) return repeats ? [4, 5, 6, 7, 8, 9] : [SHAPE.STRING, SHAPE.STRING + 3];
  if (memory < 0) return [SHAPE.REGISTER];
  const shapes: number[] = [SHAPE.BASE, SHAPE.INDEXED, SHAPE.FULL];
  return places[memory] === 'memory' ? shapes : [SHAPE.REGISTER, ...shapes];
}

/** Slot byte of a register operand: an offset in the CPU block, in its XMM part, or in its x87 part. */
export const SLOT_OF_REGISTER: readonly number[] = slots();
/** Encoding number of a register operand, -1 for none. */
export const NUMBER_OF_REGISTER: readonly number[] = numbers();

function slots(): number[] {
  const table = new Array<number>(256).fill(ZERO);
  for (let n = 0; n < 16; n++) {
    table[Register.AX + n] = n * 8;
    table[Register.EAX + n] = n * 8;
    table[Register.RAX + n] = n * 8;
    table[Register.XMM0 + n] = n * 16;
  }
  for (let n = 0; n < 4; n++) {
    table[Register.AL + n] = n * 8;
    table[Register.AH + n] = n * 8 + 1;
  }
  for (let n = 4; n < 16; n++) table[Register.SPL + n - 4] = n * 8;
  for (let n = 0; n < 8; n++) {
    table[Register.ST0 + n] = n * 16;
    table[Register.MM0 + n] = n * 16;
  }
  table[Register.FS] = FS_BASE;
  table[Register.GS] = GS_BASE;
  return table;
}

function numbers(): number[] {
  const table = new Array<number>(256).fill(-1);
  for (let n = 0; n < 16; n++) {
    for (const first of [Register.AX, Register.EAX, Register.RAX, Register.XMM0]) table[first + n] = n;
    if (n < 4) table[Register.AL + n] = n;
    else table[Register.SPL + n - 4] = n;
  }
  for (let n = 0; n < 4; n++) table[Register.AH + n] = n + 4;
  for (let n = 0; n < 8; n++) table[Register.ST0 + n] = table[Register.MM0 + n] = n;
  for (let n = 0; n < 6; n++) table[Register.ES + n] = n;
  return table;
}

/** A 32-bit register in an address: the address size is 32 bits. */
export function isNarrow(register: Register): boolean {
  return (register >= Register.EAX && register <= Register.R15D) || register === Register.EIP;
}
