// Futexes: who waits at which word. A private key is the address space and the address, a shared one the physical frame and offset.

import type { Mm } from '../mm/mm.ts';
import type { Task } from './task.ts';

/** One task that waits. It leaves the table when it is woken, times out or is interrupted. */
export interface FutexWaiter {
  readonly task: Task;
  key: string;
  readonly bitset: number;
  /** Set by whoever wakes it. */
  woken: boolean;
  /** FUTEX_LOCK_PI: it has been given the lock. */
  readonly wantsLock: boolean;
}

export class FutexTable {
  /** Waiters of each key, in order of arrival. */
  private readonly waiters = new Map<string, FutexWaiter[]>();
  private lastSpace = 0;

  /** A number for an address space, for keys: given at its first futex. */
  spaceNumber(mm: Mm): number {
    if (mm.futexSpace === 0) mm.futexSpace = ++this.lastSpace;
    return mm.futexSpace;
  }

  at(key: string): readonly FutexWaiter[] {
    return this.waiters.get(key) ?? [];
  }

  add(waiter: FutexWaiter): void {
    const list = this.waiters.get(waiter.key);
    if (list) list.push(waiter);
    else this.waiters.set(waiter.key, [waiter]);
  }

  remove(waiter: FutexWaiter): void {
    const list = this.waiters.get(waiter.key);
    const at = list?.indexOf(waiter) ?? -1;
    if (!list || at < 0) return;
    list.splice(at, 1);
    if (list.length === 0) this.waiters.delete(waiter.key);
  }

  /** The entry of a task that waits, null if it does not. */
  of(task: Task): FutexWaiter | null {
    for (const list of this.waiters.values()) for (const waiter of list) if (waiter.task === task) return waiter;
    return null;
  }

  requeue(waiter: FutexWaiter, key: string): void {
    this.remove(waiter);
    waiter.key = key;
    this.add(waiter);
  }
}
