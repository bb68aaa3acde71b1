// Futexes: who waits at which word, and who owns the priority-inheritance locks that somebody waits for.

import type { Kernel } from '../kernel.ts';
import type { Mm } from '../mm/mm.ts';
import { urgencyOf } from './run-queue.ts';
import type { Task } from './task.ts';

/** wait: until it is woken. lock: until it owns the lock (FUTEX_LOCK_PI). moved: until it is moved to a lock (FUTEX_WAIT_REQUEUE_PI). */
export type FutexWaitKind = 'wait' | 'lock' | 'moved';

/** Waits in place of its task: a request of a ring. */
export interface FutexSleeper {
  /** Below 0, so that it is no tid. */
  readonly futexIdentity: number;
  futexWoken(kernel: Kernel): void;
}

/** One word a task waits at. It leaves its queue when it is woken, times out or is interrupted. */
export interface FutexWaiter {
  readonly task: Task;
  /** Who is told instead of the task, if anybody. */
  readonly sleeper: FutexSleeper | null;
  key: string;
  /** The word in the task's own memory. */
  address: number;
  readonly bitset: number;
  kind: FutexWaitKind;
  /** Of a 'moved' one: the lock it will be moved to. */
  readonly target: { readonly key: string; readonly address: number } | null;
  /** Set by whoever wakes it; it is in no queue then. */
  woken: boolean;
}

export class FutexTable {
  /** Waiters of each key: real-time tasks by priority, then in order of arrival. */
  private readonly queues = new Map<string, FutexWaiter[]>();
  /** The waits of a task in progress: one, but for futex_waitv. */
  private readonly byTid = new Map<number, FutexWaiter[]>();
  /** For whom calls wait now, if not for their task; null between such calls. */
  sleeper: FutexSleeper | null = null;
  /** Owner of each lock that has waiters. */
  readonly owners = new Map<string, Task>();
  private lastSpace = 0;

  /** A number for an address space, for keys: given at its first futex. */
  spaceNumber(mm: Mm): number {
    if (mm.futexSpace === 0) mm.futexSpace = ++this.lastSpace;
    return mm.futexSpace;
  }

  at(key: string): readonly FutexWaiter[] {
    return this.queues.get(key) ?? [];
  }

  /** The wait of a task that is in progress, a woken one before others; null if there is none. */
  of(task: Task): FutexWaiter | null {
    const waiters = this.allOf(task);
    return waiters.find((waiter) => waiter.woken) ?? waiters[0] ?? null;
  }

  /** In the order in which they were added. */
  allOf(task: Task): readonly FutexWaiter[] {
    return this.byTid.get(this.identityOf(task)) ?? [];
  }

  add(waiter: FutexWaiter): void {
    const identity = this.identityOf(waiter.task);
    const own = this.byTid.get(identity);
    if (own) own.push(waiter);
    else this.byTid.set(identity, [waiter]);
    this.enqueue(waiter);
  }

  /** Takes it out of its queue; the task learns of it when its call runs again. */
  markWoken(waiter: FutexWaiter): void {
    this.unqueue(waiter);
    waiter.woken = true;
  }

  /** The waits of a task are over. */
  forget(task: Task): void {
    for (const waiter of this.allOf(task)) this.unqueue(waiter);
    this.byTid.delete(this.identityOf(task));
  }

  /** As forget, of one that waited in place of its task. */
  forgetSleeper({ futexIdentity }: FutexSleeper): void {
    for (const waiter of this.byTid.get(futexIdentity) ?? []) this.unqueue(waiter);
    this.byTid.delete(futexIdentity);
  }

  private identityOf(task: Task): number {
    return this.sleeper?.futexIdentity ?? task.tid;
  }

  requeue(waiter: FutexWaiter, key: string): void {
    this.unqueue(waiter);
    waiter.key = key;
    this.enqueue(waiter);
  }

  private enqueue(waiter: FutexWaiter): void {
    const queue = this.queues.get(waiter.key);
    if (!queue) {
      this.queues.set(waiter.key, [waiter]);
      return;
    }
    const urgency = urgencyOf(waiter.task.scheduling);
    let at = queue.length;
    while (at > 0 && urgencyOf(queue[at - 1]!.task.scheduling) < urgency) at--;
    queue.splice(at, 0, waiter);
  }

  private unqueue(waiter: FutexWaiter): void {
    const queue = this.queues.get(waiter.key);
    const at = queue?.indexOf(waiter) ?? -1;
    if (!queue || at < 0) return;
    queue.splice(at, 1);
    if (queue.length === 0) this.queues.delete(waiter.key);
  }
}
