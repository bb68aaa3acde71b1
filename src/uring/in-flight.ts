// The requests of a ring that are not done, in the order of submission. Every request of every ring comes and goes here, mostly first in,
// first out, so places are kept and used again rather than allocated. Plain data.

import type { Request } from './request.ts';

export class InFlight {
  /** Request.place is an index here; null where one has left, and from `end` on. */
  private readonly places: (Request | null)[] = [];
  /** Nothing is before it. */
  private first = 0;
  private end = 0;
  size = 0;

  add(request: Request): void {
    if (this.end === this.places.length && 2 * this.size <= this.end) this.closeRanks();
    request.place = this.end;
    if (this.end === this.places.length) this.places.push(request);
    else this.places[this.end] = request;
    this.end++;
    this.size++;
  }

  delete(request: Request): void {
    if (!this.has(request)) return;
    this.places[request.place] = null;
    if (--this.size === 0) this.first = this.end = 0;
  }

  has(request: Request): boolean {
    return this.places[request.place] === request;
  }

  oldest(): Request | null {
    if (this.size === 0) return null;
    while (!this.places[this.first]) this.first++;
    return this.places[this.first]!;
  }

  /** A copy: what is done with them may end others. */
  list(): Request[] {
    const all: Request[] = [];
    for (let at = this.first; at < this.end; at++) {
      const request = this.places[at];
      if (request) all.push(request);
    }
    return all;
  }

  clear(): void {
    this.places.length = 0;
    this.first = this.end = this.size = 0;
  }

  private closeRanks(): void {
    const all = this.list();
    this.places.fill(null);
    for (const [at, request] of all.entries()) {
      request.place = at;
      this.places[at] = request;
    }
    this.first = 0;
    this.end = all.length;
  }
}
