// Loops of one short block are held several times over: the budget is looked at, and the loop gone round, once for all copies.

import type { Edge, PlannedBlock } from './region-plan.ts';

/** Copies of a block, and instructions in all of them, at most. */
const MOST_COPIES = 4;
const MOST_INSTRUCTIONS = 32;

/** Appends copies of every short block of `blocks` that leads back to itself, each of which leads to the next one. */
export function copyShortLoops(blocks: PlannedBlock[]): void {
  for (const [index, block] of [...blocks].entries()) {
    const way = wayBack(block, index);
    const copies = Math.min(MOST_COPIES, Math.floor(MOST_INSTRUCTIONS / block.instructions.length));
    if (!way || block.instructions.at(-1)!.traits.flow === 'repeat') continue;
    for (let copy = 1, last = block; copy < copies; copy++) {
      last[way] = { block: blocks.length };
      last = { ...block, [way]: { block: index } };
      blocks.push(last);
    }
  }
}

function wayBack(block: PlannedBlock, index: number): 'taken' | 'next' | null {
  const leadsBack = (edge: Edge | null): boolean => edge !== null && 'block' in edge && edge.block === index;
  return leadsBack(block.taken) ? 'taken' : leadsBack(block.next) ? 'next' : null;
}
