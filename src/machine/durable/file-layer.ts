// The few things that journals, and the daemon's store, ask of the host's files. A test puts a layer in its place that loses what was not synced.

import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

export interface FileLayer {
  /** Durable with its name, as are those above it that were not there. */
  makeFolder(path: string): void;
  /** Empty, for writing at its end. */
  create(path: string): number;
  /** As create(), of a file whose first `length` bytes stay. */
  reopen(path: string, length: number): number;
  write(file: number, bytes: Uint8Array): void;
  /** What was written is durable when it returns. */
  sync(file: number): void;
  /** Likewise, when `done` is called. */
  syncLater(file: number, done: (error: Error | null) => void): void;
  /** Names made or removed in it are durable when it returns. */
  syncFolder(path: string): void;
  close(file: number): void;
  /** The other name is durable when its folder has been synced. */
  rename(from: string, to: string): void;
  /** In bytes; undefined if it is not there. */
  size(path: string): number | undefined;
  read(path: string): Uint8Array;
  /** Throws if the folder is not there. */
  list(folder: string): string[];
  remove(path: string): void;
}

export const HOST_FILES: FileLayer = {
  makeFolder(path) {
    const made = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (made) for (let above = path; above.startsWith(made); above = dirname(above)) HOST_FILES.syncFolder(dirname(above));
  },
  create: (path) => openSync(path, 'w', 0o600),
  reopen(path, length) {
    const file = openSync(path, 'r+');
    ftruncateSync(file, length);
    closeSync(file);
    return openSync(path, 'a');
  },
  write(file, bytes) {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  },
  sync: fdatasyncSync,
  syncLater: fdatasync,
  syncFolder(path) {
    const folder = openSync(path, 'r');
    fsyncSync(folder);
    closeSync(folder);
  },
  close: closeSync,
  rename: renameSync,
  size: (path) => statSync(path, { throwIfNoEntry: false })?.size,
  read: (path) => readFileSync(path),
  list: (folder) => readdirSync(folder),
  remove: (path) => rmSync(path, { force: true }),
};
