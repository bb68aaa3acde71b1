// What requests on remote threads and rings have in common, from and to the messages of the API.

import { nanoseconds } from '../timestamp.ts';
import type { CallTimes, Duration } from '../../gen/api.ts';
import type { Input } from '../../wire/encode.ts';

/** Bytes in a buffer of their own: a message to a worker copies the whole buffer behind a view. */
export const owned = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);

const encoder = new TextEncoder();

export const terminated = (text: string): Uint8Array => encoder.encode(`${text}\0`);

/** A time limit in nanoseconds, as exact as a number is; -1 for none. */
export const limitOf = (value: Duration | undefined): number =>
  value === undefined ? -1 : Math.min(Number(nanoseconds(value)), Number.MAX_SAFE_INTEGER);

export const timesToMessage = (times: { startCycle: number; endCycle: number; vcpu: number }): Input<CallTimes> => ({
  start_cycle: times.startCycle,
  end_cycle: times.endCycle,
  vcpu: times.vcpu,
});
