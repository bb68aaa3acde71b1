// Waiting at a futex word, with the states a waiter passes through across re-runs of its call.

import { ERRNO, RESTART } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { BLOCKED, type SyscallResult } from '../syscalls/row.ts';
import type { FutexWaiter } from './futex-table.ts';
import type { Task } from './task.ts';

export interface FutexWait {
  readonly key: string;
  readonly address: number;
  readonly bitset: number;
  /** Absolute virtual time, or null. */
  readonly deadline: number | null;
  /** FUTEX_LOCK_PI and the like: whoever wakes it has given it the lock. */
  readonly wantsLock: boolean;
  /** Result when a signal ends the wait. */
  readonly interrupted: number;
}

/** First run: queue up and sleep. */
export function beginWait(kernel: Kernel, task: Task, wait: FutexWait): SyscallResult {
  const waiter: FutexWaiter = { task, key: wait.key, bitset: wait.bitset, woken: false, wantsLock: wait.wantsLock };
  kernel.futexes.add(waiter);
  return sleep(kernel, waiter, wait);
}

/** Later runs: woken, timed out, interrupted, or requeued and still waiting. Null if the task has no wait in progress. */
export function continueWait(kernel: Kernel, task: Task, wait: Omit<FutexWait, 'key' | 'bitset'>): SyscallResult | null {
  const waiter = kernel.futexes.of(task);
  if (!waiter) return null;
  if (waiter.woken) {
    kernel.futexes.forget(waiter);
    return 0;
  }
  if (task.timedOut || (wait.deadline !== null && wait.deadline <= kernel.now)) {
    kernel.futexes.forget(waiter);
    return -ERRNO.ETIMEDOUT;
  }
  return sleep(kernel, waiter, wait);
}

function sleep(kernel: Kernel, waiter: FutexWaiter, wait: Omit<FutexWait, 'key' | 'bitset'>): SyscallResult {
  const result = kernel.block(waiter.task, {
    queues: [],
    deadline: wait.deadline,
    waitingFor: `futex 0x${wait.address.toString(16)}`,
    interrupted: wait.interrupted,
  });
  if (result !== BLOCKED) kernel.futexes.forget(waiter);
  return result;
}

/** What an interrupted FUTEX_WAIT returns: restarted by itself, or by restart_syscall to the same deadline. */
export function interruptedWait(deadline: number | null): number {
  return deadline === null ? -RESTART.ERESTARTSYS : -RESTART.ERESTART_RESTARTBLOCK;
}
