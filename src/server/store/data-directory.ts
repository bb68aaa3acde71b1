// The data directory: what lies where in it, and the lock that says which daemon has it.
//
//   uintrd.sqlite (-wal, -shm)   records (store.ts)
//   blobs/                       content-addressed bytes (blobs/blobs.ts)
//   journals/UID/               segments of a machine's journal (machine/durable/journal-segment.ts)
//   events/UID/GENERATION/       segments of a machine's events (events/event-files.ts)
//   lock.sqlite                  held open by the daemon that uses the directory; the system lets go of it when that dies

import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Store } from './store.ts';
import { StoreError } from './store-error.ts';

export class DataDirectory {
  readonly path: string;
  readonly store: Store;
  private readonly lock: DatabaseSync;

  /** Made, for its owner alone, if it is missing. Throws StoreError if another daemon has it or it cannot be used. */
  constructor(path: string) {
    this.path = resolve(path);
    try {
      mkdirSync(this.path, { recursive: true, mode: 0o700 });
      chmodSync(this.path, 0o700);
    } catch (error) {
      throw new StoreError(this.path, `cannot be used as data directory: ${(error as Error).message}`, 'name another one');
    }
    this.lock = takeLock(this.path);
    try {
      this.store = new Store(join(this.path, 'uintrd.sqlite'));
    } catch (error) {
      this.lock.close();
      throw error;
    }
  }

  /** Where blobs lie. */
  get blobs(): string {
    return join(this.path, 'blobs');
  }

  /** Where the journals of machines lie. */
  get journals(): string {
    return join(this.path, 'journals');
  }

  /** Where events of machines lie. */
  get events(): string {
    return join(this.path, 'events');
  }

  close(): void {
    this.store.close();
    this.lock.close();
  }
}

/** A transaction that never ends: a lock of the file system which the death of its holder gives back. Throws StoreError. */
export function takeLock(directory: string): DatabaseSync {
  const path = join(directory, 'lock.sqlite');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (/locked/.test((error as Error).message))
      throw new StoreError(directory, 'is in use by another daemon', 'stop that one, or name another data directory');
    throw new StoreError(path, `cannot be locked: ${(error as Error).message}`, 'see that the directory can be written');
  }
}
