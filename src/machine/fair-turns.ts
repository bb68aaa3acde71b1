// Whose turn it is among the machines of a worker: that project's which has had the least processor time for its shares, on all workers
// together; its machines take turns. Nobody waits for ever, and nobody saves up time while it has nothing to do.

import { type CpuAccounts, MOST_BEHIND } from './cpu-accounts.ts';

/** What a turn is given to. */
export interface Contender {
  /** Of CpuAccounts. */
  readonly account: number;
  readonly isRunnable: boolean;
}

/** A project with something to do gets one turn in so many, however much it has had elsewhere. */
const PATIENCE = 20;

export class FairTurns<T extends Contender> {
  private readonly accounts: CpuAccounts;
  /** The turn that each had last. */
  private readonly lastTurns = new WeakMap<T, number>();
  private readonly lastOf = new Map<number, number>();
  private turn = 0;

  constructor(accounts: CpuAccounts) {
    this.accounts = accounts;
  }

  /** Undefined if nobody has anything to do. */
  next(contenders: Iterable<T>): T | undefined {
    /** Of each project with something to do, the machine that has waited longest. */
    const waiting = new Map<number, T>();
    for (const contender of contenders) {
      if (!contender.isRunnable) continue;
      const other = waiting.get(contender.account);
      if (!other || this.last(contender) < this.last(other)) waiting.set(contender.account, contender);
    }
    const account = waiting.size > 1 ? this.choose([...waiting.keys()]) : waiting.keys().next().value;
    if (account === undefined) return undefined;
    const chosen = waiting.get(account)!;
    this.turn++;
    this.lastTurns.set(chosen, this.turn);
    this.lastOf.set(account, this.turn);
    return chosen;
  }

  private choose(accounts: readonly number[]): number {
    const most = Math.max(...accounts.map((account) => this.accounts.spentBy(account)));
    let best = accounts[0]!;
    for (const account of accounts) {
      this.accounts.raise(account, most - MOST_BEHIND);
      const since = this.lastOf.get(account);
      if (since === undefined) this.lastOf.set(account, this.turn);
      else if (this.turn - since >= PATIENCE) return account;
      if (this.accounts.spentBy(account) < this.accounts.spentBy(best)) best = account;
    }
    return best;
  }

  private last(contender: T): number {
    return this.lastTurns.get(contender) ?? 0;
  }
}
