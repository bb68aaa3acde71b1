// futex(2) words: keys, waking, waiting queues. Shared by the system call, thread exit and robust lists.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { Kernel } from '../kernel.ts';
import type { Mm } from '../mm/mm.ts';
import type { Task } from './task.ts';

export const FUTEX_WAITERS = 0x8000_0000;
export const FUTEX_OWNER_DIED = 0x4000_0000;
export const FUTEX_TID_MASK = 0x3fff_ffff;
export const MATCH_ANY = 0xffff_ffff;

/** The name of a futex word, or null on a fault. Shared mappings go by frame, so that every mapper means the same word. */
export function futexKey(kernel: Kernel, mm: Mm, address: number, isPrivate: boolean): string | null {
  const vma = mm.find(address);
  if (isPrivate || !vma?.shared)
    return mm.user.locate(address, 'read') < 0 ? null : `${kernel.futexes.spaceNumber(mm)}:${address.toString(16)}`;
  const physical = mm.user.locate(address, 'read');
  return physical < 0 ? null : `frame:${Math.floor(physical / PAGE_SIZE).toString(16)}:${(physical % PAGE_SIZE).toString(16)}`;
}

/** Wakes up to `count` waiters of `key` whose bitset meets `bitset`; returns how many. */
export function wakeFutex(kernel: Kernel, key: string, count: number, bitset = MATCH_ANY): number {
  let woken = 0;
  for (const waiter of [...kernel.futexes.at(key)]) {
    if (woken >= count) break;
    if ((waiter.bitset & bitset) === 0 || waiter.wantsLock) continue;
    kernel.futexes.markWoken(waiter);
    kernel.wakeTask(waiter.task, 'futex');
    woken++;
  }
  return woken;
}

/** As FUTEX_WAKE from the kernel: both the private and the shared name of the word are woken. */
export function wakeFutexWord(kernel: Kernel, task: Task, address: number, count: number): void {
  const key = futexKey(kernel, task.mm, address, false);
  if (key !== null) wakeFutex(kernel, key, count);
}
