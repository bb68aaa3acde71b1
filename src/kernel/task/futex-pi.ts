// Priority-inheritance futexes (futex(2)): the word holds the owner's tid, the kernel hands the lock over, and whoever owns a lock runs with
// the highest real-time priority of those who wait for it, along chains of locks.

import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS } from './futex.ts';
import type { FutexWaiter } from './futex-table.ts';
import { urgencyOf } from './run-queue.ts';
import type { Task } from './task.ts';

/** Longest chain of owners that wait for other owners which is followed. */
const LONGEST_CHAIN = 1024;

/** taken: the lock is the task's. wait: it must queue up; the owner is known to the kernel. */
export type LockAttempt = 'taken' | 'wait' | number;

/** Tries to take the lock at `address` of `mapper`'s memory for `task`, or finds out who owns it. `marksWaiters`: others will wait, too. */
export function tryLock(kernel: Kernel, mapper: Task, task: Task, address: number, key: string, marksWaiters = false): LockAttempt {
  const { user } = mapper.mm;
  const value = user.read32(address);
  if (value === null) return -ERRNO.EFAULT;
  const tid = value & FUTEX_TID_MASK;
  if (tid === task.tid) return -ERRNO.EDEADLK;
  const [first] = kernel.futexes.at(key);
  if (first) return first.kind === 'lock' && isConsistent(kernel, key, value) ? 'wait' : -ERRNO.EINVAL;
  if (tid === 0) {
    const taken = ((value & FUTEX_OWNER_DIED) | task.tid | (marksWaiters ? FUTEX_WAITERS : 0)) >>> 0;
    return user.write32(address, taken) ? 'taken' : -ERRNO.EFAULT;
  }
  if (!user.write32(address, (value | FUTEX_WAITERS) >>> 0)) return -ERRNO.EFAULT;
  const owner = kernel.pids.tasks.get(tid);
  if (!owner) return -ERRNO.ESRCH;
  if (owner.kernelThread) return -ERRNO.EPERM;
  kernel.futexes.owners.set(key, owner);
  return 'wait';
}

/** The word must name the owner that the kernel knows of. */
function isConsistent(kernel: Kernel, key: string, value: number): boolean {
  const tid = value & FUTEX_TID_MASK;
  return (tid === 0 && (value & FUTEX_OWNER_DIED) !== 0) || tid === kernel.futexes.owners.get(key)?.tid;
}

/** True if `task` waiting for the lock would wait for itself. */
export function wouldDeadlock(kernel: Kernel, task: Task, key: string): boolean {
  let owner = kernel.futexes.owners.get(key);
  for (let depth = 0; owner && depth < LONGEST_CHAIN; depth++) {
    if (owner === task) return true;
    const next = lockWaitedFor(kernel, owner);
    owner = next === null ? undefined : kernel.futexes.owners.get(next);
  }
  return false;
}

function lockWaitedFor(kernel: Kernel, task: Task): string | null {
  const waiter = kernel.futexes.of(task);
  return waiter?.kind === 'lock' && !waiter.woken ? waiter.key : null;
}

export function unlock(kernel: Kernel, task: Task, address: number, key: string): number {
  const { user } = task.mm;
  const value = user.read32(address);
  if (value === null) return -ERRNO.EFAULT;
  if ((value & FUTEX_TID_MASK) !== task.tid) return -ERRNO.EPERM;
  const [first] = kernel.futexes.at(key);
  if (!first) return user.write32(address, 0) ? 0 : -ERRNO.EFAULT;
  if (first.kind !== 'lock' || kernel.futexes.owners.get(key) !== task) return -ERRNO.EINVAL;
  handOver(kernel, key, 0);
  return 0;
}

/** A thread ends: the locks that others wait for go on, marked. */
export function releaseLocks(kernel: Kernel, task: Task): void {
  for (const [key, owner] of [...kernel.futexes.owners]) if (owner === task) handOver(kernel, key, FUTEX_OWNER_DIED);
}

/** Gives the lock to the most urgent waiter, the first among equals; `marks` are kept in the word. */
function handOver(kernel: Kernel, key: string, marks: number): void {
  const { futexes } = kernel;
  const old = futexes.owners.get(key);
  const next = mostUrgent(futexes.at(key));
  if (!next) {
    futexes.owners.delete(key);
    return;
  }
  next.task.mm.user.write32(next.address, (FUTEX_WAITERS | marks | next.task.tid) >>> 0);
  futexes.markWoken(next);
  if (futexes.at(key).length > 0) futexes.owners.set(key, next.task);
  else futexes.owners.delete(key);
  kernel.wakeTask(next.task, 'futex');
  if (old) lend(kernel, old);
  lend(kernel, next.task);
}

function mostUrgent(waiters: readonly FutexWaiter[]): FutexWaiter | null {
  let best: FutexWaiter | null = null;
  for (const waiter of waiters) if (!best || urgencyOf(waiter.task.scheduling) > urgencyOf(best.task.scheduling)) best = waiter;
  return best;
}

/** Somebody has begun to wait for the lock. */
export function joinLock(kernel: Kernel, key: string): void {
  const owner = kernel.futexes.owners.get(key);
  if (owner) lend(kernel, owner);
}

/** A waiter has given up. */
export function leaveLock(kernel: Kernel, key: string): void {
  const owner = kernel.futexes.owners.get(key);
  if (kernel.futexes.at(key).length === 0) kernel.futexes.owners.delete(key);
  if (owner) lend(kernel, owner);
}

/** The priority of a task has changed: what it lends changes with it. */
export function lendOn(kernel: Kernel, task: Task): void {
  const key = lockWaitedFor(kernel, task);
  if (key !== null) joinLock(kernel, key);
}

/** Gives `task` the priority it is owed, and those it waits for. */
function lend(kernel: Kernel, task: Task): void {
  let owner: Task | undefined = task;
  for (let depth = 0; owner && depth < LONGEST_CHAIN; depth++) {
    const owed = priorityOwed(kernel, owner);
    if (owed === owner.scheduling.lentPriority || owner.state === 'dead') return;
    kernel.scheduler.change(kernel, owner, { lentPriority: owed });
    const next = lockWaitedFor(kernel, owner);
    owner = next === null ? undefined : kernel.futexes.owners.get(next);
  }
}

function priorityOwed(kernel: Kernel, task: Task): number {
  let owed = 0;
  for (const [key, owner] of kernel.futexes.owners)
    if (owner === task) for (const waiter of kernel.futexes.at(key)) owed = Math.max(owed, urgencyOf(waiter.task.scheduling));
  return owed;
}
