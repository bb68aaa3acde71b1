// Finding requests that are under way, and ending them with ECANCELED.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { FileDescription } from '../kernel/vfs/file.ts';
import { OP } from './abi/opcodes.ts';
import { complete } from './completions.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import { disarm } from './waiting.ts';
import { addWork } from './work-queue.ts';

export const CANCEL = { ALL: 1, FD: 2, ANY: 4, FD_FIXED: 8, USERDATA: 16, OP: 32 } as const;
export const CANCEL_KNOWN = 63;

/** What to look for. */
export interface CancelKey {
  readonly flags: number;
  readonly userData: bigint;
  /** With CANCEL.FD. */
  readonly file: FileDescription | null;
  /** With CANCEL.OP. */
  readonly opcode: number;
}

/** -EINVAL where ANY is asked for together with something in particular. */
export function checkCancelFlags(flags: number): number {
  if (flags & ~CANCEL_KNOWN) return -ERRNO.EINVAL;
  return flags & CANCEL.ANY && flags & (CANCEL.FD | CANCEL.OP) ? -ERRNO.EINVAL : 0;
}

/** Where Linux keeps the waiting requests of an operation in a list, cancelling one answers how many it has taken out. */
export const LISTED: readonly number[] = [OP.WAITID, OP.FUTEX_WAIT, OP.FUTEX_WAITV];

/** Ends what matches: 0, or with ALL or ANY how many; -ENOENT, -EALREADY. `except`: the request that asks. */
export function cancelMatching(kernel: Kernel, ring: Ring, key: CancelKey, except: Request | null): number {
  const many = (key.flags & (CANCEL.ALL | CANCEL.ANY)) !== 0;
  let ended = 0;
  let failure = -ERRNO.ENOENT;
  for (const request of ring.requests.list()) {
    if (request === except || !matches(request, key)) continue;
    const result = tryCancel(kernel, request);
    if (result === -ERRNO.ENOENT) continue;
    if (!many) return result === 0 && LISTED.includes(request.opcode) ? 1 : result;
    if (result === 0) ended++;
    else failure = result;
  }
  return many ? (ended === 0 && failure === -ERRNO.EALREADY ? failure : ended) : failure;
}

function matches(request: Request, { flags, userData, file, opcode }: CancelKey): boolean {
  if (flags & CANCEL.ANY) return true;
  if (flags & CANCEL.FD && request.file !== file) return false;
  if (flags & CANCEL.OP && request.opcode !== opcode) return false;
  const byUserData = (flags & CANCEL.USERDATA) !== 0 || (flags & (CANCEL.FD | CANCEL.OP)) === 0;
  return !byUserData || request.userData === userData;
}

/** 0; -EALREADY if it is just about to go on; -ENOENT if it has not begun, or is done. */
export function tryCancel(kernel: Kernel, request: Request): number {
  if (request.opcode === OP.LINK_TIMEOUT || request.isCancelled) return -ERRNO.ENOENT;
  if (request.worker || request.account) return cancelWork(kernel, request);
  if (request.state === 'queued' && request.begun) return request.queues.length > 0 ? end(kernel, request) : -ERRNO.EALREADY;
  return request.state === 'waiting' ? end(kernel, request) : -ERRNO.ENOENT;
}

/** Its completion comes in the context of its task, after that of the request that asks. */
function end(kernel: Kernel, request: Request): number {
  request.isCancelled = true;
  if (request.state === 'queued') return 0;
  disarm(kernel, request);
  addWork(kernel, request);
  return 0;
}

/** One that a worker has not begun yet ends at once. One that sleeps in its worker is interrupted, if that can be, and ends by itself. */
function cancelWork(kernel: Kernel, request: Request): number {
  const { worker, state, interruptible } = request;
  if (state === 'issued' && worker?.current !== request) {
    complete(kernel, request, -ERRNO.ECANCELED);
    return 0;
  }
  if (state === 'waiting' && interruptible) end(kernel, request);
  return -ERRNO.EALREADY;
}
