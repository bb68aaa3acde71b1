// `uintrd backup`: a copy of a data directory at one moment, also while a daemon uses it. It is a data directory itself, or one in a tar
// archive, with a list of what is in it.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { layout } from '../../machine/snapshot/layout.ts';
import { engineFingerprint } from '../engine.ts';
import { blobContent } from '../store/blobs/blobs.ts';
import { StoreError } from '../store/store-error.ts';
import { checkEvents } from './check-events.ts';
import { checkJournal } from './check-journal.ts';
import { type Finding, isFault } from './finding.ts';
import { type BackupPlace, backupPlace, piecesOf } from './places.ts';
import { DATABASE, LIST } from './records.ts';
import { type Stage, stage } from './stage.ts';

export const LIST_FORMAT = 1;

/** As in backup.json. */
export interface BackupList {
  readonly format: number;
  /** Of the version that made it; the machines may have been recorded by others. */
  readonly engine: string;
  readonly layout: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly machines: readonly { readonly name: string; readonly uid: string; readonly horizon: number }[];
  /** All but blobs, whose names are their sums. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
  readonly blobs: number;
}

export interface Backup {
  readonly path: string;
  readonly bytes: number;
  readonly list: BackupList;
  /** What of it is damaged or missing in the directory, too. */
  readonly faults: readonly Finding[];
}

/** `to`: a folder, or a file if it ends in .tar. Throws StoreError. */
export async function backUp(data: string, to: string): Promise<Backup> {
  const directory = resolve(data);
  if (!existsSync(join(directory, DATABASE)))
    throw new StoreError(
      directory,
      `is no data directory of uintrd: there is no ${DATABASE}`,
      'name the one that a daemon was started with',
    );
  const place = backupPlace(to, directory);
  try {
    const staged = await stage(directory);
    try {
      return copy(staged, place);
    } finally {
      staged.remove();
    }
  } catch (error) {
    place.abandon();
    throw error;
  }
}

function copy({ folder, records, blobs, journals, events, missing }: Stage, place: BackupPlace): Backup {
  let bytes = 0;
  const files: Record<string, { bytes: number; sha256: string }> = {};
  const engine = engineFingerprint();
  const faults: Finding[] = missing.map((path) => fault(path, 'is missing'));
  const add = (path: string, size: number): void => {
    const sum = createHash('sha256');
    place.add(path, size, summed(piecesOf(join(folder, path), size), sum));
    files[path] = { bytes: size, sha256: sum.digest('hex') };
    bytes += size;
  };
  add(DATABASE, statSync(join(folder, DATABASE)).size);
  const checked = records.machines.map((machine) => ({ machine, ...checkJournal(folder, machine, engine) }));
  for (const { machine, torn, findings } of checked) {
    faults.push(...findings.filter(({ kind }) => kind === 'damaged'));
    const its = journals.filter(({ path }) => path.startsWith(`journals/${machine.uid}/`));
    // A record that is being written is not in it.
    for (const [at, { path, length }] of its.entries()) add(path, at === its.length - 1 ? length - torn : length);
  }
  for (const machine of records.machines) faults.push(...checkEvents(folder, machine).findings.filter(isFault));
  for (const path of events) add(path, statSync(join(folder, path)).size);
  for (const path of blobs) {
    const content = readFileSync(join(folder, path));
    const problem = problemOf(path, content);
    if (problem !== '') faults.push(fault(path, problem));
    place.add(path, content.length, [content]);
    bytes += content.length;
  }
  const list: BackupList = {
    format: LIST_FORMAT,
    engine,
    layout: layout(),
    time: Date.now(),
    machines: checked.map(({ machine: { name, uid }, horizon }) => ({ name, uid, horizon })),
    files,
    blobs: blobs.length,
  };
  const text = Buffer.from(`${JSON.stringify(list, null, 2)}\n`);
  place.add(LIST, text.length, [text]);
  place.finish();
  return { path: place.path, bytes, list, faults: faults.filter(isFault) };
}

function* summed(pieces: Iterable<Uint8Array>, sum: { update(piece: Uint8Array): unknown }): Generator<Uint8Array> {
  for (const piece of pieces) {
    sum.update(piece);
    yield piece;
  }
}

function problemOf(path: string, bytes: Uint8Array): string {
  try {
    blobContent(path.split('/')[2]!.replace('.zst', ''), { compressed: path.endsWith('.zst'), bytes });
    return '';
  } catch (error) {
    return (error as StoreError).problem;
  }
}

const fault = (path: string, problem: string): Finding => ({
  kind: 'damaged',
  owner: '',
  path,
  offset: null,
  problem,
  remedy: 'uintrd check says whom it concerns; keep the backups from before',
});
