import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CpuAccounts } from '../../../src/machine/cpu-accounts.ts';
import { Turnstile } from '../../../src/server/quota/turnstile.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function rig() {
  const host = { now: 1000, had: 0 };
  const accounts = new CpuAccounts();
  const turnstile = new Turnstile(accounts, { now: () => host.now, processor: () => host.had });
  /** How many of so many calls have come in after so many milliseconds. */
  const crowd = (account: number, calls: number) => {
    let entered = 0;
    for (let n = 0; n < calls; n++) void turnstile.enter(account, 'projects/p')?.then(() => entered++);
    return async (milliseconds: number): Promise<number> => {
      await vi.advanceTimersByTimeAsync(milliseconds);
      return entered;
    };
  };
  return { host, accounts, turnstile, crowd };
}

describe('the turnstile of calls', () => {
  it('is open while nobody is short', () => {
    const { accounts, turnstile } = rig();
    accounts.charge(1, 500_000);
    expect(turnstile.enter(1, 'projects/p')).toBeNull();
  });

  it('holds back who is ahead of somebody short, but nobody for ever, until that one has caught up', async () => {
    const { host, accounts, turnstile, crowd } = rig();
    accounts.charge(1, 100_000);
    accounts.isShort(2, host.now);
    expect(turnstile.enter(2, 'projects/q')).toBeNull();
    const entered = crowd(1, 100);
    expect(await entered(15)).toBe(0);
    expect(await entered(85)).toBe(5);
    accounts.charge(2, 95_000);
    expect(await entered(5)).toBe(45);
    expect(await entered(10)).toBe(100);
    expect(turnstile.enter(1, 'projects/p')).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('refuses those for whom there is no room to wait', () => {
    const { host, accounts, turnstile, crowd } = rig();
    accounts.charge(1, 100_000);
    accounts.isShort(2, host.now);
    void crowd(1, 4096);
    expect(() => turnstile.enter(1, 'projects/p')).toThrow(/4096 calls of projects\/p wait already/);
  });

  it('puts what calls take of the main thread on the accounts of their projects', () => {
    const { host, accounts, turnstile } = rig();
    for (let n = 0; n < 30; n++) turnstile.count(1, 0);
    for (let n = 0; n < 10; n++) turnstile.count(2, 0);
    host.now += 10_000;
    host.had += 8000;
    turnstile.count(1, 0);
    expect(accounts.spentBy(1)).toBe(6000);
    expect(accounts.spentBy(2)).toBe(2000);
    // A large message counts as the calls that it stands for.
    turnstile.count(2, 1 << 20);
    host.now += 10_000;
    host.had += 34_000;
    turnstile.count(2, 0);
    expect(accounts.spentBy(2)).toBe(35_000);
  });
});
