// The latency experiment's result for people.

import type { Result } from '../experiment.ts';
import { type Block, figure, text } from '../report/block.ts';
import type { Summary } from '../statistics.ts';
import { PUBLISHED } from './published.ts';
import type { LatencyRow } from './row.ts';

const NOT_SHOWN =
  'Virtual time comes from a table of constants: there is no contention, no cache and no power state in it. Repetitions of one state differ only by when in the receiver’s doing the interrupt comes, so minimum, average and maximum may coincide. On silicon the distribution has a tail, and P50 nearly doubles from 31 to 63 threads; a model of fixed costs does not show that. What depends on the program is not a property of the interrupt: how much of the call or of the sleep was left, how soon the other thread gave way; the last column leaves these legs out.';

const span = ({ min, max, avg }: Summary): string => (min === max ? String(min) : `${min} to ${max}, ${avg} on average`);
const five = ({ min, avg, max, p50, p99 }: Summary): string[] => [min, avg, max, p50, p99].map(String);

export function describe(result: Result<LatencyRow>): Block[] {
  const { rows } = result;
  const hertz = (result.spec as { readonly machine: { readonly hertz: number } }).machine.hertz;
  return [
    { kind: 'heading', text: 'From SENDUIPI to the handler' },
    {
      kind: 'table',
      caption: `Cycles of the ${hertz / 1e9} GHz clock, by the machine’s events`,
      columns: [
        text('receiver'),
        figure('min'),
        figure('avg'),
        figure('max'),
        figure('P50'),
        figure('P99'),
        figure('P50, ns'),
        figure('guest RDTSC, P50'),
        figure('without the program, P50'),
      ],
      rows: rows.map((row) => [
        row.title,
        ...five(row.cycles),
        String(row.nanoseconds.p50),
        String(row.guest_cycles.p50),
        String(row.mechanism_cycles.p50),
      ]),
    },
    { kind: 'paragraph', tone: 'aside', text: NOT_SHOWN },
    { kind: 'heading', text: 'Leg by leg' },
    ...bars(rows),
    {
      kind: 'table',
      caption: 'Legs in cycles, and what the constants of the cost model add up to',
      columns: [text('receiver'), text('leg'), figure('cycles'), figure('expected'), text('constants'), text('measured by')],
      rows: rows.flatMap((row) =>
        row.legs.map(({ leg, cycles, expected, constants, basis }, at) => [
          at === 0 ? row.title : '',
          leg,
          span(cycles),
          expected ? span(expected) : '-',
          constants,
          basis,
        ]),
      ),
    },
    {
      kind: 'paragraph',
      text: '"events": from one event of the machine to the next. "guest TSC": between two RDTSC around SENDUIPI, less the instructions between them. "remainder": of a stretch that events delimit, less constants, where no event marks the end of the leg; "cost table": those constants, not measured here. The post is within SENDUIPI, recognition within notification processing.',
    },
    { kind: 'heading', text: 'Distribution' },
    {
      kind: 'distribution',
      caption: 'Repetitions by latency',
      unit: 'cycles',
      series: rows.map((row) => ({ label: row.title, values: row.samples })),
    },
    {
      kind: 'table',
      detail: true,
      caption: 'What the guest does in each state, and its handler from the first instruction to behind UIRET',
      columns: [text('receiver'), text('what it does'), figure('handler, cycles')],
      rows: rows.map((row) => [row.title, row.about, span(row.handler_cycles)]),
    },
    { kind: 'heading', text: 'Beside it' },
    {
      kind: 'table',
      caption: 'Published figures; none is measured here',
      columns: [text('what'), text('figure'), text('role'), text('source')],
      rows: PUBLISHED.map(({ what, figure: value, role, source }) => [what, value, role, source]),
    },
    ...costTable(result, rows),
  ];
}

/** Two charts: the stretches that the program decides would make the others invisible. */
function bars(rows: readonly LatencyRow[]): Block[] {
  const direct = rows.filter(({ state }) => state === 'user' || state === 'kernel' || state === 'descheduled');
  const blocked = rows.filter((row) => !direct.includes(row));
  return [direct, blocked]
    .filter((group) => group.length > 0)
    .map((group) => ({
      kind: 'bars',
      caption: `Average length of each leg, ${group === direct ? 'receiver runnable' : 'receiver blocked'}`,
      unit: 'cycles',
      bars: group.map(({ title, legs }) => ({ label: title, parts: legs.map(({ leg, cycles }) => ({ name: leg, value: cycles.avg })) })),
    }));
}

function costTable({ spec }: Result<LatencyRow>, rows: readonly LatencyRow[]): Block[] {
  const { costs } = spec as { readonly costs: readonly { readonly name: string; readonly cycles: number; readonly source: string }[] };
  const words = new Set(rows.flatMap((row) => row.legs.flatMap(({ constants }) => constants.match(/[a-z_0-9]+/g) ?? [])));
  return [
    {
      kind: 'table',
      detail: true,
      caption: 'Constants of the cost model that the legs are made of',
      columns: [text('constant'), figure('cycles'), text('source')],
      rows: costs.filter(({ name }) => words.has(name)).map(({ name, cycles, source }) => [name, String(cycles), source]),
    },
  ];
}
