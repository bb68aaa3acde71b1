// One log of encoded events a machine: a ring by bytes, and before it what is on the disk. A subscriber is a cursor in it, never a queue, and
// costs nothing while it sleeps.

import { MachineError } from '../../machine/errors.ts';
import { EventBudget } from '../quota/event-budget.ts';
import { type EventBatch as Batch, lastOf } from '../durable/tails.ts';
import { Bell } from '../signal.ts';
import { joinBatches } from './event-segment.ts';
import type { EventHistory, Segment } from './event-history.ts';

export interface LogSlice {
  /** Pieces of `repeated Event events = 1`, in order. */
  readonly pieces: readonly Uint8Array[];
  readonly events: number;
  readonly bytes: number;
  /** Where the next read goes on. */
  readonly next: number;
}

/** An open stream. */
export interface EventReader {
  /** The sequence that it reads next. */
  readonly cursor: number;
}

/** So many small batches, one after the other, become one: each costs memory, and the collector's time, besides its bytes. */
const JOINED = 32;
const MOST_SMALL = 2048;
/** Together they are a small part of the log, for the oldest batch goes as a whole. */
const SMALL_PART = 1 / 256;
/** What a batch costs besides its bytes. */
const BATCH_OVERHEAD = 512;
const cost = (batch: Batch): number => batch.bytes.length + 5 * batch.kinds.length + BATCH_OVERHEAD;
const endOf = (batch: Batch): number => batch.firstSequence + batch.kinds.length;
/** Of a segment, about: what is moved to the disk at once. */
const SEGMENT_BYTES = 2 << 20;
/** After a disk could not be written. */
const RETRY_MILLISECONDS = 10_000;
/** What may wait for the disk, beyond the capacity, or as much as that if it is more. */
const LEAST_SLACK = 16 << 20;
/** Segments that a read goes through to find an event that is wanted. */
const MOST_SEGMENTS = 16;

export class EventLog {
  private readonly capacity: number;
  private readonly budget: EventBudget;
  readonly history: EventHistory | null;
  private batches: Batch[] = [];
  /** The last so many have not been joined yet. */
  private small = 0;
  private held = 0;
  private ended = false;
  private isSpilling = false;
  /** Before which nothing is written, because that failed. */
  private retryTime = 0;
  /** Rings when events come, and at the end. */
  readonly bell = new Bell();
  /** Retention waits for them. */
  readonly readers = new Set<EventReader>();
  /** Sequence of the first event in memory. */
  private ring: number;
  /** Sequence that the next event will have. */
  next: number;

  /** `first`: sequence of the first event that will come. `budget`: what it shares with other logs. `history`: what is on the disk, up to `first`. */
  constructor(capacity: number, first = 1, budget = new EventBudget(), history: EventHistory | null = null) {
    this.capacity = capacity;
    this.budget = budget;
    this.history = history;
    this.ring = first;
    this.next = first;
    if (!history) return;
    budget.held += history.bytes;
    history.onGrowth = (bytes) => (budget.held += bytes);
  }

  get closed(): boolean {
    return this.ended;
  }

  /** Sequence of the first event still here. */
  get oldest(): number {
    return this.history ? Math.min(this.history.oldest, this.ring) : this.ring;
  }

  /** What it holds in memory, as counted against its capacity. */
  get bytes(): number {
    return this.held;
  }

  /** What it holds on the disk. */
  get diskBytes(): number {
    return this.history?.bytes ?? 0;
  }

  append(batch: Batch): void {
    if (batch.firstSequence !== this.next) throw new Error(`events ${batch.firstSequence} after ${this.next - 1}: a gap`);
    this.batches.push(batch);
    this.hold(cost(batch));
    this.next += batch.kinds.length;
    this.small = batch.bytes.length < Math.min(MOST_SMALL, this.capacity * SMALL_PART) ? this.small + 1 : 0;
    if (this.small === JOINED) this.join();
    this.evict();
    this.bell.ring();
  }

  /** The latest, for a log that is to go on with them. */
  tail(): Batch[] {
    return lastOf(this.batches, cost);
  }

  /** All before `to` is on the disk when it resolves. Rejects where it cannot be written. */
  async persist(to: number): Promise<void> {
    const { history } = this;
    if (!history || to <= history.next) return;
    await history.write(
      this.batches.filter((batch) => endOf(batch) > history.next && batch.firstSequence < to),
      Math.min(to, this.next),
    );
  }

  /** On the disk, if every open stream is behind it. */
  get oldestReadSegment(): Segment | null {
    const oldest = this.history?.oldestSegment;
    if (!oldest) return null;
    for (const { cursor } of this.readers) if (cursor < oldest.end) return null;
    return oldest;
  }

  /** Drops the oldest segment on the disk. Answers its bytes; 0 if there is none. */
  dropOldest(): number {
    return this.history?.dropOldest() ?? 0;
  }

  /** No more will come, and what is here counts no longer. */
  close(): void {
    if (!this.ended) {
      this.budget.held -= this.held;
      this.history?.close();
    }
    this.ended = true;
    this.bell.ring();
  }

  /** Throws HISTORY_GONE if the event with this sequence is neither here nor to come next. */
  check(from: number): void {
    if (from < this.oldest || from > this.next) throw this.gone(from);
  }

  private gone(from: number): MachineError {
    return new MachineError('HISTORY_GONE', `sequence ${from} is not in the log, which holds ${this.oldest} to ${this.next - 1}`, {
      oldest_sequence: String(this.oldest),
      next_sequence: String(this.next),
    });
  }

  /** From `from`, which must still be in memory; at most so many events and bytes (but at least one event). `kinds` null takes all. */
  read(from: number, kinds: ReadonlySet<number> | null, maxEvents: number, maxBytes: number): LogSlice {
    if (from < this.ring || from > this.next) throw this.gone(from);
    return sliceOf(this.batches, this.find(from), from, kinds, maxEvents, maxBytes);
  }

  /** Likewise, from memory or the disk. There it ends with a segment, or where some of the wanted kinds were found. */
  async readAny(from: number, kinds: ReadonlySet<number> | null, maxEvents: number, maxBytes: number): Promise<LogSlice> {
    let at = from;
    for (let segments = 0; at < this.ring; segments++) {
      this.check(at);
      const batch = await this.history!.read(at);
      const slice = sliceOf([batch], 0, at, kinds, maxEvents, maxBytes);
      at = slice.next;
      if (slice.events > 0 || segments === MOST_SEGMENTS) return slice;
    }
    return this.read(at, kinds, maxEvents, maxBytes);
  }

  /** Keeps within its bounds: what is too much goes to the disk, and where there is none or too little of it, away. */
  private evict(): void {
    while (this.budget.isExceeded && this.dropOldest() > 0);
    if (!this.history) return this.dropWhile(() => this.held > this.capacity || this.budget.isExceeded);
    const { history } = this;
    this.dropWhile((batch) => (this.held > this.capacity && endOf(batch) <= history.next) || this.budget.isExceeded);
    // The disk cannot be written, or is too slow.
    const slack = performance.now() < this.retryTime ? 0 : Math.max(this.capacity, LEAST_SLACK);
    if (this.held > this.capacity + slack) this.dropWhile(() => this.held > this.capacity);
    if (this.ring > history.next) history.restart(this.ring);
    if (this.held > this.capacity && this.batches.length > 1) void this.spill();
  }

  private dropWhile(isTooMuch: (oldest: Batch) => boolean): void {
    let drop = 0;
    while (drop < this.batches.length - 1 && isTooMuch(this.batches[drop]!)) this.hold(-cost(this.batches[drop++]!));
    if (drop === 0) return;
    this.batches.splice(0, drop);
    this.small = Math.min(this.small, this.batches.length);
    this.ring = this.batches[0]!.firstSequence;
  }

  private async spill(): Promise<void> {
    if (this.isSpilling || this.ended || performance.now() < this.retryTime) return;
    this.isSpilling = true;
    const { history } = this;
    let [at, bytes] = [0, 0];
    while (at < this.batches.length - 1 && bytes < Math.max(SEGMENT_BYTES, this.held - this.capacity)) bytes += cost(this.batches[at++]!);
    try {
      await this.persist(this.batches[at]!.firstSequence);
    } catch (error) {
      history!.failed(error as Error);
      this.retryTime = performance.now() + RETRY_MILLISECONDS;
      this.dropWhile(() => this.held > this.capacity);
      history!.restart(this.ring);
    } finally {
      this.isSpilling = false;
    }
    if (!this.ended) this.evict();
  }

  private join(): void {
    const parts = this.batches.splice(-JOINED);
    const joined = joinBatches(parts, parts[0]!.firstSequence, this.next);
    this.batches.push(joined);
    this.hold(cost(joined) - parts.reduce((sum, part) => sum + cost(part), 0));
    this.small = 0;
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
      if (endOf(this.batches[middle]!) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** From the event `from`, which is in the batch at `start`, or behind all of them. */
function sliceOf(
  batches: readonly Batch[],
  start: number,
  from: number,
  kinds: ReadonlySet<number> | null,
  maxEvents: number,
  maxBytes: number,
): LogSlice {
  const pieces: Uint8Array[] = [];
  let [events, bytes, next] = [0, 0, from];
  for (let at = start; at < batches.length; at++) {
    const batch = batches[at]!;
    const base = batch.offsets[0]!;
    let index = next - batch.firstSequence;
    while (index < batch.kinds.length) {
      // A run of wanted events is one piece.
      const run = index;
      while (index < batch.kinds.length && (kinds === null || kinds.has(batch.kinds[index]!))) {
        const size = batch.offsets[index + 1]! - batch.offsets[index]!;
        if (events > 0 && (events >= maxEvents || bytes + size > maxBytes)) break;
        events++;
        bytes += size;
        index++;
      }
      if (index > run) pieces.push(batch.bytes.subarray(batch.offsets[run]! - base, batch.offsets[index]! - base));
      if (index < batch.kinds.length) {
        if (kinds === null || kinds.has(batch.kinds[index]!)) return { pieces, events, bytes, next: batch.firstSequence + index };
        index++;
      }
      next = batch.firstSequence + index;
    }
  }
  return { pieces, events, bytes, next };
}
