// User memory as file operations see it: sinks and sources over iovecs, path strings, small results.

import { ERRNO } from '../abi/errno.ts';
import { PATH_MAX } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { byteString } from './byte-streams.ts';
import type { ByteSink, ByteSource } from './file.ts';

/** One piece of user memory. */
export interface Segment {
  readonly address: number;
  readonly length: number;
}

/** Longest transfer of one call: INT_MAX rounded down to a page (MAX_RW_COUNT). */
export const MAX_RW_COUNT = 0x7fff_f000;
export const UIO_MAXIOV = 1024;

/** A place in a list of segments that advances. */
class SegmentCursor {
  readonly length: number;
  private readonly segments: readonly Segment[];
  private index = 0;
  private within = 0;

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
    this.length = lengthOf(segments);
  }

  /** The next contiguous stretch of at most `count` bytes; length 0 at the end. */
  stretch(count: number): Segment {
    let segment = this.segments[this.index];
    while (segment && this.within === segment.length) {
      segment = this.segments[++this.index];
      this.within = 0;
    }
    if (!segment) return { address: 0, length: 0 };
    return { address: segment.address + this.within, length: Math.min(count, segment.length - this.within) };
  }

  advance(count: number): void {
    this.within += count;
  }

  /** Passes over `count` bytes, or all there are: the list may have been shortened since a call began to wait. */
  skip(count: number): void {
    for (let left = count; left > 0; ) {
      const { length } = this.stretch(left);
      if (length === 0) return;
      this.advance(length);
      left -= length;
    }
  }
}

/** Memory of a task, piece by piece, but for the first `skip` bytes. */
abstract class UserSegments {
  readonly length: number;
  protected readonly task: Task;
  protected readonly cursor: SegmentCursor;

  constructor(task: Task, segments: readonly Segment[], skip = 0) {
    this.task = task;
    this.cursor = new SegmentCursor(segments);
    this.length = Math.max(0, this.cursor.length - skip);
    this.cursor.skip(skip);
  }
}

export class UserSink extends UserSegments implements ByteSink {
  put(data: Uint8Array): number {
    let done = 0;
    while (done < data.length) {
      const { address, length } = this.cursor.stretch(data.length - done);
      if (length === 0) break;
      const copied = this.task.mm.user.copyOutPartial(address, data.subarray(done, done + length));
      this.cursor.advance(copied);
      done += copied;
      if (copied < length) break;
    }
    return done;
  }
}

export class UserSource extends UserSegments implements ByteSource {
  take(count: number): Uint8Array {
    const into = new Uint8Array(count);
    let done = 0;
    while (done < count) {
      const { address, length } = this.cursor.stretch(count - done);
      if (length === 0) break;
      const copied = this.task.mm.user.copyInPartial(address, into.subarray(done, done + length));
      this.cursor.advance(copied);
      done += copied;
      if (copied < length) break;
    }
    return done === count ? into : into.subarray(0, done);
  }
}

/** The buffer of read or write, cut to MAX_RW_COUNT; -EFAULT if it leaves user space, as every length of 2^63 or more does. */
export function singleSegment(task: Task, address: number, length: number): readonly Segment[] | number {
  if (!task.mm.user.isUserRange(address, length)) return -ERRNO.EFAULT;
  return [{ address, length: Math.min(length, MAX_RW_COUNT) }];
}

/** Reads an iovec array: -EINVAL for a bad count or length, -EFAULT for bad memory. */
export function readSegments(task: Task, address: number, count: number): readonly Segment[] | number {
  if (count < 0 || count > UIO_MAXIOV) return -ERRNO.EINVAL;
  if (count === 0) return [];
  const raw = task.mm.user.copyIn(address, count * 16);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const given = Array.from({ length: count }, (_, i) => ({
    address: Number(view.getBigUint64(i * 16, true)),
    length: Number(view.getBigInt64(i * 16 + 8, true)),
  }));
  if (given.some(({ length }) => length < 0)) return -ERRNO.EINVAL;
  if (count === 1) return singleSegment(task, given[0]!.address, Math.min(given[0]!.length, MAX_RW_COUNT));
  const segments: Segment[] = [];
  let total = 0;
  for (const { address, length: wanted } of given) {
    if (!task.mm.user.isUserRange(address, wanted)) return -ERRNO.EFAULT;
    const length = Math.min(wanted, MAX_RW_COUNT - total);
    total += length;
    segments.push({ address, length });
  }
  return segments;
}

export function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { length }) => sum + length, 0);
}

/** A path argument as a byte string: -EFAULT, or -ENAMETOOLONG beyond PATH_MAX. */
export function readPath(task: Task, address: number): string | number {
  const raw = task.mm.user.copyInString(address, PATH_MAX);
  if (raw === 'too long') return -ERRNO.ENAMETOOLONG;
  return raw ? byteString(raw) : -ERRNO.EFAULT;
}

/** Writes a structure; 0 or -EFAULT. */
export function putBytes(task: Task, address: number, data: Uint8Array): number {
  return task.mm.user.copyOut(address, data) ? 0 : -ERRNO.EFAULT;
}

export function putUint32(task: Task, address: number, value: number): number {
  return task.mm.user.write32(address, value) ? 0 : -ERRNO.EFAULT;
}

/** Charges the copying of `count` bytes to the call in progress. */
export function chargeCopy(kernel: Kernel, count: number): void {
  if (count > 0) kernel.charge(Math.ceil(count / 64) * kernel.hardware.costs.copy_per_64_bytes);
}
