// Taking entries off the submission ring: reading them, checking them, assembling links, beginning what leads.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Task } from '../kernel/task/task.ts';
import { OP, OP_LAST } from './abi/opcodes.ts';
import { HEADS } from './abi/ring-layout.ts';
import { SETUP } from './abi/setup.ts';
import { Sqe, SQE_FLAG, SQE_FLAGS_KNOWN } from './abi/sqe.ts';
import { flushCompletions } from './flush.ts';
import { runWorkers, start } from './issue.ts';
import { operationOf } from './operations/table.ts';
import { permitsEntry } from './register/restrictions.ts';
import { Request } from './request.ts';
import type { Ring } from './ring.ts';

/** The link that is being read. */
interface Link {
  head: Request | null;
  last: Request | null;
  /** The next head must wait, because an entry inside this link asked for a drain. */
  drainNext: boolean;
}

/** Takes up to `count` entries in the context of `task`; returns how many were taken. */
export function submit(kernel: Kernel, ring: Ring, task: Task, count: number): number {
  const wanted = Math.min(count, ring.sqEntries, ring.pendingEntries);
  const link: Link = { head: null, last: null, drainNext: false };
  let taken = 0;
  while (taken < wanted) {
    const sqe = nextEntry(ring);
    if (!sqe) break;
    taken++;
    kernel.charge(kernel.hardware.costs.uring_submission);
    const result = submitEntry(kernel, ring, task, sqe, link);
    if (result < 0 && !ring.has(SETUP.SUBMIT_ALL)) break;
  }
  if (link.head) start(kernel, link.head);
  if (wanted > 0) ring.memory.write32(HEADS.SQ_HEAD, ring.sqHead);
  flushCompletions(kernel, ring);
  runWorkers(kernel, ring);
  return taken;
}

/** Null for an index out of range, which is dropped and counted. */
function nextEntry(ring: Ring): Sqe | null {
  const { memory, sqes } = ring;
  const slot = ring.sqHead & (ring.sqEntries - 1);
  const index = ring.arrayAt < 0 ? slot : memory.read32(ring.arrayAt + slot * 4);
  ring.sqHead = (ring.sqHead + 1) >>> 0;
  if (index < ring.sqEntries) return new Sqe(sqes.view, sqes.locate(index * ring.sqeBytes));
  memory.write32(HEADS.SQ_DROPPED, memory.read32(HEADS.SQ_DROPPED) + 1);
  return null;
}

function submitEntry(kernel: Kernel, ring: Ring, task: Task, sqe: Sqe, link: Link): number {
  const flags = sqe.flags;
  const opcode = sqe.opcode < OP_LAST ? sqe.opcode : OP.NOP;
  const request = new Request(++ring.uring.requests, ring, task, opcode, flags, sqe.userData, sqe.fd);
  ring.requests.set(request.number, request);
  kernel.emit('sqe_submitted', task, {
    ring: ring.number,
    request: request.number,
    opcode: sqe.opcode,
    name: sqe.opcode < OP_LAST ? `IORING_OP_${operationOf(opcode).name}` : '',
    user_data: request.userData,
    fd: request.fd,
    flags,
  });
  const wrong = prepare(kernel, request, sqe, link);
  return wrong < 0 ? submitBroken(kernel, request, wrong, link) : submitPrepared(kernel, request, link);
}

/** 0, or why the entry is refused, in Linux's order. */
function prepare(kernel: Kernel, request: Request, sqe: Sqe, link: Link): number {
  const { ring, flags } = request;
  if (sqe.opcode >= OP_LAST || flags & ~SQE_FLAGS_KNOWN) return -ERRNO.EINVAL;
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
  const data = operation.prepare(sqe, { kernel, request, previous: link.head && link.last });
  if (typeof data === 'number') return data;
  request.data = data;
  return 0;
}

const LINKS = SQE_FLAG.IO_LINK | SQE_FLAG.IO_HARDLINK;

/** A link is read to its end even if a member is wrong; then it fails as a whole. */
function submitBroken(kernel: Kernel, request: Request, error: number, link: Link): number {
  request.brokenAtSubmission = true;
  request.failed = true;
  request.result = error;
  const { head } = link;
  if (head && !head.brokenAtSubmission) {
    head.brokenAtSubmission = true;
    head.failed = true;
    head.result = -ERRNO.ECANCELED;
  }
  append(link, request);
  if (request.flags & LINKS) return 0;
  begin(kernel, link);
  return error;
}

function submitPrepared(kernel: Kernel, request: Request, link: Link): number {
  append(link, request);
  if ((request.flags & LINKS) === 0) begin(kernel, link);
  return 0;
}

function append(link: Link, request: Request): void {
  if (link.last) link.last.next = request;
  link.head ??= request;
  link.last = request;
}

function begin(kernel: Kernel, link: Link): void {
  const head = link.head!;
  link.head = null;
  link.last = null;
  start(kernel, head);
}
