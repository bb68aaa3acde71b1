// FUTEX_LOCK_PI and its family: the word holds the owner's tid, and the kernel hands the lock over (futex(2), "Priority-inheritance futexes").
// The hand-over is exact; priorities are not lent.

import { ERRNO, RESTART } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import { FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS, MATCH_ANY } from './futex.ts';
import { beginWait, continueWait } from './futex-wait.ts';
import type { Task } from './task.ts';

export function lockPi(kernel: Kernel, task: Task, address: number, key: string, deadline: number | null, tryOnly: boolean): SyscallResult {
  const wait = { address, deadline, wantsLock: true, interrupted: -RESTART.ERESTARTNOINTR };
  const going = continueWait(kernel, task, wait);
  if (going !== null) return going;
  const { user } = task.mm;
  const value = user.read32(address);
  if (value === null) return -ERRNO.EFAULT;
  const owner = value & FUTEX_TID_MASK;
  if (owner === task.tid) return -ERRNO.EDEADLK;
  if (owner === 0) return user.write32(address, ((value & (FUTEX_WAITERS | FUTEX_OWNER_DIED)) | task.tid) >>> 0) ? 0 : -ERRNO.EFAULT;
  if (!kernel.pids.tasks.has(owner)) return -ERRNO.ESRCH;
  if (tryOnly) return -ERRNO.EAGAIN;
  if (!user.write32(address, (value | FUTEX_WAITERS) >>> 0)) return -ERRNO.EFAULT;
  return beginWait(kernel, task, { ...wait, key, bitset: MATCH_ANY });
}

export function unlockPi(kernel: Kernel, task: Task, address: number, key: string): SyscallResult {
  const { user } = task.mm;
  const value = user.read32(address);
  if (value === null) return -ERRNO.EFAULT;
  if ((value & FUTEX_TID_MASK) !== task.tid) return -ERRNO.EPERM;
  return handOver(kernel, task, address, key, 0) ? 0 : -ERRNO.EFAULT;
}

/** Gives the lock to the first waiter, or frees it; `marks` are kept in the word. */
export function handOver(kernel: Kernel, task: Task, address: number, key: string, marks: number): boolean {
  const next = kernel.futexes.at(key).find((waiter) => waiter.wantsLock);
  if (!next) return task.mm.user.write32(address, marks);
  const more = kernel.futexes.at(key).length > 1 ? FUTEX_WAITERS : 0;
  if (!task.mm.user.write32(address, (marks | more | next.task.tid) >>> 0)) return false;
  kernel.futexes.markWoken(next);
  kernel.wakeTask(next.task, 'futex');
  return true;
}
