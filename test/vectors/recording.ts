// The recorded files: a line of JSON that says where and how they were made, then one record a vector, all under brotli.
// Numbers are LEB128; registers are a mask and the values named by it.

import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { CODE_BASE } from './layout.ts';
import type { Case, Fault, Outcome, Patch, Vector } from './vector.ts';

export interface RecordingHeader {
  readonly format: 1;
  /** Brand string, family and model of the processor that answered. */
  readonly processor: string;
  readonly seed: number;
  readonly vectors: number;
}

class Writer {
  private bytes = new Uint8Array(1 << 16);
  private length = 0;

  private room(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes);
    this.bytes = larger;
  }
  number(value: number): void {
    this.room(6);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }
  signed(value: number): void {
    this.number(((value << 1) ^ (value >> 31)) >>> 0);
  }
  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }
  wide(value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
    this.raw(bytes);
  }
  registers<T>(registers: ReadonlyMap<number, T>, write: (value: T) => void): void {
    let mask = 0;
    for (const n of registers.keys()) mask |= 1 << n;
    this.number(mask);
    for (let n = 0; n < 16; n++) {
      const value = registers.get(n);
      if (value !== undefined) write(value);
    }
  }
  patches(patches: readonly Patch[]): void {
    this.number(patches.length);
    for (const patch of patches) {
      this.number(patch.offset);
      this.number(patch.bytes.length);
      this.raw(patch.bytes);
    }
  }
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
  signed(): number {
    const value = this.number();
    return (value >>> 1) ^ -(value & 1);
  }
  raw(count: number): Uint8Array {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
  wide(): bigint {
    this.at += 8;
    return this.view.getBigUint64(this.at - 8, true);
  }
  registers<T>(read: () => T): Map<number, T> {
    const mask = this.number();
    const registers = new Map<number, T>();
    for (let n = 0; n < 16; n++) if (mask & (1 << n)) registers.set(n, read());
    return registers;
  }
  patches(): Patch[] {
    const count = this.number();
    const patches: Patch[] = [];
    for (let i = 0; i < count; i++) {
      const offset = this.number();
      patches.push({ offset, bytes: this.raw(this.number()) });
    }
    return patches;
  }
}

const NO_FAULT = 0xff;

function writeVector(w: Writer, { case: c, outcome: o }: Vector): void {
  w.number(c.codeOffset);
  w.number(c.code.length);
  w.raw(c.code);
  w.number(c.background);
  w.registers(c.gpr, (value) => w.wide(value));
  w.registers(c.xmm, (value) => w.raw(value));
  w.number(c.rflags);
  w.number(c.mxcsr);
  w.patches(c.patches);

  w.number(o.fault ? o.fault.vector : NO_FAULT);
  if (o.fault) {
    w.number(o.fault.errorCode);
    w.wide(o.fault.address);
  }
  // RIP is near the instruction unless an indirect jump went elsewhere.
  const distance = o.rip - BigInt(CODE_BASE + c.codeOffset);
  const near = distance >= -0x4000_0000n && distance < 0x4000_0000n;
  w.number(near ? 1 : 0);
  if (near) w.signed(Number(distance));
  else w.wide(o.rip);
  w.number(o.rflags);
  w.number(o.mxcsr);
  w.registers(o.gpr, (value) => w.wide(value));
  w.registers(o.xmm, (value) => w.raw(value));
  w.patches(o.writes);
}

function readVector(r: Reader): Vector {
  const codeOffset = r.number();
  const code = r.raw(r.number());
  const background = r.number();
  const c: Case = {
    codeOffset,
    code,
    background,
    gpr: r.registers(() => r.wide()),
    xmm: r.registers(() => r.raw(16)),
    rflags: r.number(),
    mxcsr: r.number(),
    patches: r.patches(),
  };
  const vector = r.number();
  const fault: Fault | null = vector === NO_FAULT ? null : { vector, errorCode: r.number(), address: r.wide() };
  const rip = r.number() === 1 ? BigInt(CODE_BASE + codeOffset + r.signed()) : r.wide();
  const outcome: Outcome = {
    fault,
    rip,
    rflags: r.number(),
    mxcsr: r.number(),
    gpr: r.registers(() => r.wide()),
    xmm: r.registers(() => r.raw(16)),
    writes: r.patches(),
  };
  return { case: c, outcome };
}

export function writeRecording(path: string, header: RecordingHeader, vectors: readonly Vector[]): number {
  const w = new Writer();
  w.raw(new TextEncoder().encode(`${JSON.stringify(header)}\n`));
  for (const vector of vectors) writeVector(w, vector);
  const packed = brotliCompressSync(w.finish(), { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 } });
  writeFileSync(path, packed);
  return packed.length;
}

export function readRecording(path: string): { header: RecordingHeader; vectors: Vector[] } {
  const bytes = brotliDecompressSync(readFileSync(path));
  const end = bytes.indexOf(10);
  const header = JSON.parse(bytes.toString('utf8', 0, end)) as RecordingHeader;
  const reader = new Reader(bytes, end + 1);
  const vectors = Array.from({ length: header.vectors }, () => readVector(reader));
  return { header, vectors };
}
