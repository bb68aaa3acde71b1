// Plain objects to protobuf bytes, strictly: a misspelt field, an unknown enum name or a number out of range is an error with its path,
// never a silent default. 64-bit fields take bigint, or a number that is a safe integer.

import { ByteWriter, FIXED64, LENGTH_DELIMITED, VARINT, zigzag } from './byte-writer.ts';
import type { ApiSchema, FieldSchema } from './schema.ts';

/** What was wrong with a message, and where: "machine.spec.vcpus". */
export class WireError extends Error {
  readonly field: string;
  readonly description: string;

  constructor(field: string, description: string) {
    super(field === '' ? description : `${field}: ${description}`);
    this.name = 'WireError';
    this.field = field;
    this.description = description;
  }
}

/** A message as a caller may write it: everything optional, numbers for 64-bit fields allowed. */
export type Input<T> = T extends bigint
  ? bigint | number
  : T extends string | number | boolean | Uint8Array | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Input<Item>[]
      : { readonly [F in keyof T]?: Input<T[F]> | undefined };

export const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

type Range = readonly [minimum: number, maximum: number];
const RANGE_32: Readonly<Record<string, Range>> = {
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  sint32: [-0x8000_0000, 0x7fff_ffff],
};
const RANGE_64: Readonly<Record<string, readonly [bigint, bigint]>> = {
  uint64: [0n, (1n << 64n) - 1n],
  fixed64: [0n, (1n << 64n) - 1n],
  int64: [-(1n << 63n), (1n << 63n) - 1n],
};

function wide(type: string, value: unknown, path: string): bigint {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
    throw new WireError(path, `must be an exact integer, got ${String(value)}`);
  const exact = BigInt(value as bigint | number);
  const [minimum, maximum] = RANGE_64[type]!;
  if (exact < minimum || exact > maximum) throw new WireError(path, `${exact} is out of range for ${type}`);
  return exact;
}

function narrow(type: string, value: unknown, path: string): number {
  const [minimum, maximum] = RANGE_32[type]!;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new WireError(path, `must be an integer, got ${String(value)}`);
  if (value < minimum || value > maximum) throw new WireError(path, `${value} is out of range for ${type}`);
  return value;
}

function enumNumber(api: ApiSchema, field: FieldSchema, value: unknown, path: string): number {
  const values = api.enums[field.of!]!;
  if (typeof value !== 'string' || !Object.hasOwn(values, value))
    throw new WireError(path, `${JSON.stringify(value)} is not a value of ${field.of}`);
  return values[value]!;
}

/** Writes a value without its tag; returns false for a default, which a singular field leaves out. */
function writeScalar(api: ApiSchema, to: ByteWriter, field: FieldSchema, value: unknown, path: string): boolean {
  switch (field.type) {
    case 'bool':
      if (typeof value !== 'boolean') throw new WireError(path, `must be true or false, got ${String(value)}`);
      to.varint32(value ? 1 : 0);
      return value;
    case 'string':
      if (typeof value !== 'string') throw new WireError(path, 'must be a string');
      to.text(value);
      return value !== '';
    case 'bytes':
      if (!(value instanceof Uint8Array)) throw new WireError(path, 'must be bytes');
      to.varint32(value.length);
      to.append(value);
      return value.length > 0;
    case 'uint64':
    case 'int64': {
      const exact = wide(field.type, value, path);
      to.varintBig(exact);
      return exact !== 0n;
    }
    case 'fixed64': {
      const exact = wide(field.type, value, path);
      to.fixed64(exact);
      return exact !== 0n;
    }
    case 'enum': {
      const number = enumNumber(api, field, value, path);
      to.varint32(number);
      return number !== 0;
    }
    case 'message': {
      const inner = encodeMessage(api, field.of!, value, path);
      to.varint32(inner.length);
      to.append(inner);
      return true;
    }
    default: {
      const number = narrow(field.type, value, path);
      if (field.type === 'sint32') to.varint32(zigzag(number));
      else if (number < 0) to.varintBig(BigInt(number));
      else to.varint32(number);
      return number !== 0;
    }
  }
}

const DELIMITED = new Set(['string', 'bytes', 'message']);
/** Of one value of the field, which for a map is the value behind a key. */
export const wireType = (field: FieldSchema): number =>
  DELIMITED.has(field.type) ? LENGTH_DELIMITED : field.type === 'fixed64' ? FIXED64 : VARINT;

function writeMap(api: ApiSchema, to: ByteWriter, field: FieldSchema, value: object, path: string): void {
  for (const [key, item] of Object.entries(value)) {
    const entry = new ByteWriter(64);
    entry.varint32((1 << 3) | LENGTH_DELIMITED);
    entry.text(key);
    entry.varint32((2 << 3) | wireType(field));
    writeScalar(api, entry, field, item, `${path}["${key}"]`);
    to.varint32((field.number << 3) | LENGTH_DELIMITED);
    to.varint32(entry.length);
    to.append(entry.written());
  }
}

function writeField(api: ApiSchema, to: ByteWriter, field: FieldSchema, value: unknown, path: string): void {
  if (field.map) {
    if (typeof value !== 'object' || value === null) throw new WireError(path, 'must be an object');
    return writeMap(api, to, field, value, path);
  }
  const tag = (field.number << 3) | wireType(field);
  if (!field.repeated) {
    const start = to.length;
    to.varint32(tag);
    // A member of a oneof is present even with its default value.
    if (!writeScalar(api, to, field, value, path) && !field.oneof) to.length = start;
    return;
  }
  if (!Array.isArray(value)) throw new WireError(path, 'must be a list');
  if (value.length === 0) return;
  if (wireType(field) === LENGTH_DELIMITED) {
    for (const [at, item] of value.entries()) {
      to.varint32(tag);
      writeScalar(api, to, field, item, `${path}[${at}]`);
    }
    return;
  }
  const packed = new ByteWriter(64);
  for (const [at, item] of value.entries()) writeScalar(api, packed, field, item, `${path}[${at}]`);
  to.varint32((field.number << 3) | LENGTH_DELIMITED);
  to.varint32(packed.length);
  to.append(packed.written());
}

export function encodeMessage(api: ApiSchema, type: string, value: unknown, path = ''): Uint8Array {
  const fields = api.messages[type];
  if (!fields) throw new Error(`no message ${type}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WireError(path, `must be a ${type}`);
  const given = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given))
    if (given[name] !== undefined && !fields.some((field) => field.name === name))
      throw new WireError(join(path, name), `is not a field of ${type}`);
  const to = new ByteWriter(128);
  const chosen = new Map<string, string>();
  for (const field of fields) {
    const item = given[field.name];
    if (item === undefined) continue;
    const at = join(path, field.name);
    if (field.oneof) {
      const other = chosen.get(field.oneof);
      if (other !== undefined) throw new WireError(at, `cannot be set together with ${other}`);
      chosen.set(field.oneof, field.name);
    }
    writeField(api, to, field, item, at);
  }
  return to.bytes.slice(0, to.length);
}
