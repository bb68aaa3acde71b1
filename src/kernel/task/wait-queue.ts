// Who waits for something. Order is explicit: first come, first woken. Plain data.

import type { Kernel } from '../kernel.ts';
import type { Task } from './task.ts';

/** Something that is not a task and is told of every wake-up: a request of a ring. */
export interface QueueListener {
  queueWoken(kernel: Kernel, queue: WaitQueue): void;
}

export class WaitQueue {
  /** For listings and "waits for" texts: "pipe", "futex 0x4040f0". */
  readonly what: string;
  readonly waiters: Task[] = [];
  /** Told before tasks are woken; each stays until it takes itself out. */
  readonly listeners: QueueListener[] = [];
  /** Wake-ups so far: edge-triggered epoll compares it with what it has reported. */
  wakes = 0;

  constructor(what: string) {
    this.what = what;
  }

  add(task: Task): void {
    if (!this.waiters.includes(task)) this.waiters.push(task);
  }

  remove(task: Task): void {
    const at = this.waiters.indexOf(task);
    if (at >= 0) this.waiters.splice(at, 1);
  }

  listen(listener: QueueListener): void {
    if (!this.listeners.includes(listener)) this.listeners.push(listener);
  }

  ignore(listener: QueueListener): void {
    const at = this.listeners.indexOf(listener);
    if (at >= 0) this.listeners.splice(at, 1);
  }
}
