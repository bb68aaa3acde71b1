// Load averages: the text of /proc/loadavg over virtual time, and that looking often or seldom makes no difference.

import { expect, test } from 'vitest';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { LoadAverage } from '../../../src/kernel/time/load-average.ts';
import { VirtualClock } from '../../../src/kernel/time/virtual-clock.ts';

const clock = new VirtualClock(2_000_000_000, 0n);

/** A kernel with so many tasks that run. */
function kernelWith(running: number, seconds = 0): Kernel {
  const tasks = new Map(Array.from({ length: running }, (_, i) => [i, { state: 'runnable' }]));
  return { clock, now: clock.cycles(seconds * 1e9), pids: { tasks } } as unknown as Kernel;
}

/** Published by Linux's own formula for one task that runs from boot on: 1 - exp(-t/60), rounded up to the hundredth or close. */
test.each([
  [4, 0, 0],
  [60, 0.6, 0.64],
  [300, 0.98, 1],
  [3600, 0.99, 1],
])('one busy task after %d s: from %d to %d', (seconds, least, most) => {
  const load = new LoadAverage(kernelWith(0));
  const one = Number(load.text(kernelWith(1, seconds)).split(' ')[0]);
  expect(one).toBeGreaterThanOrEqual(least);
  expect(one).toBeLessThanOrEqual(most);
});

test('many looks and one look that makes up for them agree to a hundredth', () => {
  const [often, once] = [new LoadAverage(kernelWith(0)), new LoadAverage(kernelWith(0))];
  for (let second = 1; second <= 600; second++) often.advance(kernelWith(3, second));
  const [a, b] = [often, once].map((load) => load.text(kernelWith(3, 600)).split(' ').map(Number));
  a!.forEach((value, i) => expect(Math.abs(value - b![i]!)).toBeLessThan(0.03));
  expect(a![0]!).toBeGreaterThan(a![2]!);
});

test('it decays when nobody runs, at once over any span', () => {
  const load = new LoadAverage(kernelWith(0));
  load.advance(kernelWith(8, 900));
  expect(Number(load.text(kernelWith(0, 960)).split(' ')[0])).toBeLessThan(3.2);
  expect(load.text(kernelWith(0, 10_000_000))).toBe('0.00 0.00 0.00');
  expect(load.scaled(kernelWith(0, 10_000_000))).toEqual([0, 0, 0]);
});
