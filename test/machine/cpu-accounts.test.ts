import { describe, expect, it } from 'vitest';
import { CpuAccounts, MOST_BEHIND } from '../../src/machine/cpu-accounts.ts';

describe('a project that is short of a processor', () => {
  const make = (): CpuAccounts => {
    const accounts = new CpuAccounts();
    accounts.charge(1, 100_000);
    accounts.charge(2, 160_000);
    accounts.charge(3, 300_000);
    return accounts;
  };

  it('holds up those that have had more, by what they have had more', () => {
    const accounts = make();
    expect(accounts.lead(2, 1000)).toBe(0);
    accounts.isShort(1, 1000);
    expect(accounts.lead(1, 1000)).toBe(0);
    expect(accounts.lead(2, 1000)).toBe(50_000);
    accounts.charge(1, 55_000);
    expect(accounts.lead(2, 1000)).toBe(0);
  });

  it('does so on every thread that has the memory', () => {
    const accounts = make();
    accounts.isShort(1, 1000);
    expect(new CpuAccounts(accounts.memory).lead(2, 1000)).toBe(50_000);
  });

  it('is the one that has had least, of several', () => {
    const accounts = make();
    accounts.isShort(1, 1000);
    accounts.isShort(2, 1000);
    expect(accounts.lead(2, 1000)).toBe(50_000);
    accounts.charge(1, 150_000);
    accounts.isShort(2, 1000);
    expect(accounts.lead(1, 1000)).toBe(80_000);
  });

  it('is forgotten a while after it was seen to be', () => {
    const accounts = make();
    accounts.isShort(1, 1000);
    expect(accounts.lead(2, 40_000)).toBeGreaterThan(0);
    expect(accounts.lead(2, 102_000)).toBe(0);
  });

  it('has not saved up what it did not use', () => {
    const accounts = new CpuAccounts();
    accounts.charge(2, 60_000_000);
    accounts.isShort(1, 0);
    expect(accounts.lead(2, 0)).toBeLessThanOrEqual(MOST_BEHIND);
    // Nor has one that comes later.
    accounts.charge(1, 60_000_000);
    expect(accounts.lead(3, 0)).toBe(0);
    expect(accounts.spentBy(3)).toBeGreaterThan(59_000_000);
  });
});
