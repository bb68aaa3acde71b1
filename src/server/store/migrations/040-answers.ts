// Answers to repeated request_ids (store/answer-store.ts).

import type { Migration } from './migration.ts';

export const answerTable: Migration = {
  number: 40,
  name: 'answers',
  sql: `CREATE TABLE answers (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL, answer BLOB NOT NULL
  ) STRICT`,
};
