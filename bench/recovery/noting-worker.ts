// A worker whose journals note how much of them is synced, so that a power cut can be acted out on what a killed daemon has left: the notes
// survive the death of the process, and what a file has beyond its note may be lost or torn.

import { openSync, writeSync } from 'node:fs';
import { type FileLayer, HOST_FILES } from '../../src/machine/durable/file-layer.ts';

interface Noted {
  /** The file beside it with its note. */
  readonly note: number;
  length: number;
}

const open = new Map<number, Noted>();
/** In one write over the last one, so that a kill leaves this or that. */
const note = ({ note: file, length }: Noted): void => void writeSync(file, String(length).padEnd(16), 0);
const noted = (path: string, length: number): Noted => ({ note: openSync(`${path}.synced`, 'w+', 0o600), length });

const NOTING_FILES: FileLayer = {
  ...HOST_FILES,
  create(path) {
    const file = HOST_FILES.create(path);
    open.set(file, noted(path, 0));
    return file;
  },
  reopen(path, length) {
    const file = HOST_FILES.reopen(path, length);
    open.set(file, noted(path, length));
    return file;
  },
  write(file, bytes) {
    HOST_FILES.write(file, bytes);
    open.get(file)!.length += bytes.length;
  },
  sync(file) {
    HOST_FILES.sync(file);
    note(open.get(file)!);
  },
  syncLater(file, done) {
    const now = { ...open.get(file)! };
    HOST_FILES.syncLater(file, (error) => {
      if (!error) note(now);
      done(error);
    });
  },
};

(globalThis as { uintrdFiles?: FileLayer }).uintrdFiles = NOTING_FILES;
await import('../../src/machine/worker.ts');
