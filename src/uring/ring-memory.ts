// The pages that a ring shares with its users: its own, which they map, or theirs, held (IORING_SETUP_NO_MMAP and the like).
// All frames are there from the start, so that nothing can fail later.
// Plain values in RAM: the program may write anything anywhere in them at any time.

import type { PhysicalMemory } from '../machine/memory/physical-memory.ts';
import { PAGE_MASK, PAGE_SHIFT, PAGE_SIZE } from '../machine/memory/layout.ts';
import { SharedPages } from '../kernel/mm/page-source.ts';
import type { Task } from '../kernel/task/task.ts';

export class RingMemory {
  /** What users map; null for memory that is theirs. */
  readonly pages: SharedPages | null;
  private readonly frames: readonly number[];
  private readonly physical: PhysicalMemory;

  private constructor(physical: PhysicalMemory, pages: SharedPages | null, frames: readonly number[]) {
    this.physical = physical;
    this.pages = pages;
    this.frames = frames;
  }

  /** Zeroed; the ring holds it. Null when RAM is exhausted. */
  static allocate(physical: PhysicalMemory, bytes: number): RingMemory | null {
    const count = Math.ceil(bytes / PAGE_SIZE);
    const pages = new SharedPages(physical, count * PAGE_SIZE);
    pages.hold();
    const frames: number[] = [];
    for (let index = 0; index < count; index++) {
      const frame = pages.pageFrame(index, true);
      if (frame === 0) {
        pages.drop();
        return null;
      }
      frames.push(frame);
    }
    return new RingMemory(physical, pages, frames);
  }

  /** Holds user memory from the page-aligned `address` on; null where a page of it cannot be written. */
  static pin(task: Task, address: number, bytes: number): RingMemory | null {
    const { physical } = task.mm.hardware;
    const frames: number[] = [];
    for (let page = address; page < address + bytes; page += PAGE_SIZE) {
      const frame = task.mm.user.locate(page, 'write');
      if (frame < 0) {
        for (const held of frames) physical.releaseFrame(held);
        return null;
      }
      physical.retainFrame(frame);
      frames.push(frame);
    }
    return new RingMemory(physical, null, frames);
  }

  get size(): number {
    return this.frames.length * PAGE_SIZE;
  }

  /** Offset into RAM; good for an aligned value. */
  locate(offset: number): number {
    return this.frames[offset >>> PAGE_SHIFT]! + (offset & PAGE_MASK);
  }

  get view(): DataView {
    return this.physical.view;
  }

  read32(offset: number): number {
    return this.physical.view.getUint32(this.locate(offset), true);
  }

  write32(offset: number, value: number): void {
    this.physical.view.setUint32(this.place(offset), value, true);
  }

  write64(offset: number, value: bigint): void {
    this.physical.view.setBigUint64(this.place(offset), value, true);
  }

  /** The ring lets go; mappings keep the pages as long as they last. */
  release(): void {
    if (this.pages) this.pages.drop();
    else for (const frame of this.frames) this.physical.releaseFrame(frame);
  }

  /** `length` bytes of another memory; neither part crosses a page. */
  copyFrom(other: RingMemory, from: number, to: number, length: number): void {
    this.physical.bytes.copyWithin(this.place(to), other.locate(from), other.locate(from) + length);
  }

  read16(offset: number): number {
    return this.physical.view.getUint16(this.locate(offset), true);
  }

  read64(offset: number): bigint {
    return this.physical.view.getBigUint64(this.locate(offset), true);
  }

  /** As locate, for a write: predecoded code of the frame, if a program executes its ring, is dropped. */
  place(offset: number): number {
    const frame = this.frames[offset >>> PAGE_SHIFT]!;
    this.physical.noteWrite(frame);
    return frame + (offset & PAGE_MASK);
  }
}
