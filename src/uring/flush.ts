// What is done gets its completion; then whatever waited for that goes on: links, timeouts by count, drains.

import type { Kernel } from '../kernel/kernel.ts';
import { SQE_FLAG } from './abi/sqe.ts';
import { place, publish } from './completions.ts';
import { finish, releaseDeferred } from './links.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import { timeoutsByCount } from './timeouts.ts';

/** Places the completions of everything that is done, tells those who wait, and lets links go on. */
export function flushCompletions(kernel: Kernel, ring: Ring): void {
  while (ring.completed.length > 0) {
    const batch = ring.completed;
    ring.completed = [];
    let posted = 0;
    let last = 0;
    for (const request of batch) {
      if (isSilent(request)) continue;
      const { userData, result, cqeFlags: flags, cqeExtra: extra } = request;
      place(kernel, ring, request.number, { userData, result, flags, extra });
      posted++;
      last = request.number;
    }
    publish(kernel, ring, last, posted);
    for (const request of batch) finish(kernel, request);
    timeoutsByCount(kernel, ring);
    releaseDeferred(kernel, ring);
  }
}

/** As flushCompletions, of one request alone: the time for what others have done is not over. */
export function flushOnly(kernel: Kernel, ring: Ring, request: Request): void {
  const others = ring.completed;
  ring.completed = [request];
  flushCompletions(kernel, ring);
  ring.completed = others;
}

function isSilent(request: Request): boolean {
  return request.silenced || ((request.flags & SQE_FLAG.CQE_SKIP_SUCCESS) !== 0 && !request.failed);
}
