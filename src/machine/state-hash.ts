// One number for the whole state of a machine: two 32-bit multiply-xor lanes over a canonical walk of its plain data.
// A class names fields that are wiring or caches in `static transient`; everything else enumerable is state.
// Maps are hashed by sorted keys, so that insertion order never counts; a shared object is hashed once and then by its number.

import { AddressSpace } from './memory/address-space.ts';
import { PAGE_SIZE } from './memory/layout.ts';
import { PhysicalMemory } from './memory/physical-memory.ts';
import { stateFields } from './state-fields.ts';

export class StateHasher {
  private a = 0x9e37_79b9;
  private b = 0x85eb_ca6b;
  private readonly seen = new Map<object, number>();
  private readonly float = new Float64Array(1);
  private readonly floatWords = new Uint32Array(this.float.buffer);

  word(value: number): void {
    const mixed = Math.imul(this.a ^ value, 0xcc9e_2d51);
    this.a = (mixed << 15) | (mixed >>> 17);
    const other = Math.imul(this.b ^ value ^ this.a, 0x1b87_3593);
    this.b = (other << 13) | (other >>> 19);
  }

  number(value: number): void {
    this.float[0] = value;
    this.word(this.floatWords[0]!);
    this.word(this.floatWords[1]!);
  }

  text(value: string): void {
    this.word(value.length);
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
  }

  bytes(value: Uint8Array): void {
    this.word(value.length);
    let i = 0;
    if ((value.byteOffset & 3) === 0) {
      const words = new Int32Array(value.buffer, value.byteOffset, value.length >>> 2);
      for (let w = 0; w < words.length; w++) this.word(words[w]!);
      i = words.length * 4;
    }
    for (; i < value.length; i++) this.word(value[i]!);
  }

  /** Any plain-data value. Throws on functions, symbols and the like: they are not state. */
  value(value: unknown, path = ''): void {
    switch (typeof value) {
      case 'number':
        this.word(1);
        return this.number(value);
      case 'bigint':
        this.word(2);
        return this.text(value.toString(16));
      case 'string':
        this.word(3);
        return this.text(value);
      case 'boolean':
        return this.word(value ? 5 : 4);
      case 'undefined':
        return this.word(6);
      case 'object':
        return value === null ? this.word(7) : this.object(value, path);
      default:
        throw new Error(`${path || 'state'} holds a ${typeof value}, which is not plain data`);
    }
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    let a = this.a ^ this.b;
    a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b);
    a ^= a >>> 13;
    let b = Math.imul(this.b ^ (this.b >>> 15), 0xc2b2_ae35) ^ a;
    b ^= b >>> 16;
    return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
  }

  private pair(x: number, y: number): void {
    this.number(x);
    this.number(y);
  }

  /** The content of every frame in use; a free frame's is forgotten when it is allocated again. */
  private frames(memory: PhysicalMemory): void {
    for (let index = 0; index < memory.frameCount; index++) {
      if (memory.references[index] === 0) continue;
      const frame = memory.frameAddress(index);
      this.bytes(memory.bytes.subarray(frame, frame + PAGE_SIZE));
    }
  }

  private object(value: object, path: string): void {
    const known = this.seen.get(value);
    if (known !== undefined) {
      this.word(8);
      return this.word(known);
    }
    this.seen.set(value, this.seen.size);
    if (ArrayBuffer.isView(value)) {
      this.word(9);
      return this.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
    if (Array.isArray(value)) {
      this.word(10);
      this.word(value.length);
      value.forEach((item, i) => this.value(item, `${path}[${i}]`));
      return;
    }
    if (value instanceof Map) {
      this.word(11);
      this.word(value.size);
      for (const [key, item] of [...value.entries()].sort(([x], [y]) => compareKeys(x, y))) {
        this.value(key, path);
        this.value(item, `${path}{${String(key)}}`);
      }
      return;
    }
    if (value instanceof Set) {
      this.word(12);
      this.word(value.size);
      for (const item of [...value].sort(compareKeys)) this.value(item, path);
      return;
    }
    this.word(13);
    if (value instanceof AddressSpace) for (const [page, entry] of value.entries()) this.pair(page, entry);
    if (value instanceof PhysicalMemory) this.frames(value);
    for (const key of stateFields(value).sort()) {
      this.text(key);
      this.value((value as Record<string, unknown>)[key], `${path}.${key}`);
    }
  }
}

/** Keys of one kind sort by value; object keys keep their order (they must be few and ordered by the guest). */
function compareKeys(x: unknown, y: unknown): number {
  if (typeof x === 'object' || typeof y === 'object') return 0;
  const [a, b] = [x as number | string | bigint, y as number | string | bigint];
  return a < b ? -1 : a > b ? 1 : 0;
}
