// Legs of an interrupt's way, and what the cost table says they take.

import type { Event } from '../../../src/gen/api.ts';
import { type GuestSample, READING_TOLERANCE } from './guest-sample.ts';
import type { Way } from './way.ts';

/** Where a leg's length comes from. A leg that no event ends is the rest of a longer one, less constants. */
export type Basis = 'events' | 'guest TSC' | 'remainder' | 'cost table';

export interface Leg {
  readonly name: string;
  readonly cycles: number;
  readonly basis: Basis;
  /** Its length is the guest program's affair: how much of a call or of a sleep is left. */
  readonly programs?: boolean;
  /** "idle_exit + wake_up", or words; expected is what they add up to. */
  readonly constants: string;
  /** Undefined for what the cost table does not decide. */
  readonly expected: number | undefined;
}

/** Cycles by name. */
export type CostTable = Readonly<Record<string, number>>;

export interface Measurement {
  readonly way: Way;
  readonly guest: GuestSample;
  /** Cycles that the guest's two readings take themselves. */
  readonly around: number;
  readonly costs: CostTable;
}

export const distance = (from: Event, to: Event): number => Number(to.cycle - from.cycle);

/** A leg that constants of the table decide. */
export function leg(costs: CostTable, name: string, cycles: number, constants: readonly string[], basis: Basis = 'events'): Leg {
  const expected = constants.reduce((sum, constant) => sum + costs[constant]!, 0);
  return { name, cycles, basis, constants: constants.join(' + '), expected };
}

/** A leg that the guest measures: what the constants say, if its readings allow that. */
export function measuredLeg({ guest, around, costs }: Measurement, name: string, constants: readonly string[]): Leg {
  const measured = guest.after - guest.before - around;
  const exact = leg(costs, name, measured, constants, 'guest TSC');
  return Math.abs(measured - exact.expected!) <= READING_TOLERANCE ? { ...exact, cycles: exact.expected! } : exact;
}

export function missing(what: string): never {
  throw new Error(`an interrupt was delivered without ${what}: the receiver was not in its state`);
}
