// The cost model that an experiment's machines compute with: a preset, its clock, and what was set for this run.

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
  /** Cycles by name. */
  readonly overrides: Readonly<Record<string, number>>;
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
    overrides: Object.fromEntries(Object.entries(costs).map(([name, cycles]) => [name, Number(cycles)])),
    table: found.costs.map(({ name, cycles, source }) => ({
      name,
      cycles: Number(costs[name] ?? cycles),
      source: name in costs ? 'set for this run' : source,
    })),
    figures: found.figures,
  };
}
