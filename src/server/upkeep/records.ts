// The records of a data directory, read without changing anything: what there is, and who needs which blob.

import { DatabaseSync } from 'node:sqlite';
import type { StoredArtifact } from '../artifacts/artifact-store.ts';
import type { KeptMachine } from '../durable/machine-keeper.ts';
import { blobNames } from '../snapshots/snapshot-file.ts';
import { problemOf, type SnapshotRecord } from '../snapshots/snapshot-record.ts';
import { fromExactJson } from '../store/exact-json.ts';
import { MIGRATIONS } from '../store/migrations/table.ts';
import { blobsOf } from '../store/blobs/image-blobs.ts';
import { type Finding, RESTORE } from './finding.ts';

export const DATABASE = 'uintrd.sqlite';
/** Of a backup. */
export const LIST = 'backup.json';

/** Who needs which blobs. */
export interface BlobNeed {
  /** As in blob_uses. */
  readonly user: string;
  /** Name of the machine, snapshot or artifact. */
  readonly owner: string;
  readonly blobs: readonly string[];
}

export interface Records {
  readonly machines: readonly KeptMachine[];
  readonly snapshots: readonly SnapshotRecord[];
  readonly needs: readonly BlobNeed[];
  /** Of blob_uses. */
  readonly uses: readonly { readonly blob: string; readonly user: string }[];
  /** Number of the last step that was taken. */
  readonly schema: number;
  readonly findings: readonly Finding[];
}

const NOTHING = { machines: [], snapshots: [], needs: [], uses: [], schema: 0 };
/** Lines of the integrity check. */
const MOST_PROBLEMS = 20;

/** `path` of the database. */
export function readRecords(path: string): Records {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    return recordsOf(database);
  } catch (error) {
    return { ...NOTHING, findings: [damaged(`cannot be read: ${(error as Error).message}`)] };
  } finally {
    database?.close();
  }
}

/** As of one moment, if the connection is in a transaction. `isThorough`: with the integrity of the whole store, which may take a while. */
export function recordsOf(database: DatabaseSync, isThorough = true): Records {
  const findings: Finding[] = isThorough ? integrityOf(database) : [];
  if (findings.length > 0) return { ...NOTHING, findings };
  const schema = schemaOf(database, findings);
  const rows = (table: string, columns: string, order: string): Record<string, unknown>[] =>
    hasTable(database, table) ? database.prepare(`SELECT ${columns} FROM ${table} ORDER BY ${order}`).all() : [];
  const parse = <T extends object>(table: string, problem: (value: unknown) => string): T[] =>
    rows(table, 'name, record', 'ordinal').flatMap(({ name, record }) => {
      const value = parsed(record as string);
      const wrong = problem(value);
      if (wrong === '') return [value as T];
      findings.push({ ...damaged(`has a record in ${table} that cannot be used: ${wrong}`), owner: name as string });
      return [];
    });
  const machines = parse<KeptMachine>('machines', machineProblem);
  const snapshots = parse<SnapshotRecord>('snapshots', problemOf);
  const artifacts = rows('artifacts', 'name, body', 'ordinal').flatMap(({ name, body }) => {
    const artifact = parsed(body as string) as Partial<StoredArtifact> | null;
    if (typeof artifact?.sha256 === 'string' && typeof artifact.name === 'string') return [artifact as StoredArtifact];
    findings.push({ ...damaged('has a record in artifacts that cannot be used'), owner: name as string });
    return [];
  });
  const uses = rows('blob_uses', 'blob, user', 'user, blob').map(({ blob, user }) => ({ blob: blob as string, user: user as string }));
  return {
    machines,
    snapshots,
    uses,
    schema,
    findings,
    needs: [...machines.flatMap(needsOfMachine), ...snapshots.map(needOfSnapshot), ...artifacts.map(needOfArtifact)],
  };
}

function integrityOf(database: DatabaseSync): Finding[] {
  const lines = database
    .prepare(`PRAGMA integrity_check(${MOST_PROBLEMS})`)
    .all()
    .map((row) => String(Object.values(row)[0]));
  return lines.filter((line) => line !== 'ok').map((line) => damaged(`fails its integrity check: ${line}`));
}

function schemaOf(database: DatabaseSync, findings: Finding[]): number {
  if (!hasTable(database, 'migrations')) {
    findings.push(damaged('has no table of the steps that made it'));
    return 0;
  }
  const taken = database.prepare('SELECT number, name FROM migrations ORDER BY number').all();
  for (const { number, name } of taken)
    if (MIGRATIONS.find((known) => known.number === number)?.name !== name)
      findings.push({
        ...damaged(`has step ${String(number)} (${String(name)}), which this version does not know`),
        kind: 'foreign',
        remedy: 'use the version of uintrd that wrote it, or a later one',
      });
  return (taken.at(-1)?.['number'] as number | undefined) ?? 0;
}

const hasTable = (database: DatabaseSync, name: string): boolean =>
  database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined;

function parsed(text: string): unknown {
  try {
    return fromExactJson(text);
  } catch {
    return null;
  }
}

function machineProblem(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'it is no object';
  const { name, uid, segment, saved, spec } = value as Partial<Record<keyof KeptMachine, unknown>>;
  if (typeof name !== 'string' || typeof uid !== 'string' || !/^[0-9a-f-]{36}$/.test(uid)) return 'it has no name or uid';
  if (!Number.isSafeInteger(segment) || (segment as number) < 1) return 'it does not say where its journal begins';
  if (typeof spec !== 'object' || spec === null) return 'it has no spec';
  if (saved !== null && !Array.isArray((saved as { pieces?: unknown } | undefined)?.pieces)) return 'it does not say where it was saved';
  return '';
}

function needsOfMachine({ name, uid, saved, spec }: KeptMachine): BlobNeed[] {
  return [
    ...(saved ? [{ user: `machine ${uid}`, owner: name, blobs: [...blobsOf(saved), saved.tails] }] : []),
    ...(spec.root ? [{ user: `root of machine ${uid}`, owner: name, blobs: [spec.root.sha256] }] : []),
  ];
}

const needOfSnapshot = (record: SnapshotRecord): BlobNeed => ({
  user: `snapshot ${record.uid}`,
  owner: record.name,
  blobs: blobNames(record),
});

const needOfArtifact = ({ uid, name, sha256 }: StoredArtifact): BlobNeed => ({ user: `artifact ${uid}`, owner: name, blobs: [sha256] });

const damaged = (problem: string): Finding => ({ kind: 'damaged', owner: '', path: DATABASE, offset: null, problem, remedy: RESTORE });
