// The ipc experiment's result for people.

import type { Result } from '../experiment.ts';
import { type Bars, type Block, figure, type Table, text } from '../report/block.ts';
import { MECHANISMS, REFERENCE } from './mechanisms.ts';
import { FLAWS, PUBLISHED } from './published.ts';
import type { IpcRow } from './row.ts';

const NOT_SHOWN =
  'Virtual time comes from a table of constants: there is no contention, no cache and no power state in it, so minimum, average and maximum of a pattern may coincide; on silicon there is a tail, and the P50 of user interrupts nearly doubles from 31 to 63 threads. A system call acts when it begins and then takes its time: what a spinning party sees of it, it sees that much too early, so a spinning row through the kernel is a lower bound. Rows that poll memory restate the constant of its visibility between vCPUs.';

const dash = (value: number | null): string => (value === null ? '-' : String(value));

export function describe(result: Result<IpcRow>): Block[] {
  const { rows } = result;
  const { machine, count, warm_up } = result.spec as {
    readonly count: number;
    readonly warm_up: number;
    readonly machine: { readonly hertz: number };
  };
  const sizes = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
  const smallest = rows.filter(({ size, placement }) => size === sizes[0] && placement === 'two vCPUs');
  const together = rows.filter(({ placement }) => placement === 'one vCPU');
  const clock = `${machine.hertz / 1e9} GHz`;
  return [
    { kind: 'heading', text: 'Two parties, a vCPU each' },
    timesTable(
      `${count} rounds behind ${warm_up} of warm-up, ${sizes[0]} byte(s), microseconds of virtual time at ${clock} by RDTSC in the guest`,
      smallest,
    ),
    { kind: 'paragraph', tone: 'aside', text: NOT_SHOWN },
    ...(['spin', 'block'] as const).flatMap((waiting) => ratioBars(smallest, waiting)),
    ...(sizes.length > 1 ? [sizesTable(rows, sizes)] : []),
    ...(together.length > 0
      ? [{ kind: 'heading', text: 'Both on one vCPU' } as const, timesTable('The same, blocking, both parties pinned to vCPU 0', together)]
      : []),
    { kind: 'heading', text: 'Distribution' },
    {
      kind: 'distribution',
      caption: 'Rounds by time',
      unit: 'cycles',
      series: smallest.map((row) => ({ label: labelOf(row), values: row.samples })),
    },
    { kind: 'heading', text: 'Beside it' },
    publishedTable(),
    ...FLAWS.map((flaw) => ({ kind: 'paragraph', text: flaw }) as const),
    {
      kind: 'table',
      detail: true,
      caption: 'How each mechanism waits, and what a round is',
      columns: [text('mechanism'), text('waiting'), text('a round')],
      rows: MECHANISMS.filter(({ name }) => rows.some(({ mechanism }) => mechanism === name)).map(({ title, about, round }) => [
        title,
        about,
        round,
      ]),
    },
  ];
}

const labelOf = ({ title, waiting }: IpcRow): string => `${title}, ${waiting}`;

function timesTable(caption: string, rows: readonly IpcRow[]): Table {
  return {
    kind: 'table',
    caption,
    columns: [
      text('mechanism'),
      text('waits'),
      text('a round is'),
      figure('rounds/s'),
      figure('min'),
      figure('avg'),
      figure('P50'),
      figure('P99'),
      figure('max'),
      figure('x uintr, avg'),
      figure('x uintr, min'),
      figure('published emulated'),
      figure('published physical'),
    ],
    rows: rows.map((row) => {
      const { min, avg, p50, p99, max } = row.microseconds;
      return [
        row.title,
        row.waiting,
        row.own > 0 ? `${row.round}; ${row.own} read their own message` : row.round,
        String(row.rate),
        ...[min, avg, p50, p99, max].map((value) => value.toFixed(3)),
        dash(row.times_uintr),
        dash(row.times_uintr_min),
        dash(row.published_emulated),
        dash(row.published_physical),
      ];
    }),
  };
}

/** Those that read their own messages did not exchange any. */
function ratioBars(rows: readonly IpcRow[], waiting: IpcRow['waiting']): Bars[] {
  const shown = rows.filter((row) => row.waiting === waiting && row.times_uintr !== null && row.own === 0);
  if (shown.length === 0) return [];
  return [
    {
      kind: 'bars',
      caption: `Average time of a round by that of ${REFERENCE} between running threads, ${waiting === 'spin' ? 'spinning' : 'blocking'}`,
      unit: 'x',
      bars: shown.map(({ title, times_uintr }) => ({ label: title, parts: [{ name: waiting, value: times_uintr! }] })),
    },
  ];
}

function sizesTable(rows: readonly IpcRow[], sizes: readonly number[]): Table {
  const carrying = rows.filter(({ carries, placement, size }) => carries && placement === 'two vCPUs' && size === sizes[0]);
  const at = (row: IpcRow, size: number): IpcRow | undefined =>
    rows.find(
      (other) =>
        other.mechanism === row.mechanism && other.waiting === row.waiting && other.placement === row.placement && other.size === size,
    );
  return {
    kind: 'table',
    caption: 'Rounds a second by bytes of a message; what carries none is left out',
    columns: [
      text('mechanism'),
      text('waits'),
      ...sizes.map((size) => figure(String(size))),
      ...sizes.map((size) => figure(`x uintr at ${size}`)),
    ],
    rows: carrying.map((row) => [
      row.title,
      row.waiting,
      ...sizes.map((size) => dash(at(row, size)?.rate ?? null)),
      ...sizes.map((size) => dash(at(row, size)?.times_uintr ?? null)),
    ]),
  };
}

function publishedTable(): Table {
  const pair = (values: readonly (number | null)[] | undefined): string[] => [dash(values?.[0] ?? null), dash(values?.[1] ?? null)];
  return {
    kind: 'table',
    caption: 'Published by the report: messages a second at 1 and 4096 bytes, and microseconds at 1 byte; none is measured here',
    columns: [
      text('mechanism'),
      figure('emulated, 1'),
      figure('emulated, 4096'),
      figure('physical, 1'),
      figure('physical, 4096'),
      figure('physical avg, us'),
      figure('physical min, us'),
    ],
    rows: PUBLISHED.map(({ name, emulated, physical, microseconds }) => [
      name,
      ...pair(emulated),
      ...pair(physical),
      ...pair(microseconds),
    ]),
  };
}
