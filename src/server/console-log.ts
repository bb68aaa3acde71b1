// What a spawned process and its children wrote to their console, in order, for any number of readers. Old output is dropped,
// but never under an attached reader: when one falls behind, `lagging` turns true and the machine's host thread waits.

import { lastOf } from './durable/tails.ts';
import { Bell } from './signal.ts';
import type { OutputStream } from '../machine/protocol.ts';

export interface ConsoleChunk {
  readonly stream: OutputStream;
  /** Of the first byte, in its stream. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const KEPT_BYTES = 8 << 20;
const LAG_HIGH = 4 << 20;
const LAG_LOW = 1 << 20;

export class ConsoleReader {
  /** Index of the next chunk, counted from the console's first. */
  position: number;
  unreadBytes = 0;

  constructor(position: number) {
    this.position = position;
  }
}

export class ConsoleLog {
  private chunks: ConsoleChunk[] = [];
  private firstIndex = 0;
  private bytes = 0;
  private readonly readers = new Set<ConsoleReader>();
  private ended = false;
  private lags = false;
  private readonly onLag: (lagging: boolean) => void;
  /** Bytes that each stream has had in all. */
  readonly written: Record<OutputStream, number> = { 1: 0, 2: 0 };
  readonly bell = new Bell();

  constructor(onLag: (lagging: boolean) => void) {
    this.onLag = onLag;
  }

  append(all: ConsoleChunk): void {
    // A machine that is replayed says again what is here already.
    const known = Math.max(0, this.written[all.stream] - all.offset);
    if (known > 0 && known >= all.bytes.length) return;
    const chunk = known > 0 ? { ...all, offset: all.offset + known, bytes: all.bytes.subarray(known) } : all;
    this.chunks.push(chunk);
    this.bytes += chunk.bytes.length;
    this.written[chunk.stream] = chunk.offset + chunk.bytes.length;
    for (const reader of this.readers) reader.unreadBytes += chunk.bytes.length;
    this.trim();
    this.balance();
    this.bell.ring();
  }

  /** The latest, and whether that is the end. */
  tail(): { readonly ended: boolean; readonly chunks: ConsoleChunk[] } {
    return { ended: this.ended, chunks: lastOf(this.chunks, ({ bytes }) => bytes.length + 64) };
  }

  end(): void {
    this.ended = true;
    this.bell.ring();
  }

  attach(): ConsoleReader {
    const reader = new ConsoleReader(this.firstIndex);
    reader.unreadBytes = this.bytes;
    this.readers.add(reader);
    this.balance();
    return reader;
  }

  detach(reader: ConsoleReader): void {
    this.readers.delete(reader);
    this.trim();
    this.balance();
  }

  /** The next chunk for a reader, 'end' when there will be none, undefined when there is none now. */
  read(reader: ConsoleReader): ConsoleChunk | 'end' | undefined {
    const chunk = this.chunks[reader.position - this.firstIndex];
    if (!chunk) return this.ended ? 'end' : undefined;
    reader.position++;
    reader.unreadBytes -= chunk.bytes.length;
    this.balance();
    return chunk;
  }

  private trim(): void {
    const needed = Math.min(...[...this.readers].map((reader) => reader.position), Number.POSITIVE_INFINITY);
    let drop = 0;
    while (this.bytes > KEPT_BYTES && drop < this.chunks.length - 1 && this.firstIndex + drop < needed)
      this.bytes -= this.chunks[drop++]!.bytes.length;
    this.chunks.splice(0, drop);
    this.firstIndex += drop;
  }

  private balance(): void {
    const unread = Math.max(0, ...[...this.readers].map((reader) => reader.unreadBytes));
    const lags = unread > (this.lags ? LAG_LOW : LAG_HIGH);
    if (lags === this.lags) return;
    this.lags = lags;
    this.onLag(lags);
  }
}
