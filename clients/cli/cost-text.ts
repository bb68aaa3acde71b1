// The cost model on a terminal: constants, the published figures they stand beside, and the presets there are.

import { table } from '../../src/text/table.ts';
import { costQuantity } from '../ts/cost-quantity.ts';
import type { Cost, CostPreset, GetCostTableResponse, PublishedFigure } from '../../src/gen/api.ts';

const gigahertz = (hertz: bigint): string => `${Number(hertz) / 1e9} GHz`;
const thousandths = (value: bigint): string => String(Number(value) / 1000);
const ROLES = {
  FIGURE_ROLE_UNSPECIFIED: '',
  FIGURE_ROLE_INPUT: 'input',
  FIGURE_ROLE_CHECK: 'check',
  FIGURE_ROLE_CONTEXT: 'context',
} as const;

export function costText({ preset, hertz, costs, figures, presets }: GetCostTableResponse): string {
  return [
    `${preset}: ${gigahertz(hertz)}`,
    table<Cost>(costs, [
      ['COST', (row) => row.name],
      ['VALUE', (row) => `${costQuantity(row).value}${row.overridden ? ' *' : ''}`],
      ['UNIT', (row) => costQuantity(row).unit.replaceAll('_', ' ')],
      ['NS', (row) => (row.cycles === undefined ? '' : String(Math.round((Number(row.cycles) / Number(hertz)) * 1e10) / 10))],
      ['ROLE', () => 'input'],
      ['SOURCE', (row) => (row.overridden ? 'set for this machine' : row.source)],
    ]),
    '',
    'Published figures. Inputs fixed a constant above, checks fixed none, contexts are only shown:',
    table<PublishedFigure>(figures, [
      ['FIGURE', (row) => row.name],
      ['VALUE', (row) => `${thousandths(row.value)} ${row.unit}`],
      ['ROLE', (row) => ROLES[row.role]],
      ['MUST BE', (row) => (row.role === 'FIGURE_ROLE_CHECK' ? `${thousandths(row.from)} to ${thousandths(row.to)}` : '')],
      ['WHAT', (row) => row.what],
      ['SOURCE', (row) => (row.hertz === 0n ? row.source : `${row.source}, core at ${gigahertz(row.hertz)}`)],
    ]),
    '',
    'Presets:',
    table<CostPreset>(presets, [
      ['PRESET', (row) => row.name],
      ['CLOCK', (row) => gigahertz(row.hertz)],
      ['RESTATES', (row) => row.about],
    ]),
  ].join('\n');
}
