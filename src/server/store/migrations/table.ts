// Every step, in ascending order of number; each is in a file of its owner's.

import { daemonTable } from './010-daemon.ts';
import { snapshotTables } from './020-snapshots.ts';
import { machineTable } from './030-machines.ts';
import { answerTable } from './040-answers.ts';
import { artifactTable } from './050-artifacts.ts';
import { labTables } from './100-lab.ts';
import { auditTable } from './110-audit.ts';
import { leaseTable } from './120-leases.ts';
import { snapshotQuota } from './130-snapshot-quota.ts';
import { removalTable } from './140-removals.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [
  daemonTable,
  snapshotTables,
  machineTable,
  answerTable,
  artifactTable,
  labTables,
  auditTable,
  leaseTable,
  snapshotQuota,
  removalTable,
];
