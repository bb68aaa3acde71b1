// What a check has found and what a backup holds, as text for people.

import { type Column, table } from '../../text/table.ts';
import type { Backup, BackupList } from './backup.ts';
import type { CheckedDirectory, CheckedMachine, CheckedSnapshot } from './check.ts';
import { type Finding, isFault } from './finding.ts';

const MACHINES: readonly Column<CheckedMachine>[] = [
  ['MACHINE', ({ name }) => name],
  ['CONDITION', ({ condition }) => condition],
  ['SAVED AT', ({ savedAt }) => savedAt ?? '-'],
  ['HORIZON', ({ horizon }) => horizon],
  ['SEGMENTS', ({ segments }) => segments],
  ['RECORDS', ({ records }) => records],
  ['JOURNAL BYTES', ({ bytes }) => bytes],
  ['TORN BYTES', ({ torn }) => torn],
  ['EVENTS FROM', ({ oldestEvent }) => oldestEvent || '-'],
  ['EVENT BYTES', ({ eventBytes }) => eventBytes],
];

const SNAPSHOTS: readonly Column<CheckedSnapshot>[] = [
  ['SNAPSHOT', ({ name }) => name],
  ['CONDITION', ({ condition }) => condition],
  ['BYTES', ({ bytes }) => bytes],
];

const BACKED_UP: readonly Column<BackupList['machines'][number]>[] = [
  ['MACHINE', ({ name }) => name],
  ['HORIZON', ({ horizon }) => horizon],
];

const FINDINGS: readonly Column<Finding>[] = [
  ['KIND', ({ kind }) => kind],
  ['WHERE', ({ path, offset }) => (offset === null ? path : `${path} byte ${offset}`)],
  ['OF', ({ owner }) => owner || '-'],
  ['WHAT', ({ problem }) => problem],
  ['REMEDY', ({ remedy }) => remedy],
];

/** Faults and leftovers of one kind that are listed one by one. */
const MOST_LISTED = 100;

export function reportText(checked: CheckedDirectory): string {
  const { directory, isSound, machines, snapshots, blobs, findings, schema, engine } = checked;
  const faults = findings.filter(isFault);
  const leftovers = findings.length - faults.length;
  const blocks = [
    `${directory}: step ${schema} of the schema, engine ${engine}, ${blobs.count} blobs in ${blobs.bytes} bytes`,
    machines.length > 0 ? table(machines, MACHINES) : 'no machines',
    ...(snapshots.length > 0 ? [table(snapshots, SNAPSHOTS)] : []),
    ...[faults, findings.filter((finding) => !isFault(finding))].filter(({ length }) => length > 0).map(listed),
    isSound
      ? `sound${leftovers > 0 ? `, with ${leftovers} leftovers` : ''}`
      : `NOT SOUND: ${faults.length} faults${leftovers > 0 ? ` and ${leftovers} leftovers` : ''}`,
  ];
  return blocks.join('\n\n');
}

export function backupText({ path, bytes, list, faults }: Backup): string {
  const blocks = [
    list.machines.length > 0 ? table(list.machines, BACKED_UP) : 'no machines',
    ...(faults.length > 0 ? [listed(faults)] : []),
    `${path}: ${list.machines.length} machines, ${list.blobs} blobs, ${bytes} bytes${faults.length > 0 ? `; ${faults.length} FAULTS are in it` : ''}`,
  ];
  return blocks.join('\n\n');
}

function listed(findings: readonly Finding[]): string {
  const more = findings.length - MOST_LISTED;
  return table(findings.slice(0, MOST_LISTED), FINDINGS) + (more > 0 ? `\nand ${more} more; --json has all` : '');
}
