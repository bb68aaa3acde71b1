// A registered buffer: user memory whose frames stay while it is registered, whatever becomes of the mapping.

import { PAGE_SIZE } from '../machine/memory/layout.ts';
import type { PhysicalMemory } from '../machine/memory/physical-memory.ts';
import type { Task } from '../kernel/task/task.ts';
import type { ByteSink, ByteSource } from '../kernel/vfs/file.ts';

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

export class FixedSink implements ByteSink {
  readonly length: number;
  private readonly buffer: FixedBuffer;
  private at: number;
  private readonly end: number;

  constructor(buffer: FixedBuffer, address: number, length: number) {
    this.buffer = buffer;
    this.at = address;
    this.length = length;
    this.end = address + length;
  }

  put(data: Uint8Array): number {
    let done = 0;
    while (done < data.length && this.at < this.end) {
      const into = this.buffer.stretch(this.at, Math.min(data.length - done, this.end - this.at));
      this.buffer.noteWrite(this.at);
      into.set(data.subarray(done, done + into.length));
      done += into.length;
      this.at += into.length;
    }
    return done;
  }
}

export class FixedSource implements ByteSource {
  readonly length: number;
  private readonly buffer: FixedBuffer;
  private at: number;
  private readonly end: number;

  /** `skip` bytes have been taken by an earlier try. */
  constructor(buffer: FixedBuffer, address: number, length: number, skip: number) {
    this.buffer = buffer;
    this.at = address + skip;
    this.length = length - skip;
    this.end = address + length;
  }

  take(count: number): Uint8Array {
    const data = new Uint8Array(Math.min(count, this.end - this.at));
    for (let done = 0; done < data.length; ) {
      const from = this.buffer.stretch(this.at, data.length - done);
      data.set(from, done);
      done += from.length;
      this.at += from.length;
    }
    return data;
  }
}
