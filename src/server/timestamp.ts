// google.protobuf.Timestamp and Duration, from and to what we compute with.

import type { Duration, Timestamp } from '../gen/api.ts';

export function toTimestamp(date: Date): { seconds: bigint; nanos: number } {
  const milliseconds = date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: BigInt(seconds), nanos: (milliseconds - seconds * 1000) * 1e6 };
}

export function nanosecondsToTimestamp(nanoseconds: bigint): { seconds: bigint; nanos: number } {
  return { seconds: nanoseconds / 1_000_000_000n, nanos: Number(nanoseconds % 1_000_000_000n) };
}

export const nanoseconds = ({ seconds, nanos }: Timestamp | Duration): bigint => seconds * 1_000_000_000n + BigInt(nanos);

/** Milliseconds from a Duration; `fallback` if it is absent. */
export const milliseconds = (value: Duration | undefined, fallback: number): number =>
  value === undefined ? fallback : Number(nanoseconds(value)) / 1e6;
