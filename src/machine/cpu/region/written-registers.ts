// Which general registers may have been changed since the region was entered, so that a way out stores only these.

import { type ControlFlow, targetsOf } from './control-flow.ts';
import { writesOf } from './instruction-traits.ts';
import type { PlannedBlock } from './region-plan.ts';

/** By block: a bit for each general register that may have been changed where the block ends. */
export function writtenRegisters(blocks: readonly PlannedBlock[], flow: ControlFlow): number[] {
  const own = blocks.map(({ instructions }) =>
    instructions.flatMap(({ view, traits }) => writesOf(view, traits)).reduce((mask, register) => mask | (1 << register), 0),
  );
  const written = [...own, 0];
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of flow.order) {
      for (const target of successors(node)) {
        const joined = written[target]! | written[node]!;
        if (joined === written[target]) continue;
        written[target] = joined;
        changed = true;
      }
    }
  }
  return written.slice(0, blocks.length);

  function successors(node: number): readonly number[] {
    if (node === flow.dispatcher) return flow.dispatched;
    const block = blocks[node]!;
    const isDispatching =
      block.instructions.at(-1)!.traits.flow === 'indirect' ||
      [block.taken, block.next].some((edge) => edge !== null && 'dispatches' in edge);
    return isDispatching ? [...targetsOf(block), flow.dispatcher] : targetsOf(block);
  }
}
