// Bytes back to objects (graph-format.ts). The bytes may be anything: whatever they do not say rightly is a GraphError, and an object can
// only be of a class of classes.ts.

import { STATE_CLASSES } from './classes.ts';
import { BYTES_PER_ELEMENT, HEAD, type KnownObjects, type Shape, VALUE, VIEWS } from './graph-format.ts';
import { EXTRA, TRANSIENTS } from './transients.ts';

export class GraphError extends Error {}

const TEXT = new TextDecoder('utf-8', { fatal: true });
/** Elements of one array, map or set, and objects in all: more is damage. */
const MOST = 1 << 27;

interface StoredBuffer {
  readonly start: number;
  readonly bytes: ArrayBuffer;
}

/** An object, and its contents that are still to be read. */
interface Unfilled {
  readonly object: object;
  readonly head: number;
  /** Elements, or entries. */
  readonly size: number;
  readonly shape: Shape | null;
}

/** What mend() of transients.ts is called with, once all objects are whole. */
export interface Mendable {
  readonly object: object;
  readonly key: string;
  readonly extra: unknown;
  readonly isAnchor: boolean;
}

export class GraphReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly known: KnownObjects;
  private at = 0;
  private texts: string[] = [];
  private shapes: Shape[] = [];
  private buffers: StoredBuffer[] = [];
  private objects: Unfilled[] = [];
  readonly mendables: Mendable[] = [];

  constructor(bytes: Uint8Array, known: KnownObjects) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.known = known;
  }

  /** The root; anchors have been filled in place. Throws GraphError. */
  read(): object {
    this.texts = this.list(() => this.textBytes());
    this.shapes = this.list(() => this.shape());
    this.buffers = this.list(() => this.buffer());
    this.objects = this.list(() => this.head());
    for (const unfilled of this.objects) this.fill(unfilled);
    if (this.at !== this.bytes.length) this.fail('has bytes behind its end');
    return this.objects[0]?.object ?? this.fail('is empty');
  }

  private list<T>(item: () => T): T[] {
    const length = this.count();
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(item());
    return items;
  }

  private shape(): Shape {
    const key = this.text();
    const fields = this.list(() => this.text());
    if (key !== '' && !Object.hasOwn(STATE_CLASSES, key)) this.fail(`has a ${key}, which this version of uintrd does not know`);
    if (fields.includes('__proto__')) this.fail('has a field that no object has');
    return { key, fields };
  }

  private buffer(): StoredBuffer {
    const start = this.varint();
    const bytes = this.slice(this.count());
    return { start, bytes: bytes.slice().buffer };
  }

  private head(): Unfilled {
    const head = this.byte();
    switch (head) {
      case HEAD.object: {
        const shape = this.listed(this.shapes, 'shape');
        const prototype = shape.key === '' ? Object.prototype : STATE_CLASSES[shape.key]![0].prototype;
        return { object: Object.create(prototype) as object, head, size: 0, shape };
      }
      case HEAD.array:
        return { object: [], head, size: this.count(), shape: null };
      case HEAD.map:
        return { object: new Map(), head, size: this.count(), shape: null };
      case HEAD.set:
        return { object: new Set(), head, size: this.count(), shape: null };
      case HEAD.view:
        return { object: this.arrayView(), head, size: 0, shape: null };
      case HEAD.constant:
        return { object: this.named(this.known.constants), head, size: 0, shape: null };
      case HEAD.anchor: {
        const object = this.named(this.known.anchors);
        const shape = this.listed(this.shapes, 'shape');
        const prototype = shape.key === '' ? Object.prototype : STATE_CLASSES[shape.key]![0].prototype;
        if (Object.getPrototypeOf(object) !== prototype) this.fail('has an object of another class than the machine');
        return { object, head, size: 0, shape };
      }
      default:
        return this.fail('has an unknown kind of object');
    }
  }

  private arrayView(): object {
    const View = this.listed([...VIEWS], 'kind of view') as Uint8ArrayConstructor;
    const { start, bytes } = this.listed(this.buffers, 'buffer');
    const offset = this.varint() - start;
    const length = this.count();
    const width = BYTES_PER_ELEMENT[VIEWS.indexOf(View as never)]!;
    if (offset < 0 || offset % width !== 0 || offset + length * width > bytes.byteLength) this.fail('has a view beyond its buffer');
    return new View(bytes, offset, length);
  }

  private fill({ object, head, size, shape }: Unfilled): void {
    if (head === HEAD.array) for (let i = 0; i < size; i++) (object as unknown[]).push(this.value());
    else if (head === HEAD.set) for (let i = 0; i < size; i++) (object as Set<unknown>).add(this.value());
    else if (head === HEAD.map)
      for (let i = 0; i < size; i++) {
        const key = this.value();
        (object as Map<unknown, unknown>).set(key, this.value());
      }
    else if (shape) this.fillFields(object, shape, head === HEAD.anchor);
  }

  private fillFields(object: object, { key, fields }: Shape, isAnchor: boolean): void {
    let extra: unknown;
    for (const field of fields) {
      const value = this.value();
      if (field === EXTRA) extra = value;
      else (object as Record<string, unknown>)[field] = value;
    }
    if (TRANSIENTS[key]) this.mendables.push({ object, key, extra, isAnchor });
  }

  private value(): unknown {
    switch (this.byte()) {
      case VALUE.undefined:
        return undefined;
      case VALUE.null:
        return null;
      case VALUE.false:
        return false;
      case VALUE.true:
        return true;
      case VALUE.integer: {
        const folded = this.varint();
        return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      }
      case VALUE.double:
        this.slice(8);
        return this.view.getFloat64(this.at - 8, true);
      case VALUE.positiveBig:
        return this.big();
      case VALUE.negativeBig:
        return -this.big();
      case VALUE.text:
        return this.text();
      case VALUE.object:
        return this.listed(this.objects, 'object').object;
      default:
        return this.fail('has an unknown kind of value');
    }
  }

  private big(): bigint {
    const bytes = this.slice(this.count());
    return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  }

  private named(known: ReadonlyMap<string, object>): object {
    const name = this.text();
    return known.get(name) ?? this.fail(`refers to ${name}, which this version of uintrd does not know`);
  }

  private text(): string {
    return this.listed(this.texts, 'text');
  }

  private textBytes(): string {
    try {
      return TEXT.decode(this.slice(this.count()));
    } catch {
      return this.fail('has a text that is no UTF-8');
    }
  }

  private listed<T>(list: readonly T[], what: string): T {
    const number = this.varint();
    if (number >= list.length) this.fail(`refers to ${what} ${number} of ${list.length}`);
    return list[number]!;
  }

  private count(): number {
    const count = this.varint();
    if (count > MOST) this.fail(`has a length of ${count}`);
    return count;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : this.fail('has a number beyond 2^53');
    }
    return this.fail('has a number without an end');
  }

  private byte(): number {
    return this.at < this.bytes.length ? this.bytes[this.at++]! : this.fail('ends early');
  }

  private slice(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) this.fail('ends early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private fail(problem: string): never {
    throw new GraphError(`${problem} (at byte ${this.at} of ${this.bytes.length})`);
  }
}
