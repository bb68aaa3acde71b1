// Machines are saved a few at a time; what fails is tried again, later each time, unless it is of no use any more.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MachineError } from '../../../src/machine/errors.ts';
import { Checkpoints } from '../../../src/server/durable/checkpoints.ts';
import type { MachineHandle } from '../../../src/server/machine-handle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FULL = new Error('ENOSPC: no space left on device, write');

/** `outcome` of each save, in order; null: it works. */
function rig(outcomes: (Error | null)[] = []) {
  const saved: string[] = [];
  const told: string[] = [];
  const open: (() => void)[] = [];
  const checkpoints: Checkpoints = new Checkpoints(async (handle) => {
    saved.push(nameOf(handle));
    await new Promise<void>((resolve) => open.push(resolve));
    const error = outcomes.shift() ?? null;
    checkpoints.ended(handle, error);
    if (error) throw error;
  });
  checkpoints.observer = {
    failed: (handle, { message }, delay) => told.push(`${nameOf(handle)} ${message.split(':')[0]} ${delay}`),
    mended: (handle) => told.push(`${nameOf(handle)} mended`),
    troubled: (isTroubled) => told.push(`trouble ${isTroubled}`),
  };
  const finish = async (): Promise<void> => {
    open.shift()!();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { checkpoints, saved, told, finish };
}

const handle = (name: string): MachineHandle =>
  ({ identity: { name }, state: 'running', deleted: false, isParked: false }) as unknown as MachineHandle;
const nameOf = ({ identity }: MachineHandle): string => identity.name;

test('two at a time, in the order in which they were wanted, each once', async () => {
  const { checkpoints, saved, finish } = rig();
  const handles = ['a', 'b', 'c', 'd'].map(handle);
  for (const each of [...handles, handles[3]!]) checkpoints.want(each);
  expect(saved).toEqual(['a', 'b']);
  await finish();
  expect(saved).toEqual(['a', 'b', 'c']);
  checkpoints.forget(handles[3]!);
  await finish();
  await finish();
  expect(saved).toEqual(['a', 'b', 'c']);
  expect(checkpoints.count).toBe(3);
});

test('what fails is tried again after a while that doubles, and nobody else can ask for it meanwhile', async () => {
  const { checkpoints, saved, told, finish } = rig([FULL, FULL, null]);
  const machine = handle('a');
  checkpoints.want(machine);
  await finish();
  expect(checkpoints.unsaved).toBe(1);
  expect(checkpoints.isFailing(machine)).toBe(true);
  checkpoints.want(machine);
  await vi.advanceTimersByTimeAsync(999);
  expect(saved).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(1);
  expect(saved).toEqual(['a', 'a']);
  await finish();
  await vi.advanceTimersByTimeAsync(2000);
  await finish();
  expect(told).toEqual(['a ENOSPC 1000', 'trouble true', 'a ENOSPC 2000', 'trouble true', 'a mended', 'trouble false']);
  expect(checkpoints.unsaved).toBe(0);
});

test('a machine that goes on elsewhere, or is deleted, is no failure; one that is not the disk’s fault is no trouble of all', async () => {
  const { checkpoints, told, finish } = rig([new MachineError('MACHINE_BUSY', 'moves'), new Error('a bug'), null]);
  const machine = handle('a');
  checkpoints.want(machine);
  await finish();
  expect(told).toEqual([]);
  checkpoints.want(machine);
  await finish();
  expect(told).toEqual(['a a bug 1000', 'trouble false']);
  Object.assign(machine, { deleted: true });
  await vi.advanceTimersByTimeAsync(1000);
  expect(told.slice(2)).toEqual(['a mended', 'trouble false']);
  checkpoints.stop();
  checkpoints.want(handle('b'));
  expect(vi.getTimerCount()).toBe(0);
});
