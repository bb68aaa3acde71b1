// The calibration for people.

import type { Result } from '../experiment.ts';
import { type Block, figure, type Table, text } from '../report/block.ts';
import type { CalibrateRow } from './calibrate.ts';
import type { FigureRow } from './figures.ts';
import type { SweepRow } from './preemption.ts';

const ROLE_TEXT =
  'An input fixed a constant of the model, so that it comes out again says only that the sum was done right. A check fixed none: the model predicts it from primitives that others have measured, or that are assumed, and nothing is fitted per mechanism. Assumed constants were chosen with these figures in sight, so agreement shows that the primitives are plausible together, no more. Nanoseconds are compared on the clock of the core they were measured on. The model has no contention, cache or power state in it.';

const named = (by: SweepRow['by']): string => (by === 'uintr' ? 'user interrupt' : 'signal');

export function describe(result: Result<CalibrateRow>): Block[] {
  const figures = result.rows.filter((row): row is FigureRow => row.kind === 'figure');
  const sweep = result.rows.filter((row): row is SweepRow => row.kind === 'sweep');
  return [
    { kind: 'heading', text: 'Published figures and the model' },
    figuresTable('Checks: no constant was made from them', figures, 'check'),
    figuresTable('Inputs: a constant was made from each', figures, 'input'),
    figuresTable('Context: another clock or another question', figures, 'context'),
    { kind: 'paragraph', tone: 'aside', text: ROLE_TEXT },
    { kind: 'heading', text: 'Preemption by quantum' },
    {
      kind: 'table',
      caption: 'Part of a busy worker’s time that preemption takes; in a cell without a figure the work makes no progress',
      columns: [text('by'), figure('quantum, us'), figure('preemptions'), figure('cycles of one'), figure('slowdown, %')],
      rows: sweep.map((row) => [
        named(row.by),
        String(row.quantum_microseconds),
        String(row.preemptions),
        row.cycles === null ? '-' : String(row.cycles),
        row.slowdown_percent === null ? '-' : row.slowdown_percent.toFixed(2),
      ]),
    },
    {
      kind: 'bars',
      caption: 'Slowdown by quantum',
      unit: '%',
      bars: sweep
        .filter(({ slowdown_percent }) => slowdown_percent !== null)
        .map((row) => ({
          label: `${named(row.by)}, ${row.quantum_microseconds} us`,
          parts: [{ name: named(row.by), value: row.slowdown_percent! }],
        })),
    },
  ];
}

function figuresTable(caption: string, rows: readonly FigureRow[], role: FigureRow['role']): Table {
  return {
    kind: 'table',
    caption,
    columns: [
      text('figure'),
      text('what'),
      figure('published'),
      figure('model'),
      text('unit'),
      figure('from'),
      figure('to'),
      text('source'),
    ],
    rows: rows
      .filter((row) => row.role === role)
      .map(({ name, what, published, measured, unit, from, to, source }) => [
        name,
        what,
        String(published),
        measured === null ? '-' : String(measured),
        unit,
        role === 'context' ? '-' : String(from),
        role === 'context' ? '-' : String(to),
        source,
      ]),
  };
}
