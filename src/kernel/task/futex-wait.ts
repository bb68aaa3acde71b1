// Waiting at futex words, with the states a waiter passes through across re-runs of its call.

import { ERRNO, RESTART } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { BLOCKED, type SyscallResult } from '../syscalls/row.ts';
import { leaveLock } from './futex-pi.ts';
import type { FutexWaiter } from './futex-table.ts';
import type { Task } from './task.ts';

/** What a wait is made with. */
export type NewFutexWait = Pick<FutexWaiter, 'key' | 'address' | 'bitset' | 'kind' | 'target'>;

export interface FutexSleep {
  /** Absolute virtual time, or null. */
  readonly deadline: number | null;
  /** Result when a signal ends the wait. */
  readonly interrupted: number;
}

/** First run: queue up and sleep. */
export function beginWait(kernel: Kernel, task: Task, waits: readonly NewFutexWait[], sleep: FutexSleep): SyscallResult {
  for (const wait of waits) kernel.futexes.add({ ...wait, task, sleeper: kernel.futexes.sleeper, woken: false });
  return fallAsleep(kernel, task, sleep);
}

/** Later runs: woken (0, or the index of the last one woken), timed out, interrupted, or still waiting. Null: no wait in progress. */
export function continueWait(kernel: Kernel, task: Task, sleep: FutexSleep): SyscallResult | null {
  const waiters = kernel.futexes.allOf(task);
  if (waiters.length === 0) return null;
  const woken = waiters.findLastIndex((waiter) => waiter.woken);
  if (woken >= 0) {
    kernel.futexes.forget(task);
    return woken;
  }
  if (task.timedOut || (sleep.deadline !== null && sleep.deadline <= kernel.now)) {
    cancelWait(kernel, task);
    return -ERRNO.ETIMEDOUT;
  }
  return fallAsleep(kernel, task, sleep);
}

/** The wait ends without having been woken. */
export function cancelWait(kernel: Kernel, task: Task): void {
  const lock = kernel.futexes.of(task);
  kernel.futexes.forget(task);
  if (lock?.kind === 'lock' && !lock.woken) leaveLock(kernel, lock.key);
}

function fallAsleep(kernel: Kernel, task: Task, { deadline, interrupted }: FutexSleep): SyscallResult {
  const waiters = kernel.futexes.allOf(task);
  const waitingFor = `futex ${waiters.map(({ address }) => `0x${address.toString(16)}`).join(' or ')}`;
  const result = kernel.block(task, { queues: [], deadline, waitingFor, interrupted });
  if (result !== BLOCKED) cancelWait(kernel, task);
  return result;
}

/** What an interrupted FUTEX_WAIT returns: restarted by itself, or by restart_syscall to the same deadline. */
export function interruptedWait(deadline: number | null): number {
  return deadline === null ? -RESTART.ERESTARTSYS : -RESTART.ERESTART_RESTARTBLOCK;
}
