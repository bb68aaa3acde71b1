// What the estimate must know of an iced Code, found out once: its class, which operands it reads and writes, registers and flags it
// uses without naming them, and whether memory or control is involved.

import { Code, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register, RflagsBits } from 'iced-x86';
import { type CodeOperands, NUMBER_OF_REGISTER, operandsOf } from '../decode/operands.ts';
import { TIMING_CLASSES, type TimingClass } from './classes.ts';
import { PORTS } from './ports.ts';

/** Where a value may be: 0 to 15 general registers, 16 to 31 XMM, then x87 and MMX as one, CF, and the other flags. */
const XMM_SLOT = 16;
const X87_SLOT = 32;
export const CARRY_SLOT = 33;
export const FLAGS_SLOT = 34;
export const SLOTS = 35;

export type Flow = 'next' | 'conditional' | 'jump' | 'leaves';

export interface CodeFacts {
  readonly code: Code;
  readonly timing: TimingClass;
  /** Masks of ports with counts. */
  readonly ports: readonly (readonly [mask: number, count: number])[];
  readonly operands: CodeOperands;
  /** Bit i: operand i is read, written. */
  readonly reads: number;
  readonly writes: number;
  /** Slots that no operand names. */
  readonly implicitReads: readonly number[];
  readonly implicitWrites: readonly number[];
  /** Memory that no operand names: the stack. */
  readonly implicitLoad: boolean;
  readonly implicitStore: boolean;
  /** What it adds to RSP, where that is all it does to it. */
  readonly stackDelta: number;
  readonly flow: Flow;
  /** Moves a value as it is, or extended: memory needs no port for that, and registers of full width are renamed. */
  readonly moves: 'copies' | 'extends' | null;
  /** Does not depend on its operands if they are the same register: 'zero' needs no port either, 'carry' depends on CF. */
  readonly idiom: 'zero' | 'ones' | 'carry' | null;
  /** Its result is its operand, as far as addresses are concerned. */
  readonly keepsName: boolean;
  /** Fuses with a conditional branch behind it. */
  readonly fuses: boolean;
  /** The constant that it adds to its first operand: 'plus' or 'minus' its immediate, or 1 or -1. */
  readonly adds: 'plus' | 'minus' | 1 | -1 | 0;
  readonly isLea: boolean;
  readonly isX87: boolean;
  readonly hasImmediate: boolean;
  /** Its flags are all that it is for. */
  readonly compares: boolean;
  /** Of a conditional branch: which of two values is less. */
  readonly asksOrder: boolean;
  /** Its flags say which bits of its first operand are set. */
  readonly asksBits: boolean;
  /** Leaves some bits of its first operand, and takes the others away. */
  readonly masks: boolean;
  /** Of a string instruction: cycles of each iteration when it is repeated. */
  readonly repeated: number;
}

const cache: (CodeFacts | undefined)[] = [];

/** Facts about a Code of the instruction table. */
export function factsOf(code: Code): CodeFacts {
  return (cache[code] ??= describe(code));
}

/** The class by which a Code is timed; undefined if there is none. */
export function timingClassOf(code: Code): TimingClass | undefined {
  const sample = sampleOf(code);
  const mnemonic = Mnemonic[sample.mnemonic]!;
  sample.free();
  return classOf(code, mnemonic);
}

const DOUBLE_RESULT = new Set(['Imul', 'Mul']);
const DIVISIONS = new Set(['Div', 'Idiv']);
const LEAVE_VECTORS = new Set(['Movd', 'Movq']);
const ZERO_IDIOMS = new Set(['Xor', 'Sub', 'Pxor', 'Xorps', 'Xorpd', 'Psubb', 'Psubw', 'Psubd', 'Psubq']);
const ONES_IDIOMS = new Set(['Pcmpeqb', 'Pcmpeqw', 'Pcmpeqd', 'Pcmpeqq']);
const COPIES = new Set('Mov Movaps Movapd Movdqa Movups Movupd Movdqu'.split(' '));
const EXTENDS = new Set(
  'Movzx Movsx Movsxd Movss Movsd Movd Movq Lddqu Movntdqa Movntps Movntpd Movntdq Movntq Movnti Movlps Movlpd Movhpd Fld Fst Fstp'.split(
    ' ',
  ),
);
const COMPARES = new Set('Cmp Sub Ucomiss Ucomisd Comiss Comisd'.split(' '));
const ORDERS = new Set('Jb Jae Jbe Ja Jl Jge Jle Jg'.split(' '));
const KEEPS_NAME = new Set('Mov Movsxd Cdqe Push Pop'.split(' '));
const FUSES = new Set(['Cmp', 'Test', 'Add', 'Sub', 'And', 'Inc', 'Dec']);
const ADDENDS: Readonly<Record<string, CodeFacts['adds']>> = { Add: 'plus', Sub: 'minus', Inc: 1, Dec: -1 };

function classOf(code: Code, mnemonic: string): TimingClass | undefined {
  const { places, string } = operandsOf(code);
  const name = Code[code]!;
  let variant = '';
  if (places.includes('cl')) variant = 'cl';
  else if (mnemonic === 'Movsd' && string) variant = 'string';
  else if (mnemonic === 'Cmpsd' && !string) variant = 'vector';
  else if (DOUBLE_RESULT.has(mnemonic) && places.length === 1) variant = 'wide';
  else if (DIVISIONS.has(mnemonic) && name.endsWith('64')) variant = '128';
  else if (mnemonic === 'Bswap' && name.endsWith('r32')) variant = '32';
  else if (LEAVE_VECTORS.has(mnemonic) && places[0]!.endsWith('general')) variant = 'out';
  return (variant === '' ? undefined : TIMING_CLASSES.get(`${mnemonic}:${variant}`)) ?? TIMING_CLASSES.get(mnemonic);
}

let factory: InstructionInfoFactory | null = null;

function describe(code: Code): CodeFacts {
  const operands = operandsOf(code);
  const sample = sampleOf(code);
  const mnemonic = Mnemonic[sample.mnemonic]!;
  const timing = classOf(code, mnemonic);
  if (!timing) throw new Error(`no timing class for ${Code[code]}`);
  factory ??= new InstructionInfoFactory();
  const info = factory.info(sample);
  let reads = 0;
  let writes = 0;
  for (let i = 0; i < operands.places.length; i++) {
    const access = info.opAccess(i);
    if (READS.has(access) || access === OpAccess.CondWrite) reads |= 1 << i;
    if (WRITES.has(access)) writes |= 1 << i;
  }
  const implicitReads: number[] = [];
  const implicitWrites: number[] = [];
  for (const used of info.usedRegisters()) {
    const slot = isNamed(used.register) ? -1 : slotOf(used.register);
    if (slot >= 0 && (READS.has(used.access) || used.access === OpAccess.CondWrite)) implicitReads.push(slot);
    if (slot >= 0 && WRITES.has(used.access)) implicitWrites.push(slot);
    used.free();
  }
  // A value below 32 bits is merged into the register.
  if (writes & 1 && isNarrow(code, operands)) reads |= 1;
  addFlags(sample.rflagsRead, implicitReads);
  addFlags(sample.rflagsModified & ~sample.rflagsUndefined, implicitWrites);
  const isX87 = operands.places.includes('x87') || (mnemonic.startsWith('F') && !mnemonic.startsWith('Fx'));
  if (isX87) addX87(implicitReads, implicitWrites);
  const stackDelta = sample.isStackInstruction && mnemonic !== 'Leave' && mnemonic !== 'Enter' ? sample.stackPointerIncrement : 0;
  const isImplicit = operands.string || stackDelta !== 0 || mnemonic === 'Leave' || mnemonic === 'Enter';
  let implicitLoad = false;
  let implicitStore = false;
  for (const used of isImplicit ? info.usedMemory() : []) {
    if (used.base === Register.RSP || used.base === Register.RBP || operands.string) {
      implicitLoad ||= READS.has(used.access);
      implicitStore ||= WRITES.has(used.access);
    }
    used.free();
  }
  const facts: CodeFacts = {
    code,
    timing,
    ports: timing.ports.map(([group, count]) => [PORTS[group], count]),
    operands,
    reads,
    writes,
    implicitReads,
    implicitWrites,
    implicitLoad,
    implicitStore,
    stackDelta,
    flow: flowOf(sample),
    moves: COPIES.has(mnemonic) ? 'copies' : EXTENDS.has(mnemonic) ? 'extends' : null,
    idiom: ZERO_IDIOMS.has(mnemonic) ? 'zero' : ONES_IDIOMS.has(mnemonic) ? 'ones' : mnemonic === 'Sbb' ? 'carry' : null,
    keepsName: KEEPS_NAME.has(mnemonic),
    fuses: FUSES.has(mnemonic),
    adds: ADDENDS[mnemonic] ?? 0,
    isLea: mnemonic === 'Lea',
    isX87,
    hasImmediate: operands.places.includes('immediate'),
    compares: COMPARES.has(mnemonic),
    asksOrder: ORDERS.has(mnemonic),
    asksBits: (mnemonic === 'Test' || mnemonic === 'Bt') && operands.places.includes('immediate'),
    masks: mnemonic === 'And',
    repeated: operands.string ? repeatedCycles(mnemonic) : 0,
  };
  info.free();
  sample.free();
  return facts;
}

/** Fast strings move 32 bytes a cycle; comparisons take two cycles an iteration (Agner Fog). The start-up is not modelled. */
function repeatedCycles(mnemonic: string): number {
  if (!mnemonic.startsWith('Movs') && !mnemonic.startsWith('Stos')) return 2;
  return { b: 1, w: 2, d: 4, q: 8 }[mnemonic.at(-1) as 'b' | 'w' | 'd' | 'q'] / 32;
}

const READS: ReadonlySet<OpAccess> = new Set([OpAccess.Read, OpAccess.CondRead, OpAccess.ReadWrite, OpAccess.ReadCondWrite]);
const WRITES: ReadonlySet<OpAccess> = new Set([OpAccess.Write, OpAccess.CondWrite, OpAccess.ReadWrite, OpAccess.ReadCondWrite]);

/** One of the Code whose operands are registers that no instruction uses without naming them. */
function sampleOf(code: Code): Instruction {
  const sample = new Instruction();
  sample.code = code;
  for (const [i, place] of operandsOf(code).places.entries()) {
    if (place === 'memory' || place.startsWith('either')) {
      sample.setOpKind(i, OpKind.Memory);
      sample.memoryBase = Register.R13;
    } else if (place === 'general') sample.setOpRegister(i, Register.R8 + i);
    else if (place === 'xmm') sample.setOpRegister(i, Register.XMM8 + i);
    else if (place === 'cl') sample.setOpRegister(i, Register.CL);
    else if (place === 'x87') sample.setOpRegister(i, i === 0 ? Register.ST0 : Register.ST1);
    else if (place === 'mmx') sample.setOpRegister(i, Register.MM0 + i);
  }
  return sample;
}

function isNamed(register: Register): boolean {
  return (
    (register >= Register.R8 && register <= Register.R10) || register === Register.R13 || isBetween(register, Register.XMM8, Register.XMM10)
  );
}

function isBetween(register: Register, first: Register, last: Register): boolean {
  return register >= first && register <= last;
}

/** Slot of a register, -1 for one whose value is not followed. */
export function slotOf(register: Register): number {
  if (isBetween(register, Register.XMM0, Register.XMM15)) return XMM_SLOT + register - Register.XMM0;
  if (isBetween(register, Register.ST0, Register.ST7) || isBetween(register, Register.MM0, Register.MM7)) return X87_SLOT;
  return isBetween(register, Register.AL, Register.R15) ? NUMBER_OF_GENERAL[register]! : -1;
}

/** AH to BH are parts of RAX to RBX. */
const NUMBER_OF_GENERAL: readonly number[] = NUMBER_OF_REGISTER.map((number, register) =>
  isBetween(register, Register.AH, Register.BH) ? number - 4 : number,
);

/** Its first operand is a register of 8 or 16 bits, or memory of any width. */
function isNarrow(code: Code, { places }: CodeOperands): boolean {
  return (places[0]?.endsWith('general') ?? false) && /^[^_]+_(?:r|rm|r32m|r64m)?(?:8|16|AL|AX|DX)(?:_|$)/.test(Code[code]!);
}

function addFlags(flags: number, slots: number[]): void {
  if (flags & RflagsBits.CF) slots.push(CARRY_SLOT);
  if (flags & (RflagsBits.ZF | RflagsBits.SF | RflagsBits.OF | RflagsBits.PF | RflagsBits.AF)) slots.push(FLAGS_SLOT);
}

/** The stack of the x87 is followed as one value. */
function addX87(reads: number[], writes: number[]): void {
  if (!reads.includes(X87_SLOT)) reads.push(X87_SLOT);
  if (!writes.includes(X87_SLOT)) writes.push(X87_SLOT);
}

function flowOf(sample: Instruction): Flow {
  switch (sample.flowControl) {
    case FlowControl.Next:
      return 'next';
    case FlowControl.ConditionalBranch:
      return 'conditional';
    case FlowControl.UnconditionalBranch:
      return 'jump';
    case FlowControl.Call:
      // iced counts SYSCALL as a call; control comes back behind it at once.
      return sample.isCallNear ? 'leaves' : 'conditional';
    case FlowControl.Interrupt:
      return 'conditional';
    default:
      return 'leaves';
  }
}
