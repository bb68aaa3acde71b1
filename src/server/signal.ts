// Waiting in the daemon: something changed, or the call is over.

/** Readers wait; whoever changes something wakes them all. */
export class Bell {
  private waiting: (() => void)[] = [];

  ring(): void {
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  /** Resolves at the next ring or after `milliseconds`; rejects with the signal's reason. */
  wait(signal: AbortSignal, milliseconds?: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const wake = (): void => {
        signal.removeEventListener('abort', abort);
        clearTimeout(timer);
        resolve();
      };
      const abort = (): void => {
        this.waiting = this.waiting.filter((other) => other !== wake);
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer =
        milliseconds === undefined
          ? undefined
          : setTimeout(() => {
              this.waiting = this.waiting.filter((other) => other !== wake);
              wake();
            }, milliseconds);
      signal.addEventListener('abort', abort, { once: true });
      this.waiting.push(wake);
    });
  }
}
