// Projects, users and their tokens (kept-map.ts).

import type { Migration } from './migration.ts';

const kept = (table: string): string =>
  `CREATE TABLE ${table} (ordinal INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;`;

export const labTables: Migration = {
  number: 100,
  name: 'lab',
  sql: [kept('projects'), kept('users'), kept('tokens')].join('\n'),
};
