// Page-table entries of one address space above 4 GiB: in chunks as they are used, and, for generated code, those that it has asked for lately in
// a cache in memory 0 that all address spaces share. The cache says nothing but what the entries say: each change of an entry is a change there.

import { HIGH_CACHE_BASE, HIGH_CACHE_SLOTS } from './layout.ts';

/** Entries of a chunk, as many as a page of the host takes. */
const CHUNK = 1024;
/** Pages of a set of which no two have one slot: the low bits of a tag are the set's number. */
const SET = HIGH_CACHE_SLOTS;
/** Bits of a page's number above those of its place in a set: user addresses have 47 in all. */
export const HIGH_SET_BITS = 47 - 12 - Math.log2(SET);

interface Chunk {
  readonly entries: Uint32Array;
  /** How many are not 0. */
  used: number;
}

/** What the tags of an address space's pages have in common. */
export function highTag(spaceNumber: number): number {
  return spaceNumber * 2 ** HIGH_SET_BITS;
}

export class HighPages {
  private readonly chunks = new Map<number, Chunk>();
  private readonly cache: DataView;
  private readonly tag: number;

  /** `cache`: memory 0. `spaceNumber`: below 1024, no other address space has it. */
  constructor(cache: DataView, spaceNumber: number) {
    this.cache = cache;
    this.tag = highTag(spaceNumber);
  }

  /** 0 if absent. */
  entry(page: number): number {
    return this.chunks.get(Math.floor(page / CHUNK))?.entries[page % CHUNK] ?? 0;
  }

  set(page: number, entry: number): void {
    const number = Math.floor(page / CHUNK);
    let chunk = this.chunks.get(number);
    if (!chunk) {
      if (entry === 0) return;
      chunk = { entries: new Uint32Array(CHUNK), used: 0 };
      this.chunks.set(number, chunk);
    }
    const at = page % CHUNK;
    chunk.used += Number(entry !== 0) - Number(chunk.entries[at] !== 0);
    chunk.entries[at] = entry;
    if (chunk.used === 0) this.chunks.delete(number);
    const slot = slotOf(page);
    if (this.cache.getUint32(slot + 4, true) === this.tagOf(page)) this.cache.setUint32(slot, entry, true);
  }

  /** Generated code finds it from now on, until another one takes its slot. */
  show(page: number): void {
    const slot = slotOf(page);
    this.cache.setUint32(slot, this.entry(page), true);
    this.cache.setUint32(slot + 4, this.tagOf(page), true);
  }

  /** Present pages from `from` to below `to`, in ascending order. */
  *pages(from: number, to: number): Generator<number> {
    const numbers = [...this.chunks.keys()].filter((number) => (number + 1) * CHUNK > from && number * CHUNK < to).sort((a, b) => a - b);
    for (const number of numbers) {
      const start = number * CHUNK;
      const end = Math.min(CHUNK, to - start);
      for (let at = Math.max(0, from - start); at < end; at++) if (this.entry(start + at) !== 0) yield start + at;
    }
  }

  private tagOf(page: number): number {
    return this.tag + Math.floor(page / SET);
  }
}

/** Pages that follow one another never have one slot, and sets begin in different places. */
function slotOf(page: number): number {
  return HIGH_CACHE_BASE + ((page ^ Math.floor(page / SET)) & (SET - 1)) * 8;
}
