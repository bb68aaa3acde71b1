// Things that happen at a virtual time: IPI arrivals, timers, ends of kernel work.
// A binary heap ordered by (time, sequence), so that equal times keep their order of scheduling.

export interface Scheduled<T> {
  /** Virtual time in cycles. */
  readonly time: number;
  /** Order of scheduling; also the handle for cancel(). */
  readonly sequence: number;
  readonly payload: T;
}

/** One that waits, and where in the heap. */
interface Waiting<T> extends Scheduled<T> {
  at: number;
}

/** T is plain data with a `kind`; who acts on it is decided by a table, never by a closure. */
export class EventQueue<T> {
  /** Follows from the heap. */
  static readonly transient = ['waiting'];
  private readonly heap: Waiting<T>[] = [];
  private waiting = new Map<number, Waiting<T>>();
  private nextSequence = 1;

  /** Returns a handle for cancel(). */
  schedule(time: number, payload: T): number {
    const item = { time, sequence: this.nextSequence++, payload, at: this.heap.length };
    this.heap.push(item);
    this.waiting.set(item.sequence, item);
    this.siftUp(item.at);
    return item.sequence;
  }

  /** True if the event was still waiting. */
  cancel(sequence: number): boolean {
    const item = this.waiting.get(sequence);
    if (!item) return false;
    this.removeAt(item.at);
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

  /** After the heap was read from a snapshot. */
  restored(): void {
    this.waiting = new Map(this.heap.map((item) => [item.sequence, item]));
  }

  /** All waiting events in firing order (for hashes and listings). */
  list(): Scheduled<T>[] {
    return [...this.heap].sort(compare);
  }

  private removeAt(at: number): void {
    this.waiting.delete(this.heap[at]!.sequence);
    const last = this.heap.pop()!;
    if (at === this.heap.length) return;
    this.heap[at] = last;
    last.at = at;
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
    const other = this.heap[b]!;
    this.heap[a] = other;
    this.heap[b] = held;
    other.at = a;
    held.at = b;
  }
}

function compare(a: { time: number; sequence: number }, b: { time: number; sequence: number }): number {
  return a.time - b.time || a.sequence - b.sequence;
}
