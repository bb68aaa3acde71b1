// What rings have to do in the context of a task: retries of requests whose file may be ready, timeouts, the next of a link.
// Order: first come, first done.

import type { Kernel } from '../kernel/kernel.ts';
import type { Task } from '../kernel/task/task.ts';
import { SETUP, SQ } from './abi/setup.ts';
import { flushCompletions } from './flush.ts';
import { goOn } from './issue.ts';
import type { Ring } from './ring.ts';
import type { Uring } from './uring.ts';

/** Work begets work at most so often before its task may go on. */
const MOST_ROUNDS = 256;

/** Everything that waits for `task`; true if there was something. */
export function runTaskWork(kernel: Kernel, uring: Uring, task: Task): boolean {
  let worked = false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const list = uring.work.get(task.tid);
    if (!list) break;
    uring.work.delete(task.tid);
    worked = true;
    const rings: Ring[] = [];
    for (const request of list) {
      if (!rings.includes(request.ring)) {
        rings.push(request.ring);
        if (request.ring.has(SETUP.TASKRUN_FLAG)) request.ring.setSqFlag(SQ.TASKRUN, false);
      }
      goOn(kernel, request);
    }
    for (const ring of rings) {
      // A polling thread publishes what it has done when it looks again.
      if (ring.thread?.task === task && task.state !== 'dead' && !ring.closed) continue;
      flushCompletions(kernel, ring);
    }
  }
  task.hasCompanionWork = uring.work.has(task.tid);
  return worked;
}

/** DEFER_TASKRUN: the issuer asks for completions. */
export function runDeferredWork(kernel: Kernel, ring: Ring): void {
  for (let round = 0; round < MOST_ROUNDS && ring.deferredWork.length > 0; round++) {
    for (const request of ring.deferredWork.splice(0)) goOn(kernel, request);
    flushCompletions(kernel, ring);
  }
  if (ring.deferredWork.length === 0) ring.setSqFlag(SQ.TASKRUN, false);
}
