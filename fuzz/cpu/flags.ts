// Which arithmetic flags an instruction reads, writes and leaves undefined: iced's information, and what it leaves out.

import { Decoder, DecoderOptions, Mnemonic, OpKind, RflagsBits, RegisterExt, type Instruction } from 'iced-x86';
import type { FlagUse } from './program.ts';

export const CF = 1,
  PF = 4,
  AF = 0x10,
  ZF = 0x40,
  SF = 0x80,
  OF = 0x800;
export const ARITHMETIC = CF | PF | AF | ZF | SF | OF;

const POSITIONS: readonly (readonly [RflagsBits, number])[] = [
  [RflagsBits.CF, CF],
  [RflagsBits.PF, PF],
  [RflagsBits.AF, AF],
  [RflagsBits.ZF, ZF],
  [RflagsBits.SF, SF],
  [RflagsBits.OF, OF],
];

function positions(bits: number): number {
  return POSITIONS.reduce((sum, [bit, position]) => (bits & bit ? sum | position : sum), 0);
}

const SHIFTS = new Set([Mnemonic.Shl, Mnemonic.Sal, Mnemonic.Shr, Mnemonic.Sar]);
const DOUBLE = new Set([Mnemonic.Shld, Mnemonic.Shrd]);
const ROTATES = new Set([Mnemonic.Rol, Mnemonic.Ror, Mnemonic.Rcl, Mnemonic.Rcr]);
const DIVISIONS = new Set([Mnemonic.Div, Mnemonic.Idiv]);

/** May leave every flag as it is: the count in CL or RCX is zero. */
function mayDoNothing(instruction: Instruction): boolean {
  if (instruction.hasRepPrefix || instruction.hasRepnePrefix) return true;
  const shifts = SHIFTS.has(instruction.mnemonic) || DOUBLE.has(instruction.mnemonic) || ROTATES.has(instruction.mnemonic);
  return shifts && instruction.opKind(instruction.opCount - 1) === OpKind.Register;
}

/** Shifted out beyond the operand: CF is undefined (SDM vol. 2, SAL/SAR/SHL/SHR), which iced leaves out. */
function undefinedCarry(instruction: Instruction, operandBytes: number): number {
  if (!SHIFTS.has(instruction.mnemonic) || instruction.mnemonic === Mnemonic.Sar || operandBytes > 2) return 0;
  const last = instruction.opCount - 1;
  if (instruction.opKind(last) === OpKind.Register) return CF;
  return (Number(instruction.immediate(last)) & 31) >= operandBytes * 8 ? CF : 0;
}

export function flagUse(instruction: Instruction, memoryBytes: number): FlagUse {
  const bytes =
    instruction.opCount > 0 && instruction.opKind(0) === OpKind.Register ? RegisterExt.size(instruction.opRegister(0)) : memoryBytes;
  const undefinedFlags = positions(instruction.rflagsUndefined) | undefinedCarry(instruction, bytes);
  return {
    reads: positions(instruction.rflagsRead),
    writes: mayDoNothing(instruction) ? 0 : positions(instruction.rflagsModified),
    undefined: DIVISIONS.has(instruction.mnemonic) ? ARITHMETIC : undefinedFlags,
  };
}

/** Flag use of one encoded instruction; null if the bytes are not exactly one, or not of this iced Code (any by default). */
export function inspect(bytes: Uint8Array, memoryBytes = 0, code = -1): FlagUse | null {
  return decoded(bytes, code, (instruction) => flagUse(instruction, memoryBytes));
}

/** Whether the bytes are one instruction of this iced Code. */
export function isOf(code: number, bytes: Uint8Array): boolean {
  return decoded(bytes, code, () => true) ?? false;
}

function decoded<T>(bytes: Uint8Array, code: number, answer: (instruction: Instruction) => T): T | null {
  const decoder = new Decoder(64, bytes, DecoderOptions.None);
  const instruction = decoder.decode();
  const wanted = instruction.length === bytes.length && (code < 0 || instruction.code === code);
  const found = wanted ? answer(instruction) : null;
  instruction.free();
  decoder.free();
  return found;
}
