// What the model must meet. Claims of agreement are the checks' alone: an input comes out again because it went in, and says so.

import type { Check } from '../experiment.ts';
import { checksOf as ipcChecks } from '../ipc/checks.ts';
import type { IpcRow } from '../ipc/row.ts';
import type { FigureRow } from './figures.ts';
import type { By, SweepRow } from './preemption.ts';

/** Percent: "about 8". */
const ABOUT_EIGHT = [6, 10] as const;
const SAME_COST = 0.05;

export function checksOf(figures: readonly FigureRow[], sweep: readonly SweepRow[], ipc: readonly IpcRow[], count: number): Check[] {
  return [
    ...figures.filter(({ role }) => role === 'check').map((row) => figureCheck(row, '')),
    ...ipcChecks(ipc, count, false),
    aboutEight(sweep, 'uintr', 5),
    aboutEight(sweep, 'signal', 30),
    ...(['uintr', 'signal'] as const).map((by) => costByQuantum(sweep, by)),
    ...figures.filter(({ role }) => role === 'input').map((row) => figureCheck(row, ' (self-consistency: a constant was made from it)')),
  ];
}

function figureCheck({ name, what, unit, published, from, to, measured }: FigureRow, label: string): Check {
  return {
    name: `${name}: ${what}${label}`,
    expected: `${published} ${unit}, from ${from} to ${to}`,
    measured: measured === null ? 'not measured' : `${measured} ${unit}`,
    pass: measured !== null && measured >= from && measured <= to,
  };
}

function aboutEight(rows: readonly SweepRow[], by: By, quantum: number): Check {
  const percent = rows.find((row) => row.by === by && row.quantum_microseconds === quantum)?.slowdown_percent ?? null;
  const [least, most] = ABOUT_EIGHT;
  return {
    name: `preemption by ${by} every ${quantum} us slows down by about 8 %`,
    expected: `from ${least} to ${most} %`,
    measured: percent === null ? 'no progress' : `${percent} %`,
    pass: percent !== null && percent >= least && percent <= most,
  };
}

/** slowdown = cost / quantum: a preemption costs the same whatever the quantum. */
function costByQuantum(rows: readonly SweepRow[], by: By): Check {
  const costs = rows.filter((row) => row.by === by).flatMap(({ cycles }) => (cycles === null ? [] : [cycles]));
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  return {
    name: `preemption by ${by}: slowdown is cost / quantum at every quantum (self-consistency)`,
    expected: `costs within ${SAME_COST * 100} % of each other, at two quanta or more`,
    measured: `${least} to ${most} cycles at ${costs.length} quanta`,
    pass: costs.length >= 2 && most - least <= SAME_COST * least,
  };
}
