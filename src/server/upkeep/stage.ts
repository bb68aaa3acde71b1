// One moment of a data directory, held fast while a daemon goes on using it.
//
// It rests on the order in which a daemon changes things: a blob or a segment of a journal is durable before a record names it and is removed
// only after no record does; a journal has an input before its answer is stored. So whoever keeps the store from being written for a moment
// finds all that the records of that moment need, and hard links keep it when the daemon removes it later. Journals only grow, and a
// prefix of one is a journal: it may be ahead of the records, as after kill -9.

import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store/store-error.ts';
import { eventPaths } from './check-events.ts';
import { isFault } from './finding.ts';
import { DATABASE, type Records, recordsOf } from './records.ts';

export interface Stage {
  /** Where the links are, and a copy of the store. */
  readonly folder: string;
  readonly records: Records;
  /** Paths below the folder, sorted. */
  readonly blobs: readonly string[];
  readonly journals: readonly StagedJournal[];
  /** Segments of events. */
  readonly events: readonly string[];
  /** What the records need and the directory has not. */
  readonly missing: readonly string[];
  remove(): void;
}

export interface StagedJournal {
  readonly path: string;
  /** Bytes that it had. */
  readonly length: number;
}

export const STAGE_PREFIX = 'backup-';
/** The daemon waits for less. */
const LOCK_MILLISECONDS = 30_000;

/** `directory` may be in use. Throws StoreError if its records cannot be read. */
export async function stage(directory: string): Promise<Stage> {
  const path = join(directory, DATABASE);
  const folder = mkdtempSync(join(directory, STAGE_PREFIX));
  const linker = new Linker(directory, folder);
  const [reader, writer] = [
    new DatabaseSync(path, { readOnly: true, timeout: LOCK_MILLISECONDS }),
    new DatabaseSync(path, { timeout: LOCK_MILLISECONDS }),
  ];
  try {
    // Most of the work, while nobody waits; what goes meanwhile is of no matter.
    for (const name of blobsIn(usable(directory, recordsOf(reader)))) linker.blob(name);
    let moment;
    writer.exec('BEGIN IMMEDIATE');
    try {
      reader.exec('BEGIN');
      moment = hold(directory, linker, usable(directory, recordsOf(reader, false)));
    } finally {
      writer.exec('ROLLBACK');
    }
    for (const { path, length } of moment.journals) cut(join(folder, path), length);
    // In the reader's transaction: as of that moment, however long it takes.
    await backup(reader, join(folder, DATABASE));
    return { folder, ...moment, remove: () => rmSync(folder, { recursive: true, force: true }) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    reader.close();
    writer.close();
  }
}

function hold(directory: string, linker: Linker, records: Records): Pick<Stage, 'records' | 'blobs' | 'journals' | 'events' | 'missing'> {
  const missing: string[] = [];
  const blobs = blobsIn(records).flatMap((name) => {
    const path = linker.blob(name);
    if (path === undefined) missing.push(`blobs/${name.slice(0, 2)}/${name}`);
    return path ?? [];
  });
  const journals = records.machines.flatMap(({ uid, segment }) =>
    namesIn(join(directory, 'journals', uid))
      .filter((name) => /^\d{8}\.journal$/.test(name) && Number.parseInt(name, 10) >= segment)
      .map((name) => `journals/${uid}/${name}`)
      .filter((path) => linker.link(path))
      .map((path) => ({ path, length: statSync(join(linker.to, path)).size })),
  );
  const events = records.machines.flatMap((machine) => {
    const paths = eventPaths(directory, machine);
    // The oldest may go at any time: what is before a gap is not needed.
    const gap = paths.findLastIndex((path) => !linker.link(path));
    return paths.slice(gap + 1);
  });
  return { records, blobs, journals, events, missing };
}

/** A file of its own, as long as it was: the one that is linked goes on growing. */
function cut(path: string, length: number): void {
  copyFileSync(path, `${path}.cut`);
  truncateSync(`${path}.cut`, length);
  renameSync(`${path}.cut`, path);
}

function usable(directory: string, records: Records): Records {
  const fault = records.findings.find(isFault);
  if (fault) throw new StoreError(join(directory, fault.path), fault.problem, fault.remedy);
  return records;
}

const blobsIn = ({ needs }: Records): string[] => [...new Set(needs.flatMap(({ blobs }) => blobs))].sort();

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

class Linker {
  private readonly from: string;
  readonly to: string;
  private readonly done = new Map<string, string>();

  constructor(from: string, to: string) {
    this.from = from;
    this.to = to;
  }

  /** Its path; undefined if it is not there. */
  blob(name: string): string | undefined {
    const known = this.done.get(name);
    if (known !== undefined) return known;
    const path = [`blobs/${name.slice(0, 2)}/${name}.zst`, `blobs/${name.slice(0, 2)}/${name}`].find((its) => this.link(its));
    if (path !== undefined) this.done.set(name, path);
    return path;
  }

  /** False if it is not there. */
  link(path: string): boolean {
    const [source, target] = [join(this.from, path), join(this.to, path)];
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    try {
      linkSync(source, target);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return false;
      // A file system without links.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(code ?? '')) throw error;
    }
    copyFileSync(source, target);
    return true;
  }
}
