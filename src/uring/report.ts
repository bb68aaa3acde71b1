// What observers see of rings. Reads state, changes nothing.

import type { Kernel } from '../kernel/kernel.ts';
import type { Uring } from './uring.ts';

export interface RingSummary {
  /** The number that events know it by; never used twice in a machine. */
  readonly ring: number;
  /** Who made it: process, thread, and the descriptor it was given (which may have been closed or moved since). */
  readonly pid: number;
  readonly tid: number;
  readonly fd: number;
  readonly sqEntries: number;
  readonly cqEntries: number;
  /** IORING_SETUP_* and IORING_FEAT_*. */
  readonly setupFlags: number;
  readonly features: number;
}

export interface RequestReport {
  /** The number that events know it by. */
  readonly request: number;
  readonly userData: bigint;
  /** "IORING_OP_READ". */
  readonly operation: string;
  /** "poll for pipe:[7] to be readable"; '' while it is being issued. */
  readonly waitingFor: string;
}

export interface RingState extends RingSummary {
  readonly sqHead: number;
  readonly sqTail: number;
  readonly cqHead: number;
  readonly cqTail: number;
  readonly sqDropped: number;
  readonly cqOverflow: number;
  /** IORING_SQ_* bits. */
  readonly sqFlags: number;
  /** Completions that wait for room in the ring. */
  readonly overflowed: number;
  /** In the order of submission. */
  readonly inFlight: readonly RequestReport[];
  readonly registeredFiles: number;
  readonly registeredBuffers: number;
  readonly eventfd: boolean;
  /** What completions notify; null without. */
  readonly uintr: { readonly vector: number; readonly upid: bigint } | null;
}

/** Every open ring of the machine, by ascending number. */
export function ringsOf(_uring: Uring): RingSummary[] {
  return [];
}

/** One ring; null if there is none of that number (any more). */
export function ringState(_kernel: Kernel, _uring: Uring, _ring: number): RingState | null {
  return null;
}
