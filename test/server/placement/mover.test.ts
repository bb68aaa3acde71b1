// Which machines count as having something to do, look by look.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pino } from 'pino';
import { CpuAccounts } from '../../../src/machine/cpu-accounts.ts';
import type { MachineHandle } from '../../../src/server/machine-handle.ts';
import { Mover } from '../../../src/server/placement/mover.ts';
import type { WorkerPool } from '../../../src/server/worker-pool.ts';

const LOOK = 1000;

class Machine {
  worker = 0;
  isActive = true;
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

function watch(...machines: Machine[]): Mover {
  const handles = machines as unknown as MachineHandle[];
  return new Mover({ pool, machines: () => handles, accounts: new CpuAccounts(), milliseconds: LOOK, log: pino({ level: 'silent' }) });
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

  test('of LOCKSTEP machines is spread when they are seen in calls again and again', async () => {
    mover = watch(new Machine('LOCKSTEP'), new Machine('LOCKSTEP'));
    await looks(2);
    expect(mover.moves).toBe(0);
    await looks(1);
    expect(mover.moves).toBe(1);
  });

  test('stays where they have a short call now and then', async () => {
    const machines = Array.from({ length: 8 }, () => new Machine('LOCKSTEP'));
    mover = watch(...machines);
    for (let look = 0; look < 40; look++) {
      // Two of them are always in one, and none at three looks one after the other.
      for (const [at, machine] of machines.entries()) machine.isActive = (look >> 1) % 4 === at >> 1;
      await looks(1);
    }
    expect(mover.moves).toBe(0);
  });
});
