// How much processor time each project has had, on whichever workers its machines are, and how much it is to get beside others: one piece
// of memory that the main thread and all workers share. Host time, which no machine sees.

export const MOST_ACCOUNTS = 1024;
export const USUAL_SHARES = 100;
const SHARES_AT = MOST_ACCOUNTS * 8;

export class CpuAccounts {
  readonly memory: SharedArrayBuffer;
  /** Microseconds, each divided by its account's shares and multiplied by the usual ones. */
  private readonly spent: BigInt64Array;
  private readonly shares: Int32Array;

  constructor(memory = new SharedArrayBuffer(MOST_ACCOUNTS * 12)) {
    this.memory = memory;
    this.spent = new BigInt64Array(memory, 0, MOST_ACCOUNTS);
    this.shares = new Int32Array(memory, SHARES_AT, MOST_ACCOUNTS);
  }

  spentBy(account: number): number {
    return Number(Atomics.load(this.spent, account));
  }

  /** What was not used long ago is not saved up. */
  raise(account: number, least: number): void {
    const now = Atomics.load(this.spent, account);
    if (now < least) Atomics.compareExchange(this.spent, account, now, BigInt(Math.floor(least)));
  }

  charge(account: number, microseconds: number): void {
    const shares = Atomics.load(this.shares, account) || USUAL_SHARES;
    Atomics.add(this.spent, account, BigInt(Math.ceil((microseconds * USUAL_SHARES) / shares)));
  }

  /** 0: the usual ones. */
  setShares(account: number, shares: number): void {
    Atomics.store(this.shares, account, shares);
  }
}
