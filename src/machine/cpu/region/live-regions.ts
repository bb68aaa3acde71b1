// How many regions there are, in this thread and in all of the process, and how many modules are kept besides. Each is a module of
// its own, which takes some 20 KB, and V8 aborts the process at some 30 000 of them. Changes nothing but speed.

import { KnownModules } from './known-modules.ts';

/** Threads that are counted apart. */
const THREADS = 1024;
/** Regions at most. */
const MOST_IN_PROCESS = 12_000;
const MOST_IN_THREAD = 1500;
/** Modules that are kept for regions to come at most; a thread's are bounded by themselves. */
const MOST_KEPT_IN_PROCESS = 8000;

/** The regions of one machine. */
interface Holder {
  readonly size: number;
}

/** A number by thread, in memory that threads share. */
class Tally {
  private readonly counts: Int32Array;
  private readonly thread: number;

  constructor(counts: Int32Array, thread: number) {
    this.counts = counts;
    this.thread = thread % THREADS;
  }

  get here(): number {
    return Atomics.load(this.counts, this.thread);
  }

  get everywhere(): number {
    let sum = 0;
    for (let thread = 0; thread < THREADS; thread++) sum += Atomics.load(this.counts, thread);
    return sum;
  }

  add(count: number): void {
    Atomics.add(this.counts, this.thread, count);
  }

  forget(thread: number): void {
    Atomics.store(this.counts, thread % THREADS, 0);
  }
}

export class LiveRegions<H extends Holder = Holder> {
  /** What all threads share. */
  readonly memory: SharedArrayBuffer;
  /** Those of this thread. */
  readonly known: KnownModules;
  private readonly regions: Tally;
  private readonly kept: Tally;
  private readonly holders = new Set<WeakRef<H>>();
  /** A machine may be dropped without a word: its regions go when it is collected. */
  private readonly collected = new FinalizationRegistry(({ account, holder }: { account: { live: number }; holder: WeakRef<H> }) => {
    this.add(-account.live);
    this.holders.delete(holder);
  });

  constructor(memory = new SharedArrayBuffer(8 * THREADS), thread = 0) {
    this.memory = memory;
    this.regions = new Tally(new Int32Array(memory, 0, THREADS), thread);
    const kept = new Tally(new Int32Array(memory, 4 * THREADS, THREADS), thread);
    this.kept = kept;
    this.known = new KnownModules({ hasRoom: () => kept.everywhere < MOST_KEPT_IN_PROCESS, add: (count) => kept.add(count) });
    this.forget(thread);
  }

  get hasRoom(): boolean {
    return this.here < MOST_IN_THREAD && this.everywhere < MOST_IN_PROCESS;
  }

  get here(): number {
    return this.regions.here;
  }

  get everywhere(): number {
    return this.regions.everywhere;
  }

  add(count: number): void {
    this.regions.add(count);
  }

  /** A thread has ended, with all that it had. */
  forget(thread: number): void {
    this.regions.forget(thread);
    this.kept.forget(thread);
  }

  /** `account` says how many `holder` has when it is collected. */
  enter(holder: H, account: { live: number }): void {
    const reference = new WeakRef(holder);
    this.holders.add(reference);
    this.collected.register(holder, { account, holder: reference });
  }

  /** Whoever of this thread has most. */
  largest(): H | undefined {
    let largest: H | undefined;
    for (const reference of this.holders) {
      const holder = reference.deref();
      if (holder && holder.size > (largest?.size ?? 0)) largest = holder;
    }
    return largest;
  }
}
