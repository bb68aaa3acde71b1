// Which machines count as having something to do, look by look.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pino } from 'pino';
import { CpuAccounts } from '../../../src/machine/cpu-accounts.ts';
import type { MachineHandle } from '../../../src/server/machine-handle.ts';
import { Mover } from '../../../src/server/placement/mover.ts';
import type { WorkerPool } from '../../../src/server/worker-pool.ts';

const LOOK = 1000;

let numbers = 1;

class Machine {
  worker = 0;
  isActive = true;
  readonly place = { number: numbers++ };
  readonly share = { cpu: 1 };
  readonly identity: object;

  constructor(time_mode: string) {
    this.identity = { name: 'm', spec: { time_mode } };
  }

  moveTo(port: { readonly index: number }): Promise<void> {
    this.worker = port.index;
    return Promise.resolve();
  }
}

const pool = { threads: 2, indexes: () => [0, 1], port: (index: number) => ({ index }) } as unknown as WorkerPool;

const accounts = new CpuAccounts();

function watch(...machines: Machine[]): Mover {
  const handles = machines as unknown as MachineHandle[];
  return new Mover({ pool, machines: () => handles, accounts, milliseconds: LOOK, log: pino({ level: 'silent' }) });
}

const looks = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(LOOK * count);

describe('a crowd on one worker', () => {
  let mover: Mover;
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    mover.stop();
    vi.useRealTimers();
  });

  test('is spread at the next look where its machines run by themselves', async () => {
    mover = watch(new Machine('FREE_RUNNING'), new Machine('FREE_RUNNING'));
    await looks(1);
    expect(mover.moves).toBe(1);
  });

  test('of LOCKSTEP machines is spread when calls make them work', async () => {
    const machines = [new Machine('LOCKSTEP'), new Machine('LOCKSTEP')];
    mover = watch(...machines);
    await looks(1);
    for (const { place } of machines) accounts.noteUse(place.number, 50_000);
    await looks(1);
    expect(mover.moves).toBe(1);
  });

  test('stays where their calls are short, however many are in flight', async () => {
    const machines = Array.from({ length: 8 }, () => new Machine('LOCKSTEP'));
    mover = watch(...machines);
    for (let look = 0; look < 20; look++) {
      for (const { place } of machines) accounts.noteUse(place.number, 500);
      await looks(1);
    }
    expect(mover.moves).toBe(0);
  });

  test('is spread where what one has used begins again from the least number', async () => {
    const machines = [new Machine('LOCKSTEP'), new Machine('LOCKSTEP')];
    mover = watch(...machines);
    for (const { place } of machines) accounts.noteUse(place.number, 2 ** 31 - 10_000);
    await looks(1);
    expect(mover.moves).toBe(0);
    for (const { place } of machines) accounts.noteUse(place.number, 50_000);
    await looks(1);
    expect(mover.moves).toBe(1);
  });
});
