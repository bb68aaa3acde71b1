// Completions: into the ring, or behind it while it is full; then, once a batch, whoever wants to know is told.

import type { Kernel } from '../kernel/kernel.ts';
import { announce } from './announce.ts';
import { HEADS, CQE_BYTES } from './abi/ring-layout.ts';
import { SQ } from './abi/setup.ts';
import { sendFromThread } from './interrupts.ts';
import type { Request } from './request.ts';
import type { Completion, Ring } from './ring.ts';
import { disarm } from './waiting.ts';

/** Completions behind a full ring; more are dropped and counted, as where Linux finds no memory for them. */
const MOST_OVERFLOWED = 1 << 16;

/** The request is done: its completion is placed by the next flush. */
export function complete(kernel: Kernel, request: Request, result: number, cqeFlags = 0): void {
  disarm(kernel, request);
  request.state = 'done';
  request.result = result;
  request.cqeFlags = cqeFlags;
  if (result < 0) request.failed = true;
  request.ring.completed.push(request);
}

/** A completion of a request that goes on (multishot), or of no request at all: seen at once. */
export function postCompletion(kernel: Kernel, ring: Ring, request: number, completion: Completion): void {
  place(kernel, ring, request, completion);
  publish(kernel, ring, request, 1);
}

/** Into the ring or behind it, not yet to be seen. */
export function place(kernel: Kernel, ring: Ring, request: number, completion: Completion): void {
  kernel.charge(kernel.hardware.costs.uring_completion);
  const overflowed = ring.overflow.length > 0 || ring.readyCompletions >= ring.cqEntries;
  if (overflowed) overflow(ring, completion);
  else write(ring, completion);
  const { userData: user_data, result, flags } = completion;
  kernel.emit('cqe_posted', kernel.cpu && kernel.current(kernel.cpu), {
    ring: ring.number,
    request,
    user_data,
    result,
    flags,
    cq_tail: ring.cqTail,
    overflowed,
  });
  if (!overflowed && ring.threadInterrupt) sendFromThread(kernel, ring, request);
}

function write(ring: Ring, { userData, result, flags }: Completion): void {
  const at = HEADS.CQES + (ring.cqTail & (ring.cqEntries - 1)) * CQE_BYTES;
  ring.memory.write64(at, userData);
  ring.memory.write32(at + 8, result);
  ring.memory.write32(at + 12, flags);
  ring.cqTail = (ring.cqTail + 1) >>> 0;
}

function overflow(ring: Ring, completion: Completion): void {
  if (ring.overflow.length >= MOST_OVERFLOWED) {
    ring.memory.write32(HEADS.CQ_OVERFLOW, ring.memory.read32(HEADS.CQ_OVERFLOW) + 1);
    ring.droppedCompletions = true;
    return;
  }
  ring.overflow.push(completion);
  ring.setSqFlag(SQ.CQ_OVERFLOW, true);
}

/** The program sees what has been placed, and who wants to know is told. */
export function publish(kernel: Kernel, ring: Ring, lastRequest: number, posted: number): void {
  ring.memory.write32(HEADS.CQ_TAIL, ring.cqTail);
  if (posted > 0) announce(kernel, ring, lastRequest, posted);
}

/** Moves what waits behind the ring into it, as far as there is room. True if none is left. */
export function flushOverflow(kernel: Kernel, ring: Ring): boolean {
  if (ring.overflow.length === 0) return true;
  // At once: taking them off one by one costs the square of a long list.
  const moved = ring.overflow.splice(0, Math.max(0, ring.cqEntries - ring.readyCompletions));
  for (const completion of moved) write(ring, completion);
  if (ring.overflow.length === 0) ring.setSqFlag(SQ.CQ_OVERFLOW, false);
  publish(kernel, ring, 0, moved.length);
  return ring.overflow.length === 0;
}
