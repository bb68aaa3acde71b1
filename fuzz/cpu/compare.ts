// One outcome against another, register by register, as readable lines.

import { ARITHMETIC } from './flags.ts';
import type { Execution } from './engine.ts';
import { addressOf, imageOffset } from './layout.ts';
import type { Lowered } from './lower.ts';
import type { Outcome } from './outcome.ts';

const DF = 0x400,
  NT = 0x4000,
  AC = 0x40000,
  ID = 0x200000;
/** RF depends on how the state was captured; IF and IOPL belong to the system. */
const COMPARED_FLAGS = ARITHMETIC | DF | NT | AC | ID;
const VECTOR_BP = 3;
const VECTOR_UD = 6;
const VECTOR_PF = 14;
/** Of a page fault's error code: it was an instruction fetch. */
const PF_FETCH = 16;
export const GENERAL = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];

export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
/** As one number: the last byte first. */
export const bytesHex = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString('hex');

function endText({ end, vector, errorCode, address }: Outcome): string {
  return end === 'exception' ? `exception ${vector} error ${hex(errorCode)} address ${hex(address)}` : end;
}

/** Flags that are defined where the outcome stopped. */
function definedFlags(lowered: Lowered, { vector, rip }: Outcome): number {
  const at = Number(rip) - (vector === VECTOR_BP ? 1 : 0);
  return COMPARED_FLAGS & ~(lowered.undefinedAt.get(at) ?? ARITHMETIC);
}

/** Where `got` is not what was `expected`; empty if it is. `flags`: those of RFLAGS that count. */
function differ(expected: Outcome, got: Outcome, flags: number): string[] {
  const lines: string[] = [];
  const expect = (what: string, wanted: string, actual: string): void => {
    if (wanted !== actual) lines.push(`${what}: expected ${wanted}, got ${actual}`);
  };
  expect('end', endText(expected), endText(got));
  if (expected.rip !== got.rip) expect('rip', hex(expected.rip), hex(got.rip));
  if ((expected.rflags ^ got.rflags) & flags) expect('rflags', hex(expected.rflags & flags), hex(got.rflags & flags));
  for (let n = 0; n < 16; n++) if (expected.gpr[n] !== got.gpr[n]) expect(GENERAL[n]!, hex(expected.gpr[n]!), hex(got.gpr[n]!));
  const parts = (what: string, size: number, wanted: Uint8Array, actual: Uint8Array): void => {
    if (Buffer.compare(wanted, actual) === 0) return;
    for (let at = 0; at < wanted.length; at += size) {
      expect(`${what}${at / size}`, bytesHex(wanted.subarray(at, at + size)), bytesHex(actual.subarray(at, at + size)));
    }
  };
  parts('xmm', 16, expected.xmm, got.xmm);
  for (const word of ['mxcsr', 'fcw', 'fsw', 'ftw'] as const)
    if (expected[word] !== got[word]) expect(word, hex(expected[word]), hex(got[word]));
  parts('st', 10, expected.st, got.st);
  if (Buffer.compare(expected.memory, got.memory) !== 0) {
    const at = expected.memory.findIndex((byte, i) => byte !== got.memory[i]);
    const some = (image: Uint8Array): string => Buffer.from(image.subarray(at, at + 16)).toString('hex');
    lines.push(`memory from ${hex(addressOf(at))}: expected ${some(expected.memory)}, got ${some(got.memory)}`);
  }
  return lines;
}

/** Prefixes that leave an MMX instruction one: operand size, address size, segments, REX. */
const PREFIXES = new Set([0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, ...Array.from({ length: 16 }, (_, n) => 0x40 | n)]);
const REPEATS = new Set([0xf2, 0xf3]);
const VECTOR_XM = 19;
/**
 * An exception that some processors notice behind the transition to MMX, with TOP, tags and so ST(i) changed: any of MASKMOVQ's, and
 * #XM of CVTPS2PI, CVTPD2PI and their truncating kin.
 */
function mayHaveGoneOver({ vector, rip, memory }: Outcome): boolean {
  let at = imageOffset(Number(rip));
  if (vector === VECTOR_BP || at < 0) return false;
  while (PREFIXES.has(memory[at]!)) at++;
  if (memory[at] !== 0x0f) return false;
  const opcode = memory[at + 1]!;
  return opcode === 0xf7 || (vector === VECTOR_XM && (opcode === 0x2c || opcode === 0x2d));
}

/**
 * UD0 or UD1 as the last thing that can be fetched: they have operands, so the fetch of these faults, as on Intel's processors. AMD's raise
 * #UD without.
 */
function mayBeUndefined({ vector, rip, memory }: Outcome, got: Outcome): boolean {
  let at = imageOffset(Number(rip));
  if (vector !== VECTOR_UD || got.vector !== VECTOR_PF || at < 0) return false;
  while (PREFIXES.has(memory[at]!) || REPEATS.has(memory[at]!)) at++;
  const isUndefined = memory[at] === 0x0f && (memory[at + 1] === 0xff || memory[at + 1] === 0xb9);
  return isUndefined && got.address === BigInt(addressOf(at)) + 2n && (got.errorCode & PF_FETCH) !== 0;
}

/** The processor's outcome against an executor's. */
export function differencesFromProcessor(lowered: Lowered, expected: Outcome, got: Outcome): string[] {
  if (expected.end === 'endless' && got.end === 'endless') return [];
  const lines = differ(expected, got, definedFlags(lowered, expected));
  if (mayBeUndefined(expected, got)) return lines.filter((line) => !line.startsWith('end:'));
  return mayHaveGoneOver(expected) ? lines.filter((line) => !/^(ftw|fsw|st\d):/.test(line)) : lines;
}

/** Two executors, where nothing may differ. */
export function differencesOfExecutors(expected: Execution, got: Execution): string[] {
  const lines = differ(expected, got, ~0);
  if (lines.length === 0 && Buffer.compare(expected.context, got.context) !== 0) {
    const at = expected.context.findIndex((byte, i) => byte !== got.context[i]);
    lines.push(`CPU block at ${hex(at)}: expected ${hex(expected.context[at]!)}, got ${hex(got.context[at]!)}`);
  }
  if (expected.clock !== got.clock) lines.push(`clock: expected ${expected.clock}, got ${got.clock}`);
  if (expected.instructions !== got.instructions) lines.push(`instructions: expected ${expected.instructions}, got ${got.instructions}`);
  return lines;
}

/** Two executors that were given the same slices. */
export function differencesOfStops({ stops: expected }: Execution, { stops: got }: Execution): string[] {
  const at = expected.findIndex(([clock, rip], n) => clock !== got[n]?.[0] || rip !== got[n]?.[1]);
  if (at < 0) return expected.length === got.length ? [] : [`stops: expected ${expected.length}, got ${got.length}`];
  const text = (stop: Execution['stops'][number] | undefined): string => (stop ? `${hex(stop[1])} at ${stop[0]}` : 'none');
  return [`stop ${at}: expected ${text(expected[at])}, got ${text(got[at])}`];
}
