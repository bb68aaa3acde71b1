// TIMEOUT, TIMEOUT_REMOVE (which also changes one), LINK_TIMEOUT.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { OP } from '../abi/opcodes.ts';
import { SQE_FLAG, type Sqe } from '../abi/sqe.ts';
import { LISTED, tryCancel } from '../cancel.ts';
import { complete } from '../completions.ts';
import type { Request } from '../request.ts';
import { armTimeout, checkClock, completeTimeout, deadlineOf, readTimespec64, TIMEOUT_FLAG, type TimeoutData } from '../timeouts.ts';
import { disarm, type IssueResult, WAITS, waitFor } from '../waiting.ts';
import { operation, type Operation, type Preparation } from './row.ts';

const SETTING = TIMEOUT_FLAG.ABS | TIMEOUT_FLAG.BOOTTIME | TIMEOUT_FLAG.REALTIME;

function prepareTimeout(sqe: Sqe, { request }: Preparation): TimeoutData | number {
  const flags = sqe.operationFlags;
  if (sqe.bufferIndex !== 0 || sqe.len !== 1 || sqe.fileIndex !== 0) return -ERRNO.EINVAL;
  if (flags & ~(SETTING | TIMEOUT_FLAG.ETIME_SUCCESS)) return -ERRNO.EINVAL;
  const clock = checkClock(flags);
  if (clock < 0) return clock;
  const nanoseconds = readTimespec64(request.task, sqe.address);
  if (typeof nanoseconds === 'number') return nanoseconds;
  return { flags, nanoseconds, count: Number(sqe.offset & 0xffff_ffffn), target: 0 };
}

const TIMEOUT = operation<TimeoutData>({
  name: 'TIMEOUT',
  prepare: prepareTimeout,
  issue: armTimeout,
  resume: (kernel, request) => {
    completeTimeout(kernel, request, -ERRNO.ETIME);
    return WAITS;
  },
});

const LINK_TIMEOUT = operation<TimeoutData>({
  name: 'LINK_TIMEOUT',
  prepare: (sqe, preparation) => {
    if (sqe.offset !== 0n) return -ERRNO.EINVAL;
    const data = prepareTimeout(sqe, preparation);
    const { previous } = preparation;
    return typeof data === 'number' || (previous && previous.opcode !== OP.LINK_TIMEOUT) ? data : -ERRNO.EINVAL;
  },
  // Armed by the request before it; it leads nothing.
  issue: () => -ERRNO.ECANCELED,
  resume: (kernel, limit) => {
    complete(kernel, limit, expireLinkTimeout(kernel, limit));
    // As on Linux no failure of its own: CQE_SKIP_SUCCESS holds.
    limit.failed = false;
    return WAITS;
  },
});

/** Its time has come: the request before it is cancelled. */
function expireLinkTimeout(kernel: Kernel, limit: Request): number {
  const { limited } = limit;
  limit.limited = null;
  if (!limited || limited.state === 'done') return -ERRNO.ETIME;
  // Taken out of the link first, so that the end of the request does not end it.
  limited.next = limit.next;
  limit.next = null;
  const result = tryCancel(kernel, limited);
  if (result === 0 && LISTED.includes(limited.opcode)) return 1;
  return result === 0 ? -ERRNO.ETIME : result;
}

interface TimeoutRemove {
  readonly target: bigint;
  readonly flags: number;
  readonly nanoseconds: bigint;
}

const TIMEOUT_REMOVE = operation<TimeoutRemove>({
  name: 'TIMEOUT_REMOVE',
  prepare: (sqe, { request }) => {
    const flags = sqe.operationFlags;
    if (request.flags & SQE_FLAG.FIXED_FILE || sqe.bufferIndex !== 0 || sqe.len !== 0 || sqe.fileIndex !== 0) return -ERRNO.EINVAL;
    const target = sqe.addr;
    if ((flags & (TIMEOUT_FLAG.UPDATE | TIMEOUT_FLAG.LINK_UPDATE)) === 0)
      return flags === 0 ? { target, flags, nanoseconds: 0n } : -ERRNO.EINVAL;
    const clock = checkClock(flags);
    if (clock < 0 || flags & ~(SETTING | TIMEOUT_FLAG.UPDATE | TIMEOUT_FLAG.LINK_UPDATE)) return -ERRNO.EINVAL;
    const nanoseconds = readTimespec64(request.task, Number(sqe.offset));
    return typeof nanoseconds === 'number' ? nanoseconds : { target, flags, nanoseconds };
  },
  issue: removeOrChange,
});

function removeOrChange(kernel: Kernel, request: Request, { target, flags, nanoseconds }: TimeoutRemove): IssueResult {
  const opcode = flags & TIMEOUT_FLAG.LINK_UPDATE ? OP.LINK_TIMEOUT : OP.TIMEOUT;
  for (const found of request.ring.waiting.get(target) ?? []) {
    if (found.opcode !== opcode) continue;
    if (found.state !== 'waiting') return -ERRNO.EALREADY;
    if ((flags & (TIMEOUT_FLAG.UPDATE | TIMEOUT_FLAG.LINK_UPDATE)) === 0) completeTimeout(kernel, found, -ERRNO.ECANCELED);
    else {
      disarm(kernel, found);
      waitFor(kernel, found, [], found.waitingFor, deadlineOf(kernel, flags, nanoseconds));
    }
    return 0;
  }
  return -ERRNO.ENOENT;
}

export const TIMEOUT_OPERATIONS: readonly Operation[] = [TIMEOUT, TIMEOUT_REMOVE, LINK_TIMEOUT];
