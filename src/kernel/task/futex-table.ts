// Futexes: who waits at which word. A private key is the address space and the address, a shared one the physical frame and offset.

import type { Mm } from '../mm/mm.ts';
import type { Task } from './task.ts';

/** One task that waits. It leaves its queue when it is woken, times out or is interrupted. */
export interface FutexWaiter {
  readonly task: Task;
  key: string;
  readonly bitset: number;
  /** Set by whoever wakes it; it is in no queue then. */
  woken: boolean;
  /** FUTEX_LOCK_PI: being woken means to own the lock. */
  wantsLock: boolean;
}

export class FutexTable {
  /** Waiters of each key, in order of arrival. */
  private readonly queues = new Map<string, FutexWaiter[]>();
  private readonly byTid = new Map<number, FutexWaiter>();
  private lastSpace = 0;

  /** A number for an address space, for keys: given at its first futex. */
  spaceNumber(mm: Mm): number {
    if (mm.futexSpace === 0) mm.futexSpace = ++this.lastSpace;
    return mm.futexSpace;
  }

  at(key: string): readonly FutexWaiter[] {
    return this.queues.get(key) ?? [];
  }

  /** The wait of a task that is in progress, woken or not; null if there is none. */
  of(task: Task): FutexWaiter | null {
    return this.byTid.get(task.tid) ?? null;
  }

  add(waiter: FutexWaiter): void {
    this.byTid.set(waiter.task.tid, waiter);
    const queue = this.queues.get(waiter.key);
    if (queue) queue.push(waiter);
    else this.queues.set(waiter.key, [waiter]);
  }

  /** Takes it out of its queue; the task learns of it when its call runs again. */
  markWoken(waiter: FutexWaiter): void {
    this.unqueue(waiter);
    waiter.woken = true;
  }

  /** The wait is over. */
  forget(waiter: FutexWaiter): void {
    this.unqueue(waiter);
    this.byTid.delete(waiter.task.tid);
  }

  requeue(waiter: FutexWaiter, key: string): void {
    this.unqueue(waiter);
    waiter.key = key;
    this.add(waiter);
  }

  private unqueue(waiter: FutexWaiter): void {
    const queue = this.queues.get(waiter.key);
    const at = queue?.indexOf(waiter) ?? -1;
    if (!queue || at < 0) return;
    queue.splice(at, 1);
    if (queue.length === 0) this.queues.delete(waiter.key);
  }
}
