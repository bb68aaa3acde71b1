// Facts about the whole data directory, by name.

import type { Migration } from './migration.ts';

export const daemonTable: Migration = {
  number: 10,
  name: 'daemon',
  sql: 'CREATE TABLE daemon (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT',
};
