// Everything a machine's state leads to, for tests: as the hash and the snapshot see it.

import { stateFields } from '../../../src/machine/state-fields.ts';

/** Objects in the order in which they are met. */
export function stateObjects(root: object): Set<object> {
  const seen = new Set<object>([root]);
  for (const object of seen) {
    if (ArrayBuffer.isView(object)) continue;
    const inside: unknown[] = Array.isArray(object)
      ? object
      : object instanceof Map
        ? [...object.keys(), ...object.values()]
        : object instanceof Set
          ? [...object]
          : stateFields(object).map((field) => (object as Record<string, unknown>)[field]);
    for (const value of inside) if (typeof value === 'object' && value !== null) seen.add(value);
  }
  return seen;
}
