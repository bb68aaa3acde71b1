// Presets: named sets of constants with a clock. A machine's costs are a preset's with the overrides of its spec.

import { CONSTANTS, type CostTable, type CycleCostName } from './constants.ts';
import { CACHED_READS_OF_REPORT } from './cached-reads.ts';
import { type Bounds, DEVICE_CONSTANTS, type DeviceCostName, type DeviceUnit } from './storage.ts';

export type { Cost, CostTable } from './constants.ts';

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

export type CostName = CycleCostName | DeviceCostName;

/** By name, each in its row's unit, overrides applied. What the machine computes with. */
export type Costs = Readonly<Record<CostName, number>>;
export type CostOverrides = Readonly<Partial<Record<CostName, number>>>;

/** A row of the table, as a machine or a preset has it. */
export interface CostRow {
  readonly name: CostName;
  readonly value: number;
  readonly unit: 'cycles' | DeviceUnit;
  readonly source: string;
  readonly overridden: boolean;
}

/** All rows, overrides applied. Unknown names are the caller's to reject first (isCostName). */
export function costRows(from: Preset, overrides: CostOverrides): CostRow[] {
  const row = (name: CostName, value: number, unit: CostRow['unit'], source: string): CostRow => {
    const own = overrides[name];
    return { name, value: own ?? value, unit, source, overridden: own !== undefined };
  };
  return [
    ...(Object.keys(from.costs) as CycleCostName[]).map((name) => row(name, from.costs[name].cycles, 'cycles', from.costs[name].source)),
    ...(Object.keys(DEVICE_CONSTANTS) as DeviceCostName[]).map((name) => {
      const { value, unit, source } = DEVICE_CONSTANTS[name];
      return row(name, value, unit, source);
    }),
  ];
}

export function resolveCosts(from: Preset, overrides: CostOverrides): Costs {
  return Object.fromEntries(costRows(from, overrides).map(({ name, value }) => [name, value])) as Costs;
}

export function isCostName(name: string): name is CostName {
  return Object.hasOwn(CONSTANTS, name) || Object.hasOwn(DEVICE_CONSTANTS, name);
}

const CYCLES: Bounds = { least: 0, most: 1_000_000_000_000, multiple: 1 };
/** Time that stands still while code runs, or while another vCPU's stores are on their way, would never pass. */
const TIME_PASSES: Bounds = { ...CYCLES, least: 1 };
/** 0 asks for the estimate; a record has 16 bits for sixteenths of a cycle. */
const FLAT: Bounds = {
  ...CYCLES,
  most: 4095,
  hint: 'a flat cost is whole cycles, and 0 asks for the estimate, which counts sixteenths of a cycle',
};

/** What a machine may set it to. */
export function costBounds(name: CostName): Bounds {
  if (name === 'instruction') return FLAT;
  if (name === 'visibility') return TIME_PASSES;
  return Object.hasOwn(DEVICE_CONSTANTS, name) ? DEVICE_CONSTANTS[name as DeviceCostName] : CYCLES;
}
