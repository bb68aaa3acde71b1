// The pages that a ring shares with its users. All frames are there from the start, so that nothing can fail later.
// Plain values in RAM: the program may write anything anywhere in them at any time.

import type { PhysicalMemory } from '../machine/memory/physical-memory.ts';
import { PAGE_SIZE } from '../machine/memory/layout.ts';
import { SharedPages } from '../kernel/mm/page-source.ts';

export class RingMemory {
  readonly pages: SharedPages;
  private readonly frames: readonly number[];
  private readonly physical: PhysicalMemory;

  private constructor(physical: PhysicalMemory, pages: SharedPages, frames: readonly number[]) {
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

  get size(): number {
    return this.pages.size;
  }

  /** Offset into RAM; good for an aligned value. */
  locate(offset: number): number {
    return this.frames[Math.floor(offset / PAGE_SIZE)]! + (offset % PAGE_SIZE);
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
    this.pages.drop();
  }

  /** For a write: predecoded code of the frame, if a program executes its ring, is dropped. */
  private place(offset: number): number {
    this.physical.noteWrite(this.frames[Math.floor(offset / PAGE_SIZE)]!);
    return this.locate(offset);
  }
}
