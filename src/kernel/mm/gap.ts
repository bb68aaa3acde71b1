// Where mmap puts a range that may go anywhere: as high as there is room below MMAP_TOP, above 4 GiB only when that half is full.

import { MMAP_MIN, MMAP_TOP, TASK_SIZE } from '../abi/layout.ts';
import { STACK_GUARD_GAP, type RangeTree } from './range-tree.ts';

/** Address of a gap of `length` bytes between `ranges`; -1 if the whole space is full. */
export function findGap(ranges: RangeTree, length: number): number {
  const low = ranges.highestRoom(MMAP_TOP, length, MMAP_MIN);
  return low >= 0 ? low : ranges.highestRoom(TASK_SIZE - STACK_GUARD_GAP, length, 0x1_0000_0000);
}
