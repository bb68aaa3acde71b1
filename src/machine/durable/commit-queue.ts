// Nothing that a worker says goes out before the journals of the machines it is about are durable, and in its order. While the disk works,
// what comes meanwhile gathers, and is made durable together.

/** A journal, as the queue sees it. */
export interface Syncable {
  sync(): void;
  syncLater(done: (error: Error | null) => void): void;
}

interface Said<Message> {
  readonly messages: readonly Message[];
  readonly transfer: readonly ArrayBuffer[];
}

export class CommitQueue<Message> {
  private readonly deliver: (messages: Message[], transfer: ArrayBuffer[]) => void;
  private waiting: Said<Message>[] = [];
  private dirty = new Set<Syncable>();
  private syncing = false;

  constructor(deliver: (messages: Message[], transfer: ArrayBuffer[]) => void) {
    this.deliver = deliver;
  }

  get isIdle(): boolean {
    return !this.syncing;
  }

  /** Throws if a journal cannot be written: then nothing more may be said. */
  say(messages: Message[], transfer: ArrayBuffer[], journals: readonly Syncable[]): void {
    if (!this.syncing && journals.length <= 1) {
      // To wait here is quicker than to be woken.
      journals[0]?.sync();
      return this.deliver(messages, transfer);
    }
    this.waiting.push({ messages, transfer });
    for (const journal of journals) this.dirty.add(journal);
    if (!this.syncing) this.begin();
  }

  private begin(): void {
    const [said, journals] = [this.waiting, [...this.dirty]];
    this.waiting = [];
    this.dirty = new Set();
    if (journals.length === 0) return this.deliverAll(said);
    this.syncing = true;
    let left = journals.length;
    for (const journal of journals)
      journal.syncLater((error) => {
        if (error) throw error;
        if (--left > 0) return;
        this.syncing = false;
        this.deliverAll(said);
        if (this.waiting.length > 0) this.begin();
      });
  }

  private deliverAll(said: readonly Said<Message>[]): void {
    this.deliver(
      said.flatMap(({ messages }) => messages),
      said.flatMap(({ transfer }) => transfer),
    );
  }
}
