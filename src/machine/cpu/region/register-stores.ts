// Which general registers a way out of the region stores: those that may have been changed since the region was entered. Where a loop within
// another is left, those that are set again before they are looked at are stored at once, and are not carried round the outer loop.

import { type ControlFlow, targetsOf } from './control-flow.ts';
import { readsOf, writesOf } from './instruction-traits.ts';
import type { PlannedBlock } from './region-plan.ts';

/** Sets of registers are masks, a bit each. */
export class RegisterStores {
  private readonly flow: ControlFlow;
  private readonly successors: readonly (readonly number[])[];
  /** By node: what may have to be stored where it ends. */
  private readonly written: number[];
  /** By node: what is looked at behind its beginning before it is set. */
  private readonly live: number[];
  /** By node: heads of the loops that it is in. */
  private readonly loops: readonly ReadonlySet<number>[];
  private readonly sunk = new Map<string, number>();
  /** What is stored at some end of a loop. */
  private readonly everSunk: number;

  constructor(blocks: readonly PlannedBlock[], flow: ControlFlow) {
    this.flow = flow;
    this.successors = [...blocks.map((block) => successorsOf(block, flow)), flow.dispatched];
    this.loops = this.findLoops();
    const own = [...blocks.map(ownRegisters), { writes: 0, reads: 0 }];
    this.live = own.map(({ reads }) => reads);
    settle(this.live, () => {
      for (const [node, target] of this.edges().toReversed()) this.live[node]! |= this.live[target]! & ~own[node]!.writes;
    });
    this.written = own.map(({ writes }) => writes);
    settle(this.written, () => {
      for (const [node, target] of this.edges()) this.written[target]! |= this.written[node]! & ~this.sinkable(node, target);
    });
    for (const [node, target] of this.edges()) {
      const mask = this.written[node]! & this.sinkable(node, target);
      if (mask !== 0) this.sunk.set(`${node} ${target}`, mask);
    }
    this.everSunk = [...this.sunk.values()].reduce((all, mask) => all | mask, 0);
  }

  /** On the edge from block to node. */
  onEdge(from: number, target: number): number {
    return this.sunk.get(`${from} ${target}`) ?? 0;
  }

  /** By a way out behind that. */
  behindEdge(from: number, target: number): number {
    return this.allBut(this.written[from]! & ~this.onEdge(from, target));
  }

  /** By a way out at the end of a block. */
  atEnd(index: number): number {
    return this.written[index]!;
  }

  /** By a way out in a block. These are rare, and share stores: of whatever is changed anywhere, but for what is not carried here. */
  inside(index: number): number {
    return this.allBut(this.written[index]!);
  }

  private allBut(written: number): number {
    return ~(this.everSunk & ~written);
  }

  /** What may be stored on an edge: something if it leaves a loop for a place that is in another one. A dispatcher's edges have no code. */
  private sinkable(from: number, target: number): number {
    const { dispatcher } = this.flow;
    if (from === dispatcher || target === dispatcher || this.loops[target]!.size === 0) return 0;
    const isEnd = [...this.loops[from]!].some((head) => !this.loops[target]!.has(head));
    return isEnd ? ~this.live[target]! : 0;
  }

  private edges(): (readonly [node: number, target: number])[] {
    return this.flow.order.flatMap((node) => this.successors[node]!.map((target) => [node, target] as const));
  }

  private findLoops(): Set<number>[] {
    const { flow, successors } = this;
    const sources: number[][] = successors.map(() => []);
    for (const node of flow.order) for (const target of successors[node]!) sources[target]!.push(node);
    const loops = successors.map(() => new Set<number>());
    for (const head of flow.order) {
      const back = sources[head]!.filter((source) => flow.position[source]! >= flow.position[head]!);
      if (back.length > 0) loops[head]!.add(head);
      for (let node = back.pop(); node !== undefined; node = back.pop()) {
        if (loops[node]!.has(head)) continue;
        loops[node]!.add(head);
        back.push(...sources[node]!);
      }
    }
    return loops;
  }
}

/** Until nothing changes any more. */
function settle(masks: readonly number[], step: () => void): void {
  for (let before: readonly number[] | null = null; !before?.every((mask, i) => mask === masks[i]); ) {
    before = masks.slice();
    step();
  }
}

function successorsOf(block: PlannedBlock, flow: ControlFlow): readonly number[] {
  const isDispatching =
    flow.root === flow.dispatcher &&
    (block.instructions.at(-1)!.traits.flow === 'indirect' ||
      [block.taken, block.next].some((edge) => edge !== null && 'dispatches' in edge));
  return isDispatching ? [...targetsOf(block), flow.dispatcher] : targetsOf(block);
}

function ownRegisters({ instructions }: PlannedBlock): { writes: number; reads: number } {
  let writes = 0;
  let reads = 0;
  for (const { view, traits } of instructions) {
    reads |= maskOf(readsOf(view, traits)) & ~writes;
    writes |= maskOf(writesOf(view, traits));
  }
  return { writes, reads };
}

const maskOf = (registers: readonly number[]): number => registers.reduce((mask, register) => mask | (1 << register), 0);
