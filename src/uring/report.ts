// What observers see of rings. Reads state, changes nothing.

import type { Kernel } from '../kernel/kernel.ts';
import { HEADS } from './abi/ring-layout.ts';
import { FEATURES } from './abi/setup.ts';
import { operationOf } from './operations/table.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
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
export function ringsOf(uring: Uring): RingSummary[] {
  return [...uring.rings.values()].map(summary);
}

/** One ring; null if there is none of that number (any more). */
export function ringState(_kernel: Kernel, uring: Uring, number: number): RingState | null {
  const ring = uring.rings.get(number);
  if (!ring) return null;
  const { memory, uintr, threadInterrupt } = ring;
  return {
    ...summary(ring),
    sqHead: memory.read32(HEADS.SQ_HEAD),
    sqTail: memory.read32(HEADS.SQ_TAIL),
    cqHead: memory.read32(HEADS.CQ_HEAD),
    cqTail: memory.read32(HEADS.CQ_TAIL),
    sqDropped: memory.read32(HEADS.SQ_DROPPED),
    cqOverflow: memory.read32(HEADS.CQ_OVERFLOW),
    sqFlags: memory.read32(HEADS.SQ_FLAGS),
    overflowed: ring.overflow.length,
    inFlight: ring.requests.list().map((request) => ({
      request: request.number,
      userData: request.userData,
      operation: `IORING_OP_${operationOf(request.opcode).name}`,
      waitingFor: whatFor(request),
    })),
    registeredFiles: ring.files?.length ?? 0,
    registeredBuffers: ring.buffers?.length ?? 0,
    eventfd: ring.eventfd !== null,
    uintr: uintr
      ? { vector: uintr.vector, upid: uintr.upid.address }
      : threadInterrupt && { vector: threadInterrupt.vector, upid: threadInterrupt.upid },
  };
}

function summary(ring: Ring): RingSummary {
  const { number, pid, tid, fd, sqEntries, cqEntries, setupFlags } = ring;
  return { ring: number, pid, tid, fd, sqEntries, cqEntries, setupFlags, features: FEATURES };
}

function whatFor(request: Request): string {
  if (request.state === 'queued') return `its turn in thread ${request.task.tid}`;
  return request.state === 'prepared' && request.waitingFor === '' ? 'its turn in a link' : request.waitingFor;
}
