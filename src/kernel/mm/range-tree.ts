// The ranges of an address space in order of address: an AVL tree (Adelson-Velsky and Landis) whose nodes know the widest gap and the sums
// of what lies below them, so that finding, adding, removing and finding room each take as many steps as the tree is high.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { Vma } from './vma.ts';

/** Guard between a growing stack and what lies below it, in bytes (vm.stack_guard_gap). */
export const STACK_GUARD_GAP = 256 * PAGE_SIZE;

interface RangeNode {
  readonly range: Vma;
  lower: RangeNode | null;
  higher: RangeNode | null;
  height: number;
  /** Of all ranges here: the lowest start, where what comes below all of them must end, the highest end, the widest gap between neighbours. */
  start: number;
  room: number;
  end: number;
  gap: number;
  pages: number;
  dataPages: number;
  lockedPages: number;
}

const heightOf = (node: RangeNode | null): number => (node ? node.height : 0);
/** Where what comes below a range must end. */
const roomBelow = (range: Vma): number => range.start - (range.growsDown ? STACK_GUARD_GAP : 0);

export class RangeTree implements Iterable<Vma> {
  /** Nodes looked at by all trees so far, for those who count steps. */
  static steps = 0;

  size = 0;
  private root: RangeNode | null = null;

  get pages(): number {
    return this.root?.pages ?? 0;
  }

  /** Pages of private writable memory but stacks: what RLIMIT_DATA counts. */
  get dataPages(): number {
    return this.root?.dataPages ?? 0;
  }

  get lockedPages(): number {
    return this.root?.lockedPages ?? 0;
  }

  /** The highest end; 0 if there is no range. */
  get end(): number {
    return this.root?.end ?? 0;
  }

  *[Symbol.iterator](): Generator<Vma> {
    yield* this.from(0);
  }

  /** Those that end above `address`, ascending. The tree must stay as it is meanwhile. */
  *from(address: number): Generator<Vma> {
    const path: RangeNode[] = [];
    let node = this.root;
    while (node || path.length > 0) {
      for (; node; RangeTree.steps++) {
        if (node.range.end > address) path.push(node);
        node = node.range.end > address ? node.lower : node.higher;
      }
      const next = path.pop();
      if (!next) return;
      yield next.range;
      node = next.higher;
    }
  }

  /** The lowest that ends above `address`. */
  above(address: number): Vma | null {
    let found: Vma | null = null;
    for (let node = this.root; node; RangeTree.steps++) {
      if (node.range.end > address) {
        found = node.range;
        node = node.lower;
      } else node = node.higher;
    }
    return found;
  }

  /** The highest that starts below `address`. */
  below(address: number): Vma | null {
    let found: Vma | null = null;
    for (let node = this.root; node; RangeTree.steps++) {
      if (node.range.start < address) {
        found = node.range;
        node = node.higher;
      } else node = node.lower;
    }
    return found;
  }

  /** Overlaps none that is here. */
  add(range: Vma): void {
    this.root = added(this.root, range);
    this.size++;
  }

  remove(range: Vma): void {
    this.root = removed(this.root, range);
    this.size--;
  }

  /** After its bounds, protection or lock have changed; its place among the others has not. */
  changed(range: Vma): void {
    const path: RangeNode[] = [];
    for (let node = this.root; node; node = range.start < node.range.start ? node.lower : node.higher) {
      path.push(node);
      if (node.range === range) break;
    }
    for (const node of path.toReversed()) refresh(node);
  }

  /** Start of the highest room for `length` bytes that ends at `top` or below and begins at `floor` or above; -1 if there is none. */
  highestRoom(top: number, length: number, floor: number): number {
    const search = { top, length, end: top };
    isFound(this.root, search);
    return search.end - length >= floor ? search.end - length : -1;
  }
}

interface Search {
  /** Ranges that start there or above do not count. */
  readonly top: number;
  readonly length: number;
  /** Where the room would end: it goes down as ranges are passed. */
  end: number;
}

/** Is there room above one of the ranges of `node`? Where there is not, `end` is below all of them. */
function isFound(node: RangeNode | null, search: Search): boolean {
  RangeTree.steps++;
  if (!node || node.start >= search.top) return false;
  if (node.end <= search.top && node.gap < search.length && search.end - node.end < search.length) {
    search.end = Math.min(search.end, node.room);
    return false;
  }
  if (isFound(node.higher, search)) return true;
  const { range } = node;
  if (range.start < search.top) {
    if (search.end - range.end >= search.length) return true;
    search.end = Math.min(search.end, roomBelow(range));
  }
  return isFound(node.lower, search);
}

function refresh(node: RangeNode): RangeNode {
  RangeTree.steps++;
  const { range, lower, higher } = node;
  const pages = (range.end - range.start) / PAGE_SIZE;
  node.height = 1 + Math.max(heightOf(lower), heightOf(higher));
  node.start = lower ? lower.start : range.start;
  const room = Math.min(roomBelow(range), higher ? higher.room : Number.POSITIVE_INFINITY);
  node.room = Math.min(room, lower ? lower.room : Number.POSITIVE_INFINITY);
  node.end = higher ? higher.end : range.end;
  node.gap = Math.max(lower ? Math.max(lower.gap, room - lower.end) : 0, higher ? Math.max(higher.gap, higher.room - range.end) : 0);
  node.pages = pages + (lower?.pages ?? 0) + (higher?.pages ?? 0);
  node.dataPages = (range.isData ? pages : 0) + (lower?.dataPages ?? 0) + (higher?.dataPages ?? 0);
  node.lockedPages = (range.locked ? pages : 0) + (lower?.lockedPages ?? 0) + (higher?.lockedPages ?? 0);
  return node;
}

function added(node: RangeNode | null, range: Vma): RangeNode {
  if (!node) {
    const none = { height: 0, start: 0, room: 0, end: 0, gap: 0, pages: 0, dataPages: 0, lockedPages: 0 };
    return refresh({ range, lower: null, higher: null, ...none });
  }
  if (range.start < node.range.start) node.lower = added(node.lower, range);
  else node.higher = added(node.higher, range);
  return balanced(node);
}

function removed(node: RangeNode | null, range: Vma): RangeNode | null {
  if (!node) return null;
  if (node.range === range) {
    if (!node.lower || !node.higher) return node.lower ?? node.higher;
    const next = lowest(node.higher);
    next.higher = withoutLowest(node.higher);
    next.lower = node.lower;
    return balanced(next);
  }
  if (range.start < node.range.start) node.lower = removed(node.lower, range);
  else node.higher = removed(node.higher, range);
  return balanced(node);
}

function lowest(node: RangeNode): RangeNode {
  let at = node;
  for (; at.lower; RangeTree.steps++) at = at.lower;
  return at;
}

function withoutLowest(node: RangeNode): RangeNode | null {
  if (!node.lower) return node.higher;
  node.lower = withoutLowest(node.lower);
  return balanced(node);
}

/** The same ranges, both sides as high to within one. */
function balanced(node: RangeNode): RangeNode {
  const lean = heightOf(node.lower) - heightOf(node.higher);
  if (lean > 1) {
    const lower = node.lower!;
    if (heightOf(lower.lower) < heightOf(lower.higher)) node.lower = raiseHigher(lower);
    return raiseLower(node);
  }
  if (lean < -1) {
    const higher = node.higher!;
    if (heightOf(higher.higher) < heightOf(higher.lower)) node.higher = raiseLower(higher);
    return raiseHigher(node);
  }
  return refresh(node);
}

function raiseLower(node: RangeNode): RangeNode {
  const top = node.lower!;
  node.lower = top.higher;
  top.higher = refresh(node);
  return refresh(top);
}

function raiseHigher(node: RangeNode): RangeNode {
  const top = node.higher!;
  node.higher = top.lower;
  top.lower = refresh(node);
  return refresh(top);
}
