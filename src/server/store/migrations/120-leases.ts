// Leases that are active or queued (kept-map.ts).

import type { Migration } from './migration.ts';

export const leaseTable: Migration = {
  number: 120,
  name: 'leases',
  sql: 'CREATE TABLE leases (ordinal INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT',
};
