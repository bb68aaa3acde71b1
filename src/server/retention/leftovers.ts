// What an abrupt end has left in the data directory and nobody refers to: journals and events of machines that are gone, blobs that nothing
// uses. Looked for once after a start, a part at a time.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { MachineKeeper } from '../durable/machine-keeper.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { BlobUses } from '../store/blob-uses.ts';
import type { DataDirectory } from '../store/data-directory.ts';

/** Blobs and folders that are looked at together. */
const MOST_AT_ONCE = 4096;
const PREFIXES = 256;
const UID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class Leftovers {
  private readonly data: DataDirectory;
  private readonly blobs: BlobStore;
  private readonly keeper: MachineKeeper;
  private readonly uses: BlobUses;
  /** Folders that are left to be looked at; null: not begun. */
  private folders: string[] | null = null;
  private prefix = 0;

  constructor(data: DataDirectory, blobs: BlobStore, keeper: MachineKeeper) {
    this.data = data;
    this.blobs = blobs;
    this.keeper = keeper;
    this.uses = new BlobUses(data.store);
  }

  get isDone(): boolean {
    return this.folders?.length === 0 && this.prefix === PREFIXES;
  }

  /** Answers how many were removed. */
  async step(): Promise<number> {
    this.folders ??= [this.data.journals, this.data.events].flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder).map((uid) => join(folder, uid)) : [],
    );
    let [looked, removed] = [0, 0];
    while (!this.isDone && looked < MOST_AT_ONCE) {
      const [seen, gone] = this.folders.length > 0 ? await this.lookAtFolders() : await this.lookAtBlobs();
      looked += seen;
      removed += gone;
    }
    return removed;
  }

  /** A machine is in the keeper before it has a folder, and until its folders go. */
  private lookAtFolders(): Promise<[seen: number, gone: number]> {
    return this.blobs.change(async () => {
      const folders = this.folders!.splice(0, MOST_AT_ONCE);
      const known = new Set(this.keeper.all().map(({ uid }) => uid));
      const stale = folders.filter((path) => UID.test(basename(path)) && !known.has(basename(path)));
      await this.blobs.run('remove_files', stale);
      return [folders.length, stale.length];
    });
  }

  /** While nobody begins to use one. */
  private lookAtBlobs(): Promise<[seen: number, gone: number]> {
    return this.blobs.change(async () => {
      const names = await this.blobs.run('list', (this.prefix++).toString(16).padStart(2, '0'));
      const unused = this.uses.unused(names);
      await this.blobs.run('delete', unused);
      return [names.length + 1, unused.length];
    });
  }
}
