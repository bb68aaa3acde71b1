// What is known of each page of a file that has a store: a byte a page. Pages that nothing is known of are in the page cache and clean.

export const PAGE_STATE = {
  /** On the device alone. Its bytes are in a frame all the same, but nobody may look at them. */
  ABSENT: 1,
  /** Changed since it was last given to the device. */
  DIRTY: 2,
  /** On its way from the device. */
  READING: 4,
  /** On its way to the device. */
  WRITING: 8,
} as const;

const FIRST_CAPACITY = 16;

/** Pages first..end-1. */
export interface PageRange {
  readonly first: number;
  readonly end: number;
}

export class PageStates {
  private bits = new Uint8Array(0);

  get(index: number): number {
    return this.bits[index] ?? 0;
  }

  add(first: number, end: number, bits: number): void {
    this.grow(end);
    for (let index = first; index < end; index++) this.bits[index]! |= bits;
  }

  remove(first: number, end: number, bits: number): void {
    const last = Math.min(end, this.bits.length);
    for (let index = first; index < last; index++) this.bits[index]! &= ~bits;
  }

  /** Pages that are no more. */
  forget(first: number, end: number): void {
    if (first < end) this.bits.fill(0, first, Math.min(end, this.bits.length));
  }

  /** The last page of a range with one of `bits`; -1 if there is none. */
  last(first: number, end: number, bits: number): number {
    for (let index = Math.min(end, this.bits.length) - 1; index >= first; index--) if (this.bits[index]! & bits) return index;
    return -1;
  }

  /** Neighbours of a range that have `bit` and none of `without`. */
  runs(first: number, end: number, bit: number, without: number): PageRange[] {
    const runs: PageRange[] = [];
    const last = Math.min(end, this.bits.length);
    for (let index = first; index < last; index++) {
      if ((this.bits[index]! & (bit | without)) !== bit) continue;
      const start = index;
      while (index < last && (this.bits[index]! & (bit | without)) === bit) index++;
      runs.push({ first: start, end: index });
    }
    return runs;
  }

  private grow(end: number): void {
    if (end <= this.bits.length) return;
    const grown = new Uint8Array(Math.max(end, this.bits.length * 2, FIRST_CAPACITY));
    grown.set(this.bits);
    this.bits = grown;
  }
}
