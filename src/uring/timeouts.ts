// IORING_OP_TIMEOUT and LINK_TIMEOUT under way: by time, by a count of completions, by the request they limit.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { CLOCK, cyclesAt } from '../kernel/time/clocks.ts';
import type { Task } from '../kernel/task/task.ts';
import { complete } from './completions.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import { waitFor } from './waiting.ts';

export const TIMEOUT_FLAG = {
  ABS: 1,
  UPDATE: 2,
  BOOTTIME: 4,
  REALTIME: 8,
  LINK_UPDATE: 16,
  ETIME_SUCCESS: 32,
} as const;
const CLOCKS = TIMEOUT_FLAG.BOOTTIME | TIMEOUT_FLAG.REALTIME;
const TIMESPEC_BYTES = 16;

export interface TimeoutData {
  readonly flags: number;
  /** Nanoseconds, on the clock that the flags say. */
  nanoseconds: bigint;
  /** Completions that end it too; 0: none. */
  readonly count: number;
  /** Position of the completion ring that ends it. */
  target: number;
}

/** __kernel_timespec: -EFAULT; -EINVAL for negative parts. */
export function readTimespec64(task: Task, address: number): bigint | number {
  const raw = task.mm.user.copyIn(address, TIMESPEC_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const [seconds, fraction] = [view.getBigInt64(0, true), view.getBigInt64(8, true)];
  return seconds < 0n || fraction < 0n ? -ERRNO.EINVAL : seconds * 1_000_000_000n + fraction;
}

/** -EINVAL where both clocks are asked for. */
export function checkClock(flags: number): number {
  return (flags & CLOCKS) === CLOCKS ? -ERRNO.EINVAL : 0;
}

export function deadlineOf(kernel: Kernel, flags: number, nanoseconds: bigint): number {
  const bounded = Math.min(Number(nanoseconds), Number.MAX_SAFE_INTEGER);
  if ((flags & TIMEOUT_FLAG.ABS) === 0) return Math.min(kernel.now + kernel.clock.cycles(bounded), Number.MAX_SAFE_INTEGER);
  return cyclesAt(kernel, flags & TIMEOUT_FLAG.REALTIME ? CLOCK.REALTIME : CLOCK.MONOTONIC, nanoseconds);
}

export function armTimeout(kernel: Kernel, request: Request, data: TimeoutData): ReturnType<typeof waitFor> {
  const { ring } = request;
  ring.timeoutsSeen = (ring.cqTail - ring.timeoutsDone) >>> 0;
  data.target = (ring.timeoutsSeen + data.count) >>> 0;
  ring.timeouts.push(request);
  const what = data.count > 0 ? `a time, or ${data.count} completions` : 'a time';
  return waitFor(kernel, request, [], what, deadlineOf(kernel, data.flags, data.nanoseconds));
}

/** A timeout is over: waits for completions end. */
export function completeTimeout(kernel: Kernel, request: Request, result: number): void {
  const { ring } = request;
  const at = ring.timeouts.indexOf(request);
  if (at >= 0) ring.timeouts.splice(at, 1);
  ring.timeoutsDone++;
  complete(kernel, request, result);
  const { flags } = request.data as TimeoutData;
  if (result === -ERRNO.ETIME && flags & TIMEOUT_FLAG.ETIME_SUCCESS) request.failed = false;
}

/** Completions have been published: timeouts whose count is full are done. */
export function timeoutsByCount(kernel: Kernel, ring: Ring): void {
  if (ring.timeouts.length === 0) return;
  const position = (ring.cqTail - ring.timeoutsDone) >>> 0;
  const passed = (position - ring.timeoutsSeen) >>> 0;
  for (const request of [...ring.timeouts]) {
    const { count, target } = request.data as TimeoutData;
    if (count === 0 || request.state === 'done') continue;
    if (passed >= (target - ring.timeoutsSeen) >>> 0) completeTimeout(kernel, request, 0);
  }
  ring.timeoutsSeen = position;
}

// LINK_TIMEOUT

/** `request` waits: the timeout behind it in the link begins to count. */
export function armLinkTimeout(kernel: Kernel, request: Request, limit: Request): void {
  const { flags, nanoseconds } = limit.data as TimeoutData;
  limit.limited = request;
  limit.begun = true;
  waitFor(kernel, limit, [], `a time, limiting request ${request.number}`, deadlineOf(kernel, flags, nanoseconds));
}
