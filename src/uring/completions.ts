// Completions: into the ring, or behind it while it is full; then, once a batch, whoever wants to know is told.

import type { Kernel } from '../kernel/kernel.ts';
import { announce } from './announce.ts';
import { HEADS } from './abi/ring-layout.ts';
import { SETUP, SQ } from './abi/setup.ts';
import { CQE_FLAG } from './abi/sqe.ts';
import { sendFromThread } from './interrupts.ts';
import type { Request } from './request.ts';
import type { Completion, Ring } from './ring.ts';
import { endWaiting } from './waiting.ts';

/** Completions behind a full ring; more are dropped and counted, as where Linux finds no memory for them. */
const MOST_OVERFLOWED = 1 << 16;

/** Bytes of a small completion. */
const HALF = 16;

/** What fills the last slot where a large completion would not fit before the end. */
const FILLER: Completion = { userData: 0n, result: 0, cqeFlags: CQE_FLAG.SKIP, cqeExtra: null };

/** The request is done: its completion is placed by the next flush, or when the time of the worker that did it is over. */
export function complete(kernel: Kernel, request: Request, result: number): void {
  endWaiting(kernel, request);
  request.state = 'done';
  request.result = result;
  if (result < 0) request.failed = true;
  const { worker, ring } = request;
  if (worker && worker === ring.uring.worker) {
    worker.finished.push(request);
    return;
  }
  worker?.lose(kernel, request);
  ring.completed.push(request);
}

/** A completion of a request that goes on (multishot): false, and nothing is done, where there is no room for it. */
export function postMore(kernel: Kernel, request: Request, result: number, flags: number, extra?: readonly [bigint, bigint]): boolean {
  const { ring, userData } = request;
  // Behind those of what was done before it.
  if (!ring.completed.isEmpty && !ring.uring.worker) ring.uring.flush(kernel, ring);
  const completion = { userData, result, cqeFlags: flags | CQE_FLAG.MORE, cqeExtra: extra ?? null };
  if (ring.overflow.length > 0 || !hasRoom(ring, completion)) return false;
  postCompletion(kernel, ring, request.number, completion);
  return true;
}

/** A completion of no request, or of one whose own is still to come: seen at once. */
export function postCompletion(kernel: Kernel, ring: Ring, request: number, completion: Completion): void {
  place(kernel, ring, request, completion);
  publish(kernel, ring, request, 1);
}

/** Into the ring or behind it, not yet to be seen. */
export function place(kernel: Kernel, ring: Ring, request: number, completion: Completion): void {
  kernel.charge(kernel.hardware.costs.uring_completion);
  const overflowed = ring.overflow.length > 0 || !hasRoom(ring, completion);
  if (overflowed) overflow(ring, completion);
  else write(ring, completion);
  if (kernel.hardware.events.wants('cqe_posted')) {
    const { userData: user_data, result, cqeFlags: flags } = completion;
    const task = kernel.cpu && kernel.current(kernel.cpu);
    kernel.emit('cqe_posted', task, { ring: ring.number, request, user_data, result, flags, cq_tail: ring.cqTail, overflowed });
  }
  if (!overflowed && ring.threadInterrupt) sendFromThread(kernel, ring, request);
}

/** Slots that `completion` takes. */
function slotsFor(ring: Ring, { cqeExtra }: Completion): number {
  return cqeExtra && ring.has(SETUP.CQE_MIXED) ? 2 : 1;
}

/** A large completion never wraps around the end: the slot before it is filled, even if there is then no room for the completion. */
function fillEnd(ring: Ring, completion: Completion): void {
  if (slotsFor(ring, completion) === 2 && slotOf(ring) === ring.cqEntries - 1 && ring.readyCompletions < ring.cqEntries)
    write(ring, FILLER);
}

function slotOf(ring: Ring): number {
  return ring.cqTail & (ring.cqEntries - 1);
}

function hasRoom(ring: Ring, completion: Completion): boolean {
  fillEnd(ring, completion);
  return ring.readyCompletions + slotsFor(ring, completion) <= ring.cqEntries;
}

function write(ring: Ring, completion: Completion): void {
  const { userData, result, cqeFlags: flags, cqeExtra: extra } = completion;
  const mixed = ring.has(SETUP.CQE_MIXED);
  // No slot crosses a page; the second half of a large completion in a mixed ring follows the first.
  const at = ring.memory.place(HEADS.CQES + slotOf(ring) * ring.cqeBytes);
  const { view } = ring.memory;
  view.setBigUint64(at, userData, true);
  view.setInt32(at + 8, result, true);
  view.setUint32(at + 12, extra && mixed ? flags | CQE_FLAG.BIG : flags, true);
  if (ring.has(SETUP.CQE32) || (extra && mixed)) {
    const second = ring.memory.place(HEADS.CQES + slotOf(ring) * ring.cqeBytes + HALF);
    view.setBigUint64(second, extra?.[0] ?? 0n, true);
    view.setBigUint64(second + 8, extra?.[1] ?? 0n, true);
  }
  ring.cqTail = (ring.cqTail + (extra && mixed ? 2 : 1)) >>> 0;
}

function overflow(ring: Ring, completion: Completion): void {
  if (ring.overflow.length >= MOST_OVERFLOWED) {
    ring.memory.write32(HEADS.CQ_OVERFLOW, ring.memory.read32(HEADS.CQ_OVERFLOW) + 1);
    ring.droppedCompletions = true;
    return;
  }
  const { userData, result, cqeFlags, cqeExtra } = completion;
  ring.overflow.push({ userData, result, cqeFlags, cqeExtra });
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
  let moved = 0;
  for (let next = ring.overflow.first; next && hasRoom(ring, next); next = ring.overflow.first) {
    write(ring, next);
    ring.overflow.shift();
    moved++;
  }
  if (moved === 0) return false;
  if (ring.overflow.length === 0) ring.setSqFlag(SQ.CQ_OVERFLOW, false);
  publish(kernel, ring, 0, moved);
  return ring.overflow.length === 0;
}
