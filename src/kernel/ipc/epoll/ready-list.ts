// The interests of an epoll that may be ready, in the order of their turns: taken from the front, added at the end.

import type { Interest } from './interest.ts';

/** Places given up at the front before the array is made shorter. */
const SLACK = 64;

export class ReadyList {
  private items: (Interest | null)[] = [];
  private front = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(interest: Interest): void {
    if (interest.isListed) return;
    interest.isListed = true;
    this.items.push(interest);
    this.count++;
  }

  shift(): Interest | null {
    while (this.front < this.items.length) {
      const interest = this.items[this.front]!;
      this.items[this.front++] = null;
      if (this.front >= SLACK && this.front * 2 >= this.items.length) {
        this.items = this.items.slice(this.front);
        this.front = 0;
      }
      if (!interest) continue;
      interest.isListed = false;
      this.count--;
      return interest;
    }
    return null;
  }

  /** Back to the front, in their order. */
  unshift(interests: readonly Interest[]): void {
    for (const interest of interests) interest.isListed = true;
    this.items = [...interests, ...this.items.slice(this.front)];
    this.front = 0;
    this.count += interests.length;
  }

  remove(interest: Interest): void {
    if (!interest.isListed) return;
    interest.isListed = false;
    this.items[this.items.indexOf(interest, this.front)] = null;
    this.count--;
  }
}
