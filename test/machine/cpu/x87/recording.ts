// Reads test/vectors/x87/processor.bin.gz (format: build.ts beside it) and runs one record through the helpers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { x87Helpers } from '../../../../src/machine/cpu/helpers/x87.ts';
import { type CpuContext, FCW, FSW, FTW, X87 } from '../../../../src/machine/cpu/state.ts';
import { FakeMachine } from './fake-machine.ts';

export interface Operation {
  readonly code: string;
  readonly sti: number;
  readonly bytes: number;
  readonly store: boolean;
}

export interface State {
  readonly fcw: number;
  readonly fsw: number;
  readonly ftw: number;
  readonly rflags: number;
  /** Physical registers as hexadecimal, sign and exponent first. */
  readonly registers: readonly string[];
  /** Hexadecimal, or empty. */
  readonly memory: string;
}

export interface Recorded {
  readonly operation: Operation;
  readonly before: State;
  readonly after: State;
}

const ARITHMETIC_FLAGS = 0x8d5;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const registerText = (bytes: Uint8Array): string => {
  const text = hex(Uint8Array.from(bytes).reverse());
  return `${text.slice(0, 4)} ${text.slice(4)}`;
};
const registerBytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(' ', ''), 'hex')).reverse();

export function readRecording(): Recorded[] {
  return parseRecording(gunzipSync(readFileSync(join(import.meta.dirname, '../../../vectors/x87/processor.bin.gz'))));
}

/** What generate.c wrote. */
export function parseRecording(data: Buffer): Recorded[] {
  const lineEnd = data.indexOf(10);
  const { operations } = JSON.parse(data.toString('utf8', 0, lineEnd)) as { operations: Operation[] };
  const records: Recorded[] = [];
  let at = lineEnd + 1;
  const u8 = (): number => data[at++] ?? 0;
  const u16 = (): number => ((at += 2), data.readUInt16LE(at - 2));
  const bytes = (count: number): Uint8Array => data.subarray(at, (at += count));
  while (at < data.length) {
    const operation = operations[u8()];
    if (operation === undefined) throw new Error(`record at ${at} is of no known operation`);
    const [fcw, fsw, ftw, rflags] = [u16(), u16(), u8(), u16()];
    const top = (fsw >> 11) & 7;
    const registers: string[] = [];
    for (let i = 0; i < 8; i++) {
      registers[(top + i) & 7] =
        i < 2 ? registerText(bytes(10)) : `${(0x4000 + i).toString(16)} ${(0xc000000000000000n + BigInt(i)).toString(16)}`;
    }
    const loaded = operation.bytes > 0 && !operation.store ? hex(bytes(operation.bytes)) : '';
    const before: State = { fcw, fsw, ftw, rflags, registers, memory: loaded };
    const [newFcw, newFsw, newFtw, newRflags, changed] = [u16(), u16(), u8(), u16(), u8()];
    const after = registers.map((text, r) => (((changed >> r) & 1) === 1 ? registerText(bytes(10)) : text));
    const stored = operation.store ? hex(bytes(operation.bytes)) : loaded;
    records.push({
      operation,
      before,
      after: { fcw: newFcw, fsw: newFsw, ftw: newFtw, rflags: newRflags, registers: after, memory: stored },
    });
  }
  return records;
}

/** Registers and status of a context as a record wants them before its instruction. */
export function loadState(context: CpuContext, before: State): void {
  const view = new DataView(context.bytes.buffer, context.bytes.byteOffset, context.bytes.byteLength);
  context.rflags = before.rflags | 0x202;
  view.setUint16(FCW, before.fcw, true);
  view.setUint16(FSW, before.fsw, true);
  view.setUint8(FTW, before.ftw);
  before.registers.forEach((text, r) => context.bytes.set(registerBytes(text), X87 + 16 * r));
}

export function readState(context: CpuContext, memory: Uint8Array): State {
  const registers = Array.from({ length: 8 }, (_, r) => registerText(context.bytes.subarray(X87 + 16 * r, X87 + 16 * r + 10)));
  const { fcw, fsw, ftw } = context;
  return { fcw, fsw, ftw, rflags: context.rflags & ARITHMETIC_FLAGS, registers, memory: hex(memory) };
}

/** Operand bytes before the instruction; what a store does not write stays 0xcc. */
export function loadMemory(memory: Uint8Array, before: State): void {
  memory.fill(0xcc);
  memory.set(Buffer.from(before.memory, 'hex'));
}

/** Runs a record's helper on its own. */
export function replay({ operation, before }: Recorded): State {
  const machine = new FakeMachine();
  const { context } = machine;
  loadState(context, before);
  loadMemory(machine.memory, before);
  const { code, sti, bytes } = operation;
  const registers = code.includes('_st0_sti') ? [0, sti] : code.includes('_sti_st0') ? [sti, 0] : [sti];
  machine.instruction = { code: 0, length: 2, registers, memorySize: bytes, immediate: 0, secondImmediate: 0, operandWidth: 0 };
  const result = x87Helpers[code]?.(machine);
  if (result !== null) throw new Error(`${code} answered ${String(result)}`);
  return readState(context, machine.memory.subarray(0, bytes));
}
