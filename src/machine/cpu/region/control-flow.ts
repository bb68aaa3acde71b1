// The shape of a region's control flow: reverse postorder, dominators, loop heads. Where the region has several entries,
// jumps to computed addresses, or loops with several heads, a dispatcher stands before everything: a loop around a br_table.

import { isSkipped } from './instruction-traits.ts';
import type { Edge, PlannedBlock } from './region-plan.ts';

export interface ControlFlow {
  /** The node that dominates all: a block, or the dispatcher. */
  readonly root: number;
  /** Index of the dispatcher among the nodes: one behind the last block. */
  readonly dispatcher: number;
  /** Blocks that the dispatcher leads to; their positions here are its states. The region's entries come first, in their order. */
  readonly dispatched: readonly number[];
  /** Nodes in reverse postorder; unreachable blocks are absent. */
  readonly order: readonly number[];
  /** Position in `order`, -1 if unreachable. */
  readonly position: readonly number[];
  /** Nodes whose immediate dominator is this one, in reverse postorder. */
  readonly children: readonly (readonly number[])[];
  readonly isLoopHead: readonly boolean[];
  /** The block stands behind a label: two or more edges lead here other than those that go back, or the dispatcher does. */
  readonly isMerge: readonly boolean[];
  /** The budget is looked at before control comes here: on every way round there is such a block. */
  readonly isCheckpoint: readonly boolean[];
}

/** Blocks that a block leads to directly, each as often as it does. */
export const targetsOf = ({ taken, next, instructions }: PlannedBlock): number[] =>
  [taken, next, isSkipped(instructions.at(-1)!.traits) ? next : null].flatMap((edge) => (edge && 'block' in edge ? [edge.block] : []));

/** Changes edges of `blocks` that would make a loop with several heads into edges by way of the dispatcher. */
export function analyseControlFlow(blocks: readonly PlannedBlock[], entries: readonly number[]): ControlFlow {
  const dispatched = [...entries];
  const dispatcher = blocks.length;
  for (;;) {
    const isDispatching = dispatched.length > 1;
    const root = isDispatching ? dispatcher : entries[0]!;
    const successors = (node: number): number[] => (node === dispatcher ? [...dispatched] : targetsOf(blocks[node]!));
    const { order, position } = reversePostorder(root, dispatcher + 1, successors);
    const dominator = dominators(root, order, position, successors);
    if (dispatchIrreducible(blocks, order, position, dominator, dispatched)) continue;
    const children: number[][] = position.map(() => []);
    const isLoopHead = position.map(() => false);
    const forward = position.map(() => 0);
    for (const node of order) {
      if (node !== root) children[dominator[node]!]!.push(node);
      for (const target of successors(node)) {
        if (position[target]! <= position[node]!) isLoopHead[target] = true;
        else forward[target]! += node === dispatcher ? 2 : 1;
      }
    }
    const isEntry = position.map((_, node) => (isDispatching ? dispatched : entries).includes(node));
    return {
      root,
      dispatcher,
      dispatched,
      order,
      position,
      children,
      isLoopHead,
      isMerge: forward.map((edges) => edges > 1),
      isCheckpoint: isLoopHead.map((isHead, node) => isHead || isEntry[node]!),
    };
  }
}

function reversePostorder(root: number, count: number, successors: (node: number) => number[]): { order: number[]; position: number[] } {
  const seen = new Set<number>([root]);
  const postorder: number[] = [];
  const stack: { node: number; left: number[] }[] = [{ node: root, left: successors(root) }];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const target = top.left.shift();
    if (target === undefined) {
      postorder.push(top.node);
      stack.pop();
    } else if (!seen.has(target)) {
      seen.add(target);
      stack.push({ node: target, left: successors(target) });
    }
  }
  const order = postorder.reverse();
  const position = new Array<number>(count).fill(-1);
  for (const [i, node] of order.entries()) position[node] = i;
  return { order, position };
}

/** Immediate dominators, by Cooper, Harvey and Kennedy's iteration. */
function dominators(root: number, order: readonly number[], position: readonly number[], successors: (node: number) => number[]): number[] {
  const sources: number[][] = position.map(() => []);
  for (const node of order) for (const target of successors(node)) sources[target]!.push(node);
  const dominator = position.map(() => -1);
  dominator[root] = root;
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
    for (const node of order) {
      if (node === root) continue;
      const found = sources[node]!.filter((source) => dominator[source] !== -1).reduce(meet);
      if (dominator[node] !== found) {
        dominator[node] = found;
        changed = true;
      }
    }
  }
  return dominator;
}

/** An edge back to a block that does not dominate its source goes by way of the dispatcher. */
function dispatchIrreducible(
  blocks: readonly PlannedBlock[],
  order: readonly number[],
  position: readonly number[],
  dominator: readonly number[],
  dispatched: number[],
): boolean {
  const dominates = (upper: number, lower: number): boolean => {
    let at = lower;
    while (position[at]! > position[upper]!) at = dominator[at]!;
    return at === upper;
  };
  let changed = false;
  for (const index of order) {
    const block = blocks[index];
    if (!block) continue;
    const through = (edge: Edge | null): Edge | null => {
      if (!edge || !('block' in edge) || position[edge.block]! > position[index]! || dominates(edge.block, index)) return edge;
      changed = true;
      if (!dispatched.includes(edge.block)) dispatched.push(edge.block);
      return { dispatches: edge.block };
    };
    block.taken = through(block.taken);
    block.next = through(block.next);
  }
  return changed;
}
