// The life of a request between submission and completion: beginning, going on after a wait.

import { ERRNO, RESTART } from '../kernel/abi/errno.ts';
import { O_DIRECT } from '../kernel/abi/fcntl.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { complete } from './completions.ts';
import { isBehindOthers } from './links.ts';
import { OP } from './abi/opcodes.ts';
import { SQE_FLAG } from './abi/sqe.ts';
import { operationOf } from './operations/table.ts';
import { PollState } from './poll-state.ts';
import type { Request } from './request.ts';
import { resolveFile } from './files.ts';
import { armLinkTimeout, completeTimeout } from './timeouts.ts';
import { disarm } from './waiting.ts';

/** Begins a request whose turn has come, or lets it wait for a worker. */
export function begin(kernel: Kernel, request: Request): void {
  if (request.onWorker && !request.worker) {
    request.state = 'issued';
    request.ring.uring.toWorker(kernel, request);
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
      request.fileSlot = request.ring.files![request.fd]!;
      request.fileSlot.holders++;
    }
  }
  issue(kernel, request);
  const limit = request.next;
  if (limit?.opcode === OP.LINK_TIMEOUT && limit.state === 'prepared' && request.state !== 'done' && !keepsWorker(request))
    armLinkTimeout(kernel, request, limit);
}

function issue(kernel: Kernel, request: Request): void {
  request.state = 'issued';
  const result = operationOf(request.opcode).issue(kernel, request);
  if (typeof result === 'number') complete(kernel, request, result);
  else if (isForWorker(request)) moveToWorker(kernel, request);
}

/** A write that would have to wait for the device: workers do those of one file in their order. Past the page cache nobody needs to sleep. */
function isForWorker({ worker, state, sleeps, opcode, file }: Request): boolean {
  return !worker && state === 'waiting' && sleeps && operationOf(opcode).serializes && !file!.canPoll && !(file!.flags & O_DIRECT);
}

function moveToWorker(kernel: Kernel, request: Request): void {
  disarm(kernel, request);
  request.state = 'issued';
  request.serialized = request.file!.inode;
  request.ring.uring.toWorker(kernel, request);
}

/** A request in a task's work: what it was queued for is due. */
export function goOn(kernel: Kernel, request: Request): void {
  if (request.state !== 'queued') return;
  if (request.isFinished) {
    request.state = 'done';
    request.ring.completed.push(request);
    return;
  }
  // A timeout needs nobody to have run out.
  if (request.task.state === 'dead' && !(request.begun && request.opcode === OP.TIMEOUT)) {
    complete(kernel, request, -ERRNO.ECANCELED);
    return;
  }
  if (request.isCancelled) {
    if (request.opcode === OP.TIMEOUT) completeTimeout(kernel, request, -ERRNO.ECANCELED);
    else complete(kernel, request, request.worker ? interruption(request) : -ERRNO.ECANCELED);
    return;
  }
  if (!request.begun) {
    request.begun = true;
    begin(kernel, request);
    return;
  }
  // A multishot poll keeps its place among those who are told.
  if (!(request.data instanceof PollState && request.data.multishot)) disarm(kernel, request);
  const operation = operationOf(request.opcode);
  if (!operation.resume) {
    issue(kernel, request);
    return;
  }
  request.state = 'issued';
  const result = operation.resume(kernel, request);
  if (typeof result === 'number') complete(kernel, request, result);
}

/** It sleeps in its worker, where it has one: it can neither be polled for nor wait in a list of its own. */
export function keepsWorker({ worker, state, opcode, sleeps, file }: Request): boolean {
  if (!worker || state !== 'waiting' || !sleeps) return false;
  const operation = operationOf(opcode);
  return !operation.waitsAside && !(operation.polls && file?.canPoll);
}

/** The result where that sleep is interrupted: Linux tells transfers alone that ERESTARTSYS is nothing for programs. */
export function interruption({ opcode }: Request): number {
  return operationOf(opcode).polls ? -ERRNO.EINTR : -RESTART.ERESTARTSYS;
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
