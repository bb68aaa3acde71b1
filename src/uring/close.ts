// The end of a ring, and what the end of a task means for requests in flight.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Task } from '../kernel/task/task.ts';
import { dropReference } from '../kernel/vfs/fd-table.ts';
import { complete, flushCompletions } from './completions.ts';
import { release } from './issue.ts';
import { dropBuffers, dropFiles } from './register/resources.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import { endThread } from './sq-thread.ts';
import { completeTimeout } from './timeouts.ts';
import { OP } from './abi/opcodes.ts';
import type { Uring } from './uring.ts';
import { disarm } from './waiting.ts';

/** The last reference of the descriptor is gone: nobody will see completions any more. Mappings keep the memory. */
export function closeRing(kernel: Kernel, ring: Ring): void {
  if (ring.closed) return;
  ring.closed = true;
  ring.threadInterrupt = null;
  endThread(kernel, ring);
  for (const request of ring.requests.values()) {
    disarm(kernel, request);
    request.state = 'done';
    release(kernel, request);
  }
  ring.requests.clear();
  for (const list of [ring.completed, ring.deferred, ring.workerQueue, ring.deferredWork, ring.timeouts, ring.overflow]) list.length = 0;
  dropFiles(kernel, ring, false);
  dropBuffers(kernel, ring, false);
  for (const file of [ring.eventfd?.file, ring.uintr]) if (file) dropReference(kernel, file);
  ring.eventfd = null;
  ring.uintr = null;
  ring.memory.release();
  ring.sqes.release();
  ring.uring.rings.delete(ring.number);
  kernel.emit('ring_closed', kernel.cpu && kernel.current(kernel.cpu), { ring: ring.number });
}

/** Requests end with the task that submitted them, with ECANCELED: nobody else could run them. */
export function cancelRequestsOf(kernel: Kernel, uring: Uring, task: Task): void {
  for (const ring of [...uring.rings.values()]) {
    const own = [...ring.requests.values()].filter((request) => request.task === task);
    for (const request of own) cancelForEver(kernel, request);
    if (own.length > 0) flushCompletions(kernel, ring);
  }
  uring.work.delete(task.tid);
  task.hasCompanionWork = false;
}

function cancelForEver(kernel: Kernel, request: Request): void {
  if (request.state === 'done' || !request.ring.requests.has(request.number)) return;
  const isPending = request.state === 'waiting' || request.state === 'queued' || request.state === 'issued';
  const leads = request.ring.deferred.indexOf(request);
  if (leads >= 0) request.ring.deferred.splice(leads, 1);
  // The rest of a link ends with its head.
  if (!isPending && leads < 0) return;
  request.failed = true;
  request.brokenAtSubmission = true;
  if (request.opcode === OP.TIMEOUT && request.begun) completeTimeout(kernel, request, -ERRNO.ECANCELED);
  else complete(kernel, request, -ERRNO.ECANCELED);
}
