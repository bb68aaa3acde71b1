// Which blocks of a region need the arithmetic flags they are entered with, and for what.

import type { ControlFlow } from './control-flow.ts';
import type { PlannedBlock } from './region-plan.ts';

/** exact: only if the region is left before they are set again. read: an instruction looks at them, or they go through the dispatcher. */
export type FlagNeed = 'none' | 'exact' | 'read';

const RANK: Readonly<Record<FlagNeed, number>> = { none: 0, exact: 1, read: 2 };
const greater = (a: FlagNeed, b: FlagNeed): FlagNeed => (RANK[a] >= RANK[b] ? a : b);

/** By node. */
export function flagNeeds(blocks: readonly PlannedBlock[], flow: ControlFlow): FlagNeed[] {
  const own = blocks.map(ownNeed);
  const needs = own.map(({ need }) => need);
  needs.push('none');
  for (let changed = true; changed; ) {
    changed = false;
    const raise = (node: number, need: FlagNeed): void => {
      if (greater(need, needs[node]!) === needs[node]) return;
      needs[node] = need;
      changed = true;
    };
    for (const index of flow.order.toReversed()) {
      // The dispatcher hands on what it is given, so all that it leads to are given the same: flags in memory, or the operands of
      // every operation that set flags would be at hand all the way through it.
      if (index === flow.dispatcher) {
        for (const target of flow.dispatched) if (needs[target] !== 'none') raise(index, 'read');
        for (const target of flow.dispatched) raise(target, needs[index]!);
        continue;
      }
      if (own[index]!.ends) continue;
      const block = blocks[index]!;
      for (const edge of [block.taken, block.next]) {
        if (!edge) continue;
        // Before a checkpoint the region may be left.
        const isLeft = 'leaves' in edge || flow.isCheckpoint['block' in edge ? edge.block : edge.dispatches];
        raise(index, isLeft ? 'exact' : 'none');
        if (!('leaves' in edge)) raise(index, needs['block' in edge ? edge.block : flow.dispatcher]!);
      }
      if (block.instructions.at(-1)!.traits.flow === 'indirect') raise(index, needs[flow.dispatcher]!);
    }
  }
  return needs;
}

/** By instruction of a block: the flags behind it are set again before anybody can see them. */
export function deadFlags({ instructions }: PlannedBlock): boolean[] {
  const dead = instructions.map(() => false);
  for (let i = instructions.length - 1; i > 0; i--) {
    const { usesFlags, keepsFlags, setsFlags, leaves } = instructions[i]!.traits;
    dead[i - 1] = !usesFlags && !leaves && (dead[i]! || (setsFlags === 'all' && !keepsFlags));
  }
  return dead;
}

/** By instruction of a block: other blocks may look at the flags that it sets. Those the block ends with, and those that these keep some of. */
export function lastingFlags({ instructions }: PlannedBlock, dead: readonly boolean[]): boolean[] {
  const lasting = instructions.map(() => false);
  for (let i = instructions.length - 1; i >= 0; i--) {
    const { setsFlags, keepsFlags } = instructions[i]!.traits;
    if (setsFlags === 'none' || dead[i]) continue;
    lasting[i] = true;
    if (!keepsFlags) break;
  }
  return lasting;
}

/** What the block's own instructions need, and whether the flags it was entered with end in it. */
function ownNeed(block: PlannedBlock): { need: FlagNeed; ends: boolean } {
  const dead = deadFlags(block);
  let need: FlagNeed = 'none';
  for (const [i, { traits }] of block.instructions.entries()) {
    if (traits.usesFlags || (traits.keepsFlags && !dead[i])) return { need: 'read', ends: true };
    if (traits.leaves) need = 'exact';
    if (traits.setsFlags === 'all' || dead[i]) return { need, ends: true };
  }
  const last = block.instructions.at(-1)!;
  return { need: last.traits.flow === 'indirect' ? greater(need, 'exact') : need, ends: false };
}
