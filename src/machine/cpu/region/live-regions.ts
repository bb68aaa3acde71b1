// How many regions there are, in this thread and in all of the process. Each is a module of its own, which takes some 20 KB, and V8 aborts
// the process at some 30 000 of them. Changes nothing but speed.

/** Threads that are counted apart. */
const THREADS = 1024;
/** Regions at most. */
const MOST_IN_PROCESS = 12_000;
const MOST_IN_THREAD = 1500;

/** The regions of one machine. */
interface Holder {
  readonly size: number;
}

export class LiveRegions<H extends Holder = Holder> {
  /** By thread; what all threads share. */
  readonly memory: SharedArrayBuffer;
  private readonly counts: Int32Array;
  private readonly thread: number;
  private readonly holders = new Set<WeakRef<H>>();
  /** A machine may be dropped without a word: its regions go when it is collected. */
  private readonly collected = new FinalizationRegistry(({ account, holder }: { account: { live: number }; holder: WeakRef<H> }) => {
    this.add(-account.live);
    this.holders.delete(holder);
  });

  constructor(memory = new SharedArrayBuffer(4 * THREADS), thread = 0) {
    this.memory = memory;
    this.counts = new Int32Array(memory);
    this.thread = thread % THREADS;
    this.forget(thread);
  }

  get hasRoom(): boolean {
    return this.here < MOST_IN_THREAD && this.everywhere < MOST_IN_PROCESS;
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

  /** A thread has ended, with all that it had. */
  forget(thread: number): void {
    Atomics.store(this.counts, thread % THREADS, 0);
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
