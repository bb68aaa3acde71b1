// How much processor time each project has had, on whichever threads, how much it is to get beside others, and which one gets less than it
// wants just now: one piece of memory that the main thread and all workers share. Host time, which no machine sees.

export const MOST_ACCOUNTS = 1024;
export const USUAL_SHARES = 100;
/** A project may be behind another that it competes with by so many microseconds; what is more is forgotten. */
export const MOST_BEHIND = 250_000;
/** Whoever is ahead of a project that is short by so much leaves the processor to it. */
const LEAD = 10_000;
/** So long a project counts as short after it was seen to be: some rounds of a worker, however busy the host is. */
const SHORT_MICROSECONDS = 100_000;

/** Microseconds, both. */
export interface HostClocks {
  now(): number;
  /** Of this thread. */
  processor(): number;
}

/** Machines that are told apart: of two whose numbers differ by a multiple of it, what one uses counts for the other, too. */
const MACHINES = 1 << 14;

const UNTIL_AT = MOST_ACCOUNTS * 8;
const SHARES_AT = UNTIL_AT + 8;
const SHORT_AT = SHARES_AT + MOST_ACCOUNTS * 4;
const USED_AT = SHORT_AT + 4;

export class CpuAccounts {
  readonly memory: SharedArrayBuffer;
  /** Microseconds, each divided by its account's shares and multiplied by the usual ones. */
  private readonly spent: BigInt64Array;
  private readonly shares: Int32Array;
  /** The account that is short: of several, the one that has had least. */
  private readonly short: Int32Array;
  /** Until when, in microseconds of the host's clock. */
  private readonly until: BigInt64Array;

  /** Microseconds by machine, modulo 2^32. */
  private readonly used: Int32Array;

  constructor(memory = new SharedArrayBuffer(USED_AT + MACHINES * 4)) {
    this.memory = memory;
    this.spent = new BigInt64Array(memory, 0, MOST_ACCOUNTS);
    this.until = new BigInt64Array(memory, UNTIL_AT, 1);
    this.shares = new Int32Array(memory, SHARES_AT, MOST_ACCOUNTS);
    this.short = new Int32Array(memory, SHORT_AT, 1);
    this.used = new Int32Array(memory, USED_AT, MACHINES);
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
    Atomics.add(this.spent, account, BigInt(Math.ceil((microseconds * USUAL_SHARES) / this.sharesOf(account))));
  }

  /** A machine, by its number, has had so many microseconds of a processor. */
  noteUse(machine: number, microseconds: number): void {
    Atomics.add(this.used, machine % MACHINES, Math.round(microseconds));
  }

  /** Grows, and begins again from the least number when it is past the greatest. */
  useOf(machine: number): number {
    return Atomics.load(this.used, machine % MACHINES);
  }

  sharesOf(account: number): number {
    return Atomics.load(this.shares, account) || USUAL_SHARES;
  }

  /** 0: the usual ones. */
  setShares(account: number, shares: number): void {
    Atomics.store(this.shares, account, shares);
  }

  /** It has something to do, and the host gives its thread less than a processor. `now`: microseconds. */
  isShort(account: number, now: number): void {
    const other = Atomics.load(this.short, 0);
    if (other !== account && this.isAnyShort(now) && this.spentBy(other) <= this.spentBy(account)) return;
    Atomics.store(this.short, 0, account);
    Atomics.store(this.until, 0, BigInt(Math.floor(now + SHORT_MICROSECONDS)));
  }

  /** How far it is, in microseconds, ahead of a project that is short, beyond what is allowed; 0: it may go on. */
  lead(account: number, now: number): number {
    const short = Atomics.load(this.short, 0);
    if (short === account || !this.isAnyShort(now)) return 0;
    this.raise(short, this.spentBy(account) - MOST_BEHIND);
    this.raise(account, this.spentBy(short) - MOST_BEHIND);
    return Math.max(0, this.spentBy(account) - this.spentBy(short) - LEAD);
  }

  private isAnyShort(now: number): boolean {
    return Number(Atomics.load(this.until, 0)) > now;
  }
}
