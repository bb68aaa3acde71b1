// What was changed, by whom (audit/audit-log.ts). Times are milliseconds since the epoch.

import type { Migration } from './migration.ts';

export const auditTable: Migration = {
  number: 110,
  name: 'audit',
  sql: `CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    count INTEGER NOT NULL,
    project TEXT NOT NULL,
    user TEXT NOT NULL,
    token TEXT NOT NULL,
    peer TEXT NOT NULL,
    method TEXT NOT NULL,
    resource TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    request_id TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_project ON audit (project, id);`,
};
