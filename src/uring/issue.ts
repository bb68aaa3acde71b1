// The life of a request between submission and completion: beginning, going on after a wait, workers.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { complete } from './completions.ts';
import { flushCompletions } from './flush.ts';
import { isBehindOthers } from './links.ts';
import { OP } from './abi/opcodes.ts';
import { SQE_FLAG } from './abi/sqe.ts';
import { operationOf } from './operations/table.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import { resolveFile } from './files.ts';
import { armLinkTimeout, completeTimeout } from './timeouts.ts';
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
    if (request.flags & SQE_FLAG.FIXED_FILE) {
      request.fileSlot = ring.files![request.fd]!;
      request.fileSlot.holders++;
    }
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
  // A timeout needs nobody to have run out.
  if (request.task.state === 'dead' && !(request.begun && request.opcode === OP.TIMEOUT)) {
    complete(kernel, request, -ERRNO.ECANCELED);
    return;
  }
  if (request.isCancelled) {
    if (request.opcode === OP.TIMEOUT) completeTimeout(kernel, request, -ERRNO.ECANCELED);
    else complete(kernel, request, -ERRNO.ECANCELED);
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
