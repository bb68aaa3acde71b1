// What a completion sets going: the rest of its link, or its cancellation; and what waited to be alone (IOSQE_IO_DRAIN).

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { dropReference } from '../kernel/vfs/fd-table.ts';
import { OP } from './abi/opcodes.ts';
import { SQE_FLAG } from './abi/sqe.ts';
import { complete } from './completions.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import { letGo } from './slot.ts';
import { addWork } from './work-queue.ts';

/** The completion of `request` has been placed: it lets go of what it holds, and its link goes on or ends. */
export function finish(kernel: Kernel, request: Request): void {
  const { ring } = request;
  ring.requests.delete(request);
  release(kernel, request);
  let { next } = request;
  request.next = null;
  if (next?.opcode === OP.LINK_TIMEOUT && !next.brokenAtSubmission) {
    const limit = next;
    next = limit.next;
    limit.next = null;
    limit.limited = null;
    if (limit.state === 'prepared' || limit.state === 'waiting') {
      complete(kernel, limit, -ERRNO.ECANCELED);
      // Not a failure of its own: CQE_SKIP_SUCCESS holds.
      limit.failed = false;
    }
  }
  if (!next) return;
  if (request.failed && !(request.flags & SQE_FLAG.IO_HARDLINK && !request.brokenAtSubmission)) failLink(kernel, request, next);
  else if (ring.uring.worker?.publishes === request) ring.uring.worker.follow(next);
  else addWork(kernel, next);
}

export function release(kernel: Kernel, request: Request): void {
  const { file } = request;
  request.file = null;
  if (file) dropReference(kernel, file);
  const { fileSlot, bufferSlot, ring } = request;
  request.fileSlot = null;
  request.bufferSlot = null;
  if (fileSlot) letGo(kernel, ring, fileSlot);
  if (bufferSlot) letGo(kernel, ring, bufferSlot);
}

/** The rest of a link never begins. A member that was wrong from the start keeps its own error. */
function failLink(kernel: Kernel, head: Request, first: Request): void {
  const silenced = (head.flags & SQE_FLAG.CQE_SKIP_SUCCESS) !== 0;
  for (let member: Request | null = first; member; ) {
    const { next }: Request = member;
    member.next = null;
    member.silenced = silenced;
    complete(kernel, member, member.brokenAtSubmission ? member.result : -ERRNO.ECANCELED);
    member = next;
  }
}

// Drains

export function isBehindOthers(head: Request): boolean {
  const oldest = head.ring.requests.oldest();
  return oldest !== null && oldest.number < head.number;
}

/** Something has completed: deferred links may begin. */
export function releaseDeferred(kernel: Kernel, ring: Ring): void {
  while (ring.deferred.length > 0) {
    const head = ring.deferred[0]!;
    if (head.drains && isBehindOthers(head)) return;
    ring.deferred.shift();
    head.waitingFor = '';
    if (head.brokenAtSubmission) complete(kernel, head, head.result);
    else addWork(kernel, head);
  }
}
