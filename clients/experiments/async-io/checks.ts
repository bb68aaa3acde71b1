// What must hold: that every method did the same work, whole; and, where the tasks are the report's, what the report found.

import type { Check } from '../experiment.ts';
import { expectedProduct } from './guest-report.ts';
import type { Measured } from './measure.ts';
import { METHODS, type MethodName } from './methods.ts';
import { EACH_TASK, REPORT_TASKS, type Workload } from './plan.ts';
import type { MethodRow } from './row.ts';
import { breakEven, type SweepRow } from './sweep.ts';
import { FILES, type FileName, type TaskFile } from './task-files.ts';

/** Its reads of cached files are made from the report's `normal` row; the other rows are what it predicts. */
export const REPORT_PRESET = 'report-2022';

const SAME_TOTAL = 0.03;
/** Part of the time of blocking reads that a ring hides behind computations; published: 0.84. */
const HIDDEN = [0.7, 1.1] as const;
const UINTR_AT_MOST: Readonly<Record<FileName, number>> = { '4K': 1.5, '4M': 1.1, '40M': 1.1 };
const URING_AT_LEAST = 100;
/** An interrupt adds about as much to every read: what part of a short one that is depends on what reads cost where the bound comes from. */
const OF_PRESET: Partial<Readonly<Record<FileName, string>>> = { '4K': REPORT_PRESET };

export function workChecks(measured: readonly Measured[], workload: Workload, files: readonly TaskFile[]): Check[] {
  const [first] = measured;
  const perMethod = measured
    .filter(({ run }) => run.polling === EACH_TASK)
    .flatMap((one) => [
      sameTasks(one, first!, workload),
      multiplied(one, workload),
      readWhole(one, files),
      ...(one.run.method === 'uintr' ? interruptChecks(one.report.counts, workload) : []),
    ]);
  const others = measured.filter(({ run }) => run.polling !== EACH_TASK);
  if (others.length === 0) return perMethod;
  const whole = others.filter((one) =>
    [sameTasks(one, first!, workload), multiplied(one, workload), readWhole(one, files)].every(({ pass }) => pass),
  );
  const all = `${others.length} runs`;
  return [
    ...perMethod,
    {
      name: 'uring at other intervals: the same work, whole',
      expected: all,
      measured: `${whole.length} of ${all}`,
      pass: whole.length === others.length,
    },
  ];
}

function sameTasks({ run, report }: Measured, first: Measured, workload: Workload): Check {
  const { reads, computations } = report;
  const isSame =
    reads.every(({ file }, at) => file === first.report.reads[at]?.file) &&
    computations.every(({ factor }, at) => factor === first.report.computations[at]?.factor);
  return {
    name: `${run.method}: every task is done, the same ones by every method`,
    expected: `${workload.reads} reads and ${workload.computations} computations`,
    measured: `${reads.length} and ${computations.length}${isSame ? '' : ', other ones'}`,
    pass: reads.length === workload.reads && computations.length === workload.computations && isSame,
  };
}

function multiplied({ run, report }: Measured, { unit }: Workload): Check {
  const product = expectedProduct(report.computations, unit);
  return {
    name: `${run.method}: the product of all multiplications`,
    expected: product,
    measured: report.product,
    pass: report.product === product,
  };
}

function readWhole({ run, report }: Measured, files: readonly TaskFile[]): Check {
  const read = files.filter(({ name }) => report.reads.some(({ file }) => file === name));
  const wrong = read.filter(({ name, checksum }) => report.checksums[name] !== checksum).map(({ name }) => name);
  return {
    name: `${run.method}: what was read is what the files hold`,
    expected: `checksums of ${read.map(({ name }) => name).join(', ')}`,
    measured: wrong.length === 0 ? 'equal' : `not of ${wrong.join(', ')}`,
    pass: wrong.length === 0,
  };
}

function interruptChecks(counts: Readonly<Record<string, number>>, { reads, blocking }: Workload): Check[] {
  const { interrupts = 0, 'empty-interrupts': empty = 0, limits = 0 } = counts;
  const check: Check = {
    name: 'uintr: an interrupt for each completion, and each finds it',
    expected: `${reads} interrupts, 0 find nothing`,
    measured: `${interrupts} interrupts, ${empty} find nothing`,
    pass: interrupts === reads && empty === 0,
  };
  if (!blocking) return [check];
  return [check, { name: 'uintr: no wait runs into its time limit', expected: '0', measured: String(limits), pass: limits === 0 }];
}

/** As far as the methods are there that an inequality is about. */
export function reportChecks(rows: readonly MethodRow[], preset: string): Check[] {
  const of = (name: MethodName): MethodRow | undefined => rows.find(({ method }) => method === name);
  const [normal, uring, uintr] = [of('normal'), of('uring'), of('uintr')];
  return [
    ...(uring && uintr ? [sameTotal(uring, uintr)] : []),
    ...(normal && uring ? [hidden(normal, uring)] : []),
    ...(normal && uintr ? prompt(normal, uintr, preset) : []),
    ...(normal && uring ? late(normal, uring) : []),
  ];
}

function sameTotal(uring: MethodRow, uintr: MethodRow): Check {
  const difference = Math.abs(uring.total - uintr.total) / Math.min(uring.total, uintr.total);
  return {
    name: 'total: user interrupts and polling take as long',
    expected: `within ${SAME_TOTAL * 100} %`,
    measured: `${(difference * 100).toFixed(2)} %`,
    pass: difference <= SAME_TOTAL,
  };
}

function hidden(normal: MethodRow, uring: MethodRow): Check {
  const [least, most] = HIDDEN;
  const part = (normal.total - uring.total) / normal.latencies.reduce((total, { sum }) => total + sum, 0);
  return {
    name: 'total: the ring hides the reads behind computations',
    expected: `blocking less polled is ${least} to ${most} of all latencies of blocking reads`,
    measured: part.toFixed(3),
    pass: part >= least && part <= most,
  };
}

function prompt(normal: MethodRow, uintr: MethodRow, preset: string): Check[] {
  return compared(normal, uintr).map(({ file, ratio }) => {
    const of = OF_PRESET[file];
    const check: Check = {
      name: `latency, ${file}: user interrupts are as prompt as blocking reads`,
      expected: `at most ${UINTR_AT_MOST[file]} times${of === undefined ? '' : ` at preset ${of}`}`,
      measured: `${ratio.toFixed(3)} times`,
      pass: ratio <= UINTR_AT_MOST[file],
    };
    if (of === undefined || of === preset) return check;
    return { ...check, pass: true, unjudged: `there a read takes ${publishedRead(file)} us, and what an interrupt adds is less beside it` };
  });
}

/** Microseconds of a blocking read in the report, in which a third of all reads is of each size. */
function publishedRead(file: FileName): string {
  const { published } = METHODS.find(({ name }) => name === 'normal')!;
  return (published.latencies[file] / (REPORT_TASKS.reads / FILES.length)).toFixed(1);
}

function late(normal: MethodRow, uring: MethodRow): Check[] {
  return compared(normal, uring)
    .filter(({ file }) => file === '4K')
    .map(({ ratio }) => ({
      name: 'latency, 4K: polled reads wait for a computation',
      expected: `at least ${URING_AT_LEAST} times blocking reads`,
      measured: `${ratio.toFixed(0)} times`,
      pass: ratio >= URING_AT_LEAST,
    }));
}

function compared(normal: MethodRow, other: MethodRow): { file: FileName; ratio: number }[] {
  return normal.latencies.map(({ file, sum }, at) => ({ file, ratio: other.latencies[at]!.sum / sum }));
}

/** The rows are by ascending interval. */
export function sweepChecks(rows: readonly SweepRow[]): Check[] {
  const { prompt: last, cheap: first } = breakEven(rows);
  const cycles = (row: SweepRow | undefined): string => (row ? `${row.interval_cycles} cycles` : 'none');
  return [
    {
      name: 'polling: no interval is both as prompt and as cheap as user interrupts',
      expected: 'the longest interval that is as prompt is below the shortest that is as cheap',
      measured: `as prompt up to ${cycles(last)}, as cheap from ${cycles(first)}`,
      pass: !rows.some((row) => row.hidden && row.later_cycles <= 0 && row.longer_cycles <= 0),
    },
  ];
}
