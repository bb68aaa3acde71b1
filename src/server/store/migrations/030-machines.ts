// Machines that outlive the daemon (durable/machine-keeper.ts).

import type { Migration } from './migration.ts';

export const machineTable: Migration = {
  number: 30,
  name: 'machines',
  sql: 'CREATE TABLE machines (uid TEXT PRIMARY KEY, ordinal INTEGER NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL) STRICT',
};
