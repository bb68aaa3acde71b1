// Answers that a repeated request_id gets again, also after a restart. Those that come together are made durable together.

import type { StatementSync } from 'node:sqlite';
import type { Store } from './store.ts';

export interface KeptAnswer {
  /** Of the window (idempotency.ts). */
  readonly key: string;
  /** Digest of the request. */
  readonly body: string;
  readonly answer: Uint8Array;
}

export class AnswerStore {
  private readonly store: Store;
  private readonly insert: StatementSync;
  private readonly erase: StatementSync;
  private gathered: KeptAnswer[] = [];
  private dropped: string[] = [];
  private flushed: Promise<void> | null = null;

  constructor(store: Store) {
    this.store = store;
    this.insert = store.database.prepare('INSERT OR REPLACE INTO answers (key, body, answer) VALUES (?, ?, ?)');
    this.erase = store.database.prepare('DELETE FROM answers WHERE key = ?');
  }

  /** In the order in which they were given. */
  all(): KeptAnswer[] {
    return this.store.database
      .prepare('SELECT key, body, answer FROM answers ORDER BY ordinal')
      .all()
      .map(({ key, body, answer }) => ({ key: key as string, body: body as string, answer: answer as Uint8Array }));
  }

  /** Resolves when it is durable. */
  keep(answer: KeptAnswer): Promise<void> {
    this.gathered.push(answer);
    return (this.flushed ??= new Promise((resolve, reject) =>
      setImmediate(() => {
        try {
          this.flush();
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      }),
    ));
  }

  /** With the next that is kept. */
  drop(key: string): void {
    this.dropped.push(key);
  }

  private flush(): void {
    const { gathered, dropped } = this;
    [this.gathered, this.dropped, this.flushed] = [[], [], null];
    this.store.transaction(() => {
      for (const key of dropped) this.erase.run(key);
      for (const { key, body, answer } of gathered) this.insert.run(key, body, answer);
    });
  }
}
