// Machines on their way back after a start: the daemon answers meanwhile. A few come at a time, and beside them as many of those that somebody
// waits for; while there are such, no others begin. Whoever waits for too long is told to come again.

import { MachineError } from '../../machine/errors.ts';

/** A client that has set no deadline learns within this time that it has to wait for longer. */
const PATIENCE_MILLISECONDS = 30_000;

interface Recovery {
  readonly name: string;
  readonly recover: () => Promise<void>;
  readonly back: PromiseWithResolvers<void>;
}

export class Recoveries {
  /** Not begun, those that somebody waits for first. */
  private readonly queue: Recovery[] = [];
  private readonly coming = new Map<string, Recovery>();
  private readonly wanted = new Set<Recovery>();
  /** Begun, and somebody waits for them. */
  private readonly urgent = new Set<Recovery>();
  private readonly atOnce: number;
  private readonly patience: number;
  private isBegun = false;
  /** Lanes in use: of all in their turn, and of those that are wanted. */
  private readonly busy = { all: 0, wanted: 0 };
  private ended = Promise.withResolvers<void>();

  /** `patience` in milliseconds. */
  constructor(atOnce: number, patience = PATIENCE_MILLISECONDS) {
    this.atOnce = atOnce;
    this.patience = patience;
    this.ended.resolve();
  }

  /** Those that are not back yet. */
  get count(): number {
    return this.coming.size;
  }

  /** `recover` never rejects. */
  add(name: string, recover: () => Promise<void>): void {
    if (this.coming.size === 0) this.ended = Promise.withResolvers<void>();
    const recovery = { name, recover, back: Promise.withResolvers<void>() };
    this.queue.push(recovery);
    this.coming.set(name, recovery);
    if (this.isBegun) this.fill();
  }

  /** In the order in which they were added. */
  begin(): void {
    this.isBegun = true;
    this.fill();
  }

  /** Resolves when all are back. */
  async end(): Promise<void> {
    await this.ended.promise;
  }

  /** Resolves when it is not on its way (any more), without making it come sooner. */
  async back(name: string): Promise<void> {
    await this.coming.get(name)?.back.promise;
  }

  /**
   * Null if it is not on its way. Otherwise it comes next, and this resolves when it is back; rejects with what `signal` says, which ends a
   * call with a deadline, or with MACHINE_RECOVERING.
   */
  of(name: string, signal: () => AbortSignal, hasDeadline = false): Promise<void> | null {
    const recovery = this.coming.get(name);
    if (!recovery) return null;
    const at = this.queue.indexOf(recovery);
    if (at >= 0 && !this.wanted.has(recovery)) {
      this.queue.splice(at, 1);
      this.queue.splice(this.wanted.size, 0, recovery);
      this.wanted.add(recovery);
      if (this.isBegun) this.fill();
    } else if (at < 0) this.urgent.add(recovery);
    return this.wait(recovery, signal(), hasDeadline);
  }

  private fill(): void {
    while (this.wanted.size > 0 && this.busy.wanted < this.atOnce) this.start('wanted');
    while (this.queue.length > 0 && this.busy.all < this.atOnce && (this.wanted.size > 0 || this.urgent.size === 0)) this.start('all');
  }

  private start(lane: keyof typeof this.busy): void {
    const recovery = this.queue.shift()!;
    if (this.wanted.delete(recovery)) this.urgent.add(recovery);
    this.busy[lane]++;
    void recovery.recover().then(() => {
      this.busy[lane]--;
      this.coming.delete(recovery.name);
      this.urgent.delete(recovery);
      recovery.back.resolve();
      if (this.coming.size === 0) this.ended.resolve();
      this.fill();
    });
  }

  private wait({ name, back }: Recovery, signal: AbortSignal, hasDeadline: boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal.reason as Error);
    const late = (): void =>
      reject(new MachineError('MACHINE_RECOVERING', `${name} is on its way back, with ${this.count - 1} others: try again`, { name }));
    const timer = hasDeadline ? undefined : setTimeout(late, this.patience);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void back.promise.then(resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });
  }
}
