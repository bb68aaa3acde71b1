// A method in the result: what its tasks took, and when each was done.

import { scaled, type Summary, summarize } from '../statistics.ts';
import type { GuestReport, ReadSpan } from './guest-report.ts';
import type { Measured } from './measure.ts';
import { METHODS, type MethodName, type Published } from './methods.ts';
import { FILES, type FileName } from './task-files.ts';

export interface LatencyOf {
  readonly file: FileName;
  readonly reads: number;
  /** From the submission to the result in the program's hands; of all reads together. */
  readonly sum: number;
  readonly cycles: Summary;
  readonly sum_microseconds: number;
  readonly microseconds: Summary;
}

export interface MethodRow {
  readonly kind: 'method';
  readonly method: MethodName;
  readonly title: string;
  readonly about: string;
  /** From the start of the clock until every task is done, cycles. */
  readonly total: number;
  readonly total_microseconds: number;
  /** In computations, less what interrupted them; in handlers; in blocking reads. */
  readonly computing: number;
  readonly handling: number;
  readonly waiting: number;
  /** Files that were read, in order of size; no file without a read. */
  readonly latencies: readonly LatencyOf[];
  readonly counts: Readonly<Record<string, number>>;
  readonly published: Published;
  /** Cycles since the start: submitted, completed; began, ended; began, ended. */
  readonly reads: readonly (readonly [number, number])[];
  readonly computations: readonly (readonly [number, number])[];
  readonly handlers: readonly (readonly [number, number])[];
  readonly files: readonly FileName[];
}

const latencyOf = ({ submitted, completed }: ReadSpan): number => completed - submitted;
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

export const sumOfLatencies = ({ reads }: GuestReport): number => sumOf(reads.map(latencyOf));

export function rowOf({ run, report }: Measured, hertz: number): MethodRow {
  const { title, about, published } = METHODS.find(({ name }) => name === run.method)!;
  const { reads, computations, handlers, total } = report;
  const inHandlers = handlers.map(({ began, ended }) => ended - began);
  return {
    kind: 'method',
    method: run.method,
    title,
    about,
    total,
    total_microseconds: microseconds(total, hertz),
    computing: sumOf(computations.map(({ began, ended }) => ended - began - overlap(report, began, ended))),
    handling: sumOf(inHandlers),
    waiting: run.method === 'normal' ? sumOfLatencies(report) : 0,
    latencies: FILES.flatMap(({ name }) => latenciesOf(name, reads, hertz)),
    counts: report.counts,
    published,
    reads: reads.map(({ submitted, completed }) => [submitted, completed] as const),
    computations: computations.map(({ began, ended }) => [began, ended] as const),
    handlers: handlers.map(({ began, ended }) => [began, ended] as const),
    files: reads.map(({ file }) => file),
  };
}

function latenciesOf(file: FileName, reads: readonly ReadSpan[], hertz: number): LatencyOf[] {
  const latencies = reads.filter((read) => read.file === file).map(latencyOf);
  if (latencies.length === 0) return [];
  const [sum, cycles] = [sumOf(latencies), summarize(latencies)];
  return [
    { file, reads: latencies.length, sum, cycles, sum_microseconds: microseconds(sum, hertz), microseconds: scaled(cycles, 1e6 / hertz) },
  ];
}

function overlap({ handlers }: GuestReport, from: number, to: number): number {
  return sumOf(handlers.map(({ began, ended }) => Math.max(0, Math.min(ended, to) - Math.max(began, from))));
}

export const microseconds = (cycles: number, hertz: number): number => Math.round((cycles * 1e9) / hertz) / 1000;
