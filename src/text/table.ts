// A table for people: a heading over each column, cells that no terminal acts on.

import { printable } from './printable.ts';

/** Heading and cell of a column. */
export type Column<T> = readonly [heading: string, cell: (row: T) => string | number | bigint];

export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const lines = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, cell]) => printable(String(cell(row)))))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
