// The life of a request between submission and completion: beginning, going on after a wait, workers, links, drains.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { dropReference } from '../kernel/vfs/fd-table.ts';
import { SQE_FLAG } from './abi/sqe.ts';
import { complete, flushCompletions } from './completions.ts';
import { OP } from './abi/opcodes.ts';
import { operationOf } from './operations/table.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import { addWork } from './task-work.ts';
import { resolveFile } from './files.ts';
import { armLinkTimeout } from './timeouts.ts';
import { disarm } from './waiting.ts';

/** Begins a request whose turn has come. A worker's waits until the submission, or the work in progress, is over. */
export function begin(kernel: Kernel, request: Request): void {
  const { ring } = request;
  if (request.onWorker && !ring.uring.onWorker) {
    request.state = 'issued';
    ring.workerQueue.push(request);
    return;
  }
  const operation = operationOf(request.opcode);
  if (operation.needsFile && !request.file) {
    const file = resolveFile(request);
    if (!file) {
      complete(kernel, request, -ERRNO.EBADF);
      return;
    }
    file.references++;
    request.file = file;
  }
  issue(kernel, request);
  const limit = request.next;
  if (limit?.opcode === OP.LINK_TIMEOUT && request.state !== 'done') armLinkTimeout(kernel, request, limit);
}

function issue(kernel: Kernel, request: Request): void {
  request.state = 'issued';
  const result = operationOf(request.opcode).issue(kernel, request);
  if (typeof result === 'number') complete(kernel, request, result);
}

/** A request in a task's work: what it was queued for is due. */
export function goOn(kernel: Kernel, request: Request): void {
  if (request.state !== 'queued') return;
  if (request.task.state === 'dead') {
    complete(kernel, request, -ERRNO.ECANCELED);
    return;
  }
  if (!request.begun) {
    request.begun = true;
    begin(kernel, request);
    return;
  }
  disarm(kernel, request);
  const operation = operationOf(request.opcode);
  if (!operation.resume) {
    issue(kernel, request);
    return;
  }
  request.state = 'issued';
  const result = operation.resume(kernel, request);
  if (typeof result === 'number') complete(kernel, request, result);
}

/** What is meant for kernel workers: on the vCPU that submitted it, after everything else. */
export function runWorkers(kernel: Kernel, ring: Ring): void {
  if (ring.workerQueue.length === 0) return;
  const { uring } = ring;
  uring.onWorker = true;
  for (const request of ring.workerQueue.splice(0)) {
    if (request.state !== 'issued') continue;
    kernel.charge(kernel.hardware.costs.wake_up);
    begin(kernel, request);
    flushCompletions(kernel, ring);
  }
  uring.onWorker = false;
}

// Links

/** The completion of `request` has been placed: it lets go of what it holds, and its link goes on or ends. */
export function finish(kernel: Kernel, request: Request): void {
  const { ring } = request;
  ring.requests.delete(request.number);
  release(kernel, request);
  let { next } = request;
  request.next = null;
  if (next?.opcode === OP.LINK_TIMEOUT && !next.brokenAtSubmission) {
    const limit = next;
    next = limit.next;
    limit.next = null;
    limit.limited = null;
    if (limit.state === 'prepared' || limit.state === 'waiting') {
      limit.silenced = request.failed && (request.flags & SQE_FLAG.CQE_SKIP_SUCCESS) !== 0;
      complete(kernel, limit, -ERRNO.ECANCELED);
    }
  }
  if (!next) return;
  if (request.failed && !(request.flags & SQE_FLAG.IO_HARDLINK && !request.brokenAtSubmission)) failLink(kernel, request, next);
  else queue(kernel, next);
}

export function release(kernel: Kernel, request: Request): void {
  const { file } = request;
  request.file = null;
  if (file) dropReference(kernel, file);
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

/** Its task begins it when it next looks at its work. */
export function queue(kernel: Kernel, request: Request): void {
  addWork(kernel, request);
}

// Drains

/** Begins the link that `head` leads, unless it must wait for what was submitted before it. */
export function start(kernel: Kernel, head: Request): void {
  const { ring } = head;
  if (ring.deferred.length > 0 || (head.drains && isBehindOthers(head))) {
    head.waitingFor = 'earlier requests to complete (IOSQE_IO_DRAIN)';
    kernel.emit('request_waits', head.task, { ring: ring.number, request: head.number, waiting_for: head.waitingFor });
    ring.deferred.push(head);
    return;
  }
  if (head.brokenAtSubmission) complete(kernel, head, head.result);
  else {
    head.begun = true;
    begin(kernel, head);
  }
}

function isBehindOthers(head: Request): boolean {
  const [oldest] = head.ring.requests.keys();
  return oldest !== undefined && oldest < head.number;
}

/** Something has completed: deferred links may begin. */
export function releaseDeferred(kernel: Kernel, ring: Ring): void {
  while (ring.deferred.length > 0) {
    const head = ring.deferred[0]!;
    if (head.drains && isBehindOthers(head)) return;
    ring.deferred.shift();
    head.waitingFor = '';
    if (head.brokenAtSubmission) complete(kernel, head, head.result);
    else queue(kernel, head);
  }
}
