import { describe, expect, it } from 'vitest';
import { analyseControlFlow } from '../../../../src/machine/cpu/region/control-flow.ts';
import type { Edge, PlannedBlock } from '../../../../src/machine/cpu/region/region-plan.ts';

const edge = (block: number | undefined): Edge | null => (block === undefined ? null : { block });

/** Blocks by what they lead to; `computed` ones end with a computed jump. */
function graph(successors: readonly (readonly number[])[], computed: readonly number[] = []): PlannedBlock[] {
  return successors.map(([next, taken], index) => ({
    rip: index,
    record: 1000 + index,
    instructions: [
      { view: {}, traits: { flow: computed.includes(index) ? 'indirect' : 'next' } },
    ] as unknown as PlannedBlock['instructions'],
    taken: edge(taken),
    next: edge(next),
    guess: null,
  }));
}

describe('control flow of a region', () => {
  it('a straight line has neither loops nor merges', () => {
    const flow = analyseControlFlow(graph([[1], [2], []]), [0]);
    expect({ root: flow.root, order: flow.order, heads: flow.isLoopHead.includes(true), merges: flow.isMerge.includes(true) }).toEqual({
      root: 0,
      order: [0, 1, 2],
      heads: false,
      merges: false,
    });
    expect(flow.children[0]).toEqual([1]);
  });

  it('two arms meet in a merge that their branch dominates', () => {
    const flow = analyseControlFlow(graph([[1, 2], [3], [3], []]), [0]);
    expect(flow.isMerge.slice(0, 4)).toEqual([false, false, false, true]);
    expect(flow.children[0]!.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  });

  it('a nest of loops has a head each, and each is a checkpoint', () => {
    const flow = analyseControlFlow(graph([[1], [2, 4], [2, 3], [1], []]), [0]);
    expect(flow.isLoopHead.slice(0, 5)).toEqual([false, true, true, false, false]);
    expect(flow.isCheckpoint[1] && flow.isCheckpoint[2]).toBe(true);
  });

  it('a loop with two heads goes by the dispatcher', () => {
    const blocks = graph([[1, 2], [2], [1, 3], []]);
    const flow = analyseControlFlow(blocks, [0]);
    expect(flow.root).toBe(flow.dispatcher);
    const dispatching = blocks.flatMap(({ taken, next }) => [taken, next]).filter((e) => e && 'dispatches' in e);
    expect(dispatching.length).toBeGreaterThan(0);
    for (const e of dispatching) expect(flow.dispatched).toContain((e as { dispatches: number }).dispatches);
  });

  it('a computed jump out of the only entry needs none', () => {
    const flow = analyseControlFlow(graph([[]], [0]), [0]);
    expect(flow.root).toBe(0);
  });

  it.each([
    { name: 'several entries', blocks: graph([[], []]), entries: [0, 1] },
    { name: 'several entries and a computed jump', blocks: graph([[], []], [0]), entries: [0, 1] },
  ])('$name: the dispatcher stands before all', ({ blocks, entries }) => {
    const flow = analyseControlFlow(blocks, entries);
    expect(flow.root).toBe(flow.dispatcher);
    expect(flow.dispatched.slice(0, entries.length)).toEqual(entries);
    for (const entry of entries) expect(flow.isMerge[entry] && flow.isCheckpoint[entry]).toBe(true);
  });
});
