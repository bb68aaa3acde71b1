// Alignment checking (SDM vol. 3, 6.15, #AC): Linux leaves CR0.AM set, so user code that sets RFLAGS.AC has every access checked.
// It is rare, so such code runs instruction by instruction, and this looks at each one before it. #AC comes before #PF, also in the
// kernel's half, and a wrong operand of MOVAPS and its like is #GP. Not checked: the areas of FXSAVE and XSAVE, which processors differ about.

import {
  Code,
  Decoder,
  DecoderOptions,
  type Instruction,
  InstructionInfoFactory,
  MemorySizeExt,
  Mnemonic,
  OpAccess,
  OpKind,
  Register,
} from 'iced-x86';
import { type CpuException, VECTOR } from './exit.ts';
import { NUMBER_OF_REGISTER, isNarrow } from './decode/operands.ts';
import { x87Helpers } from './helpers/x87.ts';
import { type CpuContext, RCX } from './state.ts';
import { ES } from './x87/control.ts';

const ALIGNMENT_FAULT: CpuException = { kind: 'exception', vector: VECTOR.AC, errorCode: 0, address: 0n };

/** Boundary that an operand of so many bytes lies on (table 6-7); none for other sizes. */
const BOUNDARIES: ReadonlyMap<number, bigint> = new Map([
  [2, 2n],
  [4, 4n],
  [8, 8n],
  [10, 8n],
  // x87 environments and states, of 16 and 32 bits.
  [14, 2n],
  [94, 2n],
  [28, 4n],
  [108, 4n],
]);
/** Operands of 16 bytes that need no alignment without AC; with it, these are #AC where others are #GP. */
const LOOSE: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Movups,
  Mnemonic.Movupd,
  Mnemonic.Movdqu,
  Mnemonic.Lddqu,
  Mnemonic.Pcmpestri,
  Mnemonic.Pcmpestri64,
  Mnemonic.Pcmpestrm,
  Mnemonic.Pcmpestrm64,
  Mnemonic.Pcmpistri,
  Mnemonic.Pcmpistrm,
]);
const CANONICAL_BITS = 48;

/** It raises #MF before it looks at its operand, where an x87 exception is pending: x87 but for those that do not wait, and MMX. */
function waits(instruction: Instruction): boolean {
  const name = Code[instruction.code] ?? '';
  if (name in x87Helpers) return !name.startsWith('Fn');
  for (let i = 0; i < instruction.opCount; i++) {
    const register = instruction.opKind(i) === OpKind.Register ? instruction.opRegister(i) : Register.None;
    if (register >= Register.MM0 && register <= Register.MM7) return true;
  }
  return false;
}

/** #AC of the instruction that `bytes` begin with, at RIP; null if it accesses nothing misaligned. Nothing changes. */
export function alignmentFault(bytes: Uint8Array, context: CpuContext, supports: (code: Code) => boolean): CpuException | null {
  const decoder = new Decoder(64, bytes, DecoderOptions.None);
  decoder.ip = context.rip;
  const instruction = decoder.decode();
  decoder.free();
  const { mnemonic } = instruction;
  const repeats = instruction.isStringInstruction && (instruction.hasRepPrefix || instruction.hasRepnePrefix);
  const faultsFirst = (context.fsw & ES) !== 0 && waits(instruction);
  const idle = faultsFirst || instruction.isInvalid || !supports(instruction.code) || (repeats && context.register(RCX) === 0n);
  const factory = new InstructionInfoFactory();
  const information = factory.info(instruction);
  const operands = information.usedMemory();
  const misaligned = operands.some((operand) => {
    if (operand.access === OpAccess.None || operand.access === OpAccess.NoMemAccess) return false;
    // Of a repeated string operation the tables give no size.
    const size = MemorySizeExt.size(repeats ? instruction.memorySize : operand.memorySize);
    const masked = mnemonic === Mnemonic.Maskmovdqu;
    const boundary = size === 16 ? (masked ? 8n : LOOSE.has(mnemonic) ? 16n : undefined) : BOUNDARIES.get(size);
    if (boundary === undefined) return false;
    const narrow = isNarrow(operand.base) || isNarrow(operand.index);
    let address = operand.displacement;
    if (NUMBER_OF_REGISTER[operand.base]! >= 0) address += context.register(NUMBER_OF_REGISTER[operand.base]!);
    if (NUMBER_OF_REGISTER[operand.index]! >= 0) address += context.register(NUMBER_OF_REGISTER[operand.index]!) * BigInt(operand.scale);
    address = BigInt.asUintN(narrow ? 32 : 64, address);
    if (operand.segment === Register.FS) address += context.fsBase;
    if (operand.segment === Register.GS) address += context.gsBase;
    return address % boundary !== 0n && BigInt.asIntN(CANONICAL_BITS, address) === BigInt.asIntN(64, address);
  });
  for (const operand of operands) operand.free();
  information.free();
  factory.free();
  instruction.free();
  return misaligned && !idle ? ALIGNMENT_FAULT : null;
}
