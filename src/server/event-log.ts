// One log of encoded events a machine: a ring by bytes. A subscriber is a cursor in it, never a queue, and costs nothing while it sleeps.

import { MachineError } from '../machine/errors.ts';
import { EventBudget } from './quota/event-budget.ts';
import { type EventBatch as Batch, lastOf } from './durable/tails.ts';
import { Bell } from './signal.ts';

export interface LogSlice {
  /** Pieces of `repeated Event events = 1`, in order. */
  readonly pieces: readonly Uint8Array[];
  readonly events: number;
  readonly bytes: number;
  /** Where the next read goes on. */
  readonly next: number;
}

/** What a batch costs besides its bytes. */
const BATCH_OVERHEAD = 512;
const cost = (batch: Batch): number => batch.bytes.length + 5 * batch.kinds.length + BATCH_OVERHEAD;

export class EventLog {
  private readonly capacity: number;
  private readonly budget: EventBudget;
  private batches: Batch[] = [];
  private held = 0;
  private ended = false;
  /** Rings when events come, and at the end. */
  readonly bell = new Bell();
  /** Sequence of the first event still here. */
  oldest = 1;
  /** Sequence that the next event will have. */
  next = 1;

  /** `first`: sequence of the first event that will come. `budget`: what it shares with other logs. */
  constructor(capacity: number, first = 1, budget = new EventBudget()) {
    this.capacity = capacity;
    this.budget = budget;
    this.oldest = first;
    this.next = first;
  }

  get closed(): boolean {
    return this.ended;
  }

  /** What it holds, as counted against its capacity. */
  get bytes(): number {
    return this.held;
  }

  append(batch: Batch): void {
    if (batch.firstSequence !== this.next) throw new Error(`events ${batch.firstSequence} after ${this.next - 1}: a gap`);
    this.batches.push(batch);
    this.hold(cost(batch));
    this.next += batch.kinds.length;
    let drop = 0;
    while ((this.held > this.capacity || this.budget.isExceeded) && drop < this.batches.length - 1) this.hold(-cost(this.batches[drop++]!));
    if (drop > 0) {
      this.batches.splice(0, drop);
      this.oldest = this.batches[0]!.firstSequence;
    }
    this.bell.ring();
  }

  /** The latest, for a log that is to go on with them. */
  tail(): Batch[] {
    return lastOf(this.batches, cost);
  }

  /** No more will come, and what is here counts no longer. */
  close(): void {
    if (!this.ended) this.budget.held -= this.held;
    this.ended = true;
    this.bell.ring();
  }

  /** From `from`, which must still be here; at most so many events and bytes (but at least one event). `kinds` null takes all. */
  read(from: number, kinds: ReadonlySet<number> | null, maxEvents: number, maxBytes: number): LogSlice {
    if (from < this.oldest || from > this.next)
      throw new MachineError('HISTORY_GONE', `sequence ${from} is not in the log, which holds ${this.oldest} to ${this.next - 1}`, {
        oldest_sequence: String(this.oldest),
        next_sequence: String(this.next),
      });
    const pieces: Uint8Array[] = [];
    let [events, bytes, next] = [0, 0, from];
    for (let at = this.find(from); at < this.batches.length; at++) {
      const batch = this.batches[at]!;
      let index = next - batch.firstSequence;
      while (index < batch.kinds.length) {
        // A run of wanted events is one piece.
        const start = index;
        while (index < batch.kinds.length && (kinds === null || kinds.has(batch.kinds[index]!))) {
          const size = batch.offsets[index + 1]! - batch.offsets[index]!;
          if (events > 0 && (events >= maxEvents || bytes + size > maxBytes)) break;
          events++;
          bytes += size;
          index++;
        }
        if (index > start) pieces.push(batch.bytes.subarray(batch.offsets[start]!, batch.offsets[index]!));
        if (index < batch.kinds.length) {
          if (kinds === null || kinds.has(batch.kinds[index]!)) return { pieces, events, bytes, next: batch.firstSequence + index };
          index++;
        }
        next = batch.firstSequence + index;
      }
    }
    return { pieces, events, bytes, next };
  }

  private hold(bytes: number): void {
    this.held += bytes;
    this.budget.held += bytes;
  }

  /** Index of the batch that holds a sequence; the number of batches for what has not come yet. */
  private find(sequence: number): number {
    let [low, high] = [0, this.batches.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const batch = this.batches[middle]!;
      if (batch.firstSequence + batch.kinds.length <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
