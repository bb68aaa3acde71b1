// What goes next: by age before size, oldest first, never what is needed.

import { expect, test } from 'vitest';
import { choose } from '../../../src/server/retention/choose.ts';

const NOW = 1_000_000_000;
const item = (name: string, seconds: number, isNeeded = false) => ({ name, time: NOW - seconds * 1000, isNeeded });
const ITEMS = [item('young', 10), item('old', 1000), item('older', 2000), item('needed', 9000, true)];

test.each<[what: string, held: number, seconds: number, bytes: number, expected: string | null]>([
  ['no bounds', 1e12, 0, 0, null],
  ['an age', 0, 1500, 0, 'older by seconds'],
  ['an age that only what is needed has', 0, 5000, 0, null],
  ['an age to the second', 0, 2000, 0, null],
  ['a size', 101, 0, 100, 'older by bytes'],
  ['a size that is just reached', 100, 0, 100, null],
  ['both: it has gone by its age', 101, 1500, 100, 'older by seconds'],
  ['both, and none is old enough', 101, 5000, 100, 'older by bytes'],
])('%s', (_what, held, seconds, bytes, expected) => {
  const choice = choose(ITEMS, held, { seconds, bytes }, NOW, 60_000);
  expect(choice && `${choice.item.name} by ${choice.by}`).toBe(expected);
  // In whatever order they are looked at.
  expect(choose([...ITEMS].reverse(), held, { seconds, bytes }, NOW, 60_000)).toEqual(choice);
});

test('what is young is not taken for its size, but for its age', () => {
  const young = [item('young', 10)];
  expect(choose(young, 101, { seconds: 0, bytes: 100 }, NOW, 60_000)).toBeNull();
  expect(choose(young, 101, { seconds: 0, bytes: 100 }, NOW, 10_000)?.by).toBe('bytes');
  expect(choose(young, 101, { seconds: 9, bytes: 100 }, NOW, 60_000)?.by).toBe('seconds');
});

test('of what is as old, names decide; what is from the future stays', () => {
  expect(choose([item('b', 5), item('a', 5)], 0, { seconds: 1, bytes: 0 }, NOW, 0)?.item.name).toBe('a');
  expect(choose([item('clock', -50)], 1, { seconds: 1, bytes: 1 }, NOW, 0)).toBeNull();
});
