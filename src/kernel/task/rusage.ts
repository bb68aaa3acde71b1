// struct rusage, struct timeval and struct timespec in memory.

import type { CyclesUsed } from '../time/process-time.ts';
import type { VirtualClock } from '../time/virtual-clock.ts';
import type { Usage } from './process.ts';

export const RUSAGE_BYTES = 144;

/** Seconds and microseconds at `at`. */
export function putTimeval(view: DataView, at: number, nanoseconds: number): void {
  view.setBigInt64(at, BigInt(Math.floor(nanoseconds / 1e9)), true);
  view.setBigInt64(at + 8, BigInt(Math.floor((nanoseconds % 1e9) / 1000)), true);
}

export function encodeRusage(clock: VirtualClock, used: CyclesUsed, usage: Usage): Uint8Array {
  const bytes = new Uint8Array(RUSAGE_BYTES);
  const view = new DataView(bytes.buffer);
  putTimeval(view, 0, clock.nanoseconds(used.user));
  putTimeval(view, 16, clock.nanoseconds(used.system));
  view.setBigInt64(32, BigInt(usage.peakPages * 4), true);
  view.setBigInt64(64, BigInt(usage.minorFaults), true);
  view.setBigInt64(72, BigInt(usage.majorFaults), true);
  view.setBigInt64(128, BigInt(usage.voluntarySwitches), true);
  view.setBigInt64(136, BigInt(usage.involuntarySwitches), true);
  return bytes;
}
