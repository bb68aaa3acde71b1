// Protobuf bytes to plain objects. Strict (requests): unknown fields, unknown enum numbers, wrong wire types, values out of range,
// repeated singular fields and bad UTF-8 are errors with the field's path. Lenient (responses): what a newer server adds is skipped.
// Absent scalars get their defaults; absent messages and oneof members stay undefined. 64-bit values are bigint.

import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from './byte-writer.ts';
import { WireError, wireType, within } from './encode.ts';
import type { ApiSchema, FieldSchema } from './schema.ts';

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const MALFORMED = 'is not a well-formed message';
/** Up to here, a loop over the bytes is faster than the decoder. */
const SHORT_TEXT = 128;
const SPLIT_64 = new BigUint64Array(1);
const SPLIT_32 = new Uint32Array(SPLIT_64.buffer);

class ByteReader {
  private readonly bytes: Uint8Array;
  position: number;
  readonly end: number;

  constructor(bytes: Uint8Array, position: number, end: number) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** A number where it is small, which is nearly always. */
  varint(): bigint | number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low;
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError('', MALFORMED);
  }

  fixed64(): bigint {
    if (this.end - this.position < 8) throw new WireError('', MALFORMED);
    const { bytes, position: at } = this;
    SPLIT_32[0] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    SPLIT_32[1] = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
    this.position += 8;
    return SPLIT_64[0]!;
  }

  slice(): Uint8Array {
    const length = Number(this.varint());
    if (length > this.end - this.position) throw new WireError('', MALFORMED);
    const start = this.position;
    this.position += length;
    return this.bytes.subarray(start, this.position);
  }

  text(): string {
    const length = Number(this.varint());
    if (length > this.end - this.position) throw new WireError('', MALFORMED);
    const [start, end] = [this.position, this.position + length];
    this.position = end;
    if (length <= SHORT_TEXT) {
      let at = start;
      while (at < end && this.bytes[at]! < 0x80) at++;
      if (at === end) return Buffer.prototype.latin1Slice.call(this.bytes, start, end);
    }
    try {
      return TEXT.decode(this.bytes.subarray(start, end));
    } catch {
      throw new WireError('', 'is not valid UTF-8');
    }
  }

  skip(type: number): void {
    if (type === VARINT) this.varint();
    else if (type === LENGTH_DELIMITED) this.slice();
    else if (type === FIXED64 || type === FIXED32) this.position += type === FIXED64 ? 8 : 4;
    else throw new WireError('', MALFORMED);
    if (this.position > this.end) throw new WireError('', MALFORMED);
  }

  private byte(): number {
    if (this.position >= this.end) throw new WireError('', MALFORMED);
    return this.bytes[this.position++]!;
  }
}

interface PlannedField {
  readonly field: FieldSchema;
  readonly wire: number;
  /** Bits of `seen` that must be clear before and are set after; 0 for lists and maps. */
  readonly own: bigint;
  readonly oneof: bigint;
}

interface Table {
  /** By field number. */
  readonly fields: readonly (PlannedField | undefined)[];
  readonly defaults: readonly (readonly [name: string, value: unknown])[];
  readonly lists: readonly string[];
  readonly maps: readonly string[];
}

/** One decoder for each of strict and lenient; tables are built when a message type is first seen. */
export class Decoder {
  private readonly api: ApiSchema;
  private readonly strict: boolean;
  private readonly tables = new Map<string, Table>();
  private readonly enumNames = new Map<string, ReadonlyMap<number, string>>();

  constructor(api: ApiSchema, strict: boolean) {
    this.api = api;
    this.strict = strict;
  }

  decode(type: string, bytes: Uint8Array, path = ''): unknown {
    try {
      return this.message(type, bytes);
    } catch (error) {
      if (path === '') throw error;
      return within(path, error);
    }
  }

  private message(type: string, bytes: Uint8Array): unknown {
    const table = this.table(type);
    const reader = new ByteReader(bytes, 0, bytes.length);
    const result: Record<string, unknown> = {};
    for (const [name, value] of table.defaults) result[name] = value;
    for (const name of table.lists) result[name] = [];
    for (const name of table.maps) result[name] = {};
    let seen = 0n;
    while (reader.position < reader.end) {
      const tag = Number(reader.varint());
      const number = Math.floor(tag / 8);
      const wire = tag & 7;
      const planned = table.fields[number];
      if (!planned) {
        if (this.strict) throw new WireError(`<field ${number}>`, `${type} has no field of number ${number}`);
        reader.skip(wire);
        continue;
      }
      const { field } = planned;
      if (this.strict && planned.own !== 0n) {
        if ((seen & planned.own) !== 0n) throw new WireError(field.name, 'is given twice');
        if ((seen & planned.oneof) !== 0n) throw new WireError(field.name, `cannot be set together with another of "${field.oneof}"`);
        seen |= planned.own | planned.oneof;
      }
      try {
        this.field(reader, planned, wire, result);
      } catch (error) {
        within(field.name, error);
      }
    }
    return result;
  }

  private field(reader: ByteReader, { field, wire: expected }: PlannedField, wire: number, result: Record<string, unknown>): void {
    if (field.map) {
      if (wire !== LENGTH_DELIMITED) throw new WireError('', `has wire type ${wire}`);
      this.mapEntry(reader.slice(), field, expected, result[field.name] as Record<string, unknown>);
      return;
    }
    if (!field.repeated) {
      if (wire !== expected) throw new WireError('', `has wire type ${wire}, not ${expected}`);
      result[field.name] = this.value(reader, field);
      return;
    }
    const list = result[field.name] as unknown[];
    if (wire === LENGTH_DELIMITED && expected !== LENGTH_DELIMITED) {
      const packed = reader.slice();
      const inner = new ByteReader(packed, 0, packed.length);
      while (inner.position < inner.end) this.element(inner, field, list);
      return;
    }
    if (wire !== expected) throw new WireError('', `has wire type ${wire}, not ${expected}`);
    this.element(reader, field, list);
  }

  private element(reader: ByteReader, field: FieldSchema, list: unknown[]): void {
    try {
      list.push(this.value(reader, field));
    } catch (error) {
      within(`[${list.length}]`, error);
    }
  }

  private mapEntry(bytes: Uint8Array, field: FieldSchema, expected: number, into: Record<string, unknown>): void {
    const reader = new ByteReader(bytes, 0, bytes.length);
    let key = '';
    let value: unknown = this.scalarDefault(field);
    while (reader.position < reader.end) {
      const tag = Number(reader.varint());
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) key = reader.text();
      else if (tag >> 3 === 2 && (tag & 7) === expected) {
        try {
          value = this.value(reader, field);
        } catch (error) {
          within(`["${key}"]`, error);
        }
      } else if (this.strict) throw new WireError('', MALFORMED);
      else reader.skip(tag & 7);
    }
    // Not by assignment: a key may be "__proto__".
    Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
  }

  private value(reader: ByteReader, field: FieldSchema): unknown {
    switch (field.type) {
      case 'string':
        return reader.text();
      case 'bytes':
        return reader.slice();
      case 'message':
        return this.message(field.of!, reader.slice());
      case 'bool':
        return BigInt(reader.varint()) !== 0n;
      case 'fixed64':
        return reader.fixed64();
      case 'uint64':
        return BigInt(reader.varint());
      case 'int64':
        return BigInt.asIntN(64, BigInt(reader.varint()));
      case 'enum':
        return this.enumName(field.of!, Number(BigInt.asIntN(64, BigInt(reader.varint()))));
      case 'sint32': {
        const raw = this.unsigned32(reader);
        return (raw >>> 1) ^ -(raw & 1);
      }
      case 'int32':
        return Number(BigInt.asIntN(32, BigInt(reader.varint())));
      default:
        return this.unsigned32(reader);
    }
  }

  private unsigned32(reader: ByteReader): number {
    const value = Number(reader.varint());
    if (value > 0xffff_ffff) {
      if (this.strict) throw new WireError('', `${value} does not fit 32 bits`);
      return Number(BigInt.asUintN(32, BigInt(value)));
    }
    return value;
  }

  private enumName(type: string, number: number): string {
    let names = this.enumNames.get(type);
    if (!names) {
      names = new Map(Object.entries(this.api.enums[type]!).map(([name, value]) => [value, name]));
      this.enumNames.set(type, names);
    }
    const name = names.get(number);
    if (name === undefined && this.strict) throw new WireError('', `${number} is not a value of ${type}`);
    return name ?? String(number);
  }

  private scalarDefault(field: FieldSchema): unknown {
    if (field.type === 'enum') return Object.keys(this.api.enums[field.of!]!)[0];
    if (field.type === 'uint64' || field.type === 'int64' || field.type === 'fixed64') return 0n;
    if (field.type === 'string') return '';
    if (field.type === 'bytes') return new Uint8Array(0);
    if (field.type === 'bool') return false;
    return 0;
  }

  private table(type: string): Table {
    const known = this.tables.get(type);
    if (known) return known;
    const rows = this.api.messages[type];
    if (!rows) throw new Error(`no message ${type}`);
    const oneofs = [...new Set(rows.flatMap(({ oneof }) => oneof ?? []))];
    const fields: (PlannedField | undefined)[] = [];
    for (const [index, field] of rows.entries()) {
      const single = !field.repeated && !field.map;
      fields[field.number] = {
        field,
        wire: wireType(field),
        own: single ? 1n << BigInt(index) : 0n,
        oneof: field.oneof === undefined ? 0n : 1n << BigInt(rows.length + oneofs.indexOf(field.oneof)),
      };
    }
    const singles = rows.filter((field) => !field.repeated && !field.map && !field.oneof && field.type !== 'message');
    const table: Table = {
      fields,
      defaults: singles.map((field) => [field.name, this.scalarDefault(field)] as const),
      lists: rows.filter(({ repeated }) => repeated).map(({ name }) => name),
      maps: rows.filter(({ map }) => map).map(({ name }) => name),
    };
    this.tables.set(type, table);
    return table;
  }
}
