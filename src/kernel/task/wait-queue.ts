// Who waits for something. Order is explicit: first come, first woken. Plain data.

import type { Kernel } from '../kernel.ts';
import type { Task } from './task.ts';

/** Something that is not a task and is told of every wake-up: a request of a ring. */
export interface QueueListener {
  queueWoken(kernel: Kernel, queue: WaitQueue): void;
}

/** As a listener, but a wake-up is for one of them alone: the first that has a use for it. */
export interface ExclusiveListener {
  offerWake(kernel: Kernel, queue: WaitQueue): boolean;
}

export class WaitQueue {
  /** For listings and "waits for" texts: "pipe", "futex 0x4040f0". */
  readonly what: string;
  readonly waiters: Task[] = [];
  /** Told before tasks are woken; each stays until it takes itself out. */
  readonly listeners: QueueListener[] = [];
  readonly exclusive: ExclusiveListener[] = [];
  /** Who came last is woken first. */
  private readonly newestFirst: boolean;

  constructor(what: string, newestFirst = false) {
    this.what = what;
    this.newestFirst = newestFirst;
  }

  add(task: Task): void {
    if (this.waiters.includes(task)) return;
    if (this.newestFirst) this.waiters.unshift(task);
    else this.waiters.push(task);
  }

  remove(task: Task): void {
    const at = this.waiters.indexOf(task);
    if (at >= 0) this.waiters.splice(at, 1);
  }

  listen(listener: QueueListener): void {
    if (!this.listeners.includes(listener)) this.listeners.push(listener);
  }

  /** Told before those that listen already. */
  listenFirst(listener: QueueListener): void {
    if (!this.listeners.includes(listener)) this.listeners.unshift(listener);
  }

  listenExclusively(listener: ExclusiveListener): void {
    if (!this.exclusive.includes(listener)) this.exclusive.push(listener);
  }

  ignore(listener: QueueListener | ExclusiveListener): void {
    for (const list of [this.listeners, this.exclusive] as (QueueListener | ExclusiveListener)[][]) {
      const at = list.indexOf(listener);
      if (at >= 0) list.splice(at, 1);
    }
  }

  /** Everybody but tasks hears of a wake-up. */
  tellListeners(kernel: Kernel): void {
    const { listeners, exclusive } = this;
    if (listeners.length === 1) listeners[0]!.queueWoken(kernel, this);
    else if (listeners.length > 0) for (const listener of [...listeners]) listener.queueWoken(kernel, this);
    if (exclusive.length > 0) for (const listener of [...exclusive]) if (listener.offerWake(kernel, this)) break;
  }
}
