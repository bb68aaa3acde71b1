// One run in the result.

import { scaled, summarize, type Summary } from '../statistics.ts';
import type { GuestReport } from './guest-report.ts';
import { REFERENCE, type Mechanism, type Placement, type Waiting } from './mechanisms.ts';
import type { PlannedRun } from './plan.ts';
import { publishedRate } from './published.ts';

export interface IpcRow {
  readonly mechanism: string;
  readonly title: string;
  readonly waiting: Waiting;
  readonly placement: Placement;
  /** Bytes of a message; 1 for a mechanism that carries none. */
  readonly size: number;
  readonly carries: boolean;
  readonly round: Mechanism['round'];
  readonly rounds: number;
  /** Rounds a second: N by the time of all of them together. */
  readonly rate: number;
  readonly cycles: Summary;
  readonly microseconds: Summary;
  /** This average by that of user interrupts between running threads, and the same of minima; null where those were not run at this size. */
  readonly times_uintr: number | null;
  readonly times_uintr_min: number | null;
  /** Messages a second that were published; null for none. */
  readonly published_emulated: number | null;
  readonly published_physical: number | null;
  /** Rounds in which a party read what it had written itself. */
  readonly own: number;
  /** Waits for an interrupt that ran into their time limit. */
  readonly limits: number;
  /** Each round, in order. */
  readonly samples: readonly number[];
}

export interface Measured {
  readonly run: PlannedRun;
  readonly report: GuestReport;
}

export function rowsOf(measured: readonly Measured[], hertz: number): IpcRow[] {
  const summaries = measured.map(({ report }) => summarize(report.samples));
  const reference = (size: number): Summary | undefined =>
    summaries[measured.findIndex(({ run }) => isReference(run.mechanism.name, run.waiting) && run.size === size)];
  return measured.map(({ run, report }, at) => {
    const { mechanism, waiting, placement, size } = run;
    const cycles = summaries[at]!;
    const uintr = reference(size);
    const total = report.samples.reduce((sum, value) => sum + value, 0);
    return {
      mechanism: mechanism.name,
      title: mechanism.title,
      waiting,
      placement,
      size,
      carries: mechanism.carries,
      round: mechanism.round,
      rounds: report.samples.length,
      rate: Math.round((report.samples.length * hertz) / total),
      cycles,
      microseconds: scaled(cycles, 1e6 / hertz),
      times_uintr: uintr ? hundredths(cycles.avg / uintr.avg) : null,
      times_uintr_min: uintr ? hundredths(cycles.min / uintr.min) : null,
      published_emulated: publishedRate(mechanism.published, 'emulated', size),
      published_physical: publishedRate(mechanism.published, 'physical', size),
      own: report.counts['own'] ?? 0,
      limits: report.counts['limits'] ?? 0,
      samples: report.samples,
    };
  });
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

export function isReference(mechanism: string, waiting: Waiting): boolean {
  return mechanism === REFERENCE && waiting === 'spin';
}
