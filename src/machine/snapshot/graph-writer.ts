// Objects to bytes (graph-format.ts). What is not plain data is refused with its path: a function, a symbol, an object of a class that
// classes.ts does not list.

import { ByteWriter } from '../../wire/byte-writer.ts';
import { stateFields } from '../state-fields.ts';
import { STATE_CLASSES } from './classes.ts';
import { BYTES_PER_ELEMENT, HEAD, type KnownObjects, VALUE, VIEWS } from './graph-format.ts';
import { EXTRA, TRANSIENTS } from './transients.ts';

const CLASS_KEYS = new Map<object, string>(Object.entries(STATE_CLASSES).map(([key, [constructor]]) => [constructor.prototype, key]));
const DOUBLE = new DataView(new ArrayBuffer(8));

/** The part of a buffer that views of the graph show. */
interface UsedBuffer {
  readonly number: number;
  start: number;
  end: number;
}

interface Met {
  readonly value: object;
  readonly from: Met | null;
  /** Of `from`, for messages. */
  readonly field: string;
}

export class GraphWriter {
  private readonly heads = new ByteWriter(1 << 16);
  private readonly contents = new ByteWriter(1 << 18);
  private readonly texts = new Map<string, number>();
  private readonly shapes = new Map<string, number>();
  private readonly shapeBytes = new ByteWriter(1 << 14);
  private readonly numbers = new Map<object, number>();
  private readonly queue: Met[] = [];
  private readonly buffers = new Map<ArrayBufferLike, UsedBuffer>();
  private readonly ram: ArrayBufferLike;
  private readonly names: ReadonlyMap<object, { readonly constant: boolean; readonly name: string }>;

  constructor(known: KnownObjects) {
    const names = new Map<object, { constant: boolean; name: string }>();
    for (const [name, value] of known.anchors) names.set(value, { constant: false, name });
    for (const [name, value] of known.constants) names.set(value, { constant: true, name });
    this.names = names;
    this.ram = known.ram;
  }

  /** Everything that `root` leads to. */
  write(root: object): Uint8Array {
    this.meet(root, null, '');
    for (let next = 0; next < this.queue.length; next++) this.describe(this.queue[next]!);
    return this.joined();
  }

  private joined(): Uint8Array {
    const out = new ByteWriter(this.heads.length + this.contents.length + (1 << 16));
    out.varint53(this.texts.size);
    for (const text of this.texts.keys()) out.text(text);
    out.varint53(this.shapes.size);
    out.append(this.shapeBytes.written());
    out.varint53(this.buffers.size);
    for (const [buffer, { start, end }] of this.buffers) {
      out.varint53(start);
      out.varint53(end - start);
      out.append(new Uint8Array(buffer, start, end - start));
    }
    out.varint53(this.queue.length);
    out.append(this.heads.written());
    out.append(this.contents.written());
    return out.written();
  }

  private meet(value: object, from: Met | null, field: string): number {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    const number = this.queue.length;
    this.numbers.set(value, number);
    this.queue.push({ value, from, field });
    return number;
  }

  private describe(met: Met): void {
    const { heads } = this;
    const { value } = met;
    const name = this.names.get(value);
    if (name?.constant) {
      heads.varint32(HEAD.constant);
      heads.varint53(this.text(name.name));
    } else if (ArrayBuffer.isView(value)) this.view(value, met);
    else if (Array.isArray(value)) {
      heads.varint32(HEAD.array);
      heads.varint53(value.length);
      for (let at = 0; at < value.length; at++) this.value(value[at], met, `[${at}]`);
    } else if (value instanceof Map) {
      heads.varint32(HEAD.map);
      heads.varint53(value.size);
      for (const [key, item] of value) {
        this.value(key, met, '{key}');
        this.value(item, met, `{${String(key)}}`);
      }
    } else if (value instanceof Set) {
      heads.varint32(HEAD.set);
      heads.varint53(value.size);
      for (const item of value) this.value(item, met, '{}');
    } else {
      heads.varint32(name ? HEAD.anchor : HEAD.object);
      if (name) heads.varint53(this.text(name.name));
      const key = this.classKey(met);
      const { kept = [], extra } = TRANSIENTS[key] ?? {};
      const fields = [...stateFields(value), ...kept];
      heads.varint53(this.shape(key, extra ? [...fields, EXTRA] : fields));
      for (const field of fields) this.value((value as Record<string, unknown>)[field], met, `.${field}`);
      if (extra) this.value(extra(value as never), met, `.${EXTRA}`);
    }
  }

  private classKey(met: Met): string {
    const prototype = Object.getPrototypeOf(met.value) as object | null;
    if (prototype === Object.prototype || prototype === null) return '';
    const key = CLASS_KEYS.get(prototype);
    if (key === undefined)
      throw new Error(`${pathOf(met)} is a ${met.value.constructor.name}, which no snapshot can hold: it is not in snapshot/classes.ts`);
    return key;
  }

  private value(value: unknown, from: Met, field: string): void {
    const { contents } = this;
    switch (typeof value) {
      case 'number':
        return this.number(value);
      case 'bigint':
        return this.big(value);
      case 'string':
        contents.varint32(VALUE.text);
        return contents.varint53(this.text(value));
      case 'boolean':
        return contents.varint32(value ? VALUE.true : VALUE.false);
      case 'undefined':
        return contents.varint32(VALUE.undefined);
      case 'object': {
        if (value === null) return contents.varint32(VALUE.null);
        contents.varint32(VALUE.object);
        return contents.varint53(this.meet(value, from, field));
      }
      default:
        throw new Error(`${pathOf(from)}${field} holds a ${typeof value}, which is not plain data`);
    }
  }

  private number(value: number): void {
    const { contents } = this;
    if (Number.isSafeInteger(value) && !Object.is(value, -0) && Math.abs(value) < 2 ** 51) {
      contents.varint32(VALUE.integer);
      return contents.varint53(value < 0 ? -2 * value - 1 : 2 * value);
    }
    contents.varint32(VALUE.double);
    DOUBLE.setFloat64(0, value, true);
    contents.append(new Uint8Array(DOUBLE.buffer));
  }

  private big(value: bigint): void {
    const { contents } = this;
    contents.varint32(value < 0n ? VALUE.negativeBig : VALUE.positiveBig);
    const digits = (value < 0n ? -value : value).toString(16);
    const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').reverse();
    contents.varint53(bytes.length);
    contents.append(bytes);
  }

  private text(text: string): number {
    let number = this.texts.get(text);
    if (number === undefined) this.texts.set(text, (number = this.texts.size));
    return number;
  }

  private shape(key: string, fields: readonly string[]): number {
    const whole = `${key} ${fields.join(' ')}`;
    let number = this.shapes.get(whole);
    if (number === undefined) {
      this.shapes.set(whole, (number = this.shapes.size));
      this.shapeBytes.varint53(this.text(key));
      this.shapeBytes.varint53(fields.length);
      for (const field of fields) this.shapeBytes.varint53(this.text(field));
    }
    return number;
  }

  private view(view: ArrayBufferView, met: Met): void {
    const { heads } = this;
    const { buffer, byteOffset, byteLength } = view;
    if (buffer === this.ram) throw new Error(`${pathOf(met)} is a view of the machine's RAM, which is not plain data`);
    let used = this.buffers.get(buffer);
    if (!used) this.buffers.set(buffer, (used = { number: this.buffers.size, start: byteOffset, end: byteOffset }));
    used.start = Math.min(used.start, byteOffset);
    used.end = Math.max(used.end, byteOffset + byteLength);
    const number = VIEWS.findIndex((constructor) => view instanceof constructor);
    heads.varint32(HEAD.view);
    heads.varint32(number);
    heads.varint53(used.number);
    heads.varint53(byteOffset);
    heads.varint53(byteLength / BYTES_PER_ELEMENT[number]!);
  }
}

function pathOf(met: Met): string {
  let path = '';
  for (let at: Met | null = met; at; at = at.from) path = at.field + path;
  return `machine${path}`;
}
