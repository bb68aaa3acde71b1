// An event as a line of JSON in protobuf's own mapping (protobuf.dev/programming-guides/json), which every implementation reads:
// 64-bit numbers are decimal strings, bytes base64, enums names; fields have the names of the proto, and defaults are left out.

import { API } from '../../gen/api.ts';
import type { Event } from '../../gen/api.ts';
import type { FieldSchema } from '../../wire/schema.ts';

type Json = boolean | number | string | Json[] | { [name: string]: Json };

function scalar(field: FieldSchema, value: unknown): Json {
  if (field.type === 'message') return message(field.of!, value as Readonly<Record<string, unknown>>, true);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  return value as Json;
}

const isDefault = (value: unknown): boolean =>
  value === 0 ||
  value === 0n ||
  value === '' ||
  value === false ||
  ((Array.isArray(value) || value instanceof Uint8Array) && value.length === 0);

function message(type: string, value: Readonly<Record<string, unknown>>, hasDefaults: boolean): { [name: string]: Json } {
  const result: { [name: string]: Json } = {};
  for (const field of API.messages[type]!) {
    const item = value[field.name];
    if (item === undefined || (hasDefaults && isDefault(item))) continue;
    result[field.name] = field.repeated ? (item as unknown[]).map((inner) => scalar(field, inner)) : scalar(field, item);
  }
  return result;
}

export function jsonLine(event: Event): string {
  return `${JSON.stringify(message('uintr.v1.Event', event as unknown as Readonly<Record<string, unknown>>, true))}\n`;
}
