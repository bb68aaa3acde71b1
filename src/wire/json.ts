// A decoded message as JSON for people and scripts: counts are numbers (strings above 2^53), addresses and bit sets are "0x..." strings,
// bytes are base64, timestamps RFC 3339, durations seconds. Unset oneof members and messages are left out.

import type { ApiSchema, FieldSchema } from './schema.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const hexadecimal = (value: bigint): string => `0x${value.toString(16)}`;
const count = (value: bigint): number | string =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= -BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);

interface SecondsAndNanos {
  readonly seconds: bigint;
  readonly nanos: number;
}

const WELL_KNOWN: Readonly<Record<string, (value: SecondsAndNanos) => Json>> = {
  'google.protobuf.Timestamp': ({ seconds, nanos }) => {
    const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction}Z`;
  },
  'google.protobuf.Duration': ({ seconds, nanos }) => `${Number(seconds) + nanos / 1e9}s`,
};

function scalar(api: ApiSchema, field: FieldSchema, value: unknown): Json {
  if (field.type === 'message') return toJson(api, field.of!, value);
  if (field.type === 'fixed64') return hexadecimal(value as bigint);
  if (typeof value === 'bigint') return count(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  return value as Json;
}

export function toJson(api: ApiSchema, type: string, value: unknown): Json {
  const wellKnown = WELL_KNOWN[type];
  if (wellKnown) return wellKnown(value as SecondsAndNanos);
  const result: { [name: string]: Json } = {};
  for (const field of api.messages[type]!) {
    const item = (value as Readonly<Record<string, unknown>>)[field.name];
    if (item === undefined) continue;
    if (field.map)
      result[field.name] = Object.fromEntries(Object.entries(item as object).map(([key, inner]) => [key, scalar(api, field, inner)]));
    else if (field.repeated) result[field.name] = (item as unknown[]).map((inner) => scalar(api, field, inner));
    else result[field.name] = scalar(api, field, item);
  }
  return result;
}
