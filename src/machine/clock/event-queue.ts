// Things that happen at a virtual time: IPI arrivals, timers, ends of kernel work.
// A binary heap ordered by (time, sequence), so that equal times keep their order of scheduling.

export interface Scheduled<T> {
  /** Virtual time in cycles. */
  readonly time: number;
  /** Order of scheduling; also the handle for cancel(). */
  readonly sequence: number;
  readonly payload: T;
}

/** T is plain data with a `kind`; who acts on it is decided by a table, never by a closure. */
export class EventQueue<T> {
  private readonly heap: Scheduled<T>[] = [];
  private nextSequence = 1;

  /** Returns a handle for cancel(). */
  schedule(time: number, payload: T): number {
    const item = { time, sequence: this.nextSequence++, payload };
    this.heap.push(item);
    this.siftUp(this.heap.length - 1);
    return item.sequence;
  }

  /** True if the event was still waiting. */
  cancel(sequence: number): boolean {
    const at = this.heap.findIndex((e) => e.sequence === sequence);
    if (at < 0) return false;
    this.removeAt(at);
    return true;
  }

  /** Time of the next event, Infinity if there is none. */
  nextTime(): number {
    return this.heap[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  /** Removes and returns the next event if its time is at most `now`. */
  popDue(now: number): Scheduled<T> | undefined {
    const first = this.heap[0];
    if (!first || first.time > now) return undefined;
    this.removeAt(0);
    return first;
  }

  /** All waiting events in firing order (for hashes and listings). */
  list(): Scheduled<T>[] {
    return [...this.heap].sort(compare);
  }

  private removeAt(at: number): void {
    const last = this.heap.pop()!;
    if (at === this.heap.length) return;
    this.heap[at] = last;
    this.siftDown(at);
    this.siftUp(at);
  }

  private siftUp(at: number): void {
    let child = at;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (compare(this.heap[parent]!, this.heap[child]!) <= 0) return;
      this.swap(parent, child);
      child = parent;
    }
  }

  private siftDown(at: number): void {
    let parent = at;
    for (;;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < this.heap.length && compare(this.heap[child]!, this.heap[least]!) < 0) least = child;
      if (least === parent) return;
      this.swap(parent, least);
      parent = least;
    }
  }

  private swap(a: number, b: number): void {
    const held = this.heap[a]!;
    this.heap[a] = this.heap[b]!;
    this.heap[b] = held;
  }
}

function compare(a: { time: number; sequence: number }, b: { time: number; sequence: number }): number {
  return a.time - b.time || a.sequence - b.sequence;
}
