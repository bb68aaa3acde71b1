// Quotas of projects have one more field (projects.ts).

import type { Migration } from './migration.ts';

export const snapshotQuota: Migration = {
  number: 130,
  name: 'snapshot quota',
  sql: "UPDATE projects SET body = json_insert(body, '$.quota.snapshot_bytes', 0)",
};
