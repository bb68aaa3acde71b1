// Published figures beside what the model comes to.

import type { PublishedFigure } from '../../../src/gen/api.ts';
import type { IpcRow } from '../ipc/row.ts';
import type { SweepRow } from './preemption.ts';

export interface FigureRow {
  readonly kind: 'figure';
  readonly name: string;
  readonly what: string;
  readonly role: 'input' | 'check' | 'context';
  readonly unit: string;
  readonly published: number;
  readonly from: number;
  readonly to: number;
  /** In the figure's unit; null for a context that nothing here measures. */
  readonly measured: number | null;
  readonly source: string;
}

const ROLES = {
  FIGURE_ROLE_UNSPECIFIED: 'context',
  FIGURE_ROLE_INPUT: 'input',
  FIGURE_ROLE_CHECK: 'check',
  FIGURE_ROLE_CONTEXT: 'context',
} as const;

/** What was measured, by the name of a figure: cycles, or for a ratio the ratio. */
export type Measurements = ReadonlyMap<string, number>;

/** Nanoseconds are those of the core that the figure was measured on, or of the machine's where that is not known. */
export function figureRow(figure: PublishedFigure, measurements: Measurements, hertz: number): FigureRow {
  const { name, what, unit, value, from, to, role, source } = figure;
  const measured = measurements.get(name);
  const scale = unit === 'ns' ? 1e9 / (Number(figure.hertz) || hertz) : 1;
  return {
    kind: 'figure',
    name,
    what,
    role: ROLES[role],
    unit,
    published: Number(value) / 1000,
    from: Number(from) / 1000,
    to: Number(to) / 1000,
    measured: measured === undefined ? null : Math.round(measured * scale * 1000) / 1000,
    source,
  };
}

/** Ratios of ping-pongs with a vCPU for each party. The classic test of signals waits by sigwait. */
export function ratios(rows: readonly IpcRow[]): [string, number][] {
  const average = (mechanism: string, waiting: string): number | undefined =>
    rows.find((row) => row.mechanism === mechanism && row.waiting === waiting && row.placement === 'two vCPUs')?.cycles.avg;
  const pairs: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['ratio_eventfd', average('eventfd-two', 'block'), average('uintr-thread', 'spin')],
    ['ratio_blocked_uipi', average('uintr-thread', 'block'), average('uintr-thread', 'spin')],
    ['ratio_signal', average('signal-sigwait', 'block'), average('uintr-thread', 'spin')],
    ['ratio_pipe', average('pipe', 'block'), average('uintr-thread', 'spin')],
    ['ratio_domain', average('unix-stream', 'block'), average('uintr-thread', 'spin')],
    ['blocked_uipi_by_eventfd', average('uintr-thread', 'block'), average('eventfd-two', 'block')],
  ];
  return pairs.flatMap(([name, one, other]) => (one === undefined || other === undefined ? [] : [[name, one / other] as [string, number]]));
}

/** The cost of a preemption, at the quantum at which it takes about 8 % on silicon. */
export function preemptions(rows: readonly SweepRow[]): [string, number][] {
  const at = (by: string, quantum: number): number | null =>
    rows.find((row) => row.by === by && row.quantum_microseconds === quantum)?.cycles ?? null;
  const costs: readonly (readonly [string, number | null])[] = [
    ['uipi_receiver', at('uintr', 5)],
    ['preemption_uipi', at('uintr', 5)],
    ['preemption_signal', at('signal', 30)],
  ];
  return costs.flatMap(([name, cycles]) => (cycles === null ? [] : [[name, cycles] as [string, number]]));
}
