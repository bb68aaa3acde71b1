// What ways out store, on walks through graphs at random: never less than has been changed and not stored since.

import { describe, expect, it } from 'vitest';
import { analyseControlFlow } from '../../../../src/machine/cpu/region/control-flow.ts';
import type { Edge, PlannedBlock } from '../../../../src/machine/cpu/region/region-plan.ts';
import { RegisterStores } from '../../../../src/machine/cpu/region/register-stores.ts';
import { ZERO } from '../../../../src/machine/cpu/state.ts';
import { Random } from '../../../vectors/random.ts';

interface Node {
  readonly next: number | null;
  readonly taken: number | null;
  readonly isComputed?: boolean;
  readonly writes: readonly number[];
  readonly reads: readonly number[];
}

const edge = (block: number | null): Edge | null => (block === null ? null : { block });

function blocksOf(nodes: readonly Node[]): PlannedBlock[] {
  return nodes.map(({ next, taken, isComputed, writes, reads }, index) => ({
    rip: index,
    record: 1000 + index,
    instructions: [
      {
        view: { base: ZERO, index: ZERO },
        traits: {
          flow: isComputed ? 'indirect' : 'next',
          setsFlags: 'all',
          writesOperands: [],
          readsOperands: [],
          writesRegisters: writes,
          readsRegisters: reads,
        },
      },
    ] as unknown as PlannedBlock['instructions'],
    taken: edge(taken),
    next: edge(next),
    guess: null,
  }));
}

const maskOf = (registers: readonly number[]): number => registers.reduce((mask, register) => mask | (1 << register), 0);

/** Lines on what a way out would have lost. */
function losses(nodes: readonly Node[], entries: readonly number[], random: Random): string[] {
  const blocks = blocksOf(nodes);
  const flow = analyseControlFlow(blocks, entries);
  const stores = new RegisterStores(blocks, flow);
  const isDispatching = flow.root === flow.dispatcher;
  const lost: string[] = [];
  const look = (where: string, stored: number, changed: number): void => {
    if (changed & ~stored) lost.push(`${where}: changed ${changed.toString(2)}, stored ${(stored & 0xffff).toString(2)}`);
  };
  let at = random.pick(entries);
  let changed = 0;
  for (let step = 0; step < 200; step++) {
    look(`in ${at}`, stores.inside(at), changed);
    changed |= maskOf(nodes[at]!.writes);
    look(`at the end of ${at}`, stores.atEnd(at), changed);
    const ways = [blocks[at]!.taken, blocks[at]!.next].filter((way) => way !== null);
    if (isDispatching && nodes[at]!.isComputed && (ways.length === 0 || random.below(2) === 0)) {
      at = random.pick(flow.dispatched);
      continue;
    }
    if (ways.length === 0) break;
    const way = random.pick(ways);
    const target = 'block' in way ? way.block : 'dispatches' in way ? way.dispatches : at;
    changed &= ~stores.onEdge(at, target);
    look(`behind the edge from ${at} to ${target}`, stores.behindEdge(at, target), changed);
    at = target;
  }
  return lost;
}

function graph(random: Random): Node[] {
  const count = 2 + random.below(10);
  const block = (): number | null => (random.below(5) === 0 ? null : random.below(count));
  const registers = (): number[] => Array.from({ length: random.below(3) }, () => random.below(6));
  return Array.from({ length: count }, () => ({
    next: block(),
    taken: block(),
    isComputed: random.below(4) === 0,
    writes: registers(),
    reads: registers(),
  }));
}

describe('registers that ways out store', () => {
  it('are all that have been changed, in graphs at random', () => {
    const random = new Random(1);
    for (let n = 0; n < 4000; n++) {
      const nodes = graph(random);
      const entries = [0, ...(random.below(2) === 0 ? [random.below(nodes.length)] : [])];
      for (let walk = 0; walk < 3; walk++) expect([n, losses(nodes, [...new Set(entries)], random)]).toEqual([n, []]);
    }
  });

  it('are those set again before they are looked at, where a loop within a loop ends: at once, and not in the outer loop', () => {
    // 0: outer head; 1: inner loop, which sets 1 and 2; 2: looks at 2, and goes back.
    const nodes: Node[] = [
      { next: 1, taken: null, writes: [3], reads: [] },
      { next: 2, taken: 1, writes: [1, 2], reads: [3] },
      { next: 0, taken: null, writes: [], reads: [2] },
    ];
    const blocks = blocksOf(nodes);
    const stores = new RegisterStores(blocks, analyseControlFlow(blocks, [0]));
    expect(stores.onEdge(1, 2)).toBe(0b1010);
    expect(stores.onEdge(1, 1)).toBe(0);
    expect(stores.inside(2) & 0b1110).toBe(0b0100);
    expect(stores.inside(1) & 0b1110).toBe(0b1110);
    expect(stores.atEnd(0) & 0b1110).toBe(0b1100);
  });
});
