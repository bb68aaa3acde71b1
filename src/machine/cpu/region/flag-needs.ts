// Which blocks of a region need the arithmetic flags they are entered with, and for what.

import { targetsOf } from './control-flow.ts';
import type { ControlFlow } from './control-flow.ts';
import type { PlannedBlock } from './region-plan.ts';

/** exact: only if the region is left before they are set again. read: an instruction looks at them. */
export type FlagNeed = 'none' | 'exact' | 'read';

const RANK: Readonly<Record<FlagNeed, number>> = { none: 0, exact: 1, read: 2 };
const greater = (a: FlagNeed, b: FlagNeed): FlagNeed => (RANK[a] >= RANK[b] ? a : b);

/** By block index. */
export function flagNeeds(blocks: readonly PlannedBlock[], flow: ControlFlow): FlagNeed[] {
  const own = blocks.map(ownNeed);
  const needs = own.map(({ need }, index) => (flow.isLoopHead[index] ? greater(need, 'exact') : need));
  for (let changed = true; changed; ) {
    changed = false;
    for (const index of flow.order.toReversed()) {
      if (own[index]!.ends) continue;
      const block = blocks[index]!;
      const leaves = [block.taken, block.next].some((edge) => edge && 'leaves' in edge);
      let need = greater(needs[index]!, leaves ? 'exact' : 'none');
      for (const target of targetsOf(block)) need = greater(need, needs[target]!);
      if (need === needs[index]) continue;
      needs[index] = need;
      changed = true;
    }
  }
  return needs;
}

/** What the block's own instructions need, and whether the flags it was entered with end in it. */
function ownNeed(block: PlannedBlock): { need: FlagNeed; ends: boolean } {
  let need: FlagNeed = 'none';
  for (const { traits } of block.instructions) {
    if (traits.readsFlags) return { need: 'read', ends: true };
    if (traits.leaves) need = 'exact';
    if (traits.setsFlags === 'all') return { need, ends: true };
  }
  const last = block.instructions.at(-1)!;
  return { need: last.traits.flow === 'indirect' ? greater(need, 'exact') : need, ends: false };
}
