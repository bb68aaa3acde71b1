// What one end of a TCP connection has received and not read: bytes at positions of the stream, and the place of the urgent one.

import type { ByteSink } from '../../vfs/file.ts';

/** Small writes behind others share a chunk of this size, so that each byte of a full queue costs about a byte. */
const CHUNK = 4096;

interface Chunk {
  readonly bytes: Uint8Array;
  start: number;
  end: number;
}

export class ByteStream {
  private readonly chunks: Chunk[] = [];
  /** Position of the first unread byte, and behind the last received one. */
  position = 0;
  end = 0;
  /** Position of the urgent byte; -1 without one. It stays known until it is passed, even if it has been received as such. */
  urgentAt = -1;
  urgentTaken = false;

  get length(): number {
    return this.end - this.position;
  }

  /** Takes over `data`. */
  append(data: Uint8Array): void {
    this.end += data.length;
    const last = this.chunks.at(-1);
    if (last && last.end + data.length <= last.bytes.length) {
      last.bytes.set(data, last.end);
      last.end += data.length;
    } else if (!last || data.length >= CHUNK) this.chunks.push({ bytes: data, start: 0, end: data.length });
    else {
      const bytes = new Uint8Array(CHUNK);
      bytes.set(data);
      this.chunks.push({ bytes, start: 0, end: data.length });
    }
  }

  /** The last byte received is urgent; one that was not yet passed becomes an ordinary byte, unless it is next: then it is dropped. Bytes dropped. */
  markUrgent(inline: boolean): number {
    const passed = Number(this.urgentAt === this.position && !inline && this.length > 1);
    this.drop(passed);
    this.urgentAt = this.end - 1;
    this.urgentTaken = false;
    return passed;
  }

  /** Copies up to `count` bytes from `skip` behind the front; fewer at a fault. `to` null: they are thrown away. */
  copy(to: ByteSink | null, count: number, skip: number): number {
    if (!to) return Math.min(count, this.length - skip);
    let copied = 0;
    let before = skip;
    for (const { bytes, start, end } of this.chunks) {
      const length = end - start;
      if (before >= length) {
        before -= length;
        continue;
      }
      const part = bytes.subarray(start + before, Math.min(end, start + before + count - copied));
      const accepted = to.put(part);
      copied += accepted;
      before = 0;
      if (accepted < part.length || copied === count) break;
    }
    return copied;
  }

  byteAt(position: number): number {
    let skip = position - this.position;
    for (const { bytes, start, end } of this.chunks) {
      if (skip < end - start) return bytes[start + skip]!;
      skip -= end - start;
    }
    return 0;
  }

  /** The first `count` bytes have been read. */
  drop(count: number): void {
    this.position += count;
    let left = count;
    while (left > 0 && this.chunks.length > 0) {
      const first = this.chunks[0]!;
      const step = Math.min(left, first.end - first.start);
      first.start += step;
      left -= step;
      if (first.start === first.end) this.chunks.shift();
    }
    if (this.urgentAt >= 0 && this.position > this.urgentAt) this.urgentAt = -1;
  }
}
