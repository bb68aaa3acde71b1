// The result on asynchronous I/O for people.

import type { Result } from '../experiment.ts';
import { type Block, figure, type Table, text, type Track } from '../report/block.ts';
import type { AsyncIoRow } from './async-io.ts';
import { PUBLISHED_COMPUTING } from './methods.ts';
import { microseconds, type MethodRow } from './row.ts';
import { breakEven, type SweepRow } from './sweep.ts';
import { FILES } from './task-files.ts';

const ABOUT =
  'Latency is the time from the submission of a read until the program has its result in hands; then, and not in it, the program looks at a word of every page. Reads are done in order, one at a time: whoever takes a completion submits the next. Published figures are the report’s, on a processor, in microseconds; its polled program submits in the same way, and its programs with a ring stop their clock without waiting for what is under way.';
const MODEL =
  'Virtual time comes from a table of constants, one a primitive; none is fitted to a method. At the preset report-2022 the costs of reading a cached file were made from the published row of blocking reads, so that this row is an input and comes out again, while those of both rings are predictions. Files are in the page cache; there is no contention and no power state, and reads of one size by blocking calls take equally long. What polling adds is decided by the program: what is left of the computation during which a read ends.';
/** So many reads of the slowest method decide how much of the run the drawing shows. */
const SHOWN_READS = 6;

const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');
const short = (value: number): string => (value < 100 ? value.toFixed(2) : value.toFixed(0));

export function describe(result: Result<AsyncIoRow>): Block[] {
  const rows = result.rows.filter((row): row is MethodRow => row.kind === 'method');
  const sweep = result.rows.filter((row): row is SweepRow => row.kind === 'sweep');
  const { hertz } = (result.spec as { readonly machine: { readonly hertz: number } }).machine;
  return [
    { kind: 'heading', text: 'Totals and latencies' },
    totals(rows, hertz),
    { kind: 'paragraph', tone: 'aside', text: ABOUT },
    extremes(rows),
    { kind: 'heading', text: 'Where the time went' },
    {
      kind: 'bars',
      caption: 'Of each method, from the first task until the last is done',
      unit: 'us',
      bars: rows.map((row) => ({
        label: row.title,
        parts: [
          { name: 'computations', value: microseconds(row.computing, hertz) },
          { name: 'blocking reads', value: microseconds(row.waiting, hertz) },
          { name: 'handlers', value: microseconds(row.handling, hertz) },
          { name: 'looking at data, and the rest', value: microseconds(row.total - row.computing - row.waiting - row.handling, hertz) },
        ],
      })),
    },
    { kind: 'heading', text: 'What was done when' },
    beginning(rows, hertz),
    whole(rows, hertz),
    { kind: 'heading', text: 'Distribution of latencies' },
    ...distributions(rows),
    { kind: 'heading', text: 'What the model leaves out' },
    { kind: 'paragraph', tone: 'aside', text: MODEL },
    ...(sweep.length > 0 ? sweepBlocks(sweep, hertz) : []),
    {
      kind: 'table',
      detail: true,
      caption: 'What each method does, and what it counted',
      columns: [text('method'), text('what it does'), text('counts')],
      rows: rows.map(({ method, about, counts }) => [
        method,
        about,
        Object.entries(counts)
          .map(([name, count]) => `${name} ${count}`)
          .join(', '),
      ]),
    },
  ];
}

function totals(rows: readonly MethodRow[], hertz: number): Table {
  const alone = rows.find(({ method }) => method === 'normal') ?? rows[0]!;
  return {
    kind: 'table',
    caption: `Microseconds of the ${hertz / 1e9} GHz clock: total, and sums of latencies by size, each beside the published figure. Computations alone: ${thousands(microseconds(alone.computing, hertz))}, published ${thousands(PUBLISHED_COMPUTING)}`,
    columns: [text('method'), figure('total'), figure('published'), ...FILES.flatMap(({ name }) => [figure(name), figure('published')])],
    rows: rows.map(({ method, total_microseconds, latencies, published }) => [
      method,
      thousands(total_microseconds),
      thousands(published.total),
      ...FILES.flatMap(({ name }) => {
        const own = latencies.find(({ file }) => file === name);
        return [own ? short(own.sum_microseconds) : '-', thousands(published.latencies[name])];
      }),
    ]),
  };
}

function extremes(rows: readonly MethodRow[]): Table {
  return {
    kind: 'table',
    caption: 'Latencies of single reads in microseconds; published are the extremes at 4M',
    columns: [text('size'), text('method'), ...['reads', 'min', 'avg', 'P50', 'max', 'published min', 'published max'].map(figure)],
    rows: FILES.flatMap(({ name }) =>
      rows.flatMap(({ method, latencies, published }) =>
        latencies
          .filter(({ file }) => file === name)
          .map(({ reads, microseconds: { min, avg, p50, max } }) => [
            name,
            method,
            String(reads),
            ...[min, avg, p50, max].map(short),
            ...(name === '4M' ? [thousands(published.least), thousands(published.most)] : ['-', '-']),
          ]),
      ),
    ),
  };
}

function tracksOf(row: MethodRow, hertz: number, computations: boolean): Track[] {
  const spans = (name: (at: number) => string, list: readonly (readonly [number, number])[]): Track['spans'] =>
    list.map(([from, to], at) => ({ name: name(at), from: microseconds(from, hertz), to: microseconds(to, hertz) }));
  const tracks: Track[] = [{ label: `${row.title}: reads`, spans: spans((at) => `read of ${row.files[at]}`, row.reads) }];
  if (computations) tracks.unshift({ label: `${row.title}: computations`, spans: spans(() => 'computation', row.computations) });
  if (row.handlers.length > 0) tracks.push({ label: `${row.title}: handler`, spans: spans(() => 'handler', row.handlers) });
  return tracks;
}

function beginning(rows: readonly MethodRow[], hertz: number): Block {
  const end = Math.max(...rows.map(({ reads }) => reads[Math.min(SHOWN_READS, reads.length) - 1]![1]));
  return {
    kind: 'tracks',
    caption: `The beginning, until each method has done ${Math.min(SHOWN_READS, rows[0]!.reads.length)} reads`,
    unit: 'us',
    from: 0,
    to: microseconds(end, hertz) * 1.02,
    tracks: rows.flatMap((row) => tracksOf(row, hertz, true)),
  };
}

function whole(rows: readonly MethodRow[], hertz: number): Block {
  return {
    kind: 'tracks',
    caption: 'All reads; where a track is empty, only computations are left',
    unit: 'us',
    from: 0,
    to: Math.max(...rows.map(({ total_microseconds }) => total_microseconds)),
    tracks: rows.flatMap((row) => tracksOf(row, hertz, false)),
  };
}

function distributions(rows: readonly MethodRow[]): Block[] {
  return FILES.flatMap(({ name }): Block[] => {
    const series = rows
      .map(({ title, files, reads }) => ({
        label: title,
        values: reads.filter((_, at) => files[at] === name).map(([submitted, completed]) => completed - submitted),
      }))
      .filter(({ values }) => values.length > 0);
    return series.length === 0 ? [] : [{ kind: 'distribution', caption: `Reads of ${name} by latency`, unit: 'cycles', series }];
  });
}

function sweepBlocks(rows: readonly SweepRow[], hertz: number): Block[] {
  const { prompt, cheap } = breakEven(rows);
  const at = (row: SweepRow | undefined): string => (row ? `${thousands(row.interval_cycles!)} cycles` : 'none of these intervals');
  return [
    { kind: 'heading', text: 'Where polling breaks even' },
    {
      kind: 'table',
      caption: 'Polling at one interval after another, beside user interrupts',
      columns: [
        text('a poll after'),
        figure('interval, cycles'),
        figure('polls'),
        figure('total, us'),
        figure('longer than uintr, %'),
        figure('a read later than by uintr, cycles'),
        text('all reads hidden'),
      ],
      rows: rows.map(({ polling: { tasks, chunk }, interval_cycles, polls, total_cycles, longer_cycles, later_cycles, hidden }) => [
        chunk > 0 ? `${chunk} multiplications` : tasks === 1 ? 'each computation' : `${tasks} computations`,
        interval_cycles === null ? '-' : String(interval_cycles),
        String(polls),
        thousands(microseconds(total_cycles, hertz)),
        ((100 * longer_cycles) / (total_cycles - longer_cycles)).toFixed(3),
        String(later_cycles),
        hidden ? 'yes' : 'no',
      ]),
    },
    {
      kind: 'paragraph',
      text: `Reads take no longer than with user interrupts up to ${at(prompt)} between polls; the whole takes no longer from ${at(cheap)} on. Between the two polling is worse in both respects, below it pays for promptness with time, above it for time with promptness. Where reads are not hidden, they outlast the computations, and the total says nothing about the price of a poll.`,
    },
  ];
}
