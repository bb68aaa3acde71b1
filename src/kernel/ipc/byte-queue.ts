// Bytes in order of arrival: what a pipe or a stream socket holds.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { ByteSink } from '../vfs/file.ts';

export class ByteQueue {
  private chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that are gone. */
  private consumed = 0;
  length = 0;

  /** Takes over `data`. */
  append(data: Uint8Array): void {
    if (data.length === 0) return;
    this.chunks.push(data);
    this.length += data.length;
    if (this.chunks.length > 64) this.compact();
  }

  /** Moves up to `count` bytes into `to`; fewer at a fault. */
  moveTo(to: ByteSink, count: number): number {
    let moved = 0;
    while (moved < count && this.length > 0) {
      const first = this.chunks[0]!;
      const part = first.subarray(this.consumed, Math.min(first.length, this.consumed + count - moved));
      const accepted = to.put(part);
      this.drop(accepted);
      moved += accepted;
      if (accepted < part.length) break;
    }
    return moved;
  }

  /** Copies up to `count` bytes without consuming them, from `skip` bytes behind the front. */
  peek(count: number, skip = 0): Uint8Array {
    const bytes = new Uint8Array(Math.max(Math.min(count, this.length - skip), 0));
    let at = 0;
    let from = this.consumed + skip;
    for (const chunk of this.chunks) {
      if (from >= chunk.length) {
        from -= chunk.length;
        continue;
      }
      if (at === bytes.length) break;
      const part = chunk.subarray(from, from + bytes.length - at);
      bytes.set(part, at);
      at += part.length;
      from = 0;
    }
    return bytes;
  }

  /** Drops `count` bytes at the front. */
  drop(count: number): void {
    this.length -= count;
    this.consumed += count;
    while (this.chunks.length > 0 && this.consumed >= this.chunks[0]!.length) {
      this.consumed -= this.chunks[0]!.length;
      this.chunks.shift();
    }
    if (this.chunks.length === 0) this.consumed = 0;
  }

  private compact(): void {
    if (this.length > 16 * PAGE_SIZE) return;
    this.chunks = [this.peek(this.length)];
    this.consumed = 0;
  }
}
