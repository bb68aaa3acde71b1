import { describe, expect, it } from 'vitest';
import { CpuAccounts } from '../../src/machine/cpu-accounts.ts';
import { FairTurns } from '../../src/machine/fair-turns.ts';

interface Acted {
  readonly name: string;
  readonly account: number;
  isRunnable: boolean;
  /** Microseconds of a slice. */
  readonly slice: number;
  had: number;
}

const machine = (name: string, account: number, slice = 1000): Acted => ({ name, account, isRunnable: true, slice, had: 0 });

/** Workers side by side for so many microseconds; each gives slices in turn. */
function run(accounts: CpuAccounts, workers: readonly (readonly Acted[])[], microseconds: number): void {
  const turns = workers.map(() => new FairTurns<Acted>(accounts));
  const clocks = workers.map(() => 0);
  for (;;) {
    const at = clocks.indexOf(Math.min(...clocks));
    if (clocks[at]! >= microseconds) return;
    const next = turns[at]!.next(workers[at]!);
    if (!next) {
      clocks[at] = microseconds;
      continue;
    }
    next.had += next.slice;
    clocks[at]! += next.slice;
    accounts.charge(next.account, next.slice);
  }
}

const portion = (machines: readonly Acted[], account: number): number => {
  const sum = (of: readonly Acted[]): number => of.reduce((total, { had }) => total + had, 0);
  return sum(machines.filter((its) => its.account === account)) / sum(machines);
};

describe('turns on a worker', () => {
  it('go round among the machines of one project', () => {
    const machines = [machine('a', 1), machine('b', 1), machine('c', 1)];
    run(new CpuAccounts(), [machines], 9000);
    expect(machines.map(({ had }) => had)).toEqual([3000, 3000, 3000]);
  });

  it('are divided between projects, however many machines each has and however long their slices are', () => {
    const machines = [...Array.from({ length: 7 }, (_unused, n) => machine(`a${n}`, 1, 3000)), machine('b', 2, 500)];
    run(new CpuAccounts(), [machines], 10_000_000);
    expect(portion(machines, 2)).toBeCloseTo(0.5, 1);
    const [first, ...others] = machines.filter(({ account }) => account === 1);
    for (const other of others) expect(other.had).toBeCloseTo(first!.had, -4);
  });

  it('follow the shares', () => {
    const accounts = new CpuAccounts();
    accounts.setShares(2, 300);
    const machines = [machine('a', 1), machine('b', 2)];
    run(accounts, [machines], 10_000_000);
    expect(portion(machines, 2)).toBeCloseTo(0.75, 1);
  });

  it('count what a project has on other workers: one machine beside a crowd on two workers keeps nearly a whole one', () => {
    const crowd = (worker: number) => Array.from({ length: 4 }, (_unused, n) => machine(`a${worker}${n}`, 1));
    const mine = machine('b', 2);
    const workers = [crowd(0), [...crowd(1), mine]];
    run(new CpuAccounts(), workers, 10_000_000);
    expect(mine.had / 10_000_000).toBeGreaterThan(0.9);
    // And nobody is left with nothing.
    for (const { had } of workers.flat()) expect(had).toBeGreaterThan(50_000);
  });

  it('are not saved up while there is nothing to do', () => {
    const accounts = new CpuAccounts();
    const [busy, late] = [machine('a', 1), machine('b', 2)];
    late.isRunnable = false;
    run(accounts, [[busy, late]], 10_000_000);
    late.isRunnable = true;
    busy.had = 0;
    run(accounts, [[busy, late]], 2_000_000);
    expect(busy.had).toBeGreaterThan(800_000);
  });

  it('are nobody’s if nobody has anything to do', () => {
    const turns = new FairTurns<Acted>(new CpuAccounts());
    expect(turns.next([])).toBeUndefined();
    expect(turns.next([{ ...machine('a', 1), isRunnable: false }])).toBeUndefined();
  });
});
