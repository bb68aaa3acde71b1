// What a poll request waits for, and what it was woken with: that counts even if somebody else takes it before its task comes to it.

import type { Kernel } from '../kernel/kernel.ts';
import type { FileDescription } from '../kernel/vfs/file.ts';

export class PollState {
  /** POLL bits; POLL_REMOVE can change both. */
  events: number;
  multishot: boolean;
  private wakeUps = 0;
  private seen = 0;

  constructor(events: number, multishot: boolean) {
    this.events = events;
    this.multishot = multishot;
  }

  /** More than one wake-up before its task has come to it: then the file is asked again. */
  wake(kernel: Kernel, file: FileDescription): void {
    this.wakeUps++;
    this.seen = this.wakeUps === 1 ? file.poll(kernel) & this.events : 0;
  }

  /** What it was woken with, once; or what there is. */
  take(kernel: Kernel, file: FileDescription): number {
    const { seen } = this;
    this.forget();
    return seen || file.poll(kernel) & this.events;
  }

  forget(): void {
    this.wakeUps = 0;
    this.seen = 0;
  }
}
