// An outcome of the engine against the recorded one, register by register, as readable lines.

import { Decoder, DecoderOptions, type Instruction, RegisterExt } from 'iced-x86';
import { backgrounds, memoryImage } from './background.ts';
import { CODE_BASE } from './layout.ts';
import { COMPARED_FLAGS, undefinedFlags, undefinedRegisters } from './undefined.ts';
import type { Case, Fault, Vector } from './vector.ts';

/** Everything after one instruction, as the engine has it. */
export interface Final {
  readonly fault: Fault | null;
  readonly rip: bigint;
  readonly rflags: number;
  readonly mxcsr: number;
  readonly gpr: readonly bigint[];
  /** 16 x 16 bytes. */
  readonly xmm: Uint8Array;
  /** As `memoryImage`. */
  readonly memory: Uint8Array;
}

const NAMES = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const lanesHex = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString('hex');

function faultText(fault: Fault | null): string {
  return fault ? `exception ${fault.vector} error ${hex(fault.errorCode)} address ${hex(fault.address)}` : 'no exception';
}

export function decode(c: Case): Instruction {
  const decoder = new Decoder(64, c.code, DecoderOptions.None);
  decoder.ip = BigInt(CODE_BASE + c.codeOffset);
  const instruction = decoder.decode();
  decoder.free();
  return instruction;
}

/** Width of operand 0 in bits, from its register or memory size. */
function width(instruction: Instruction, memoryBytes: number): number {
  if (instruction.opCount === 0) return 0;
  const register = instruction.opRegister(0);
  return register !== 0 ? RegisterExt.size(register) * 8 : memoryBytes * 8;
}

export function memoryBefore(c: Case): Uint8Array {
  const image = memoryImage.slice();
  for (const patch of c.patches) image.set(patch.bytes, patch.offset);
  return image;
}

/** Empty where the engine agrees. */
export function differences(vector: Vector, actual: Final, instruction: Instruction, memoryBytes: number): string[] {
  const { case: c, outcome } = vector;
  const lines: string[] = [];
  const expect = (what: string, expected: string, got: string): void => {
    if (expected !== got) lines.push(`${what}: expected ${expected}, got ${got}`);
  };
  expect('fault', faultText(outcome.fault), faultText(actual.fault));
  expect('rip', hex(outcome.rip), hex(actual.rip));

  const flagMask = COMPARED_FLAGS & ~undefinedFlags(instruction, width(instruction, memoryBytes), c);
  expect('rflags', hex(outcome.rflags & flagMask), hex(actual.rflags & flagMask));
  expect('mxcsr', hex(outcome.mxcsr), hex(actual.mxcsr));

  const background = backgrounds[c.background]!;
  const destination = instruction.opCount > 0 && instruction.opRegister(0) !== 0 ? RegisterExt.number(instruction.opRegister(0)) : 0;
  const ignored = undefinedRegisters(instruction, destination, (outcome.rflags & 0x40) !== 0);
  for (let n = 0; n < 16; n++) {
    const expected = outcome.gpr.get(n) ?? c.gpr.get(n) ?? background.gpr[n]!;
    if (!(ignored & (1 << n)) && expected !== actual.gpr[n])
      lines.push(`${NAMES[n]}: expected ${hex(expected)}, got ${hex(actual.gpr[n]!)}`);
    const vectorExpected = outcome.xmm.get(n) ?? c.xmm.get(n) ?? background.xmm[n]!;
    const vectorActual = actual.xmm.subarray(n * 16, n * 16 + 16);
    if (Buffer.compare(vectorExpected, vectorActual) !== 0)
      lines.push(`xmm${n}: expected ${lanesHex(vectorExpected)}, got ${lanesHex(vectorActual)}`);
  }

  const memory = memoryBefore(c);
  for (const write of outcome.writes) memory.set(write.bytes, write.offset);
  if (Buffer.compare(memory, actual.memory) !== 0) {
    const at = memory.findIndex((byte, i) => byte !== actual.memory[i]);
    const bytes = (image: Uint8Array): string => Buffer.from(image.subarray(at, at + 16)).toString('hex');
    lines.push(`memory image at ${hex(at)}: expected ${bytes(memory)}, got ${bytes(actual.memory)}`);
  }
  return lines;
}

/** The inputs that matter, for a report. */
export function describe(c: Case): string {
  const registers = [...c.gpr].map(([n, value]) => `${NAMES[n]}=${hex(value)}`);
  const vectors = [...c.xmm].map(([n, value]) => `xmm${n}=${lanesHex(value)}`);
  const patches = c.patches.map((patch) => `[image+${hex(patch.offset)}]=${Buffer.from(patch.bytes).toString('hex')}`);
  return [
    `bytes ${Buffer.from(c.code).toString('hex')} at ${hex(CODE_BASE + c.codeOffset)}`,
    `background ${c.background}`,
    ...registers,
    ...vectors,
    `rflags=${hex(c.rflags)}`,
    `mxcsr=${hex(c.mxcsr)}`,
    ...patches,
  ].join(' ');
}
