// A machine on its way somewhere: whoever wants it waits until it is there.

export class Passage {
  private arrival: Promise<void> | null = null;

  get isBusy(): boolean {
    return this.arrival !== null;
  }

  /** Resolves when it has arrived, or could not go. */
  async over(): Promise<void> {
    await this.arrival;
  }

  /** Nobody else is on a passage. */
  async go(travel: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.arrival = promise;
    try {
      await travel();
    } finally {
      this.arrival = null;
      resolve();
    }
  }
}
