// Which arithmetic flags are undefined behind items, followed through branches, loops and calls.

import { AF } from './flags.ts';
import type { Item, Part } from './program.ts';

/** Undefined flags behind the items, given those before; without the CMPs, which only make them fewer. */
export function flow(items: readonly Item[], before: number, functions: readonly number[]): number {
  return items.reduce((undefinedNow, item) => flowOne(item, undefinedNow, functions), before);
}

export const flowParts = (parts: readonly Part[], before: number): number =>
  parts.reduce((now, { flags }) => (now & ~flags.writes) | flags.undefined, before);

function flowOne(item: Item, before: number, functions: readonly number[]): number {
  switch (item.kind) {
    case 'code':
      return flowParts(item.parts, before);
    case 'loop':
      return flow(item.body, before | flow(item.body, before, functions), functions) | before;
    case 'unless':
      return before | flow(item.body, before, functions);
    case 'call':
      return functions[item.function] ?? before;
    case 'switch':
      return item.bodies.reduce((sum, body) => sum | flow(body, AF, functions), 0) | AF;
    case 'jump':
      return before;
    case 'modify': {
      const stored = flowParts(item.stores, before);
      return flowParts(item.before, stored) | flowParts(item.after, stored);
    }
  }
}
