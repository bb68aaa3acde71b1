// The three methods, as guests/async-io/async_io.c names them, and what the report measured with each. None of that is measured here.

import type { FileName } from './task-files.ts';

export type MethodName = 'normal' | 'uring' | 'uintr';

export interface Published {
  readonly total: number;
  /** Sums over all reads of a file. */
  readonly latencies: Readonly<Record<FileName, number>>;
  /** Of a read of 4 MiB. */
  readonly least: number;
  readonly most: number;
}

export interface Method {
  readonly name: MethodName;
  readonly title: string;
  readonly about: string;
  /** Microseconds. */
  readonly published: Published;
}

/** Microseconds of the computations alone. */
export const PUBLISHED_COMPUTING = 3_410_806;

export const METHODS: readonly Method[] = [
  {
    name: 'normal',
    title: 'blocking reads',
    about: 'pread before a computation, as long as there are both',
    published: { total: 4_163_422, latencies: { '4K': 259, '4M': 38_753, '40M': 698_487 }, least: 329, most: 3090 },
  },
  {
    name: 'uring',
    title: 'io_uring, polled',
    about: 'a polling submission thread; completions are taken, and the next read is submitted, between computations',
    published: { total: 3_546_226, latencies: { '4K': 205_714, '4M': 269_079, '40M': 1_283_943 }, least: 707, most: 10_601 },
  },
  {
    name: 'uintr',
    title: 'io_uring, user interrupts',
    about: 'the same ring; the handler of the user interrupt takes the completion and submits the next read',
    published: { total: 3_591_993, latencies: { '4K': 360, '4M': 41_431, '40M': 727_977 }, least: 330, most: 3580 },
  },
];
