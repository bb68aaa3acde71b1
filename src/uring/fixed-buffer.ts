// A registered buffer: user memory whose frames stay while it is registered, whatever becomes of the mapping.

import { PAGE_SIZE } from '../machine/memory/layout.ts';
import type { PhysicalMemory } from '../machine/memory/physical-memory.ts';
import type { Task } from '../kernel/task/task.ts';
import type { ByteSink, ByteSource } from '../kernel/vfs/file.ts';
import type { Segment } from '../kernel/vfs/user-memory.ts';

export class FixedBuffer {
  readonly address: number;
  readonly length: number;
  private readonly physical: PhysicalMemory;
  private readonly frames: readonly number[];

  private constructor(physical: PhysicalMemory, address: number, length: number, frames: readonly number[]) {
    this.physical = physical;
    this.address = address;
    this.length = length;
    this.frames = frames;
  }

  /** Brings in and holds every page; null where one cannot be written. */
  static pin(task: Task, address: number, length: number): FixedBuffer | null {
    const { physical } = task.mm.hardware;
    const frames: number[] = [];
    for (let page = address - (address % PAGE_SIZE); page < address + length; page += PAGE_SIZE) {
      const at = task.mm.user.locate(page, 'write');
      if (at < 0) {
        for (const frame of frames) physical.releaseFrame(frame);
        return null;
      }
      physical.retainFrame(at);
      frames.push(at);
    }
    return new FixedBuffer(physical, address, length, frames);
  }

  /** The same memory, held once more. */
  share(): FixedBuffer {
    for (const frame of this.frames) this.physical.retainFrame(frame);
    return new FixedBuffer(this.physical, this.address, this.length, this.frames);
  }

  release(): void {
    for (const frame of this.frames) this.physical.releaseFrame(frame);
  }

  contains(address: number, length: number): boolean {
    return address >= this.address && address + length <= this.address + this.length;
  }

  /** The longest stretch of RAM from `address` on, at most `count` bytes. */
  stretch(address: number, count: number): Uint8Array {
    const first = this.address - (this.address % PAGE_SIZE);
    const within = address % PAGE_SIZE;
    const frame = this.frames[Math.floor((address - first) / PAGE_SIZE)]!;
    return this.physical.bytes.subarray(frame + within, frame + within + Math.min(count, PAGE_SIZE - within));
  }

  /** To be called before a stretch at `address` is written. */
  noteWrite(address: number): void {
    const first = this.address - (this.address % PAGE_SIZE);
    this.physical.noteWrite(this.frames[Math.floor((address - first) / PAGE_SIZE)]!);
  }
}

/** A walk over pieces of one registered buffer. */
class Cursor {
  readonly length: number;
  private readonly buffer: FixedBuffer;
  private readonly segments: readonly Segment[];
  private index = 0;
  private within = 0;

  constructor(buffer: FixedBuffer, segments: readonly Segment[]) {
    this.buffer = buffer;
    this.segments = segments;
    this.length = segments.reduce((sum, { length }) => sum + length, 0);
  }

  /** The next stretch of RAM, at most `count` bytes, which is passed over; empty at the end. `written`: it is about to be. */
  next(count: number, written: boolean): Uint8Array {
    while (this.index < this.segments.length && this.within === this.segments[this.index]!.length) {
      this.index++;
      this.within = 0;
    }
    const segment = this.segments[this.index];
    if (!segment) return new Uint8Array(0);
    const address = segment.address + this.within;
    const stretch = this.buffer.stretch(address, Math.min(count, segment.length - this.within));
    if (written) this.buffer.noteWrite(address);
    this.within += stretch.length;
    return stretch;
  }
}

export class FixedSink implements ByteSink {
  readonly length: number;
  private readonly cursor: Cursor;

  constructor(buffer: FixedBuffer, segments: readonly Segment[]) {
    this.cursor = new Cursor(buffer, segments);
    this.length = this.cursor.length;
  }

  put(data: Uint8Array): number {
    let done = 0;
    while (done < data.length) {
      const into = this.cursor.next(data.length - done, true);
      if (into.length === 0) break;
      into.set(data.subarray(done, done + into.length));
      done += into.length;
    }
    return done;
  }
}

export class FixedSource implements ByteSource {
  readonly length: number;
  private readonly cursor: Cursor;
  private left: number;

  /** `skip` bytes have been taken by an earlier try. */
  constructor(buffer: FixedBuffer, segments: readonly Segment[], skip: number) {
    this.cursor = new Cursor(buffer, segments);
    for (let passed = 0; passed < skip; ) passed += this.cursor.next(skip - passed, false).length || skip;
    this.length = this.cursor.length - skip;
    this.left = this.length;
  }

  take(count: number): Uint8Array {
    const data = new Uint8Array(Math.min(count, this.left));
    for (let done = 0; done < data.length; ) {
      const from = this.cursor.next(data.length - done, false);
      data.set(from, done);
      done += from.length;
    }
    this.left -= data.length;
    return data;
  }
}
