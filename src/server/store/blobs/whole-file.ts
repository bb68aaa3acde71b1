// A file that has its name only when it is whole and on the disk.

import { dirname } from 'node:path';
import type { FileLayer } from '../../../machine/durable/file-layer.ts';

/** Answers its length. */
export function writeWhole(files: FileLayer, path: string, bytes: Uint8Array): number {
  const folder = dirname(path);
  files.makeFolder(folder);
  writeContent(files, path, bytes);
  files.syncFolder(folder);
  return bytes.length;
}

/** Its content is on the disk; its name is when its folder has been synced, too. */
export function writeContent(files: FileLayer, path: string, bytes: Uint8Array): void {
  const file = files.create(`${path}.new`);
  try {
    files.write(file, bytes);
    files.sync(file);
  } finally {
    files.close(file);
  }
  files.rename(`${path}.new`, path);
}
