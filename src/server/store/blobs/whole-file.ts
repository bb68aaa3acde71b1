// A file that has its name only when it is whole and on the disk.

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Answers its length. */
export function writeWhole(path: string, bytes: Uint8Array): number {
  const folder = dirname(path);
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeContent(path, bytes);
  syncFolder(folder);
  // And those above it, up to the one that was there.
  if (made) for (let above = folder; above.startsWith(made); above = dirname(above)) syncFolder(dirname(above));
  return bytes.length;
}

/** Its content is on the disk; its name is when its folder has been synced, too. */
export function writeContent(path: string, bytes: Uint8Array): void {
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
