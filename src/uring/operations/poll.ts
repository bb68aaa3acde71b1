// POLL_ADD, one-shot and multishot; POLL_REMOVE, which also changes one.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { POLL } from '../../kernel/vfs/file.ts';
import { OP } from '../abi/opcodes.ts';
import { SQE_FLAG, type Sqe } from '../abi/sqe.ts';
import { tryCancel } from '../cancel.ts';
import { complete, postMore } from '../completions.ts';
import { PollState } from '../poll-state.ts';
import type { Request } from '../request.ts';
import { disarm, type IssueResult, listenAt, rename, waitFor, WAITS } from '../waiting.ts';
import { addWork } from '../work-queue.ts';
import { operation, type Operation } from './row.ts';

const POLL_FLAG = { MULTI: 1, UPDATE_EVENTS: 2, UPDATE_USER_DATA: 4, LEVEL: 8 } as const;
/** Without EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE and the like, which are the kernel's own business. */
const EVENTS = 0xffff;

function eventsOf(sqe: Sqe): number {
  return (sqe.operationFlags & EVENTS) | POLL.ERR | POLL.HUP;
}

const POLL_ADD = operation<PollState>({
  name: 'POLL_ADD',
  needsFile: true,
  unbounded: true,
  prepare: (sqe, { request }) => {
    if (sqe.bufferIndex !== 0 || sqe.offset !== 0n || sqe.addr !== 0n) return -ERRNO.EINVAL;
    if (sqe.len & ~(POLL_FLAG.MULTI | POLL_FLAG.LEVEL)) return -ERRNO.EINVAL;
    const multishot = (sqe.len & POLL_FLAG.MULTI) !== 0;
    if (multishot && request.flags & SQE_FLAG.CQE_SKIP_SUCCESS) return -ERRNO.EINVAL;
    return new PollState(eventsOf(sqe), multishot);
  },
  issue: (kernel, request, data) => {
    // What is ready from the start is looked at again when the task does its work, together with what has come by then.
    if (!data.multishot || (request.file!.poll(kernel) & data.events) === 0) return look(kernel, request, data);
    listen(kernel, request, data);
    addWork(kernel, request);
    return WAITS;
  },
  resume: look,
});

function listen(kernel: Kernel, request: Request, { events }: PollState): IssueResult {
  const file = request.file!;
  return waitFor(kernel, request, file.pollQueues(events, request.task), `${file.describe()} to have poll events 0x${events.toString(16)}`);
}

function look(kernel: Kernel, request: Request, data: PollState): IssueResult {
  const file = request.file!;
  const ready = data.take(kernel, file);
  if (ready !== 0 && (!data.multishot || request.wokenByRing)) return ready;
  if (ready !== 0) {
    request.wokenByRing = false;
    listenAt(request, file.pollQueues(data.events, request.task));
    if (!postMore(kernel, request, ready, 0)) return ready;
    // The completion itself has woken what is polled (an eventfd of the ring): going on would never end.
    if (request.wokenByRing) return file.poll(kernel) & data.events;
  }
  request.wokenByRing = false;
  return listen(kernel, request, data);
}

interface PollRemove {
  readonly target: bigint;
  readonly flags: number;
  readonly events: number;
  readonly userData: bigint;
}

const POLL_REMOVE = operation<PollRemove>({
  name: 'POLL_REMOVE',
  prepare: (sqe) => {
    const flags = sqe.len;
    if (sqe.bufferIndex !== 0 || sqe.fileIndex !== 0) return -ERRNO.EINVAL;
    if (flags & ~(POLL_FLAG.MULTI | POLL_FLAG.UPDATE_EVENTS | POLL_FLAG.UPDATE_USER_DATA) || flags === POLL_FLAG.MULTI)
      return -ERRNO.EINVAL;
    if (!(flags & POLL_FLAG.UPDATE_USER_DATA) && sqe.offset !== 0n) return -ERRNO.EINVAL;
    if (!(flags & POLL_FLAG.UPDATE_EVENTS) && sqe.operationFlags !== 0) return -ERRNO.EINVAL;
    return { target: sqe.addr, flags, events: eventsOf(sqe), userData: sqe.offset };
  },
  issue: removeOrChange,
});

function removeOrChange(kernel: Kernel, request: Request, { target, flags, events, userData }: PollRemove): IssueResult {
  for (const found of request.ring.waiting.get(target) ?? []) {
    if (found.opcode !== OP.POLL_ADD) continue;
    if ((flags & (POLL_FLAG.UPDATE_EVENTS | POLL_FLAG.UPDATE_USER_DATA)) === 0) return tryCancel(kernel, found);
    if (found.state !== 'waiting') return -ERRNO.EALREADY;
    const data = found.data as PollState;
    if (flags & POLL_FLAG.UPDATE_EVENTS) {
      data.events = events;
      data.multishot = (flags & POLL_FLAG.MULTI) !== 0;
    }
    if (flags & POLL_FLAG.UPDATE_USER_DATA) rename(found, userData);
    disarm(kernel, found);
    data.forget();
    found.state = 'issued';
    const result = look(kernel, found, data);
    if (typeof result === 'number') complete(kernel, found, result);
    return 0;
  }
  return -ERRNO.ENOENT;
}

export const POLL_OPERATIONS: readonly Operation[] = [POLL_ADD, POLL_REMOVE];
