// Presets: named sets of constants with a clock. A machine's costs are a preset's with the overrides of its spec.

import { CONSTANTS, type CostName, type CostTable } from './constants.ts';

export type { Cost, CostName, CostTable } from './constants.ts';

export interface Preset {
  readonly name: string;
  /** Nominal clock; also the TSC rate. */
  readonly hertz: number;
  /** Which machine it restates. */
  readonly about: string;
  readonly costs: CostTable;
}

function preset(name: string, hertz: number, about: string): Preset {
  return { name, hertz, about, costs: CONSTANTS };
}

/** The constants are cycles of the core, so the clock alone tells them apart: a faster one shortens every nanosecond figure alike. */
const ALL: readonly Preset[] = [
  preset('spr-2.0ghz', 2_000_000_000, 'Xeon Gold 5420+ at a fixed 2.0 GHz, on which xUI measured user interrupts'),
  preset('spr-vm-2.9ghz', 2_900_000_000, 'the Sapphire-Rapids-class VM on which the system calls were measured, with its core clock'),
  preset(
    'report-2022',
    3_386_000_000,
    "the report's physical machine, as far as its figures go: its clock, from 3.85e9 iterations of 3 cycles in 3.4108 s",
  ),
];

export const PRESETS: Readonly<Record<string, Preset>> = Object.fromEntries(ALL.map((one) => [one.name, one]));

/** Cycles by name, overrides applied. What the machine computes with. */
export type Costs = Readonly<Record<CostName, number>>;

/** Unknown names are the caller's to reject first (isCostName). */
export function resolveCosts(from: Preset, overrides: Readonly<Partial<Record<CostName, number>>>): Costs {
  const costs: Partial<Record<CostName, number>> = {};
  for (const name of Object.keys(from.costs) as CostName[]) costs[name] = overrides[name] ?? from.costs[name].cycles;
  return costs as Costs;
}

export function isCostName(name: string): name is CostName {
  return name in CONSTANTS;
}
