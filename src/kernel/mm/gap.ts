// Where mmap puts a range that may go anywhere: as high as there is room below MMAP_TOP, above 4 GiB only when that half is full.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { MMAP_MIN, MMAP_TOP, TASK_SIZE } from '../abi/layout.ts';
import type { Vma } from './vma.ts';

/** Guard between a growing stack and what lies below it, in bytes (vm.stack_guard_gap). */
export const STACK_GUARD_GAP = 256 * PAGE_SIZE;

/** Address of a gap of `length` bytes between `vmas`; -1 if the whole space is full. */
export function findGap(vmas: readonly Vma[], length: number): number {
  const low = gapBelow(vmas, MMAP_TOP, length, MMAP_MIN);
  return low >= 0 ? low : gapBelow(vmas, TASK_SIZE - STACK_GUARD_GAP, length, 0x1_0000_0000);
}

function gapBelow(vmas: readonly Vma[], top: number, length: number, floor: number): number {
  let end = top;
  for (let i = vmas.length - 1; i >= 0; i--) {
    const vma = vmas[i]!;
    if (vma.start >= end) continue;
    if (end - vma.end >= length) break;
    end = Math.min(end, vma.start - (vma.growsDown ? STACK_GUARD_GAP : 0));
  }
  return end - length >= floor ? end - length : -1;
}
