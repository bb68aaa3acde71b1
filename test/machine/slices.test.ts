// A slice of virtual time ends early when it has had enough, and where it ends changes nothing.

import { expect, test } from 'vitest';
import { SLICE_CYCLES } from '../../src/machine/machine.ts';
import { guest, newMachine, spawn } from './run-guest.ts';

function threads() {
  const machine = newMachine({ abi: 'none' });
  spawn(machine, guest('threads'));
  return machine;
}

test.each([
  [0, 4096],
  [1, 4096 + 8192],
  [3, 4096 * 15],
  [5, 4096 * 31 + 65_536],
])('after %i looks that found too little it stands at cycle %i', (looks, cycle) => {
  const machine = threads();
  let seen = 0;
  expect(machine.runSlice(Number.POSITIVE_INFINITY, SLICE_CYCLES, () => ++seen > looks)).toBe('limit');
  expect(machine.time).toBe(cycle);
  const whole = threads();
  whole.advanceTo(cycle);
  expect(machine.hash()).toBe(whole.hash());
});

test('it goes no further than its limit', () => {
  const machine = threads();
  machine.runSlice(1000, SLICE_CYCLES, () => true);
  expect(machine.time).toBe(1000);
  machine.runSlice(50_000);
  expect(machine.time).toBe(50_000);
});
