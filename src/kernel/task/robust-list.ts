// set_robust_list(2): when a thread dies, or executes a program, each lock it still holds is marked and one waiter is woken.

import type { Kernel } from '../kernel.ts';
import { FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS, wakeFutexWord } from './futex.ts';
import type { Task } from './task.ts';

/** A longer list is a loop. */
const LONGEST = 2048;

export function processRobustList(kernel: Kernel, task: Task): void {
  const head = task.robustList;
  task.robustList = 0;
  if (head === 0) return;
  const { user } = task.mm;
  let entry = user.readNumber(head);
  const offset = user.read64(head + 8);
  const pending = user.readNumber(head + 16);
  if (entry === null || offset === null || pending === null) return;
  const distance = Number(BigInt.asIntN(64, offset));
  for (let i = 0; entry !== null && at(entry) !== head && i < LONGEST; i++) {
    const next: number | null = user.readNumber(at(entry));
    if (at(entry) !== at(pending) && !release(kernel, task, entry, distance, false)) return;
    entry = next;
  }
  if (at(pending) !== 0) release(kernel, task, pending, distance, true);
}

/** Bit 0 of an entry marks a priority-inheritance lock, which the kernel hands over by itself. */
function at(entry: number): number {
  return entry - (entry % 2);
}

/** False where the word cannot be reached. `inProgress`: the thread was about to take or to release it. */
function release(kernel: Kernel, task: Task, entry: number, distance: number, inProgress: boolean): boolean {
  const isPi = entry % 2 === 1;
  const word = at(entry) + distance;
  const value = word % 4 === 0 ? task.mm.user.read32(word) : null;
  if (value === null) return false;
  const owner = value & FUTEX_TID_MASK;
  // Released already, but nobody has been woken yet.
  if (inProgress && !isPi && owner === 0) wakeFutexWord(kernel, task, word, 1);
  if (owner !== task.tid) return true;
  if (!task.mm.user.write32(word, ((value & FUTEX_WAITERS) | FUTEX_OWNER_DIED) >>> 0)) return false;
  if (!isPi && value & FUTEX_WAITERS) wakeFutexWord(kernel, task, word, 1);
  return true;
}
