// What retention has removed (retention/removals.ts). Times are milliseconds since the epoch.

import type { Migration } from './migration.ts';

export const removalTable: Migration = {
  number: 140,
  name: 'removals',
  sql: `CREATE TABLE removals (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, time INTEGER NOT NULL, setting TEXT NOT NULL, value INTEGER NOT NULL
  ) STRICT`,
};
