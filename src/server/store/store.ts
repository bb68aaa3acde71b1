// The embedded store of records: one SQLite database (WAL) in the data directory, or in memory where there is none.
// Whoever keeps records adds a step to migrations/table.ts and a file of its own that speaks SQL; blobs are files beside it (data-directory.ts).

import { DatabaseSync } from 'node:sqlite';
import { StoreError } from './store-error.ts';
import { MIGRATIONS } from './migrations/table.ts';
import type { Migration } from './migrations/migration.ts';

/** How long a statement waits for another process, such as `uintrd backup`, that has the database locked. */
const BUSY_MILLISECONDS = 5000;

export class Store {
  /** For the files that keep records; statements are prepared there once. */
  readonly database: DatabaseSync;
  private depth = 0;

  /** `path` of the database, made if it is missing; ":memory:" keeps nothing. Throws StoreError where it cannot be used. */
  constructor(path: string, migrations: readonly Migration[] = MIGRATIONS) {
    try {
      this.database = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS });
      // FULL: what a transaction has written is on the disk when it returns.
      this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    } catch (error) {
      throw new StoreError(
        path,
        `cannot be opened: ${(error as Error).message}`,
        'restore it from a backup, or name another data directory',
      );
    }
    try {
      this.migrate(path, migrations);
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  /** All that `work` writes, or nothing if it throws. Inside another transaction it is a part of that one. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    this.database.exec('BEGIN IMMEDIATE');
    this.depth++;
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    } finally {
      this.depth--;
    }
  }

  close(): void {
    this.database.close();
  }

  /** Takes the steps that this database has not taken, each with its number in one transaction. */
  private migrate(path: string, migrations: readonly Migration[]): void {
    const { database } = this;
    database.exec('CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, time INTEGER NOT NULL) STRICT');
    const taken = new Map(
      database
        .prepare('SELECT number, name FROM migrations')
        .all()
        .map(({ number, name }) => [number as number, name as string]),
    );
    for (const [number, name] of taken)
      if (migrations.find((migration) => migration.number === number)?.name !== name)
        throw new StoreError(
          path,
          `has step ${number} (${name}), which this version does not know`,
          'start the version of uintrd that wrote it, or a later one',
        );
    const note = database.prepare('INSERT INTO migrations VALUES (?, ?, ?)');
    for (const { number, name, sql } of migrations)
      if (!taken.has(number))
        this.transaction(() => {
          database.exec(sql);
          note.run(number, name, Date.now());
        });
  }
}
