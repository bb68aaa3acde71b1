// Waiting at one word, and moving waiters from one to another: what futex(2) and its newer calls have in common.

import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import { keyOf, wakeFutex } from './futex.ts';
import { beginWait, continueWait, type FutexSleep } from './futex-wait.ts';
import type { Task } from './task.ts';

export interface FutexWord {
  readonly address: number;
  readonly isPrivate: boolean;
}

export interface ExpectedWord extends FutexWord {
  /** What the word must hold for the task to sleep. */
  readonly value: number;
  readonly bitset: number;
}

/** 0 when woken; -EAGAIN if the word holds something else. */
export function waitAtWord(kernel: Kernel, task: Task, expected: ExpectedWord, sleep: FutexSleep): SyscallResult {
  const going = continueWait(kernel, task, sleep);
  if (going !== null) return going;
  const { address, value, bitset } = expected;
  const key = keyOf(kernel, task.mm, address, expected.isPrivate);
  if (typeof key === 'number') return key;
  const word = task.mm.user.read32(address);
  if (word === null) return -ERRNO.EFAULT;
  if (word !== value) return -ERRNO.EAGAIN;
  if (sleep.deadline !== null && sleep.deadline <= kernel.now) return -ERRNO.ETIMEDOUT;
  return beginWait(kernel, task, [{ key, address, bitset, kind: 'wait', target: null }], sleep);
}

export interface Requeue {
  readonly wake: number;
  readonly move: number;
  /** What the first word must hold; null: anything. */
  readonly value: number | null;
}

/** Wakes some waiters of one word and lets others wait at another; how many there were. */
export function requeue(kernel: Kernel, task: Task, first: FutexWord, second: FutexWord, { wake, move, value }: Requeue): number {
  if (wake < 0 || move < 0) return -ERRNO.EINVAL;
  const from = keyOf(kernel, task.mm, first.address, first.isPrivate);
  if (typeof from === 'number') return from;
  const to = keyOf(kernel, task.mm, second.address, second.isPrivate);
  if (typeof to === 'number') return to;
  if (value !== null) {
    const word = task.mm.user.read32(first.address);
    if (word === null) return -ERRNO.EFAULT;
    if (word !== value) return -ERRNO.EAGAIN;
  }
  const woken = wakeFutex(kernel, from, wake);
  if (woken < 0) return woken;
  const moved = kernel.futexes.at(from).slice(0, move);
  if (moved.some((waiter) => waiter.kind !== 'wait')) return -ERRNO.EINVAL;
  for (const waiter of moved) {
    waiter.address = second.address;
    if (from !== to) kernel.futexes.requeue(waiter, to);
  }
  return woken + moved.length;
}
