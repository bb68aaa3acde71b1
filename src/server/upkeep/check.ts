// `uintrd check`: looks at everything in a data directory that no daemon uses, and changes nothing. With repair, what nobody needs goes.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { layout } from '../../machine/snapshot/layout.ts';
import type { KeptMachine } from '../durable/machine-keeper.ts';
import { engineFingerprint } from '../engine.ts';
import type { SnapshotRecord } from '../snapshots/snapshot-record.ts';
import { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { takeLock } from '../store/data-directory.ts';
import { checkBlobs } from './check-blobs.ts';
import { type CheckedEvents, checkEvents } from './check-events.ts';
import { type CheckedJournal, checkJournal } from './check-journal.ts';
import { type Finding, isFault, REMOVE } from './finding.ts';
import { DATABASE, LIST, readRecords, type Records } from './records.ts';
import { STAGE_PREFIX } from './stage.ts';

export type Condition = 'whole' | 'damaged' | 'foreign';

export interface CheckedMachine extends Omit<CheckedJournal, 'findings'>, Omit<CheckedEvents, 'findings'> {
  readonly name: string;
  readonly uid: string;
  readonly condition: Condition;
  /** Where its journal begins, in cycles; null: at its spec. */
  readonly savedAt: number | null;
}

export interface CheckedSnapshot {
  readonly name: string;
  readonly condition: Condition;
  readonly bytes: number;
}

export interface CheckedDirectory {
  readonly directory: string;
  /** Nothing is damaged or foreign. */
  readonly isSound: boolean;
  readonly engine: string;
  /** Number of the last step of the store's schema. */
  readonly schema: number;
  readonly machines: readonly CheckedMachine[];
  readonly snapshots: readonly CheckedSnapshot[];
  readonly blobs: { readonly count: number; readonly bytes: number };
  readonly findings: readonly Finding[];
}

/** What may lie in a data directory; of journals/ and blobs/ see there. */
const KNOWN = [
  ...['', '-wal', '-shm'].map((end) => DATABASE + end),
  ...['', '-wal', '-shm', '-journal'].map((end) => `lock.sqlite${end}`),
  'blobs',
  'journals',
  'events',
  'admin-token',
  LIST,
];

/** Throws StoreError where that cannot be done: there is no such directory, or a daemon has it. */
export function checkDirectory(path: string, repair = false): CheckedDirectory {
  const directory = resolve(path);
  if (!existsSync(join(directory, DATABASE)))
    throw new StoreError(
      directory,
      `is no data directory of uintrd: there is no ${DATABASE}`,
      'name the one that a daemon was started with',
    );
  const lock = takeLock(directory);
  try {
    const first = look(directory);
    if (!repair) return first;
    mend(directory, first);
    return look(directory);
  } finally {
    lock.close();
  }
}

function look(directory: string): CheckedDirectory {
  const engine = engineFingerprint();
  const records = readRecords(join(directory, DATABASE));
  const journals = records.machines.map((machine) => checkJournal(directory, machine, engine));
  const events = records.machines.map((machine) => checkEvents(directory, machine));
  const { findings: ofBlobs, ...blobs } = checkBlobs(directory, records);
  const findings = [
    ...records.findings,
    ...[...journals, ...events].flatMap(({ findings: its }) => its),
    ...records.machines.flatMap(foreignMachine),
    ...records.snapshots.flatMap((snapshot) => foreignSnapshot(snapshot, engine)),
    ...ofBlobs,
    ...strangers(directory, records),
  ];
  const condition = (name: string): Condition => {
    const faults = findings.filter((finding) => finding.owner === name && isFault(finding));
    return faults.length === 0 ? 'whole' : faults.some(({ kind }) => kind === 'damaged') ? 'damaged' : 'foreign';
  };
  return {
    directory,
    isSound: !findings.some(isFault),
    engine,
    schema: records.schema,
    machines: records.machines.map(({ name, uid, saved }, at) => {
      const { findings: _findings, ...journal } = journals[at]!;
      const { oldestEvent, eventBytes } = events[at]!;
      return { name, uid, condition: condition(name), savedAt: saved?.position.time ?? null, ...journal, oldestEvent, eventBytes };
    }),
    snapshots: records.snapshots.map(({ name, storedBytes }) => ({ name, condition: condition(name), bytes: storedBytes })),
    blobs,
    findings,
  };
}

const FOREIGN = { kind: 'foreign', path: DATABASE, offset: null } as const;

function foreignMachine({ name, saved }: KeptMachine): Finding[] {
  if (!saved || saved.layout === layout()) return [];
  const problem = `says that the machine was saved with layout ${saved.layout}, and this version has ${layout()}`;
  return [{ ...FOREIGN, owner: name, problem, remedy: 'use the version that saved it, or reset the machine' }];
}

function foreignSnapshot({ name, layout: its, recorded, engine: recorder }: SnapshotRecord, engine: string): Finding[] {
  if (its !== layout())
    return [
      {
        ...FOREIGN,
        owner: name,
        problem: `says that the snapshot has layout ${its}, and this version has ${layout()}`,
        remedy: 'use the version that made it, or delete the snapshot',
      },
    ];
  if (!recorded || recorder === engine) return [];
  const problem = `says that the recording is of engine ${recorder}, and this is engine ${engine}`;
  return [{ ...FOREIGN, owner: name, problem, remedy: 'run it with the version that made it' }];
}

/** Files that have no place here, and journals of nobody. */
function strangers(directory: string, { machines, findings }: Records): Finding[] {
  const stranger = { kind: 'leftover', owner: '', offset: null } as const;
  const known = new Set(machines.map(({ uid }) => uid));
  const isKnown = findings.every((finding) => !isFault(finding));
  const nobodys = (folder: string): string[] =>
    isKnown && existsSync(join(directory, folder)) ? readdirSync(join(directory, folder)).filter((uid) => !known.has(uid)) : [];
  return [
    ...readdirSync(directory)
      .sort()
      .filter((name) => !KNOWN.includes(name))
      .map(
        (name): Finding =>
          name.startsWith(STAGE_PREFIX)
            ? { ...stranger, path: name, problem: 'is what a backup that was cut off left', remedy: REMOVE }
            : { ...stranger, path: name, problem: 'is no file of uintrd', remedy: 'move it elsewhere' },
      ),
    ...['events', 'journals'].flatMap((folder) =>
      nobodys(folder)
        .sort()
        .map((uid): Finding => ({ ...stranger, path: `${folder}/${uid}`, problem: `has ${folder} of no machine`, remedy: REMOVE })),
    ),
  ];
}

/** Removes what nobody needs, and notes who uses which blob. What is damaged stays as it is. */
function mend(directory: string, { findings }: CheckedDirectory): void {
  if (findings.some((finding) => isFault(finding) && finding.path === DATABASE && finding.owner === '')) return;
  const store = new Store(join(directory, DATABASE));
  try {
    const { needs } = readRecords(join(directory, DATABASE));
    const { database } = store;
    store.transaction(() => {
      database.exec('DELETE FROM blob_uses');
      const insert = database.prepare('INSERT OR IGNORE INTO blob_uses (blob, user) VALUES (?, ?)');
      for (const { user, blobs } of needs) for (const blob of blobs) insert.run(blob, user);
    });
  } finally {
    store.close();
  }
  for (const { path, remedy } of findings)
    if (remedy === REMOVE && path !== DATABASE) rmSync(join(directory, path), { recursive: true, force: true });
}
