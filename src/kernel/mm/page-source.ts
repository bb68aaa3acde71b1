// Where the pages of a mapping come from when they are not private memory: an inode, or memory shared by its mappers.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { PhysicalMemory } from '../../machine/memory/physical-memory.ts';
import type { PageStates } from '../block/page-states.ts';
import type { Kernel } from '../kernel.ts';
import { Inode, type PageMapper } from '../vfs/inode.ts';

export interface PageSource {
  /** Bytes; touching a page wholly behind them is SIGBUS. */
  readonly size: number;
  /** Frame of page `index`, without taking a reference; 0: no page (`create` false), or no RAM left (`create` true). */
  pageFrame(index: number, create: boolean): number;
  /** A mapped range begins, or ceases, to use it. */
  hold?(): void;
  drop?(): void;
  /** Makes bytes [start, end) a hole, for every mapping of it. 0 or a negated errno; absent where nothing can be taken away. */
  punch?(kernel: Kernel, start: number, end: number): number;
  /** Where pages that a shared mapping has written are noted, if they are. */
  readonly states?: PageStates | null;
  /** Ranges are counted: neighbours never become one. */
  readonly keepsRangesApart?: boolean;
}

/** MAP_SHARED | MAP_ANONYMOUS, and System V segments: zeroed pages that live as long as someone holds them. */
export class SharedPages implements PageSource {
  readonly size: number;
  /** Mappings, and the segment itself. */
  holders = 0;
  private readonly physical: PhysicalMemory;
  readonly mappers = new Map<PageMapper, number>();
  private readonly frames = new Map<number, number>();

  constructor(physical: PhysicalMemory, size: number) {
    this.physical = physical;
    this.size = size;
  }

  pageFrame(index: number, create: boolean): number {
    const present = this.frames.get(index);
    if (present !== undefined || !create) return present ?? 0;
    const frame = this.physical.allocateFrame();
    if (frame !== 0) this.frames.set(index, frame);
    return frame;
  }

  punch(_kernel: Kernel, start: number, end: number): number {
    for (let index = start / PAGE_SIZE; index * PAGE_SIZE < end; index++) {
      const frame = this.frames.get(index);
      if (frame === undefined) continue;
      this.frames.delete(index);
      this.physical.releaseFrame(frame);
    }
    for (const mapper of this.mappers.keys()) mapper.dropSourcePages(this, start / PAGE_SIZE, end / PAGE_SIZE);
    return 0;
  }

  hold(): void {
    this.holders++;
  }

  /** The last holder frees the pages. */
  drop(): void {
    if (--this.holders > 0) return;
    for (const frame of this.frames.values()) this.physical.releaseFrame(frame);
    this.frames.clear();
  }

  get residentPages(): number {
    return this.frames.size;
  }
}

/** A mapping begins to use `source`. */
export function holdSource(source: PageSource | null, mapper: PageMapper): void {
  source?.hold?.();
  if (source instanceof Inode) source.opens++;
  if (source instanceof Inode || source instanceof SharedPages) source.mappers.set(mapper, (source.mappers.get(mapper) ?? 0) + 1);
}

/** A mapping has gone. */
export function dropSource(source: PageSource | null, mapper: PageMapper): void {
  if (source instanceof Inode || source instanceof SharedPages) {
    const left = (source.mappers.get(mapper) ?? 0) - 1;
    if (left > 0) source.mappers.set(mapper, left);
    else source.mappers.delete(mapper);
  }
  source?.drop?.();
  if (source instanceof Inode) source.close();
}
