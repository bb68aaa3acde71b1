// What is done gets its completion; then whatever waited for that goes on: links, timeouts by count, drains.

import type { Kernel } from '../kernel/kernel.ts';
import { SQE_FLAG } from './abi/sqe.ts';
import { place, publish } from './completions.ts';
import { DoneList } from './done-list.ts';
import { finish, releaseDeferred } from './links.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import { timeoutsByCount } from './timeouts.ts';

/** Places the completions of everything that is done, tells those who wait, and lets links go on. */
export function flushCompletions(kernel: Kernel, ring: Ring): void {
  while (!ring.completed.isEmpty) flushBatch(kernel, ring, ring.completed.take()!);
}

/** As flushCompletions, of one request alone: the time for what others have done is not over. */
export function flushOnly(kernel: Kernel, ring: Ring, request: Request): void {
  const others = ring.completed;
  ring.completed = new DoneList();
  ring.completed.push(request);
  flushCompletions(kernel, ring);
  ring.completed = others;
}

function flushBatch(kernel: Kernel, ring: Ring, first: Request): void {
  let posted = 0;
  let last = 0;
  for (let request: Request | null = first; request; request = request.doneNext) {
    if (isSilent(request)) continue;
    place(kernel, ring, request.number, request);
    posted++;
    last = request.number;
  }
  publish(kernel, ring, last, posted);
  for (let request: Request | null = first; request; ) {
    const { doneNext }: Request = request;
    request.doneNext = null;
    finish(kernel, request);
    request = doneNext;
  }
  timeoutsByCount(kernel, ring);
  releaseDeferred(kernel, ring);
}

function isSilent(request: Request): boolean {
  return request.silenced || ((request.flags & SQE_FLAG.CQE_SKIP_SUCCESS) !== 0 && !request.failed);
}
