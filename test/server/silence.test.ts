// What counts as silence of a worker, with a clock and a processor of the test's own.

import { readFileSync, readlinkSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { hostThread } from '../../src/machine/host-thread.ts';
import { Silence, waitedForProcessor } from '../../src/server/silence.ts';

const BEAT = 5000;

describe('the silence of a worker', () => {
  let now: number;
  let waited: number;
  let silence: Silence;

  beforeEach(() => {
    now = 1000;
    waited = 300;
    silence = new Silence(BEAT, { now: () => now, waited: () => waited });
  });

  /** `later` ms after the last beat, of which the thread waited so many for a processor. */
  const beat = (later = BEAT, waits = 0): number => {
    now += later;
    waited += waits;
    return silence.beat();
  };

  it('is counted from the last beat before which it was heard of', () => {
    expect(beat()).toBe(0);
    expect([beat(), beat(), beat()]).toEqual([5000, 10_000, 15_000]);
    silence.heard();
    expect([beat(), beat()]).toEqual([0, 5000]);
  });

  it('is without the time in which its thread waited for a processor', () => {
    beat();
    expect([beat(BEAT, 4999), beat(BEAT, 5000), beat(BEAT, 5100), beat()]).toEqual([1, 1, 1, 5001]);
  });

  it('is without the time in which the daemon stood still', () => {
    beat();
    expect([beat(600_000), beat()]).toEqual([10_000, 15_000]);
  });

  it('is whole where the host does not tell who waited', () => {
    waited = 0;
    silence = new Silence(BEAT, { now: () => now, waited: () => 0 });
    beat();
    expect([beat(), beat()]).toEqual([5000, 10_000]);
  });

  it('begins with the first beat after the number of its thread has become known', () => {
    beat();
    expect(beat(BEAT, 900_000)).toBe(0);
    expect(beat()).toBe(5000);
  });
});

describe('what a thread waited for a processor', () => {
  it('is 0 where there is no such thread, or none is known', () => {
    expect(waitedForProcessor(undefined)).toBe(0);
    expect(waitedForProcessor(2 ** 22 + 1)).toBe(0);
  });

  it.runIf(process.platform === 'linux')('is what the host tells, in milliseconds', () => {
    const thread = hostThread()!;
    expect(`${process.pid}/task/${thread}`).toBe(readlinkSync('/proc/thread-self'));
    const before = Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]);
    const milliseconds = waitedForProcessor(thread);
    const after = Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]);
    expect(milliseconds * 1e6).toBeGreaterThanOrEqual(before - 1);
    expect(milliseconds * 1e6).toBeLessThanOrEqual(after + 1);
  });
});
