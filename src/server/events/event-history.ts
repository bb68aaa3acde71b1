// The events of a machine that are on the disk: segments without a gap, oldest first.

import { MachineError } from '../../machine/errors.ts';
import type { EventBatch } from '../durable/tails.ts';
import { StoreError } from '../store/store-error.ts';
import type { EventFiles } from './event-files.ts';
import { joinBatches, partOf } from './event-segment.ts';

export interface Segment {
  readonly first: number;
  /** The sequence behind its last event that counts. */
  readonly end: number;
  readonly bytes: number;
  /** When it was written, in milliseconds since 1970. */
  readonly time: number;
}

/** A smaller one is written again, with what comes next. */
const SMALL_BYTES = 256 << 10;

export class EventHistory {
  readonly generation: string;
  private readonly files: EventFiles;
  private readonly uid: string;
  private segments: Segment[];
  /** The content of the last one, if it is small and was written here. */
  private small: EventBatch | null = null;
  private writing: Promise<unknown> = Promise.resolve();
  private isClosed = false;
  /** Changes when it begins anew. */
  private era = 0;
  /** Told of what its bytes have grown by. */
  onGrowth: (bytes: number) => void = () => {};
  /** The sequence that is written next. */
  next: number;
  bytes = 0;

  constructor(files: EventFiles, uid: string, generation: string, segments: readonly Segment[], next: number) {
    this.files = files;
    this.uid = uid;
    this.generation = generation;
    this.segments = [...segments];
    this.next = next;
    for (const { bytes } of segments) this.count(bytes);
  }

  /** Of the first event that is here; `next` if there is none. */
  get oldest(): number {
    return this.segments[0]?.first ?? this.next;
  }

  get oldestSegment(): Segment | undefined {
    return this.segments[0];
  }

  /** Those from `next` up to `to` are durable when it resolves, in the order of the calls. */
  write(batches: readonly EventBatch[], to: number): Promise<void> {
    const written = this.writing.then(async () => {
      const { era } = this;
      if (to <= this.next || this.isClosed) return;
      const fresh = joinBatches(batches, this.next, to);
      let [last, before] = this.lastIfSmall();
      let batch = before ? joinBatches([before, fresh], before.firstSequence, to) : fresh;
      let bytes = await this.files.write(this.uid, this.generation, batch);
      if (before && this.segments.at(-1) !== last && !this.isClosed && era === this.era) {
        // It was dropped meanwhile, and the file that was to take its place goes with it.
        [last, before, batch] = [undefined, null, fresh];
        bytes = await this.files.write(this.uid, this.generation, batch);
      }
      if (this.isClosed) return;
      if (era !== this.era) return this.files.drop(this.uid, this.generation, [batch.firstSequence]);
      if (before) this.count(-this.segments.pop()!.bytes);
      this.segments.push({ first: batch.firstSequence, end: to, bytes, time: Date.now() });
      this.count(bytes);
      this.small = batch.bytes.length < SMALL_BYTES ? batch : null;
      this.next = to;
      while (this.bytes > this.files.most && this.segments.length > 1) this.dropOldest();
    });
    this.writing = written.catch(() => {});
    return written;
  }

  /** The events from `from` on, which is in it, up to the end of a segment. Throws HISTORY_GONE, CHECKSUM_MISMATCH. */
  async read(from: number): Promise<EventBatch> {
    const segment = this.segments.find(({ first, end }) => first <= from && from < end);
    if (!segment) throw this.gone(from);
    const { first, end } = segment;
    try {
      return partOf(await this.files.read(this.uid, this.generation, first), from, end);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (!this.segments.some((its) => its.first === first)) throw this.gone(from);
      throw new MachineError(
        'CHECKSUM_MISMATCH',
        `events ${from} to ${end - 1} cannot be read: ${error.path} ${error.problem}. Go on from ${end}`,
        {
          path: error.path,
          oldest_sequence: String(end),
        },
      );
    }
  }

  /** The oldest segment goes. Answers its bytes; 0 if there is none. */
  dropOldest(): number {
    const segment = this.segments.shift();
    if (!segment) return 0;
    if (this.segments.length === 0) this.small = null;
    this.count(-segment.bytes);
    this.files.drop(this.uid, this.generation, [segment.first]);
    return segment.bytes;
  }

  /** It has a gap: all of it goes, and it goes on with `next`. */
  restart(next: number): void {
    while (this.dropOldest() > 0);
    this.era++;
    this.small = null;
    this.next = next;
  }

  /** Nobody reads it any more; its files are for others to remove. */
  close(): void {
    this.count(-this.bytes);
    this.isClosed = true;
  }

  failed(error: Error): void {
    this.files.onTrouble(this.uid, error);
  }

  /** All that is written of its machine and not in it goes; what cannot be removed is a leftover. */
  tidy(): Promise<void> {
    const tidied = this.writing.then(async () => {
      if (!this.isClosed)
        await this.files.keepOnly(
          this.uid,
          this.generation,
          this.segments.map(({ first }) => first),
        );
    });
    const done = tidied.catch(() => {});
    this.writing = done;
    return done;
  }

  private lastIfSmall(): [Segment | undefined, EventBatch | null] {
    const last = this.segments.at(-1);
    return [last, last?.first === this.small?.firstSequence ? this.small : null];
  }

  private count(bytes: number): void {
    this.bytes += bytes;
    this.files.bytes += bytes;
    this.onGrowth(bytes);
  }

  private gone(from: number): MachineError {
    return new MachineError('HISTORY_GONE', `sequence ${from} is not kept any more: the oldest is ${this.oldest}`, {
      oldest_sequence: String(this.oldest),
      next_sequence: String(this.next),
    });
  }
}
