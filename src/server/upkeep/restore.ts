// `uintrd restore`: a data directory from a backup. Every byte is checked against the list, and the directory as `uintrd check` does.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StoreError } from '../store/store-error.ts';
import { type BackupList, LIST_FORMAT } from './backup.ts';
import { type CheckedDirectory, checkDirectory } from './check.ts';
import { folderPlace, piecesOf } from './places.ts';
import { LIST } from './records.ts';
import { readTar, type TarEntry } from './tar-file.ts';

/** What a backup may have; whatever else is in an archive is not put anywhere. */
const NAMES =
  /^(uintrd\.sqlite|blobs\/[0-9a-f]{2}\/[0-9a-f]{64}(\.zst)?|journals\/[0-9a-f-]{36}\/\d{8}\.journal|events\/[0-9a-f-]{36}\/[0-9a-f]{8}\/\d{16}\.events)$/;
const MOST_LIST_BYTES = 256 << 20;
const ANOTHER = 'take another copy of the backup, or another backup';

/** `data`: not there yet, or empty. Throws StoreError. */
export function restore(from: string, data: string): CheckedDirectory {
  const source = resolve(from);
  if (!existsSync(source)) throw new StoreError(source, 'is not there', 'name a backup that uintrd backup made');
  const place = folderPlace(resolve(data));
  const sums = new Map<string, { bytes: number; sha256: string }>();
  let list: BackupList | undefined;
  let blobs = 0;
  try {
    for (const { name, size, pieces } of statSync(source).isDirectory() ? filesOf(source) : readTar(source)) {
      if (name === LIST) {
        if (size > MOST_LIST_BYTES) throw new StoreError(`${source}: ${name}`, `has ${size} bytes, more than any has`, ANOTHER);
        list = parsed(source, Buffer.concat([...pieces]));
        continue;
      }
      if (!NAMES.test(name)) throw new StoreError(source, `is no backup of uintrd: it has ${JSON.stringify(name)}`, ANOTHER);
      if (name.startsWith('blobs/')) blobs++;
      const sum = createHash('sha256');
      place.add(
        name,
        size,
        (function* () {
          for (const piece of pieces) {
            sum.update(piece);
            yield piece;
          }
        })(),
      );
      sums.set(name, { bytes: size, sha256: sum.digest('hex') });
    }
    if (!list) throw new StoreError(source, `is no whole backup of uintrd: it has no ${LIST}`, ANOTHER);
    compare(source, list, sums, blobs);
    place.finish();
  } catch (error) {
    place.abandon();
    throw error;
  }
  return checkDirectory(place.path);
}

function* filesOf(source: string): Generator<TarEntry> {
  const names = (readdirSync(source, { recursive: true }) as string[]).sort();
  for (const name of names) {
    const path = join(source, name);
    const { size } = statSync(path);
    if (statSync(path).isFile()) yield { name, size, pieces: piecesOf(path) };
  }
}

function parsed(source: string, bytes: Buffer): BackupList {
  const wrong = (problem: string, remedy = ANOTHER): StoreError => new StoreError(`${source}: ${LIST}`, problem, remedy);
  let list: Partial<BackupList>;
  try {
    list = JSON.parse(bytes.toString()) as Partial<BackupList>;
  } catch {
    throw wrong('is damaged: it is no JSON');
  }
  if (typeof list?.files !== 'object' || list.files === null) throw wrong('is no list of a backup');
  if (list.format !== LIST_FORMAT)
    throw wrong(
      `has version ${list.format} of the format, and this version of uintrd reads ${LIST_FORMAT}`,
      'use the version that made it',
    );
  return list as BackupList;
}

function compare(source: string, list: BackupList, sums: ReadonlyMap<string, { bytes: number; sha256: string }>, blobs: number): void {
  for (const [name, { bytes, sha256 }] of Object.entries(list.files)) {
    const its = sums.get(name);
    if (!its) throw new StoreError(`${source}: ${name}`, 'is missing', ANOTHER);
    if (its.bytes !== bytes || its.sha256 !== sha256)
      throw new StoreError(`${source}: ${name}`, 'is damaged: it has another sha256', ANOTHER);
  }
  if (blobs !== list.blobs) throw new StoreError(source, `has ${blobs} blobs of ${list.blobs}`, ANOTHER);
}
