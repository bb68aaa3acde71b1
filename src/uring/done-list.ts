// Requests that are done, in that order, until their completions are placed. Every request passes through: they are chained to each
// other, and nothing is allocated. Plain data.

import type { Request } from './request.ts';

export class DoneList {
  private first: Request | null = null;
  private last: Request | null = null;

  get isEmpty(): boolean {
    return this.first === null;
  }

  push(request: Request): void {
    if (this.last) this.last.doneNext = request;
    else this.first = request;
    this.last = request;
  }

  /** All of them: the first, with the others behind it (Request.doneNext). The list is empty afterwards. */
  take(): Request | null {
    const { first } = this;
    this.first = null;
    this.last = null;
    return first;
  }
}
