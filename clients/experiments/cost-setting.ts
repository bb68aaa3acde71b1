// The cost model that an experiment's machines compute with: a preset, its clock, and what was set for this run.

import { costQuantity } from '../ts/cost-quantity.ts';
import type { PublishedFigure } from '../../src/gen/api.ts';
import { type Data, type ExperimentContext, type ExperimentOption, OptionError } from './experiment.ts';

export const DEFAULT_PRESET = 'spr-2.0ghz';

export const presetOption: ExperimentOption = {
  flags: '--preset <name>',
  description: 'costs and clock; "uintrctl cost show" lists them',
  fallback: DEFAULT_PRESET,
};

export interface CostSetting {
  readonly preset: string;
  readonly hertz: number;
  /** By name, each in the unit of its row. */
  readonly overrides: Readonly<Record<string, number>>;
  /** Of the constants that are cycles. */
  readonly cycles: Readonly<Record<string, number>>;
  /** Every constant as used, for the result. */
  readonly table: readonly { readonly [name: string]: Data }[];
  /** What the constants were made from, and what the model must meet. */
  readonly figures: readonly PublishedFigure[];
}

export async function costsUsed({ client, signal, options, costs }: ExperimentContext): Promise<CostSetting> {
  const preset = options['preset'] ?? DEFAULT_PRESET;
  const known = await client.machines.GetCostTable({ preset: DEFAULT_PRESET }, { signal });
  if (!known.presets.some(({ name }) => name === preset))
    throw new OptionError(`--preset: "${preset}" is none of ${known.presets.map(({ name }) => name).join(', ')}`);
  const found = preset === DEFAULT_PRESET ? known : await client.machines.GetCostTable({ preset }, { signal });
  return {
    preset,
    hertz: Number(found.hertz),
    overrides: Object.fromEntries(Object.entries(costs).map(([name, value]) => [name, Number(value)])),
    table: found.costs.map((cost) => {
      const { value, unit } = costQuantity(cost);
      const own = costs[cost.name];
      return { name: cost.name, [unit]: Number(own ?? value), source: own === undefined ? cost.source : 'set for this run' };
    }),
    cycles: Object.fromEntries(
      found.costs.flatMap(({ name, cycles }) => (cycles === undefined ? [] : [[name, Number(costs[name] ?? cycles)]])),
    ),
    figures: found.figures,
  };
}
