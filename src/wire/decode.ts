// Protobuf bytes to plain objects. Strict (requests): unknown fields, unknown enum numbers, wrong wire types, values out of range,
// repeated singular fields and bad UTF-8 are errors with the field's path. Lenient (responses): what a newer server adds is skipped.
// Absent scalars get their defaults; absent messages and oneof members stay undefined. 64-bit values are bigint.

import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from './byte-writer.ts';
import { join, WireError, wireType } from './encode.ts';
import type { ApiSchema, FieldSchema } from './schema.ts';

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const MALFORMED = 'is not a well-formed message';

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
  varint(path: string): bigint | number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte(path);
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low;
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.byte(path);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError(path, MALFORMED);
  }

  fixed64(path: string): bigint {
    if (this.end - this.position < 8) throw new WireError(path, MALFORMED);
    let value = 0n;
    for (let at = 7; at >= 0; at--) value = (value << 8n) | BigInt(this.bytes[this.position + at]!);
    this.position += 8;
    return value;
  }

  slice(path: string): Uint8Array {
    const length = Number(this.varint(path));
    if (length > this.end - this.position) throw new WireError(path, MALFORMED);
    const start = this.position;
    this.position += length;
    return this.bytes.subarray(start, this.position);
  }

  skip(type: number, path: string): void {
    if (type === VARINT) this.varint(path);
    else if (type === LENGTH_DELIMITED) this.slice(path);
    else if (type === FIXED64 || type === FIXED32) this.position += type === FIXED64 ? 8 : 4;
    else throw new WireError(path, MALFORMED);
    if (this.position > this.end) throw new WireError(path, MALFORMED);
  }

  private byte(path: string): number {
    if (this.position >= this.end) throw new WireError(path, MALFORMED);
    return this.bytes[this.position++]!;
  }
}

interface Table {
  readonly byNumber: ReadonlyMap<number, FieldSchema>;
  readonly defaults: readonly (readonly [string, () => unknown])[];
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
    const table = this.table(type);
    const reader = new ByteReader(bytes, 0, bytes.length);
    const result: Record<string, unknown> = {};
    for (const [name, value] of table.defaults) result[name] = value();
    const seen = this.strict ? new Set<string>() : null;
    while (reader.position < reader.end) {
      const tag = Number(reader.varint(path));
      const [number, wire] = [Math.floor(tag / 8), tag & 7];
      const field = table.byNumber.get(number);
      if (!field) {
        if (this.strict) throw new WireError(join(path, `<field ${number}>`), `${type} has no field of number ${number}`);
        reader.skip(wire, path);
        continue;
      }
      const at = join(path, field.name);
      if (seen && !field.repeated && !field.map) this.once(seen, field, at);
      this.field(reader, field, wire, result, at);
    }
    return result;
  }

  private once(seen: Set<string>, field: FieldSchema, path: string): void {
    if (seen.has(field.name)) throw new WireError(path, 'is given twice');
    seen.add(field.name);
    if (!field.oneof) return;
    if (seen.has(`oneof ${field.oneof}`)) throw new WireError(path, `cannot be set together with another of "${field.oneof}"`);
    seen.add(`oneof ${field.oneof}`);
  }

  private field(reader: ByteReader, field: FieldSchema, wire: number, result: Record<string, unknown>, path: string): void {
    if (field.map) {
      if (wire !== LENGTH_DELIMITED) throw new WireError(path, `has wire type ${wire}`);
      this.mapEntry(reader.slice(path), field, result[field.name] as Record<string, unknown>, path);
      return;
    }
    const expected = wireType(field);
    if (!field.repeated) {
      if (wire !== expected) throw new WireError(path, `has wire type ${wire}, not ${expected}`);
      result[field.name] = this.value(reader, field, path);
      return;
    }
    const list = result[field.name] as unknown[];
    if (wire === LENGTH_DELIMITED && expected !== LENGTH_DELIMITED) {
      const packed = reader.slice(path);
      const inner = new ByteReader(packed, 0, packed.length);
      while (inner.position < inner.end) list.push(this.value(inner, field, `${path}[${list.length}]`));
      return;
    }
    if (wire !== expected) throw new WireError(path, `has wire type ${wire}, not ${expected}`);
    list.push(this.value(reader, field, `${path}[${list.length}]`));
  }

  private mapEntry(bytes: Uint8Array, field: FieldSchema, into: Record<string, unknown>, path: string): void {
    const reader = new ByteReader(bytes, 0, bytes.length);
    let key = '';
    let value: unknown = this.scalarDefault(field);
    while (reader.position < reader.end) {
      const tag = Number(reader.varint(path));
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) key = this.text(reader.slice(path), path);
      else if (tag >> 3 === 2 && (tag & 7) === wireType(field)) value = this.value(reader, field, `${path}["${key}"]`);
      else if (this.strict) throw new WireError(path, MALFORMED);
      else reader.skip(tag & 7, path);
    }
    // Not by assignment: a key may be "__proto__".
    Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
  }

  private value(reader: ByteReader, field: FieldSchema, path: string): unknown {
    switch (field.type) {
      case 'string':
        return this.text(reader.slice(path), path);
      case 'bytes':
        return reader.slice(path);
      case 'message':
        return this.decode(field.of!, reader.slice(path), path);
      case 'bool':
        return BigInt(reader.varint(path)) !== 0n;
      case 'fixed64':
        return reader.fixed64(path);
      case 'uint64':
        return BigInt(reader.varint(path));
      case 'int64':
        return BigInt.asIntN(64, BigInt(reader.varint(path)));
      case 'enum':
        return this.enumName(field.of!, Number(BigInt.asIntN(64, BigInt(reader.varint(path)))), path);
      case 'sint32': {
        const raw = this.unsigned32(reader, path);
        return (raw >>> 1) ^ -(raw & 1);
      }
      case 'int32':
        return Number(BigInt.asIntN(32, BigInt(reader.varint(path))));
      default:
        return this.unsigned32(reader, path);
    }
  }

  private unsigned32(reader: ByteReader, path: string): number {
    const value = Number(reader.varint(path));
    if (value > 0xffff_ffff) {
      if (this.strict) throw new WireError(path, `${value} does not fit 32 bits`);
      return Number(BigInt.asUintN(32, BigInt(value)));
    }
    return value;
  }

  private text(bytes: Uint8Array, path: string): string {
    try {
      return TEXT.decode(bytes);
    } catch {
      throw new WireError(path, 'is not valid UTF-8');
    }
  }

  private enumName(type: string, number: number, path: string): string {
    let names = this.enumNames.get(type);
    if (!names) {
      names = new Map(Object.entries(this.api.enums[type]!).map(([name, value]) => [value, name]));
      this.enumNames.set(type, names);
    }
    const name = names.get(number);
    if (name === undefined && this.strict) throw new WireError(path, `${number} is not a value of ${type}`);
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
    let table = this.tables.get(type);
    if (table) return table;
    const fields = this.api.messages[type];
    if (!fields) throw new Error(`no message ${type}`);
    const defaults: [string, () => unknown][] = [];
    for (const field of fields) {
      if (field.repeated) defaults.push([field.name, () => []]);
      else if (field.map) defaults.push([field.name, () => ({})]);
      else if (!field.oneof && field.type !== 'message') {
        const value = this.scalarDefault(field);
        defaults.push([field.name, () => value]);
      }
    }
    table = { byNumber: new Map(fields.map((field) => [field.number, field])), defaults };
    this.tables.set(type, table);
    return table;
  }
}
