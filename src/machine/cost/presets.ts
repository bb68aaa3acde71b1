// Presets: named sets of constants with a clock. A machine's costs are a preset's with the overrides of its spec.

import { CONSTANTS, type CostName, type CostTable } from './constants.ts';
import { CACHED_READS_OF_REPORT } from './cached-reads.ts';

export type { Cost, CostName, CostTable } from './constants.ts';

export interface Preset {
  readonly name: string;
  /** Nominal clock; also the TSC rate. */
  readonly hertz: number;
  /** Which machine it restates. */
  readonly about: string;
  readonly costs: CostTable;
  /** Bytes: a larger file is copied from and to DRAM (copy_far_per_64_bytes). */
  readonly lastLevelCache: number;
}

const MIB = 2 ** 20;

function preset(name: string, hertz: number, about: string, lastLevelCache: number, own: Partial<CostTable> = {}): Preset {
  return { name, hertz, about, costs: { ...CONSTANTS, ...own }, lastLevelCache };
}

/**
 * The constants are cycles of the core, so that mostly the clock alone tells presets apart: a faster one shortens every nanosecond
 * figure alike. The last-level cache of a Xeon Gold 5420+ is in its data sheet; that of the report's machine is assumed.
 */
const ALL: readonly Preset[] = [
  preset('spr-2.0ghz', 2_000_000_000, 'Xeon Gold 5420+ at a fixed 2.0 GHz, on which xUI measured user interrupts', 52.5 * MIB),
  preset(
    'spr-vm-2.9ghz',
    2_900_000_000,
    'the Sapphire-Rapids-class VM on which the system calls were measured, with its core clock',
    52.5 * MIB,
  ),
  preset(
    'report-2022',
    3_386_000_000,
    "the report's physical machine, as far as its figures go: its clock, from 3.85e9 iterations of 3 cycles in 3.4108 s",
    24 * MIB,
    CACHED_READS_OF_REPORT,
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
