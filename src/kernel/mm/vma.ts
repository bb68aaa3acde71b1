// One mapped range of an address space and where its pages come from.

import type { PageSource } from './page-source.ts';

export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const PROT_EXEC = 4;

/** [start, end), page-aligned. Split and merged by Mm; never changed while shared. */
export class Vma {
  start: number;
  end: number;
  /** PROT_* bits. */
  protection: number;
  /** MAP_SHARED: stores reach the source. */
  readonly shared: boolean;
  /** Null: private anonymous memory. */
  readonly source: PageSource | null;
  /** Page index in the source of `start`. */
  offset: number;
  /** PROT_WRITE may be given by mprotect (the file was open for writing, or the mapping is private). */
  readonly mayWrite: boolean;
  readonly growsDown: boolean;
  locked = false;
  wipeOnFork = false;
  dontFork = false;
  noReserve = false;
  /** mseal: cannot be unmapped, moved or protected otherwise. */
  sealed = false;
  /** As /proc/PID/maps shows it: path, "[heap]", "[stack]" or "". */
  name: string;

  constructor(
    start: number,
    end: number,
    protection: number,
    kind: { shared?: boolean; source?: PageSource | null; offset?: number; mayWrite?: boolean; growsDown?: boolean; name?: string } = {},
  ) {
    this.start = start;
    this.end = end;
    this.protection = protection;
    this.shared = kind.shared ?? false;
    this.source = kind.source ?? null;
    this.offset = kind.offset ?? 0;
    this.mayWrite = kind.mayWrite ?? true;
    this.growsDown = kind.growsDown ?? false;
    this.name = kind.name ?? '';
  }

  /** Private and writable, and no stack. */
  get isData(): boolean {
    return (this.protection & PROT_WRITE) !== 0 && !this.shared && !this.growsDown;
  }

  /** The same mapping over another range; `start` decides the offset. */
  slice(start: number, end: number): Vma {
    const part = new Vma(start, end, this.protection, { ...this, offset: this.offset + (start - this.start) / 4096 });
    part.locked = this.locked;
    part.wipeOnFork = this.wipeOnFork;
    part.dontFork = this.dontFork;
    part.noReserve = this.noReserve;
    part.sealed = this.sealed;
    return part;
  }

  /** True if `next`, which begins where this ends, is the same mapping going on. */
  continuesIn(next: Vma): boolean {
    return (
      this.end === next.start &&
      this.protection === next.protection &&
      this.shared === next.shared &&
      this.source === next.source &&
      this.source?.keepsRangesApart !== true &&
      (this.source === null || this.offset + (this.end - this.start) / 4096 === next.offset) &&
      this.mayWrite === next.mayWrite &&
      !this.growsDown &&
      !next.growsDown &&
      this.locked === next.locked &&
      this.wipeOnFork === next.wipeOnFork &&
      this.dontFork === next.dontFork &&
      this.noReserve === next.noReserve &&
      this.sealed === next.sealed &&
      this.name === next.name
    );
  }
}
