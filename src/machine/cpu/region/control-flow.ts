// The shape of a region's control flow: reverse postorder, dominators, loop heads. An edge back to a block that does not
// dominate its source would make an irreducible loop; it leaves the region instead.

import type { Edge, PlannedBlock } from './region-plan.ts';

export interface ControlFlow {
  /** Block indexes in reverse postorder; unreachable blocks are absent. */
  readonly order: readonly number[];
  /** Position in `order`, -1 if unreachable. */
  readonly position: readonly number[];
  /** Blocks whose immediate dominator is this one, in reverse postorder. */
  readonly children: readonly (readonly number[])[];
  readonly isLoopHead: readonly boolean[];
  /** Two or more edges lead here other than those that go back: the block stands behind a label. */
  readonly isMerge: readonly boolean[];
}

export const targetsOf = (block: PlannedBlock): number[] =>
  [block.taken, block.next].flatMap((edge) => (edge && 'block' in edge ? [edge.block] : []));

/** Changes edges of `blocks` that would make an irreducible loop. */
export function analyseControlFlow(blocks: readonly PlannedBlock[]): ControlFlow {
  for (;;) {
    const { order, position } = reversePostorder(blocks);
    const dominator = dominators(blocks, order, position);
    if (cutIrreducible(blocks, order, position, dominator)) continue;
    const children: number[][] = blocks.map(() => []);
    const isLoopHead = blocks.map(() => false);
    const forward = blocks.map(() => 0);
    for (const index of order) {
      if (index !== 0) children[dominator[index]!]!.push(index);
      for (const target of targetsOf(blocks[index]!)) {
        if (position[target]! <= position[index]!) isLoopHead[target] = true;
        else forward[target]!++;
      }
    }
    return { order, position, children, isLoopHead, isMerge: forward.map((edges) => edges > 1) };
  }
}

function reversePostorder(blocks: readonly PlannedBlock[]): { order: number[]; position: number[] } {
  const seen = new Set<number>([0]);
  const postorder: number[] = [];
  const stack: { index: number; left: number[] }[] = [{ index: 0, left: targetsOf(blocks[0]!) }];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const target = top.left.shift();
    if (target === undefined) {
      postorder.push(top.index);
      stack.pop();
    } else if (!seen.has(target)) {
      seen.add(target);
      stack.push({ index: target, left: targetsOf(blocks[target]!) });
    }
  }
  const order = postorder.reverse();
  const position = blocks.map(() => -1);
  for (const [i, index] of order.entries()) position[index] = i;
  return { order, position };
}

/** Immediate dominators, by Cooper, Harvey and Kennedy's iteration. */
function dominators(blocks: readonly PlannedBlock[], order: readonly number[], position: readonly number[]): number[] {
  const sources: number[][] = blocks.map(() => []);
  for (const index of order) for (const target of targetsOf(blocks[index]!)) sources[target]!.push(index);
  const dominator = blocks.map(() => -1);
  dominator[0] = 0;
  const meet = (a: number, b: number): number => {
    let x = a;
    let y = b;
    while (x !== y) {
      while (position[x]! > position[y]!) x = dominator[x]!;
      while (position[y]! > position[x]!) y = dominator[y]!;
    }
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const index of order) {
      if (index === 0) continue;
      const known = sources[index]!.filter((source) => dominator[source] !== -1);
      const found = known.reduce(meet);
      if (dominator[index] !== found) {
        dominator[index] = found;
        changed = true;
      }
    }
  }
  return dominator;
}

function cutIrreducible(
  blocks: readonly PlannedBlock[],
  order: readonly number[],
  position: readonly number[],
  dominator: readonly number[],
): boolean {
  const dominates = (upper: number, lower: number): boolean => {
    let at = lower;
    while (position[at]! > position[upper]!) at = dominator[at]!;
    return at === upper;
  };
  let cut = false;
  for (const index of order) {
    const block = blocks[index]!;
    const keep = (edge: Edge | null): Edge | null => {
      if (!edge || !('block' in edge) || position[edge.block]! > position[index]! || dominates(edge.block, index)) return edge;
      cut = true;
      return { leaves: blocks[edge.block]!.record };
    };
    block.taken = keep(block.taken);
    block.next = keep(block.next);
  }
  return cut;
}
