// google.protobuf.Timestamp and Duration, from and to what we compute with.

import { invalidField } from '../machine/errors.ts';
import type { Duration, Timestamp } from '../gen/api.ts';

export function toTimestamp(date: Date): { seconds: bigint; nanos: number } {
  const milliseconds = date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: BigInt(seconds), nanos: (milliseconds - seconds * 1000) * 1e6 };
}

export function nanosecondsToTimestamp(nanoseconds: bigint): { seconds: bigint; nanos: number } {
  return { seconds: nanoseconds / 1_000_000_000n, nanos: Number(nanoseconds % 1_000_000_000n) };
}

function nanoseconds(field: string, value: Timestamp | Duration): bigint {
  if (value.nanos < 0 || value.nanos > 999_999_999) throw invalidField(`${field}.nanos`, 'must be from 0 to 999999999');
  if (value.seconds < 0n) throw invalidField(`${field}.seconds`, 'must not be negative');
  return value.seconds * 1_000_000_000n + BigInt(value.nanos);
}

export const timestampToNanoseconds: (field: string, value: Timestamp) => bigint = nanoseconds;

/** Milliseconds from a Duration within bounds; `fallback` if it is absent. */
export function milliseconds(field: string, value: Duration | undefined, fallback: number, minimum: number, maximum: number): number {
  if (value === undefined) return fallback;
  const given = Number(nanoseconds(field, value)) / 1e6;
  if (given < minimum || given > maximum) throw invalidField(field, `must be from ${minimum} to ${maximum} ms, got ${given}`);
  return given;
}
