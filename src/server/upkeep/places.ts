// Where a backup goes, and how it is put there: a folder, or one tar archive. Either has its name only when it is whole.

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { StoreError } from '../store/store-error.ts';
import { PIECE_BYTES, TarWriter } from './tar-file.ts';

export interface BackupPlace {
  readonly path: string;
  /** Durable when finish() has returned. `pieces` have `size` bytes together. */
  add(name: string, size: number, pieces: Iterable<Uint8Array>): void;
  finish(): void;
  abandon(): void;
}

/** A name that ends in .tar is a file. Throws StoreError if something is there. */
export function backupPlace(path: string, source: string): BackupPlace {
  const target = resolve(path);
  if (`${target}${sep}`.startsWith(`${source}${sep}`))
    throw new StoreError(target, 'lies in the data directory itself', 'name a place outside');
  return target.endsWith('.tar') ? tarPlace(target) : folderPlace(target);
}

/** Also of a data directory that is restored. */
export function folderPlace(target: string): BackupPlace {
  refuseIfTaken(target);
  const partial = `${target}.partial`;
  const folders = new Set([partial]);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  return {
    path: target,
    add(name, _size, pieces) {
      const to = join(partial, name);
      for (let folder = dirname(to); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
      mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
      const file = openSync(to, 'wx', 0o600);
      try {
        for (const piece of pieces) for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
    finish() {
      for (const folder of folders) syncFolder(folder);
      if (existsSync(target)) rmSync(target, { recursive: true });
      renameSync(partial, target);
      syncFolder(dirname(target));
    },
    abandon: () => rmSync(partial, { recursive: true, force: true }),
  };
}

function tarPlace(target: string): BackupPlace {
  if (existsSync(target)) throw taken(target);
  const partial = `${target}.partial`;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  rmSync(partial, { force: true });
  const tar = new TarWriter(partial);
  return {
    path: target,
    add: (name, size, pieces) => tar.add(name, size, pieces),
    finish() {
      tar.end();
      renameSync(partial, target);
      syncFolder(dirname(target));
    },
    abandon() {
      tar.abandon();
      rmSync(partial, { force: true });
    },
  };
}

/** Of a file that may be large; at most `length` bytes. */
export function* piecesOf(path: string, length = Number.POSITIVE_INFINITY): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    for (let left = length; left > 0; ) {
      const piece = Buffer.alloc(Math.min(left, PIECE_BYTES));
      const got = readSync(file, piece, 0, piece.length, null);
      if (got === 0) return;
      left -= got;
      yield piece.subarray(0, got);
    }
  } finally {
    closeSync(file);
  }
}

/** A folder that is empty may be there. */
function refuseIfTaken(target: string): void {
  if (!existsSync(target)) return;
  let isEmpty = false;
  try {
    isEmpty = readdirSync(target).length === 0;
  } catch {
    // It is a file.
  }
  if (!isEmpty) throw taken(target);
}

const taken = (target: string): StoreError => new StoreError(target, 'is there already', 'name another place, or move it away');

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
