// Taking entries off the submission ring: reading them, checking them, assembling links, beginning what leads.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Task } from '../kernel/task/task.ts';
import { OP, OP_LAST } from './abi/opcodes.ts';
import { HEADS } from './abi/ring-layout.ts';
import { SETUP } from './abi/setup.ts';
import { Sqe, SQE_FLAG, SQE_FLAGS_KNOWN } from './abi/sqe.ts';
import { flushCompletions } from './flush.ts';
import { start } from './issue.ts';
import type { Preparation } from './operations/row.ts';
import { operationOf } from './operations/table.ts';
import { permitsEntry } from './register/restrictions.ts';
import { Request } from './request.ts';
import type { Ring } from './ring.ts';

/** One run over the submission ring: the entry that is being read, what became of it, and the link that it may be part of. */
class Submission implements Preparation {
  readonly kernel: Kernel;
  readonly task: Task;
  readonly sqe: Sqe;
  /** Somebody wants to know of every entry. */
  readonly tells: boolean;
  request!: Request;
  head: Request | null = null;
  last: Request | null = null;
  /** The next head must wait, because an entry inside this link asked for a drain. */
  drainNext = false;

  constructor(kernel: Kernel, ring: Ring, task: Task) {
    this.kernel = kernel;
    this.task = task;
    this.sqe = new Sqe(ring.sqes.view);
    this.tells = kernel.hardware.events.wants('sqe_submitted');
  }

  get previous(): Request | null {
    return this.head && this.last;
  }
}

/** Takes up to `count` entries in the context of `task` and publishes what is done at once; returns how many were taken. */
export function submit(kernel: Kernel, ring: Ring, task: Task, count: number): number {
  const taken = take(kernel, ring, task, count);
  publishDone(kernel, ring);
  return taken;
}

/** How far the entries are taken, and the completions of what has been begun. */
export function publishDone(kernel: Kernel, ring: Ring): void {
  if (ring.sqHeadSeen !== ring.sqHead) {
    ring.sqHeadSeen = ring.sqHead;
    ring.memory.write32(HEADS.SQ_HEAD, ring.sqHead);
    kernel.wake(ring.sqRoom);
  }
  flushCompletions(kernel, ring);
}

/** As `submit`, but nothing that is done is published yet. */
export function take(kernel: Kernel, ring: Ring, task: Task, count: number): number {
  const wanted = Math.min(count, ring.sqEntries, ring.pendingEntries);
  const submission = new Submission(kernel, ring, task);
  let taken = 0;
  while (taken < wanted) {
    if (!moveToNext(ring, submission.sqe)) break;
    taken++;
    kernel.charge(kernel.hardware.costs.uring_submission);
    const result = submitEntry(submission, ring);
    if (result < 0 && !ring.has(SETUP.SUBMIT_ALL)) break;
  }
  if (submission.head) start(kernel, submission.head);
  return taken;
}

/** False for an index out of range, which is dropped and counted. */
function moveToNext(ring: Ring, sqe: Sqe): boolean {
  const { memory, sqes } = ring;
  const slot = ring.sqHead & (ring.sqEntries - 1);
  const index = ring.arrayAt < 0 ? slot : memory.read32(ring.arrayAt + slot * 4);
  ring.sqHead = (ring.sqHead + 1) >>> 0;
  if (index < ring.sqEntries) {
    sqe.moveTo(sqes.locate(index * ring.sqeBytes));
    return true;
  }
  memory.write32(HEADS.SQ_DROPPED, memory.read32(HEADS.SQ_DROPPED) + 1);
  return false;
}

function submitEntry(submission: Submission, ring: Ring): number {
  const { kernel, task, sqe } = submission;
  const { flags, opcode: given } = sqe;
  const opcode = given < OP_LAST ? given : OP.NOP;
  const request = new Request(++ring.uring.requests, ring, task, opcode, flags, sqe.userData, sqe.fd);
  ring.requests.add(request);
  if (submission.tells) {
    const name = given < OP_LAST ? `IORING_OP_${operationOf(opcode).name}` : '';
    const { number, userData: user_data, fd } = request;
    kernel.emit('sqe_submitted', task, { ring: ring.number, request: number, opcode: given, name, user_data, fd, flags });
  }
  submission.request = request;
  const wrong = prepare(submission, given);
  return wrong < 0 ? submitBroken(submission, wrong) : submitPrepared(submission);
}

/** 0, or why the entry is refused, in Linux's order. */
function prepare(link: Submission, opcode: number): number {
  const { request, sqe } = link;
  const { ring, flags } = request;
  if (opcode >= OP_LAST || flags & ~SQE_FLAGS_KNOWN) return -ERRNO.EINVAL;
  const operation = operationOf(request.opcode);
  if (flags & SQE_FLAG.BUFFER_SELECT) {
    if (!operation.selectsBuffers) return -ERRNO.EOPNOTSUPP;
    request.bufferGroup = sqe.bufferIndex;
  }
  if (!permitsEntry(ring, request.opcode, flags)) return -ERRNO.EACCES;
  if (flags & SQE_FLAG.CQE_SKIP_SUCCESS) ring.drainDisabled = true;
  if (flags & SQE_FLAG.IO_DRAIN) {
    if (ring.drainDisabled) return -ERRNO.EOPNOTSUPP;
    request.drains = true;
    if (link.head) {
      link.head.drains = true;
      link.drainNext = true;
    }
  }
  if (link.drainNext && !link.head) {
    link.drainNext = false;
    request.drains = true;
  }
  if (!operation.ioprio && sqe.ioprio !== 0) return -ERRNO.EINVAL;
  if (!operation.iopoll && ring.has(SETUP.IOPOLL)) return -ERRNO.EINVAL;
  if (sqe.personality !== 0) {
    const credentials = ring.personalities.get(sqe.personality);
    if (!credentials) return -ERRNO.EINVAL;
    request.credentials = credentials;
  }
  if (flags & SQE_FLAG.ASYNC) request.onWorker = true;
  const data = operation.prepare(sqe, link);
  if (typeof data === 'number') return data;
  request.data = data;
  return 0;
}

const LINKS = SQE_FLAG.IO_LINK | SQE_FLAG.IO_HARDLINK;

/** A link is read to its end even if a member is wrong; then it fails as a whole. */
function submitBroken(link: Submission, error: number): number {
  const { request } = link;
  request.brokenAtSubmission = true;
  request.failed = true;
  request.result = error;
  const { head } = link;
  if (head && !head.brokenAtSubmission) {
    head.brokenAtSubmission = true;
    head.failed = true;
    head.result = -ERRNO.ECANCELED;
  }
  append(link);
  if (request.flags & LINKS) return 0;
  begin(link);
  return error;
}

function submitPrepared(link: Submission): number {
  append(link);
  if ((link.request.flags & LINKS) === 0) begin(link);
  return 0;
}

function append(link: Submission): void {
  const { request } = link;
  if (link.last) link.last.next = request;
  link.head ??= request;
  link.last = request;
}

function begin(link: Submission): void {
  const head = link.head!;
  link.head = null;
  link.last = null;
  start(link.kernel, head);
}
