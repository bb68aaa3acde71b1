// The tree of ranges beside a sorted list that does the same by going through all of it; and how many steps a full address space takes.

import { describe, expect, it } from 'vitest';
import { MMAP_MIN, MMAP_TOP, TASK_SIZE } from '../../../src/kernel/abi/layout.ts';
import { findGap } from '../../../src/kernel/mm/gap.ts';
import { Mm } from '../../../src/kernel/mm/mm.ts';
import { RangeTree, STACK_GUARD_GAP } from '../../../src/kernel/mm/range-tree.ts';
import { PROT_READ, PROT_WRITE, Vma } from '../../../src/kernel/mm/vma.ts';
import { PageTableMemory, WriteGrants } from '../../../src/machine/memory/address-space.ts';
import { PhysicalMemory } from '../../../src/machine/memory/physical-memory.ts';

const PAGE = 4096;
/** Of neighbours that do not merge. */
const APART = [PROT_READ, PROT_WRITE];

/** The same every day. */
class Numbers {
  private state = 12_345;

  below(limit: number): number {
    this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((this.state / 0x8000_0000) * limit);
  }
}

function roomByList(list: readonly Vma[], top: number, length: number, floor: number): number {
  let end = top;
  for (const range of list.toReversed()) {
    if (range.start >= top) continue;
    if (end - range.end >= length) break;
    end = Math.min(end, range.start - (range.growsDown ? STACK_GUARD_GAP : 0));
  }
  return end - length >= floor ? end - length : -1;
}

function newMm(): Mm {
  return Mm.create({ physical: new PhysicalMemory(1 << 20), tables: new PageTableMemory(), grants: new WriteGrants() })!;
}

describe('the tree of ranges', () => {
  it('finds what a list finds, whatever is added, removed and changed', () => {
    const numbers = new Numbers();
    const tree = new RangeTree();
    let list: Vma[] = [];
    const slots = 400;
    for (let round = 0; round < 4000; round++) {
      const start = 0x10_0000 + numbers.below(slots) * 8 * PAGE;
      const there = list.find((range) => range.start <= start + 4 * PAGE && range.end > start);
      if (!there) {
        const kind = { growsDown: numbers.below(20) === 0 };
        const range = new Vma(start, start + (1 + numbers.below(6)) * PAGE, numbers.below(4), kind);
        tree.add(range);
        list = [...list, range].toSorted((a, b) => a.start - b.start);
      } else if (numbers.below(3) === 0) {
        there.end = there.start + (1 + numbers.below(6)) * PAGE;
        there.locked = numbers.below(2) === 0;
        tree.changed(there);
      } else {
        tree.remove(there);
        list = list.filter((range) => range !== there);
      }
      const address = 0x10_0000 + numbers.below(slots * 8) * PAGE;
      const length = (1 + numbers.below(40)) * PAGE;
      const top = 0x10_0000 + (slots * 8 - numbers.below(100)) * PAGE;
      expect(tree.above(address)).toBe(list.find(({ end }) => end > address) ?? null);
      expect(tree.below(address)).toBe(list.findLast((range) => range.start < address) ?? null);
      expect(tree.highestRoom(top, length, MMAP_MIN)).toBe(roomByList(list, top, length, MMAP_MIN));
      if (round % 100 !== 0) continue;
      const sum = (wanted: (range: Vma) => boolean): number =>
        list.filter(wanted).reduce((pages, range) => pages + (range.end - range.start) / PAGE, 0);
      expect([...tree]).toEqual(list);
      expect([...tree.from(address)]).toEqual(list.filter(({ end }) => end > address));
      expect([tree.size, tree.pages, tree.dataPages, tree.lockedPages, tree.end]).toEqual([
        list.length,
        sum(() => true),
        sum(({ isData }) => isData),
        sum(({ locked }) => locked),
        list.at(-1)?.end ?? 0,
      ]);
    }
  });

  it('goes above 4 GiB when the half below is full, and says so when both are', () => {
    const tree = new RangeTree();
    expect(findGap(tree, PAGE)).toBe(MMAP_TOP - PAGE);
    tree.add(new Vma(MMAP_MIN, MMAP_TOP, PROT_READ));
    const high = findGap(tree, PAGE);
    expect(high).toBe(TASK_SIZE - STACK_GUARD_GAP - PAGE);
    tree.add(new Vma(MMAP_TOP, TASK_SIZE - 1024 * PAGE, PROT_READ));
    expect(findGap(tree, 2048 * PAGE)).toBe(-1);
  });

  it('fills an address space and empties it in n log n steps, by gaps from the top and by holes in between', () => {
    const most = 60_000;
    const mm = newMm();
    const height = Math.log2(most);
    const stepsOf = (act: () => void): number => {
      const before = RangeTree.steps;
      act();
      return RangeTree.steps - before;
    };
    const map = (count: number, protections: readonly number[]): void => {
      for (let i = 0; i < count; i++) {
        const start = mm.findGap(PAGE);
        mm.insert(new Vma(start, start + PAGE, protections[i % protections.length]!));
      }
    };
    const [first, second] = [stepsOf(() => map(most / 2, APART)), stepsOf(() => map(most / 2, APART))];
    expect(mm.vmas.size).toBe(most);
    expect(first + second).toBeLessThan(most * height * 6);
    // Twice as many ranges make each step one longer, not twice as long.
    expect(second).toBeLessThan(first * 1.2);

    const all = [...mm.vmas];
    const holes = stepsOf(() => {
      for (const [i, { start, end }] of all.entries()) if (i % 3 === 1) mm.unmap(start, end);
      map(most / 3, [PROT_READ | PROT_WRITE]);
    });
    expect(mm.vmas.size).toBe(most);
    expect(holes).toBeLessThan(most * height * 6);
    expect(
      stepsOf(() => {
        for (const { start, end } of all) mm.unmap(start, end);
      }),
    ).toBeLessThan(most * height * 8);
    expect([mm.vmas.size, mm.mappedPages]).toEqual([0, 0]);
  });
});
