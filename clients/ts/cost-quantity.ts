// The number of a row of the cost table, whatever its unit: Cost.quantity holds one of several.

import type { Cost } from '../../src/gen/api.ts';

const UNITS = ['cycles', 'nanoseconds', 'bytes_per_second', 'commands', 'bytes'] as const;

export interface CostQuantity {
  readonly value: bigint;
  readonly unit: (typeof UNITS)[number];
}

/** A row of a unit that this client does not know of is 0 cycles. */
export function costQuantity(cost: Cost): CostQuantity {
  const unit = UNITS.find((one) => cost[one] !== undefined) ?? 'cycles';
  return { value: cost[unit] ?? 0n, unit };
}
