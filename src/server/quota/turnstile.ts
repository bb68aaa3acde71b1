// The main thread's time: what the calls of each project take of it is on its account, and the calls of a project that is ahead of one that
// is short of a processor (machine/cpu-accounts.ts) come in as fast as that one catches up.

import { MachineError } from '../../machine/errors.ts';
import type { CpuAccounts, HostClocks } from '../../machine/cpu-accounts.ts';

/** Bytes of a message that take as long as a call does besides. */
const BYTES_A_CALL = 32 << 10;
/** What calls took is divided among them when so many microseconds have passed. */
const SETTLE = 5000;
/** After so many there were too few to count. */
const IDLE = 100_000;
/** Milliseconds between two looks at who may come in. */
const TICK = 5;
/** Those of one project that come in at a look: some milliseconds of small ones. */
const AT_A_LOOK = 40;
/** At one look in so many, one comes in anyhow. */
const PATIENCE = 4;
/** Calls may bring a project so many microseconds further ahead than its machines may. */
const CALLS_FIRST = 10_000;
/** Of one project; more are refused. */
const MOST_WAITING = 4096;

type Enter = () => void;

export class Turnstile {
  private readonly accounts: CpuAccounts;
  private readonly clocks: HostClocks;
  private readonly weights = new Map<number, number>();
  private readonly queues = new Map<number, Enter[]>();
  private settled: { readonly now: number; readonly processor: number };
  private looks = 0;

  constructor(accounts: CpuAccounts, clocks: HostClocks) {
    this.accounts = accounts;
    this.clocks = clocks;
    this.settled = { now: clocks.now(), processor: clocks.processor() };
  }

  /** A message of a call, either way. */
  count(account: number, bytes: number): void {
    const now = this.clocks.now();
    if (now - this.settled.now > SETTLE) this.settle(now);
    this.weights.set(account, (this.weights.get(account) ?? 0) + 1 + bytes / BYTES_A_CALL);
  }

  /** Resolves when a call of `project` may come in; null: at once. Throws RATE_LIMITED if too many wait. */
  enter(account: number, project: string): Promise<void> | null {
    const queue = this.queues.get(account);
    if (!queue && !this.isAhead(account)) return null;
    if (queue && queue.length >= MOST_WAITING)
      throw new MachineError(
        'RATE_LIMITED',
        `${queue.length} calls of ${project} wait already, for others have had less of the processor`,
        {
          subject: project,
          quota: 'waiting calls',
          limit: String(MOST_WAITING),
          retry_milliseconds: '1000',
        },
      );
    return new Promise((resolve) => {
      if (queue) queue.push(resolve);
      else this.queues.set(account, [resolve]);
      if (this.queues.size === 1 && !queue) setTimeout(() => this.look(), TICK);
    });
  }

  private look(): void {
    const isPatient = ++this.looks % PATIENCE !== 0;
    for (const [account, queue] of this.queues) {
      const many = this.isAhead(account) ? (isPatient ? 0 : 1) : AT_A_LOOK;
      for (const enter of queue.splice(0, many)) enter();
      if (queue.length === 0) this.queues.delete(account);
    }
    if (this.queues.size > 0) setTimeout(() => this.look(), TICK);
  }

  private isAhead(account: number): boolean {
    return this.accounts.lead(account, this.clocks.now()) > CALLS_FIRST;
  }

  private settle(now: number): void {
    const processor = this.clocks.processor();
    const used = processor - this.settled.processor;
    // Few calls, and most of that time was not theirs.
    const isIdle = now - this.settled.now > IDLE;
    this.settled = { now, processor };
    let sum = 0;
    for (const weight of this.weights.values()) sum += weight;
    if (!isIdle) for (const [account, weight] of this.weights) this.accounts.charge(account, (used * weight) / sum);
    this.weights.clear();
  }
}
