// set_robust_list(2): when a thread dies, each lock it still holds is marked and one waiter is woken.

import type { Kernel } from '../kernel.ts';
import { FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS, futexKey, wakeFutexWord } from './futex.ts';
import { handOver } from './futex-pi.ts';
import type { Task } from './task.ts';

/** A longer list is a loop. */
const LONGEST = 2048;

export function processRobustList(kernel: Kernel, task: Task): void {
  const head = task.robustList;
  task.robustList = 0;
  if (head === 0) return;
  const { user } = task.mm;
  const offset = user.read64(head + 8);
  const pending = user.readNumber(head + 16);
  if (offset === null || pending === null) return;
  const distance = Number(BigInt.asIntN(64, offset));
  let entry = user.readNumber(head);
  for (let i = 0; entry !== null && entry - (entry % 2) !== head && i < LONGEST; i++) {
    const next: number | null = user.readNumber(entry - (entry % 2));
    if (entry !== pending) release(kernel, task, entry, distance);
    entry = next;
  }
  if (pending !== 0) release(kernel, task, pending, distance);
}

/** Bit 0 of an entry marks a priority-inheritance lock. */
function release(kernel: Kernel, task: Task, entry: number, distance: number): void {
  const isPi = entry % 2 === 1;
  const word = entry - (entry % 2) + distance;
  const value = task.mm.user.read32(word);
  if (value === null || (value & FUTEX_TID_MASK) !== task.tid) return;
  if (isPi) {
    const key = futexKey(kernel, task.mm, word, false);
    if (key !== null) handOver(kernel, task, word, key, FUTEX_OWNER_DIED);
    return;
  }
  task.mm.user.write32(word, ((value & FUTEX_WAITERS) | FUTEX_OWNER_DIED) >>> 0);
  if (value & FUTEX_WAITERS) wakeFutexWord(kernel, task, word, 1);
}
