// Suite kernel: paths of the kernel (guests/bench/kernel.c) in a machine of one vCPU, beside the host's kernel called natively and through
// qemu's user mode.

import type { SuiteOptions } from './main.ts';
import { type Case, programSuite } from './program-suite.ts';
import { type Row, row } from './row.ts';

const CASES: readonly Case[] = [
  { name: 'switch', iterations: 204_800, target: 3000 },
  { name: 'pipe-write', iterations: 204_800, target: 3000 },
  { name: 'futex-hand-over', iterations: 204_800 },
  { name: 'getppid', iterations: 409_600 },
  { name: 'futex-no-waiter', iterations: 204_800 },
  { name: 'pipe', iterations: 102_400 },
  { name: 'eventfd', iterations: 102_400 },
  { name: 'unix-socket', iterations: 102_400 },
  { name: 'epoll', iterations: 102_400 },
  { name: 'pipe-round-trip', iterations: 51_200 },
  { name: 'signal', iterations: 51_200 },
  { name: 'page-fault', iterations: 102_400 },
  { name: 'fork', iterations: 2048 },
];

/** What cannot be timed by itself, from cases that contain it. A hand-over is a wake, a wait (as dear as a call that finds nobody) and a switch. */
const DERIVED = [{ name: 'futex-wake', whole: 'futex-hand-over', less: ['switch', 'futex-no-waiter'], target: 3000 }] as const;

export async function kernelSuite(options: SuiteOptions): Promise<Row[]> {
  const { rows, ours } = programSuite({ suite: 'kernel', cases: CASES }, options);
  const derived = DERIVED.filter(({ whole, less }) => [whole, ...less].every((name) => ours.has(name))).map(
    ({ name, whole, less, target }) => {
      const alone = less.reduce((rest, part) => rest - ours.get(part)!, ours.get(whole)!);
      return row('kernel', name, alone, 'ns/iteration', 'target', target);
    },
  );
  return [...rows, ...derived];
}
