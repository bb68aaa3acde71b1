// Machines on their way back after a start: the daemon answers meanwhile. A few come at a time, those that somebody waits for before the
// others; whoever waits for too long is told to come again.

import { MachineError } from '../../machine/errors.ts';

/** A client learns within this time that it has to wait for longer. */
const PATIENCE_MILLISECONDS = 30_000;

interface Recovery {
  readonly name: string;
  readonly recover: () => Promise<void>;
  readonly back: PromiseWithResolvers<void>;
}

export class Recoveries {
  private readonly queue: Recovery[] = [];
  private readonly coming = new Map<string, Recovery>();
  private readonly atOnce: number;
  private readonly patience: number;
  private ended: Promise<unknown> = Promise.resolve();

  /** `patience` in milliseconds. */
  constructor(atOnce: number, patience = PATIENCE_MILLISECONDS) {
    this.atOnce = atOnce;
    this.patience = patience;
  }

  /** Those that are not back yet. */
  get count(): number {
    return this.coming.size;
  }

  /** `recover` never rejects. */
  add(name: string, recover: () => Promise<void>): void {
    const recovery = { name, recover, back: Promise.withResolvers<void>() };
    this.queue.push(recovery);
    this.coming.set(name, recovery);
  }

  /** Begins, in the order in which they were added. */
  begin(): void {
    this.ended = Promise.all(Array.from({ length: this.atOnce }, () => this.work()));
  }

  /** Resolves when all are back. */
  async end(): Promise<void> {
    await this.ended;
  }

  /** Resolves when it is not on its way (any more), without making it come sooner. */
  async back(name: string): Promise<void> {
    await this.coming.get(name)?.back.promise;
  }

  /** Null if it is not on its way. Otherwise it comes next, and this resolves when it is back; rejects with MACHINE_RECOVERING, or what `signal` says. */
  of(name: string, signal: () => AbortSignal): Promise<void> | null {
    const recovery = this.coming.get(name);
    if (!recovery) return null;
    const at = this.queue.indexOf(recovery);
    if (at > 0) this.queue.unshift(...this.queue.splice(at, 1));
    return this.wait(recovery, signal());
  }

  private async work(): Promise<void> {
    for (let recovery = this.queue.shift(); recovery; recovery = this.queue.shift()) {
      await recovery.recover();
      this.coming.delete(recovery.name);
      recovery.back.resolve();
    }
  }

  private wait({ name, back }: Recovery, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal.reason as Error);
    const timer = setTimeout(
      () =>
        reject(new MachineError('MACHINE_RECOVERING', `${name} is on its way back, with ${this.count - 1} others: try again`, { name })),
      this.patience,
    );
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void back.promise.then(resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });
  }
}
