// Where the segments of all machines lie: events/UID/GENERATION/FIRST.events. A generation is the events of a machine from one beginning on: a
// machine that is reset or put back begins another. Files are written and read by the blob thread.

import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBatch } from '../durable/tails.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { EventHistory, type Segment } from './event-history.ts';
import { HEAD_BYTES, segmentHead } from './event-segment.ts';

/** Segments that are kept decoded, for readers that come again. */
const CACHED = 8;

export const segmentName = (first: number): string => `${String(first).padStart(16, '0')}.events`;
/** First sequences of the segments in a folder, ascending. */
export const segmentsIn = (folder: string): number[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .map((name) => Number(/^(\d{16})\.events$/.exec(name)?.[1] ?? 0))
        .filter((first) => first > 0)
        .sort((a, b) => a - b)
    : [];

export class EventFiles {
  private readonly blobs: BlobStore;
  private readonly folder: string;
  private readonly cache = new Map<string, Promise<EventBatch>>();
  /** Of all machines: bytes on the disk. */
  bytes = 0;
  /** A history could not be written, and ends with that. */
  readonly onTrouble: (uid: string, error: Error) => void;
  /** Bytes that a machine's history may have; its oldest segments go for more. */
  readonly most: number;

  constructor(
    blobs: BlobStore,
    folder: string,
    onTrouble: (uid: string, error: Error) => void = () => {},
    most: number = Number.POSITIVE_INFINITY,
  ) {
    this.blobs = blobs;
    this.folder = folder;
    this.onTrouble = onTrouble;
    this.most = most;
  }

  /** Of a beginning with the event `first`. */
  begin(uid: string, first: number): EventHistory {
    return new EventHistory(this, uid, randomUUID().slice(0, 8), [], first);
  }

  /** As a daemon before has left it, up to `next`; what is not whole up to there is not in it. */
  resume(uid: string, generation: string, next: number): EventHistory {
    const firsts = segmentsIn(this.path(uid, generation)).filter((first) => first < next);
    let segments: Segment[] = [];
    for (const [at, first] of firsts.entries()) {
      const end = firsts[at + 1] ?? next;
      const segment = this.segmentOf(uid, generation, first, end);
      // Behind a gap it begins anew.
      if (!segment || (segments.length > 0 && segments.at(-1)!.end !== first)) segments = [];
      if (segment) segments.push(segment);
    }
    return new EventHistory(this, uid, generation, segments.at(-1)?.end === next ? segments : [], next);
  }

  /** Of all that is written of a machine, these segments of one generation stay. */
  async keepOnly(uid: string, generation: string, firsts: readonly number[]): Promise<void> {
    const names = existsSync(join(this.folder, uid)) ? readdirSync(join(this.folder, uid)) : [];
    const others = names.filter((name) => name !== generation).map((name) => join(this.folder, uid, name));
    const stale = segmentsIn(this.path(uid, generation)).filter((first) => !firsts.includes(first));
    await this.blobs.run('remove_files', [...others, ...stale.map((first) => join(this.path(uid, generation), segmentName(first)))]);
  }

  /** Of a machine that is gone. */
  async remove(uid: string): Promise<void> {
    await this.blobs.run('remove_files', [join(this.folder, uid)]);
  }

  /** Durable when it resolves with the bytes of the file. */
  async write(uid: string, generation: string, batch: EventBatch): Promise<number> {
    const path = join(this.path(uid, generation), segmentName(batch.firstSequence));
    this.cache.delete(path);
    return this.blobs.run('write_events', { path, uid, time: Date.now(), batch });
  }

  /** Rejects with StoreError if it is damaged or missing. */
  read(uid: string, generation: string, first: number): Promise<EventBatch> {
    const path = join(this.path(uid, generation), segmentName(first));
    const batch = this.cache.get(path) ?? this.blobs.run('read_events', path);
    this.cache.delete(path);
    this.cache.set(path, batch);
    batch.catch(() => this.cache.delete(path));
    if (this.cache.size > CACHED) this.cache.delete(this.cache.keys().next().value!);
    return batch;
  }

  drop(uid: string, generation: string, firsts: readonly number[]): void {
    const paths = firsts.map((first) => join(this.path(uid, generation), segmentName(first)));
    for (const path of paths) this.cache.delete(path);
    void this.blobs.run('remove_files', paths).catch(() => {});
  }

  private path(uid: string, generation: string): string {
    return join(this.folder, uid, generation);
  }

  private segmentOf(uid: string, generation: string, first: number, end: number): Segment | null {
    const file = openSync(join(this.path(uid, generation), segmentName(first)), 'r');
    try {
      const bytes = Buffer.alloc(HEAD_BYTES);
      readSync(file, bytes, 0, HEAD_BYTES, 0);
      const head = segmentHead(bytes);
      if (head.uid !== uid || head.first !== first || head.first + head.events < end) return null;
      return { first, end, bytes: HEAD_BYTES + head.stored, time: head.time };
    } catch {
      return null;
    } finally {
      closeSync(file);
    }
  }
}
