// Snapshots (snapshots/snapshot-store.ts), and who uses which blob: a blob that nobody uses is removed.

import type { Migration } from './migration.ts';

export const snapshotTables: Migration = {
  number: 20,
  name: 'snapshots',
  sql: `
    CREATE TABLE snapshots (ordinal INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL) STRICT;
    CREATE TABLE blob_uses (blob TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (blob, user)) STRICT, WITHOUT ROWID;
    CREATE INDEX blob_uses_by_user ON blob_uses (user);
  `,
};
