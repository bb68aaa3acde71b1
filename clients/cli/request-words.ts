// Arguments of system calls and operations of rings, as they are written on a command line.

import { readFileSync } from 'node:fs';
import { API } from '../../src/gen/api.ts';
import { durationOf } from '../ts/duration.ts';
import { parseDuration } from './quantity.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';
import type { SubmissionEntry } from '../../src/gen/api.ts';
import type { FieldSchema } from '../../src/wire/schema.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { SyscallValue } from '../ts/remote-thread.ts';

const INTEGER = /^-?(?:0x[0-9a-f]+|\d+)$/i;

/** Decimal or 0x..., negative too. */
export function parseInteger(what: string, text: string): bigint {
  if (!INTEGER.test(text)) throw new UsageError(`${what}: "${text}" is not an integer such as 12, -1 or 0xff`);
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
}

export function parseVirtualTime(flag: string, text: string): { readonly seconds: bigint; readonly nanos: number } {
  return durationOf(Math.max(1, Math.round(parseDuration(flag, text) * 1e9)));
}

function parseHex(what: string, text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text))
    throw new UsageError(`${what}: "${text}" is not an even number of hexadecimal digits`);
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

function readBytes(what: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${what}: ${(error as Error).message}`);
  }
}

/** "text:...", "hex:...", "space:N", "@FILE", or an integer. */
export function parseSyscallValue(text: string): SyscallValue {
  if (text.startsWith('text:')) return text.slice(5);
  if (text.startsWith('hex:')) return parseHex('hex:', text.slice(4));
  if (text.startsWith('space:')) return { space: Number(parseInteger('space:', text.slice(6))) };
  if (text.startsWith('@')) return readBytes('@', text.slice(1));
  if (INTEGER.test(text)) return parseInteger('argument', text);
  throw new UsageError(`argument "${text}": an integer, text:STRING, hex:BYTES, space:COUNT or @FILE`);
}

const ENTRY = 'uintr.v1.SubmissionEntry';
const HEADER = API.messages[ENTRY]!.filter(({ oneof }) => oneof === undefined);
const OPERATIONS = API.messages[ENTRY]!.filter(({ oneof }) => oneof === 'operation');
export const OPERATION_NAMES = OPERATIONS.map(({ name }) => name);

/** "read,fd=3,length=64,user_data=7": an operation of SubmissionEntry with its fields; lists have "+" between their items. */
export function parseOperation(text: string): Input<SubmissionEntry> {
  const [head = '', ...conditions] = text.split(',');
  const [name, rawValue] = head.split('=', 2) as [string, string | undefined];
  const operation = OPERATIONS.find((field) => field.name === name);
  if (!operation) throw new UsageError(`"${name}" is none of ${OPERATION_NAMES.join(', ')}${didYouMean(name, OPERATION_NAMES)}`);
  const entry: Record<string, unknown> = {};
  const fields: Record<string, unknown> = {};
  const known = operation.of === undefined ? [] : API.messages[operation.of]!;
  for (const condition of conditions) {
    const at = condition.indexOf('=');
    const key = at < 0 ? condition : condition.slice(0, at);
    const field = known.find((one) => one.name === key);
    const header = HEADER.find((one) => one.name === key);
    if (!field && !header) {
      const names = [...known, ...HEADER].map((one) => one.name);
      throw new UsageError(`${name}: there is no "${key}"${didYouMean(key, names)}; there are ${names.join(', ')}`);
    }
    const value = at < 0 ? 'true' : condition.slice(at + 1);
    if (field) fields[key] = fieldValue(`${name}: ${key}`, field, value);
    else entry[key] = fieldValue(`${name}: ${key}`, header!, value);
  }
  entry[name] = operation.of === undefined ? parseHex(name, rawValue ?? '') : fields;
  return entry as Input<SubmissionEntry>;
}

function fieldValue(what: string, field: FieldSchema, text: string): unknown {
  if (field.repeated) return text === '' ? [] : text.split('+').map((item) => scalarValue(what, field, item));
  return scalarValue(what, field, text);
}

function scalarValue(what: string, field: FieldSchema, text: string): unknown {
  if (field.of === 'google.protobuf.Duration') return parseVirtualTime(what, text);
  if (field.type === 'string') return text;
  if (field.type === 'bytes') return bytesValue(what, text);
  if (field.type === 'bool') {
    if (text !== 'true' && text !== 'false') throw new UsageError(`${what}: "${text}" is neither true nor false`);
    return text === 'true';
  }
  const value = parseInteger(what, text);
  // All ones is how an offset says "the file's own position".
  if (field.type === 'uint64' || field.type === 'fixed64') return BigInt.asUintN(64, value);
  return Number(value);
}

/** Text as it is, or hex:..., or @FILE. */
function bytesValue(what: string, text: string): Uint8Array {
  if (text.startsWith('hex:')) return parseHex(what, text.slice(4));
  if (text.startsWith('@')) return readBytes(what, text.slice(1));
  return Buffer.from(text);
}
