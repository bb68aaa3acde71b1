// Bytes of a regular file as RAM frames: page cache and store are the same pages, so shared mappings see writes at once.
// Pages never written are holes. Every frame here holds one reference for the file; mappings add their own.

import type { PhysicalMemory } from '../../machine/memory/physical-memory.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import type { ByteSink, ByteSource } from '../vfs/file.ts';

const ZEROS = new Uint8Array(PAGE_SIZE);

/** Who counts the pages of a file system. */
export interface PageBudget {
  /** False if there are as many as there may be. */
  takePage(): boolean;
  givePage(): void;
}

export class FileContents {
  size = 0;
  private readonly physical: PhysicalMemory;
  private readonly budget: PageBudget;
  private readonly frames = new Map<number, number>();

  constructor(physical: PhysicalMemory, budget: PageBudget) {
    this.physical = physical;
    this.budget = budget;
  }

  get pageCount(): number {
    return this.frames.size;
  }

  /** Frame of a page; with `create`, a zeroed one where there is a hole. 0 if there is none or no more RAM. */
  frame(index: number, create: boolean): number {
    const found = this.frames.get(index);
    if (found !== undefined) return found;
    if (!create || !this.budget.takePage()) return 0;
    const frame = this.physical.allocateFrame();
    if (frame === 0) {
      this.budget.givePage();
      return 0;
    }
    this.frames.set(index, frame);
    return frame;
  }

  /** Bytes copied from `offset` on: up to the end of the file, or fewer at a fault; -EFAULT if that was at once. */
  read(to: ByteSink, offset: number, count = to.length): number {
    const end = Math.min(this.size, offset + count);
    let at = offset;
    while (at < end) {
      const within = at % PAGE_SIZE;
      const length = Math.min(PAGE_SIZE - within, end - at);
      const frame = this.frames.get(Math.floor(at / PAGE_SIZE));
      const data = frame === undefined ? ZEROS.subarray(0, length) : this.physical.bytes.subarray(frame + within, frame + within + length);
      const accepted = to.put(data);
      at += accepted;
      if (accepted < length) return at > offset ? at - offset : -ERRNO.EFAULT;
    }
    return Math.max(at - offset, 0);
  }

  /** Bytes taken from `from` into the file; a short count at a fault or when RAM is exhausted, -EFAULT or -ENOSPC if at once. */
  write(from: ByteSource, offset: number, count = from.length): number {
    let at = offset;
    const end = offset + count;
    let error = 0;
    while (at < end && error === 0) {
      const within = at % PAGE_SIZE;
      const length = Math.min(PAGE_SIZE - within, end - at);
      const frame = this.frame(Math.floor(at / PAGE_SIZE), true);
      if (frame === 0) {
        error = -ERRNO.ENOSPC;
        break;
      }
      const data = from.take(length);
      if (data.length < length) error = -ERRNO.EFAULT;
      if (data.length > 0) {
        this.physical.noteWrite(frame);
        this.physical.bytes.set(data, frame + within);
      }
      at += data.length;
    }
    if (at > this.size) {
      this.size = at;
    }
    return at > offset ? at - offset : error;
  }

  /** Cuts or extends. Bytes gained read as zero, but for what a mapping has written behind the end into the last page, as on Linux. */
  truncate(size: number): void {
    if (size < this.size) {
      for (const index of this.indices()) if (index * PAGE_SIZE >= size) this.dropPage(index);
      this.clearTail(size);
    }
    this.size = size;
  }

  /** Makes [start, end) read as zero, freeing whole pages. */
  punch(start: number, end: number): void {
    for (const index of this.indices()) {
      const low = Math.max(start, index * PAGE_SIZE);
      const high = Math.min(end, (index + 1) * PAGE_SIZE);
      if (low >= high) continue;
      if (high - low === PAGE_SIZE) this.dropPage(index);
      else this.clear(index, low % PAGE_SIZE, (low % PAGE_SIZE) + (high - low));
    }
  }

  /** Gives every page of [start, end) a frame. 0 or -ENOSPC, then with nothing changed. */
  allocate(start: number, end: number): number {
    const added: number[] = [];
    for (let index = Math.floor(start / PAGE_SIZE); index * PAGE_SIZE < end; index++) {
      if (this.frames.has(index)) continue;
      if (this.frame(index, true) === 0) {
        for (const page of added) this.dropPage(page);
        return -ERRNO.ENOSPC;
      }
      added.push(index);
    }
    return 0;
  }

  /** SEEK_DATA and SEEK_HOLE: page granularity, the end of the file counts as a hole. -ENXIO beyond it. */
  seek(offset: number, forData: boolean): number {
    if (offset < 0 || offset >= this.size) return -ERRNO.ENXIO;
    const first = Math.floor(offset / PAGE_SIZE);
    if (forData) {
      const next = this.indices().find((index) => index >= first);
      return next === undefined || next * PAGE_SIZE >= this.size ? -ERRNO.ENXIO : Math.max(offset, next * PAGE_SIZE);
    }
    let index = first;
    while (this.frames.has(index)) index++;
    return Math.min(this.size, Math.max(offset, index * PAGE_SIZE));
  }

  /** Frees everything. */
  clearAll(): void {
    for (const index of this.indices()) this.dropPage(index);
    this.size = 0;
  }

  private indices(): number[] {
    return [...this.frames.keys()].sort((a, b) => a - b);
  }

  /** Zeroes the rest of the page that holds the end of the file: a mapping may have written there. */
  private clearTail(end: number): void {
    if (end % PAGE_SIZE !== 0) this.clear(Math.floor(end / PAGE_SIZE), end % PAGE_SIZE, PAGE_SIZE);
  }

  private clear(index: number, from: number, to: number): void {
    const frame = this.frames.get(index);
    if (frame === undefined) return;
    this.physical.noteWrite(frame);
    this.physical.bytes.fill(0, frame + from, frame + to);
  }

  private dropPage(index: number): void {
    this.physical.releaseFrame(this.frames.get(index)!);
    this.frames.delete(index);
    this.budget.givePage();
  }
}
