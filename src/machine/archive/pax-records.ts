// Extended headers of pax (POSIX.1-2001): "LENGTH KEY=VALUE\n" records that say more than a ustar header can.

import { ArchiveProblem } from './archive-entry.ts';

/** Values by key, the latest of a key last; bytes, because an attribute may hold anything. */
export type PaxRecords = ReadonlyMap<string, Uint8Array>;

const SPACE = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;
const REMEDY = 'make the archive again, with tar --format=pax or --format=gnu';

/** `entry` is the extended header's own name, for the refusal. */
export function readPaxRecords(bytes: Uint8Array, entry: string): PaxRecords {
  const records = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(SPACE, at);
    const length = space < 0 || space - at > 10 ? Number.NaN : decimal(bytes.subarray(at, space));
    const end = at + length;
    const equals = bytes.indexOf(EQUALS, space);
    if (!(end > space + 1) || end > bytes.length || equals < 0 || equals >= end || bytes[end - 1] !== NEWLINE)
      throw new ArchiveProblem(entry, 'its extended header (pax) is corrupt', REMEDY);
    records.set(byteText(bytes.subarray(space + 1, equals)), bytes.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}

export function byteText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function decimal(bytes: Uint8Array): number {
  const digits = byteText(bytes);
  return /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
}

/** An unsigned integer; undefined if the key is not there. */
export function paxInteger(records: PaxRecords, key: string, entry: string): number | undefined {
  const value = records.get(key);
  if (!value || value.length === 0) return undefined;
  const number = decimal(value);
  if (!Number.isSafeInteger(number)) throw new ArchiveProblem(entry, `its extended header (pax) has a wrong ${key}`, REMEDY);
  return number;
}

/** A time in seconds with a fraction, as nanoseconds. */
export function paxTime(records: PaxRecords, key: string, entry: string): bigint | undefined {
  const value = records.get(key);
  if (!value || value.length === 0) return undefined;
  const match = /^(-?)(\d{1,12})(?:\.(\d+))?$/.exec(byteText(value));
  if (!match) throw new ArchiveProblem(entry, `its extended header (pax) has a wrong ${key}`, REMEDY);
  const nanoseconds = BigInt(match[2]!) * 1_000_000_000n + BigInt((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
  return match[1] === '-' ? -nanoseconds : nanoseconds;
}
