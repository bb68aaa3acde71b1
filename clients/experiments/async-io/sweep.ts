// Polling at one interval after another: how late completions are seen, and what looking for them takes.

import type { Measured } from './measure.ts';
import type { Polling } from './plan.ts';
import { sumOfLatencies } from './row.ts';

export interface SweepRow {
  readonly kind: 'sweep';
  readonly polling: Polling;
  /** Computing time by polls; null where there is none. */
  readonly interval_cycles: number | null;
  readonly polls: number;
  readonly total_cycles: number;
  /** Than with user interrupts: a read on average, and everything; negative where polling is better. */
  readonly later_cycles: number;
  readonly longer_cycles: number;
  /** All reads were done before the last computation: the total is not time in which there was nothing to do. */
  readonly hidden: boolean;
}

export function sweepRows(measured: readonly Measured[]): SweepRow[] {
  const uintr = measured.find(({ run }) => run.method === 'uintr')!.report;
  return measured
    .filter(({ run }) => run.method === 'uring')
    .map(({ run, report }): SweepRow => {
      const polls = report.counts['polls'] ?? 0;
      const computing = report.computations.reduce((sum, { began, ended }) => sum + ended - began, 0);
      return {
        kind: 'sweep',
        polling: run.polling,
        interval_cycles: polls === 0 ? null : Math.round(computing / polls),
        polls,
        total_cycles: report.total,
        later_cycles: Math.round((sumOfLatencies(report) - sumOfLatencies(uintr)) / report.reads.length),
        longer_cycles: report.total - uintr.total,
        hidden: report.reads.at(-1)!.checked <= (report.computations.at(-1)?.ended ?? 0),
      };
    })
    .toSorted((a, b) => (a.interval_cycles ?? Infinity) - (b.interval_cycles ?? Infinity));
}

export interface BreakEven {
  /** The longest interval at which reads take no longer than with user interrupts. */
  readonly prompt: SweepRow | undefined;
  /** The shortest at which everything takes no longer. */
  readonly cheap: SweepRow | undefined;
}

export function breakEven(rows: readonly SweepRow[]): BreakEven {
  return {
    prompt: rows.findLast(({ later_cycles }) => later_cycles <= 0),
    cheap: rows.find(({ longer_cycles, hidden }) => hidden && longer_cycles <= 0),
  };
}
