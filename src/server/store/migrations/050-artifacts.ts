// Artifacts by uid (artifacts/artifact-store.ts); their bytes are blobs.

import type { Migration } from './migration.ts';

export const artifactTable: Migration = {
  number: 50,
  name: 'artifacts',
  sql: 'CREATE TABLE artifacts (ordinal INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT',
};
