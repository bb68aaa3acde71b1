// What the end of a task means for its requests in flight.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Task } from '../kernel/task/task.ts';
import { OP } from './abi/opcodes.ts';
import { complete } from './completions.ts';
import { flushCompletions } from './flush.ts';
import { goOn } from './issue.ts';
import type { Request } from './request.ts';
import { RingFile } from './ring-file.ts';
import { runTaskWork } from './task-work.ts';
import { completeTimeout } from './timeouts.ts';
import type { Uring } from './uring.ts';

/**
 * The task that submitted them is gone, or becomes another program. An exit ends only links with a request about a ring (`all` false):
 * they could keep each other alive. The others stay; when they are due, one that needs its task fails with ECANCELED.
 */
export function cancelRequestsOf(kernel: Kernel, uring: Uring, task: Task, all: boolean): void {
  for (const ring of [...uring.rings.values()]) {
    const own = ring.requests.list().filter((request) => request.task === task && (all || linksToRing(request)));
    for (const request of own) cancelForEver(kernel, request);
    if (own.length > 0) flushCompletions(kernel, ring);
  }
  if (!all && task.state === 'dead') runTaskWork(kernel, uring, task);
  uring.work.delete(task.tid);
  task.hasCompanionWork = false;
}

function linksToRing(head: Request): boolean {
  for (let member: Request | null = head; member; member = member.next) if (member.file instanceof RingFile) return true;
  return false;
}

function cancelForEver(kernel: Kernel, request: Request): void {
  if (request.state === 'done' || !request.ring.requests.has(request)) return;
  const isPending = request.state === 'waiting' || request.state === 'queued' || request.state === 'issued';
  const leads = request.ring.deferred.indexOf(request);
  if (leads >= 0) request.ring.deferred.splice(leads, 1);
  // The rest of a link ends with its head.
  if (!isPending && leads < 0) return;
  if (request.isFinished) {
    goOn(kernel, request);
    return;
  }
  request.failed = true;
  request.brokenAtSubmission = true;
  if (request.opcode === OP.TIMEOUT && request.begun) completeTimeout(kernel, request, -ERRNO.ECANCELED);
  else complete(kernel, request, -ERRNO.ECANCELED);
}
