import { beforeEach, describe, expect, it } from 'vitest';
import { HighPages } from '../../../src/machine/memory/high-pages.ts';
import { HIGH_CACHE_BASE, HIGH_CACHE_SLOTS } from '../../../src/machine/memory/layout.ts';

const HEAP = 0xc000000; // 0xc000000000
/** Its slot is HEAP's. */
const TWIN = HEAP + 65536 + 1;
const LAST = 2 ** 35 - 1;

describe('pages above 4 GiB', () => {
  let memory: DataView;
  let pages: HighPages;

  beforeEach(() => {
    memory = new DataView(new ArrayBuffer(HIGH_CACHE_BASE + HIGH_CACHE_SLOTS * 8));
    pages = new HighPages(memory, 3);
  });

  /** What generated code sees in a page's slot: entry and tag. */
  const shown = (page: number): [entry: number, tag: number] => {
    const slot = HIGH_CACHE_BASE + ((page ^ Math.floor(page / 65536)) & 65535) * 8;
    return [memory.getUint32(slot, true), memory.getUint32(slot + 4, true)];
  };

  it('have the entries they were given, as numbers without a sign', () => {
    pages.set(HEAP, 0xffff_f003);
    pages.set(LAST, 0x1000_0001);
    expect([pages.entry(HEAP), pages.entry(LAST), pages.entry(HEAP + 1), pages.entry(HEAP + 1024)]).toEqual([
      0xffff_f003, 0x1000_0001, 0, 0,
    ]);
    pages.set(HEAP, 0);
    pages.set(HEAP + 1, 0);
    expect(pages.entry(HEAP)).toBe(0);
  });

  it('are told in ascending order, within bounds', () => {
    const present = [LAST, HEAP + 5000, HEAP, HEAP + 1, TWIN, HEAP + 1024, HEAP + 2047];
    for (const page of present) pages.set(page, 1);
    const ascending = present.toSorted((a, b) => a - b);
    expect([...pages.pages(0, Number.MAX_SAFE_INTEGER)]).toEqual(ascending);
    for (const from of [0, HEAP, HEAP + 1, HEAP + 2, HEAP + 1024, HEAP + 1025])
      for (const to of [HEAP, HEAP + 1, HEAP + 1024, HEAP + 2047, HEAP + 2048, LAST])
        expect([...pages.pages(from, to)]).toEqual(ascending.filter((page) => page >= from && page < to));
  });

  it('are in the cache from when they are shown, with each change, until another one takes the slot', () => {
    pages.set(HEAP, 0x5003);
    expect(shown(HEAP)).toEqual([0, 0]);
    pages.show(HEAP);
    const tag = (3 << 19) | (HEAP >>> 16);
    expect(shown(HEAP)).toEqual([0x5003, tag]);
    pages.set(HEAP, 0x5001);
    expect(shown(HEAP)).toEqual([0x5001, tag]);
    pages.set(TWIN, 0x7003);
    expect(shown(HEAP)).toEqual([0x5001, tag]);
    pages.show(TWIN);
    expect(shown(HEAP)).toEqual([0x7003, tag + 1]);
    pages.set(HEAP, 0);
    expect(shown(TWIN)).toEqual([0x7003, tag + 1]);
    pages.set(TWIN, 0);
    expect(shown(TWIN)[0]).toBe(0);
  });

  it('of one address space are not those of another', () => {
    const others = new HighPages(memory, 4);
    pages.set(HEAP, 0x5003);
    others.set(HEAP, 0x6003);
    pages.show(HEAP);
    others.set(HEAP, 0);
    expect(shown(HEAP)).toEqual([0x5003, (3 << 19) | (HEAP >>> 16)]);
    others.set(HEAP, 0x6003);
    others.show(HEAP);
    expect(shown(HEAP)).toEqual([0x6003, (4 << 19) | (HEAP >>> 16)]);
    pages.set(HEAP, 0);
    expect(shown(HEAP)[0]).toBe(0x6003);
  });
});
