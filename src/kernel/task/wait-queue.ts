// Who waits for something. Order is explicit: first come, first woken. Plain data.

import type { Task } from './task.ts';

export class WaitQueue {
  /** For listings and "waits for" texts: "pipe", "futex 0x4040f0". */
  readonly what: string;
  readonly waiters: Task[] = [];
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
}
