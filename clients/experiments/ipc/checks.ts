// What must hold of the result: that the runs were what they claim, and the order that the cost model promises.

import type { Check } from '../experiment.ts';
import { REFERENCE } from './mechanisms.ts';
import { isReference, type IpcRow } from './row.ts';

const AT_LEAST_TIMES = 5;
const EQUAL = 0.05;
/** Of fewer rounds that spin the phase of the polling decides, not the mechanism. */
const LEAST_ROUNDS_SPINNING = 100;

/** `overridden`: with costs of one's own the model promises no order. */
export function checksOf(rows: readonly IpcRow[], count: number, overridden: boolean): Check[] {
  return [whole(rows, count), noLimits(rows), ...(overridden ? [] : [...uintrFirst(rows), ...streamOrder(rows)])];
}

const nameOf = ({ mechanism, waiting, placement, size }: IpcRow): string => `${mechanism} ${waiting} ${size} B on ${placement}`;

function all(name: string, expected: string, rows: readonly IpcRow[], wrong: readonly string[]): Check {
  return { name, expected, measured: wrong.length === 0 ? `${rows.length} runs` : wrong.join(', '), pass: wrong.length === 0 };
}

function whole(rows: readonly IpcRow[], count: number): Check {
  const wrong = rows.filter(({ rounds }) => rounds !== count).map((row) => `${nameOf(row)}: ${row.rounds}`);
  return all('every run has all its rounds, and every answer is what was sent', `${count} rounds in each run`, rows, wrong);
}

function noLimits(rows: readonly IpcRow[]): Check {
  const blocking = rows.filter(({ mechanism, waiting }) => mechanism.startsWith('uintr') && waiting === 'block');
  const wrong = blocking.filter(({ limits }) => limits > 0).map((row) => `${nameOf(row)}: ${row.limits}`);
  return all('uintr_wait is ended by the interrupt', 'no wait runs into its time limit', blocking, wrong);
}

/** Blocking mechanisms between two vCPUs; one that reads its own messages does not wait. */
function uintrFirst(rows: readonly IpcRow[]): Check[] {
  return rows
    .filter(({ mechanism, waiting }) => isReference(mechanism, waiting))
    .map((uintr) => {
      const others = rows.filter(
        ({ waiting, placement, size, own }) => waiting === 'block' && placement === 'two vCPUs' && size === uintr.size && own === 0,
      );
      const slow = others.filter(({ cycles }) => cycles.avg < AT_LEAST_TIMES * uintr.cycles.avg);
      const wrong = slow.map((row) => `${nameOf(row)}: ${row.times_uintr} times`);
      const name = `${uintr.size} B: ${REFERENCE}, spinning, is at least ${AT_LEAST_TIMES} times faster than every blocking mechanism`;
      return all(name, `each takes ${AT_LEAST_TIMES} x ${uintr.cycles.avg} cycles or more`, others, wrong);
    });
}

/** Spinning is compared with spinning, blocking with blocking. */
function streamOrder(rows: readonly IpcRow[]): Check[] {
  const groups = new Map<string, IpcRow[]>();
  for (const row of rows) {
    if (row.waiting === 'spin' && row.rounds < LEAST_ROUNDS_SPINNING) continue;
    const key = `${row.waiting}, ${row.size} B, ${row.placement}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].flatMap(([key, group]) => {
    const of = (mechanism: string): number | undefined => group.find((row) => row.mechanism === mechanism)?.cycles.avg;
    const [eventfd, pipe, fifo, domain] = ['eventfd-two', 'pipe', 'fifo', 'unix-stream'].map(of);
    return [
      ...ordered(`${key}: eventfd <= pipe`, eventfd, pipe),
      ...ordered(`${key}: pipe <= domain socket`, pipe, domain),
      ...equal(key, fifo, pipe),
    ];
  });
}

function ordered(name: string, first: number | undefined, second: number | undefined): Check[] {
  if (first === undefined || second === undefined) return [];
  return [{ name, expected: 'the first is not slower', measured: `${first} and ${second} cycles`, pass: first <= second }];
}

function equal(key: string, fifo: number | undefined, pipe: number | undefined): Check[] {
  if (fifo === undefined || pipe === undefined) return [];
  const pass = Math.abs(fifo - pipe) <= EQUAL * pipe;
  return [{ name: `${key}: FIFO is pipe`, expected: `within ${EQUAL * 100} %`, measured: `${fifo} and ${pipe} cycles`, pass }];
}
