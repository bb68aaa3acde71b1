// A worker that ends when a machine's journal is written to or reopened, is refused a new segment, or ends before that is made or when the last is left behind, as
// often as a file beside that says: "write", "reopen", "create", "end-create" or "end-close", with a number in it.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FileLayer, HOST_FILES } from '../../../src/machine/durable/file-layer.ts';

const FULL = new Error('ENOSPC: no space left on device, write');
const paths = new Map<number, string>();

/** Whether it is time to end. */
function isTime(path: string, what: 'write' | 'reopen' | 'create' | 'end-create' | 'end-close'): boolean {
  const order = join(dirname(path), what);
  if (!existsSync(order)) return false;
  const left = Number(readFileSync(order, 'utf8')) - 1;
  if (left > 0) writeFileSync(order, String(left));
  else rmSync(order);
  return true;
}

const MORTAL_FILES: FileLayer = {
  ...HOST_FILES,
  create(path) {
    if (isTime(path, 'create')) throw FULL;
    if (isTime(path, 'end-create')) process.exit(1);
    const file = HOST_FILES.create(path);
    paths.set(file, path);
    return file;
  },
  reopen(path, length) {
    if (isTime(path, 'reopen')) process.exit(1);
    const file = HOST_FILES.reopen(path, length);
    paths.set(file, path);
    return file;
  },
  close(file) {
    if (isTime(paths.get(file)!, 'end-close')) process.exit(1);
    HOST_FILES.close(file);
  },
  write(file, bytes) {
    if (isTime(paths.get(file)!, 'write')) throw FULL;
    HOST_FILES.write(file, bytes);
  },
};

(globalThis as { uintrdFiles?: FileLayer }).uintrdFiles = MORTAL_FILES;
await import('../../../src/machine/worker.ts');
