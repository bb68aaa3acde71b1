// Plain objects to protobuf bytes, strictly: a misspelt field, an unknown enum name or a number out of range is an error with its path,
// never a silent default. 64-bit fields take bigint, or a number that is a safe integer. Paths are put together only where an error
// passes, from the inside out: a message that is right pays nothing for them.

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

interface Range<N> {
  readonly minimum: N;
  readonly maximum: N;
}
const RANGE_32: Readonly<Record<string, Range<number>>> = {
  uint32: { minimum: 0, maximum: 0xffff_ffff },
  int32: { minimum: -0x8000_0000, maximum: 0x7fff_ffff },
  sint32: { minimum: -0x8000_0000, maximum: 0x7fff_ffff },
};
const MOST_64 = (1n << 64n) - 1n;
const RANGE_64: Readonly<Record<string, Range<bigint>>> = {
  uint64: { minimum: 0n, maximum: MOST_64 },
  fixed64: { minimum: 0n, maximum: MOST_64 },
  int64: { minimum: -(1n << 63n), maximum: (1n << 63n) - 1n },
};

/** Rethrows an error of an inner message or value with the path that led there. */
export function within(path: string, error: unknown): never {
  if (!(error instanceof WireError)) throw error;
  const inner = error.field;
  throw new WireError(inner === '' ? path : inner.startsWith('[') ? path + inner : join(path, inner), error.description);
}

function wide(type: string, value: unknown): bigint {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw new WireError('', `must be an exact integer, got ${String(value)}`);
  const exact = BigInt(value as bigint | number);
  const { minimum, maximum } = RANGE_64[type]!;
  if (exact < minimum || exact > maximum) throw new WireError('', `${exact} is out of range for ${type}`);
  return exact;
}

function narrow(type: string, value: unknown): number {
  const { minimum, maximum } = RANGE_32[type]!;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new WireError('', `must be an integer, got ${String(value)}`);
  if (value < minimum || value > maximum) throw new WireError('', `${value} is out of range for ${type}`);
  return value;
}

function enumNumber(api: ApiSchema, field: FieldSchema, value: unknown): number {
  const values = api.enums[field.of!]!;
  if (typeof value !== 'string' || !Object.hasOwn(values, value))
    throw new WireError('', `${JSON.stringify(value)} is not a value of ${field.of}`);
  return values[value]!;
}

/** A message behind its length, which is known only when it is written: room for one byte is left, and more made if that is too little. */
function writeNested(api: ApiSchema, to: ByteWriter, type: string, value: unknown): void {
  to.varint32(0);
  const start = to.length;
  writeMessage(api, to, type, value);
  to.closeLength(start);
}

/** Writes a value without its tag; returns false for a default, which a singular field leaves out. */
function writeScalar(api: ApiSchema, to: ByteWriter, field: FieldSchema, value: unknown): boolean {
  switch (field.type) {
    case 'bool':
      if (typeof value !== 'boolean') throw new WireError('', `must be true or false, got ${String(value)}`);
      to.varint32(value ? 1 : 0);
      return value;
    case 'string':
      if (typeof value !== 'string') throw new WireError('', 'must be a string');
      to.text(value);
      return value !== '';
    case 'bytes':
      if (!(value instanceof Uint8Array)) throw new WireError('', 'must be bytes');
      to.varint32(value.length);
      to.append(value);
      return value.length > 0;
    case 'uint64':
    case 'int64': {
      if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) {
        to.varint53(value);
        return value !== 0;
      }
      const exact = wide(field.type, value);
      to.varintBig(exact);
      return exact !== 0n;
    }
    case 'fixed64': {
      const exact = wide(field.type, value);
      to.fixed64(exact);
      return exact !== 0n;
    }
    case 'enum': {
      const number = enumNumber(api, field, value);
      to.varint32(number);
      return number !== 0;
    }
    case 'message':
      writeNested(api, to, field.of!, value);
      return true;
    default: {
      const number = narrow(field.type, value);
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

interface PlannedField {
  readonly field: FieldSchema;
  /** Of a single value. */
  readonly tag: number;
  readonly packed: boolean;
  /** Which oneof of the message, or -1. */
  readonly oneof: number;
}

interface Plan {
  readonly fields: readonly PlannedField[];
  readonly names: ReadonlySet<string>;
}

const PLANS = new WeakMap<ApiSchema, Map<string, Plan>>();

function planOf(api: ApiSchema, type: string): Plan {
  let plans = PLANS.get(api);
  if (!plans) PLANS.set(api, (plans = new Map()));
  let plan = plans.get(type);
  if (plan) return plan;
  const fields = api.messages[type];
  if (!fields) throw new Error(`no message ${type}`);
  const oneofs = [...new Set(fields.flatMap(({ oneof }) => oneof ?? []))];
  plan = {
    fields: fields.map((field) => ({
      field,
      tag: (field.number << 3) | wireType(field),
      packed: field.repeated === true && wireType(field) !== LENGTH_DELIMITED,
      oneof: field.oneof === undefined ? -1 : oneofs.indexOf(field.oneof),
    })),
    names: new Set(fields.map(({ name }) => name)),
  };
  plans.set(type, plan);
  return plan;
}

function writeMap(api: ApiSchema, to: ByteWriter, field: FieldSchema, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw new WireError('', 'must be an object');
  for (const [key, item] of Object.entries(value)) {
    to.varint32((field.number << 3) | LENGTH_DELIMITED);
    to.varint32(0);
    const start = to.length;
    to.varint32((1 << 3) | LENGTH_DELIMITED);
    to.text(key);
    to.varint32((2 << 3) | wireType(field));
    try {
      writeScalar(api, to, field, item);
    } catch (error) {
      within(`["${key}"]`, error);
    }
    to.closeLength(start);
  }
}

function writeList(api: ApiSchema, to: ByteWriter, { field, tag, packed }: PlannedField, value: unknown): void {
  if (!Array.isArray(value)) throw new WireError('', 'must be a list');
  if (value.length === 0) return;
  let start = 0;
  if (packed) {
    to.varint32((field.number << 3) | LENGTH_DELIMITED);
    to.varint32(0);
    start = to.length;
  }
  for (let at = 0; at < value.length; at++) {
    if (!packed) to.varint32(tag);
    try {
      writeScalar(api, to, field, value[at]);
    } catch (error) {
      within(`[${at}]`, error);
    }
  }
  if (packed) to.closeLength(start);
}

function writeField(api: ApiSchema, to: ByteWriter, planned: PlannedField, value: unknown): void {
  const { field } = planned;
  if (field.map) return writeMap(api, to, field, value);
  if (field.repeated) return writeList(api, to, planned, value);
  const start = to.length;
  to.varint32(planned.tag);
  // A member of a oneof is present even with its default value.
  if (!writeScalar(api, to, field, value) && planned.oneof < 0) to.length = start;
}

function writeMessage(api: ApiSchema, to: ByteWriter, type: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WireError('', `must be a ${type}`);
  const { fields, names } = planOf(api, type);
  const given = value as Readonly<Record<string, unknown>>;
  // No list of its names is made; what a prototype adds is refused like any other that is not known.
  for (const name in given) if (!names.has(name) && given[name] !== undefined) throw new WireError(name, `is not a field of ${type}`);
  let chosen: string[] | undefined;
  for (const planned of fields) {
    const { name } = planned.field;
    const item = given[name];
    if (item === undefined) continue;
    if (planned.oneof >= 0) {
      chosen ??= [];
      const other = chosen[planned.oneof];
      if (other !== undefined) throw new WireError(name, `cannot be set together with ${other}`);
      chosen[planned.oneof] = name;
    }
    try {
      writeField(api, to, planned, item);
    } catch (error) {
      within(name, error);
    }
  }
}

/** One buffer for all messages, as long as none was very large; nothing here is re-entered. */
let scratch = new ByteWriter(4096);
const LARGEST_SCRATCH = 1 << 20;

export function encodeMessage(api: ApiSchema, type: string, value: unknown, path = ''): Uint8Array {
  scratch.length = 0;
  try {
    writeMessage(api, scratch, type, value);
  } catch (error) {
    if (path === '') throw error;
    within(path, error);
  }
  const encoded = Buffer.allocUnsafe(scratch.length);
  encoded.set(scratch.written());
  if (scratch.bytes.length > LARGEST_SCRATCH) scratch = new ByteWriter(4096);
  return encoded;
}
