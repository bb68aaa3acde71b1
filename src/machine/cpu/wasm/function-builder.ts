// Emits the body of one WebAssembly function. Structured: block(), loop() and if() take their bodies as callbacks,
// labels are objects, and branch depths are computed here.

import type { ModuleBuilder } from './module-builder.ts';
import { LANE, MEMORY, PLAIN } from './opcodes.ts';

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';
const TYPE_CODE: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const EMPTY = 0x40;

/** A branch target, valid inside the body that received it. */
export interface Label {
  readonly depth: number;
}

/** Where a conditional branch is, from the beginning of the function's entry behind its size, and whether it is usually taken. */
export interface BranchHint {
  readonly at: number;
  readonly isTaken: boolean;
}

export class FunctionBuilder {
  readonly module: ModuleBuilder;
  readonly index: number;
  private readonly parameters: readonly ValueType[];
  private readonly locals: ValueType[] = [];
  private readonly freeLocals: Record<ValueType, number[]> = { i32: [], i64: [], f32: [], f64: [], v128: [] };
  private code = new Uint8Array(256);
  private length = 0;
  private depth = 0;
  private head = new Uint8Array(0);
  private hints: BranchHint[] = [];
  private headHints: BranchHint[] = [];
  private closed = 0;

  constructor(module: ModuleBuilder, index: number, parameters: readonly ValueType[], _results: readonly ValueType[]) {
    this.module = module;
    this.index = index;
    this.parameters = parameters;
  }

  /** A fresh local; parameters are locals 0 and up. */
  local(type: ValueType): number {
    return this.freeLocals[type].pop() ?? this.freshLocal(type);
  }

  /** A local that nothing has used before. */
  freshLocal(type: ValueType): number {
    this.locals.push(type);
    return this.parameters.length + this.locals.length - 1;
  }

  /** Lets local() hand this one out again. */
  releaseLocal(local: number): void {
    this.freeLocals[this.locals[local - this.parameters.length]!].push(local);
  }

  /** What has been released is not handed out again: later code may still read it. */
  retireLocals(): void {
    for (const locals of Object.values(this.freeLocals)) locals.length = 0;
  }

  get(local: number): this {
    return this.raw(0x20).number(local);
  }
  set(local: number): this {
    return this.raw(0x21).number(local);
  }
  tee(local: number): this {
    return this.raw(0x22).number(local);
  }

  i32(value: number): this {
    return this.raw(0x41).signed(value | 0);
  }
  i64(value: bigint): this {
    this.raw(0x42);
    const signed = BigInt.asIntN(64, value);
    if (signed === BigInt.asIntN(32, signed)) return this.signed(Number(signed));
    for (const byte of signedLeb(signed)) this.raw(byte);
    return this;
  }
  f32Bits(bits: number): this {
    return this.raw(0x43)
      .raw(bits & 255)
      .raw((bits >>> 8) & 255)
      .raw((bits >>> 16) & 255)
      .raw(bits >>> 24);
  }
  f64Bits(bits: bigint): this {
    return this.raw(0x44).word(bits);
  }
  v128(low: bigint, high: bigint): this {
    return this.raw(0xfd).raw(12).word(low).word(high);
  }

  /** Any instruction without immediates, by its text name: op('i64.add'). */
  op(name: string): this {
    const bytes = PLAIN.get(name);
    if (!bytes) throw new Error(`unknown WebAssembly instruction ${name}`);
    for (const byte of bytes) this.raw(byte);
    return this;
  }

  /** Several op()s in a row. */
  ops(...names: string[]): this {
    for (const n of names) this.op(n);
    return this;
  }

  /** A load or store; the address is on the stack. Alignment is always declared 1: guests are unaligned. */
  mem(name: string, offset = 0, memory = 0): this {
    const row = MEMORY.get(name);
    if (!row) throw new Error(`unknown WebAssembly memory instruction ${name}`);
    for (const byte of row[0]) this.raw(byte);
    return memory === 0 ? this.raw(0).number(offset) : this.raw(0x40).number(memory).number(offset);
  }

  lane(name: string, lane: number): this {
    const code = LANE.get(name);
    if (code === undefined) throw new Error(`unknown WebAssembly lane instruction ${name}`);
    return this.raw(0xfd).raw(code).raw(lane);
  }

  /** i8x16.shuffle with 16 lane numbers (0..31). */
  shuffle(lanes: readonly number[]): this {
    if (lanes.length !== 16) throw new Error('shuffle takes 16 lanes');
    this.raw(0xfd).raw(13);
    for (const lane of lanes) this.raw(lane);
    return this;
  }

  memoryCopy(): this {
    return this.raw(0xfc).raw(10).raw(0).raw(0);
  }
  memoryFill(): this {
    return this.raw(0xfc).raw(11).raw(0);
  }

  block(body: (label: Label) => void, result?: ValueType): this {
    return this.structured(0x02, body, result);
  }
  loop(body: (label: Label) => void, result?: ValueType): this {
    return this.structured(0x03, body, result);
  }
  /** Condition (i32) on the stack. */
  if(then: (label: Label) => void, otherwise?: (label: Label) => void, result?: ValueType): this {
    this.raw(0x04).raw(result ? TYPE_CODE[result] : EMPTY);
    const label = { depth: ++this.depth };
    then(label);
    if (otherwise) {
      this.raw(0x05);
      otherwise(label);
    }
    this.depth--;
    return this.raw(0x0b);
  }
  br(label: Label): this {
    return this.raw(0x0c).number(this.depth - label.depth);
  }
  brIf(label: Label): this {
    return this.raw(0x0d).number(this.depth - label.depth);
  }
  /** The if() or brIf() that comes next is hardly ever taken: its code is kept out of the way (where the host heeds hints). */
  unlikely(): this {
    this.hints.push({ at: this.length, isTaken: false });
    return this;
  }
  /** The if() that comes next is hardly ever not taken. */
  likely(): this {
    this.hints.push({ at: this.length, isTaken: true });
    return this;
  }
  /** As callIndirect(), in the place of this function. */
  returnCallIndirect(typeIndex: number): this {
    return this.raw(0x13).number(typeIndex).raw(0);
  }
  /** Index (i32) on the stack. */
  brTable(labels: readonly Label[], otherwise: Label): this {
    this.raw(0x0e).number(labels.length);
    for (const label of labels) this.number(this.depth - label.depth);
    return this.number(this.depth - otherwise.depth);
  }
  return(): this {
    return this.raw(0x0f);
  }
  call(functionIndex: number): this {
    return this.raw(0x10).number(functionIndex);
  }
  /** Table index (i32) on the stack, above the arguments. */
  callIndirect(typeIndex: number): this {
    return this.raw(0x11).number(typeIndex).raw(0);
  }

  /** End of the block number `n` around all that has been emitted: closeAround() puts them there, 0 first, the innermost. */
  around(n: number): Label {
    return { depth: -n };
  }
  /** Outside of all blocks: what has been emitted stands in one more, which ends here. */
  closeAround(): this {
    this.closed++;
    this.depth--;
    return this.raw(0x0b);
  }

  /** Emits what is to stand before everything else, after the rest is known. It is outside of all blocks. Once. */
  prologue(emit: () => void): void {
    const { code, length, depth, hints } = this;
    this.code = new Uint8Array(256);
    this.length = this.depth = 0;
    this.hints = this.headHints;
    emit();
    for (let i = 0; i < this.closed; i++) this.raw(0x02).raw(EMPTY);
    this.head = this.code.slice(0, this.length);
    this.hints = hints;
    this.code = code;
    this.length = length;
    this.depth = depth;
  }

  /** Bytes of code emitted so far. */
  get size(): number {
    return this.length;
  }

  /** In order. Once the function is whole. */
  branchHints(): BranchHint[] {
    const start = this.declarations().length;
    const moved = (hints: readonly BranchHint[], by: number): BranchHint[] => hints.map(({ at, isTaken }) => ({ at: at + by, isTaken }));
    return [...moved(this.headHints, start), ...moved(this.hints, start + this.head.length)];
  }

  /** The function's entry in the code section. */
  toBytes(): Uint8Array {
    const parts = [this.declarations(), this.head, this.code.subarray(0, this.length)];
    const length = parts.reduce((n, part) => n + part.length, 1);
    const size = leb(length);
    const bytes = new Uint8Array(size.length + length);
    bytes.set(size);
    let at = size.length;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    bytes[bytes.length - 1] = 0x0b;
    return bytes;
  }

  /** Of the locals. */
  private declarations(): Uint8Array {
    const groups: number[] = [];
    let count = 0;
    for (let i = 0; i < this.locals.length; count++) {
      let n = i;
      while (n < this.locals.length && this.locals[n] === this.locals[i]) n++;
      groups.push(...leb(n - i), TYPE_CODE[this.locals[i]!]);
      i = n;
    }
    return Uint8Array.from([...leb(count), ...groups]);
  }

  private structured(opcode: number, body: (label: Label) => void, result?: ValueType): this {
    this.raw(opcode).raw(result ? TYPE_CODE[result] : EMPTY);
    const label = { depth: ++this.depth };
    body(label);
    this.depth--;
    return this.raw(0x0b);
  }

  private raw(byte: number): this {
    if (this.length === this.code.length) {
      const larger = new Uint8Array(this.length * 2);
      larger.set(this.code);
      this.code = larger;
    }
    this.code[this.length++] = byte;
    return this;
  }

  /** Unsigned LEB128 of a number below 2^31. */
  private number(value: number): this {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.raw((rest & 127) | 128);
    return this.raw(rest);
  }

  /** Signed LEB128 of an i32. */
  private signed(value: number): this {
    let rest = value;
    for (; rest < -64 || rest > 63; rest >>= 7) this.raw((rest & 127) | 128);
    return this.raw(rest & 127);
  }

  private word(bits: bigint): this {
    for (let i = 0n; i < 64n; i += 8n) this.raw(Number((bits >> i) & 255n));
    return this;
  }
}

/** Unsigned LEB128. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 128 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128. */
export function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    const done = (rest === 0n && !(low & 64)) || (rest === -1n && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

const names = new Map<string, readonly number[]>();
/** A name as WebAssembly's vector of UTF-8 bytes. There are few. */
export function name(text: string): readonly number[] {
  let encoded = names.get(text);
  if (!encoded) {
    const bytes = new TextEncoder().encode(text);
    encoded = [...leb(bytes.length), ...bytes];
    names.set(text, encoded);
  }
  return encoded;
}
