// Which snapshot counts for which blob: in a project a blob counts once, with the oldest of its snapshots that has it. So what they count
// together is what they need together, whatever machines, artifacts and other projects have as well.

import type { StatementSync } from 'node:sqlite';
import { ownerOf } from '../resource-name.ts';
import type { Store } from '../store/store.ts';
import { blobNames } from './snapshot-file.ts';
import type { KeptSnapshot } from './snapshot-store.ts';

const USER = /^snapshot (.*)$/;
export const userOf = ({ uid }: { readonly uid: string }): string => `snapshot ${uid}`;

export class SnapshotCharges {
  private readonly usersOf: StatementSync;
  private readonly byUid: ReadonlyMap<string, KeptSnapshot>;

  /** `byUid`: all that there are. */
  constructor(store: Store, byUid: ReadonlyMap<string, KeptSnapshot>) {
    this.usersOf = store.database.prepare('SELECT user FROM blob_uses WHERE blob = ?');
    this.byUid = byUid;
  }

  /** Of the blobs of a snapshot that comes, those that it will count for. */
  fresh(project: string, blobs: readonly string[]): string[] {
    return blobs.filter((blob) => this.sharers(project, blob).length === 0);
  }

  /** Who will count for which of its blobs when it goes. */
  heirs(snapshot: KeptSnapshot): Map<KeptSnapshot, string[]> {
    const heirs = new Map<KeptSnapshot, string[]>();
    for (const blob of blobNames(snapshot)) {
      const [first, second] = this.sharers(ownerOf(snapshot.name), blob);
      if (!first || !second || first.uid !== snapshot.uid) continue;
      const its = heirs.get(second);
      if (its) its.push(blob);
      else heirs.set(second, [blob]);
    }
    return heirs;
  }

  /** Of one project, oldest first. */
  private sharers(project: string, blob: string): KeptSnapshot[] {
    return this.usersOf
      .all(blob)
      .flatMap(({ user }) => this.byUid.get(USER.exec(user as string)?.[1] ?? '') ?? [])
      .filter(({ name }) => ownerOf(name) === project)
      .sort((a, b) => a.ordinal - b.ordinal);
  }
}
