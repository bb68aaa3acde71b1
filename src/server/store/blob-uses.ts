// Who uses which blob. A user is a text such as "snapshot UID".

import type { StatementSync } from 'node:sqlite';
import type { Store } from './store.ts';

export class BlobUses {
  private readonly store: Store;
  private readonly insert: StatementSync;
  private readonly ofUser: StatementSync;
  private readonly erase: StatementSync;
  private readonly used: StatementSync;
  private readonly ofUserAlone: StatementSync;

  constructor(store: Store) {
    const { database } = store;
    this.store = store;
    this.insert = database.prepare('INSERT OR IGNORE INTO blob_uses (blob, user) VALUES (?, ?)');
    this.ofUser = database.prepare('SELECT blob FROM blob_uses WHERE user = ?');
    this.erase = database.prepare('DELETE FROM blob_uses WHERE user = ?');
    this.ofUserAlone = database.prepare(
      'SELECT blob FROM blob_uses AS its WHERE user = ? AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob = its.blob AND user <> its.user)',
    );
    this.used = database.prepare('SELECT 1 FROM blob_uses WHERE blob = ? LIMIT 1');
  }

  add(user: string, blobs: Iterable<string>): void {
    this.store.transaction(() => {
      for (const blob of blobs) this.insert.run(blob, user);
    });
  }

  /** Returns the blobs that nobody uses any more. */
  remove(user: string): string[] {
    return this.store.transaction(() => {
      const blobs = this.ofUser.all(user).map(({ blob }) => blob as string);
      this.erase.run(user);
      return this.unused(blobs);
    });
  }

  /** Those that nobody else uses. */
  only(user: string): string[] {
    return this.ofUserAlone.all(user).map(({ blob }) => blob as string);
  }

  unused(blobs: readonly string[]): string[] {
    return blobs.filter((blob) => this.used.get(blob) === undefined);
  }
}
