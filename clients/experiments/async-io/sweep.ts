// Polling at one interval after another: how late completions are seen, and what looking for them takes.

import type { Measured } from './measure.ts';
import type { Polling } from './plan.ts';
import { microseconds, sumOfLatencies } from './row.ts';

export interface SweepRow {
  readonly kind: 'sweep';
  readonly polling: Polling;
  /** Computing time by polls; null where there is none. */
  readonly interval_cycles: number | null;
  readonly polls: number;
  readonly total_microseconds: number;
  /** Of the sum of all latencies, and of the total, to that with user interrupts. */
  readonly latency_by_uintr: number;
  readonly total_by_uintr: number;
  /** All reads were done before the last computation: the total is not time in which there was nothing to do. */
  readonly hidden: boolean;
}

export function sweepRows(measured: readonly Measured[], hertz: number): SweepRow[] {
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
        total_microseconds: microseconds(report.total, hertz),
        latency_by_uintr: report4(sumOfLatencies(report) / sumOfLatencies(uintr)),
        total_by_uintr: report4(report.total / uintr.total),
        hidden: report.reads.at(-1)!.checked <= (report.computations.at(-1)?.ended ?? 0),
      };
    })
    .toSorted((a, b) => (a.interval_cycles ?? Infinity) - (b.interval_cycles ?? Infinity));
}

const report4 = (value: number): number => Math.round(value * 10_000) / 10_000;

export interface BreakEven {
  /** The longest interval at which reads take no longer than with user interrupts. */
  readonly prompt: SweepRow | undefined;
  /** The shortest at which everything takes no longer. */
  readonly cheap: SweepRow | undefined;
}

export function breakEven(rows: readonly SweepRow[]): BreakEven {
  return {
    prompt: rows.findLast(({ latency_by_uintr }) => latency_by_uintr <= 1),
    cheap: rows.find(({ total_by_uintr, hidden }) => hidden && total_by_uintr <= 1),
  };
}
