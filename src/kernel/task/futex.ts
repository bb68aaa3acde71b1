// futex(2) words: their names, and waking who waits at them. Shared by the system calls, thread exit and robust lists.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Mm } from '../mm/mm.ts';
import { PROT_WRITE } from '../mm/vma.ts';
import type { Task } from './task.ts';

export const FUTEX_WAITERS = 0x8000_0000;
export const FUTEX_OWNER_DIED = 0x4000_0000;
export const FUTEX_TID_MASK = 0x3fff_ffff;
export const MATCH_ANY = 0xffff_ffff;
const WORD_BYTES = 4;

/**
 * The name of a futex word, or null on a fault. A private one is the address in its address space, and need not be there; shared
 * mappings go by frame, so that every mapper means the same word. Private and shared waits at one address do not meet.
 */
export function futexKey(kernel: Kernel, mm: Mm, address: number, isPrivate: boolean): string | null {
  const space = kernel.futexes.spaceNumber(mm);
  if (isPrivate) return mm.user.isUserRange(address, WORD_BYTES) ? `${space}:${address.toString(16)}` : null;
  const physical = mm.user.locate(address, 'read');
  const vma = mm.find(address);
  if (physical < 0 || !vma) return null;
  // Private memory that cannot be written never changes: nobody could wait for it.
  if (!vma.shared && vma.source === null && !(vma.protection & PROT_WRITE)) return null;
  if (!vma.shared) return `${space}:${address.toString(16)}:shared`;
  return `frame:${Math.floor(physical / PAGE_SIZE).toString(16)}:${(physical % PAGE_SIZE).toString(16)}`;
}

/** futexKey with what a call answers where there is none: -EINVAL for a word that is not aligned, -EFAULT. */
export function keyOf(kernel: Kernel, mm: Mm, address: number, isPrivate: boolean): string | number {
  if (address % WORD_BYTES !== 0) return -ERRNO.EINVAL;
  return futexKey(kernel, mm, address, isPrivate) ?? -ERRNO.EFAULT;
}

/** Wakes up to `count` waiters of `key` whose bitset meets `bitset`; how many, or -EINVAL at one that waits for a lock. */
export function wakeFutex(kernel: Kernel, key: string, count: number, bitset = MATCH_ANY): number {
  let woken = 0;
  for (const waiter of [...kernel.futexes.at(key)]) {
    if (woken >= count) break;
    if (waiter.kind !== 'wait') return -ERRNO.EINVAL;
    if ((waiter.bitset & bitset) === 0) continue;
    kernel.futexes.markWoken(waiter);
    if (waiter.sleeper) waiter.sleeper.futexWoken(kernel);
    else kernel.wakeTask(waiter.task, 'futex');
    woken++;
  }
  return woken;
}

/** A shared FUTEX_WAKE from the kernel itself. */
export function wakeFutexWord(kernel: Kernel, task: Task, address: number, count: number): void {
  const key = futexKey(kernel, task.mm, address, false);
  if (key !== null) wakeFutex(kernel, key, count);
}
