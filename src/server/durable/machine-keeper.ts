// What the store knows of machines: who they are, and from where their journals are replayed. A machine's state is where it was last
// saved (blobs, as of a snapshot) and the segments of its journal from there on, which its worker writes.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MachineError } from '../../machine/errors.ts';
import type { MachineSpec } from '../../machine/machine-spec.ts';
import type { JournalFields, MachineImage } from '../../machine/protocol.ts';
import type { MachineIdentity, ParkedState } from '../machine-identity.ts';
import { type RecordedSpec, recordedSpec } from '../snapshots/snapshot-record.ts';
import { BlobUses } from '../store/blob-uses.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { blobsOf, type ImageBlobs, type StoredImage } from '../store/blobs/image-blobs.ts';
import { exactJson, fromExactJson } from '../store/exact-json.ts';
import type { Store } from '../store/store.ts';
import { type Tails, tailsFromBytes, tailsToBytes } from './tails.ts';

interface SavedMachine extends StoredImage {
  /** Blob of what had been told last (tails.ts). */
  readonly tails: string;
}

export interface KeptMachine {
  readonly name: string;
  readonly uid: string;
  readonly ordinal: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly createTime: number;
  readonly spec: RecordedSpec;
  readonly incarnation: number;
  /** The first segment of the journal that is needed. */
  readonly segment: number;
  /** Null: its spec says where the journal begins. */
  readonly saved: SavedMachine | null;
  /** It waits there until somebody needs it. */
  readonly parked?: ParkedState | null;
  /** The generation of its events that are on the disk up to where it was saved (events/event-files.ts); none in old directories. */
  readonly events?: string | null;
  /** Since when it does nothing and nobody uses it (retention/ended-machines.ts). */
  readonly ended?: EndedState | null;
}

export interface EndedState {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Where it was then. */
  readonly cycle: number;
  readonly incarnation: number;
}

export interface LoadedMachine {
  readonly spec: MachineSpec;
  readonly image: MachineImage | null;
  readonly tails: Tails;
}

export class MachineKeeper {
  private readonly store: Store;
  private readonly blobs: BlobStore;
  private readonly uses: BlobUses;
  private readonly folder: string;
  private readonly engine: string;
  private readonly byUid = new Map<string, KeptMachine>();

  /** `folder` of the journals; `engine` is this version's fingerprint. */
  constructor(store: Store, blobs: BlobStore, folder: string, engine: string) {
    this.store = store;
    this.blobs = blobs;
    this.uses = new BlobUses(store);
    this.folder = folder;
    this.engine = engine;
    for (const { record } of store.database.prepare('SELECT record FROM machines ORDER BY ordinal').all()) {
      const kept = fromExactJson(record as string) as KeptMachine;
      this.byUid.set(kept.uid, kept);
    }
  }

  all(): KeptMachine[] {
    return [...this.byUid.values()];
  }

  get(uid: string): KeptMachine {
    return this.byUid.get(uid)!;
  }

  journal({ uid, segment, incarnation }: KeptMachine, recover: boolean): JournalFields {
    return { folder: join(this.folder, uid), uid, engine: this.engine, segment, incarnation, recover };
  }

  /** A machine that is about to be made, from an image, one that is stored already, or its spec. */
  async add(
    { name, uid, ordinal, createTime, spec }: MachineIdentity,
    labels: KeptMachine['labels'],
    image?: MachineImage | StoredImage,
  ): Promise<KeptMachine> {
    return this.blobs.change(async () => {
      if (spec.root) this.uses.add(rootUser(uid), [(await this.blobs.run('put', spec.root.archive)).name]);
      const saved = image ? await this.saved(image, { events: null, consoles: [] }) : null;
      const kept = {
        name,
        uid,
        ordinal,
        labels,
        revision: 1,
        createTime: createTime.getTime(),
        spec: recordedSpec(spec),
        incarnation: 1,
        segment: 1,
        saved,
      };
      await this.write(kept);
      return kept;
    });
  }

  /** Labels and the like; nothing of where its journal begins. */
  change(uid: string, changes: Partial<Pick<KeptMachine, 'labels' | 'revision' | 'parked' | 'ended'>>): void {
    const kept = { ...this.get(uid), ...changes };
    this.byUid.set(uid, kept);
    this.store.database.prepare('UPDATE machines SET record = ? WHERE uid = ?').run(exactJson(kept), uid);
  }

  /**
   * From now on its journal begins at `segment`, with the image, or without one at its spec. What is older is removed. `events`: the
   * generation of those that are on the disk up to there. The arrays of an image that is not stored yet are handed over.
   */
  begin(
    uid: string,
    segment: number,
    incarnation: number,
    image: MachineImage | StoredImage | null,
    tails: Tails,
    parked: ParkedState | null = null,
    events: string | null = null,
  ): Promise<void> {
    return this.blobs.change(async () => {
      const saved = image && (await this.saved(image, tails, true));
      await this.write({ ...this.get(uid), segment, incarnation, saved, parked, events });
      this.removeSegments(uid, segment);
    });
  }

  /** Throws StoreError if a blob is missing or damaged. */
  async load({ spec, saved }: KeptMachine): Promise<LoadedMachine> {
    const archive = spec.root && shared(await this.blobs.run('get', spec.root.sha256));
    const whole = { ...spec, root: spec.root && { ...spec.root, archive: archive! } };
    if (!saved) return { spec: whole, image: null, tails: { events: null, consoles: [] } };
    const { graph, pieces, position, layout, tails } = saved;
    const content = await this.blobs.run('unpack', { graph, pieces });
    return { spec: whole, image: { ...content, position, layout }, tails: tailsFromBytes(await this.blobs.run('get', tails)) };
  }

  /** What a machine had told when it was saved. */
  async tails({ saved }: KeptMachine): Promise<Tails> {
    return saved ? tailsFromBytes(await this.blobs.run('get', saved.tails)) : { events: null, consoles: [] };
  }

  /** What it takes up: its journal, its events, and of where it was saved what nothing else uses. */
  async bytesOf(uid: string): Promise<number> {
    const own = [user(uid), rootUser(uid)].flatMap((its) => this.uses.only(its));
    const blobs = await this.blobs.run('sizes', own);
    const journal = await this.blobs.run('folder_bytes', [join(this.folder, uid)]);
    return blobs.reduce((sum, bytes) => sum + bytes, journal);
  }

  /** `also` is done in the transaction that removes it. */
  remove(uid: string, also: () => void = () => {}): Promise<void> {
    return this.blobs.change(async () => {
      const unused = this.store.transaction(() => {
        also();
        this.store.database.prepare('DELETE FROM machines WHERE uid = ?').run(uid);
        return [...this.uses.remove(user(uid)), ...this.uses.remove(rootUser(uid))];
      });
      this.byUid.delete(uid);
      rmSync(join(this.folder, uid), { recursive: true, force: true });
      await this.blobs.run('delete', unused);
    });
  }

  /** `isGiven`: its arrays are handed over. Throws SNAPSHOT_NOT_FOUND where what was stored is not any more. */
  private async saved(image: MachineImage | StoredImage, tails: Tails, isGiven = false): Promise<SavedMachine> {
    const { position, layout } = image;
    const { graph, pieces } = 'pieces' in image ? this.stillStored(image) : await this.pack(image, isGiven);
    return { graph, pieces, position, layout, tails: (await this.blobs.run('put', tailsToBytes(tails))).name };
  }

  private stillStored(image: StoredImage): StoredImage {
    if (this.uses.unused(blobsOf(image)).length > 0) throw new MachineError('SNAPSHOT_NOT_FOUND', 'the snapshot was deleted meanwhile');
    return image;
  }

  private pack({ graph, frames, pages }: MachineImage, isGiven: boolean): Promise<ImageBlobs> {
    const transfer = isGiven ? [graph, frames, pages].map(({ buffer }) => buffer as ArrayBuffer) : [];
    return this.blobs.run('pack', { graph, frames, pages }, transfer);
  }

  private async write(kept: KeptMachine): Promise<void> {
    const { uid, ordinal, name, saved } = kept;
    const unused = this.store.transaction(() => {
      const before = this.uses.remove(user(uid));
      if (saved) this.uses.add(user(uid), [...blobsOf(saved), saved.tails]);
      this.store.database
        .prepare(
          'INSERT INTO machines (uid, ordinal, name, record) VALUES (?, ?, ?, ?) ON CONFLICT (uid) DO UPDATE SET record = excluded.record',
        )
        .run(uid, ordinal, name, exactJson(kept));
      return this.uses.unused(before);
    });
    this.byUid.set(uid, kept);
    if (unused.length > 0) await this.blobs.run('delete', unused);
  }

  private removeSegments(uid: string, before: number): void {
    const folder = join(this.folder, uid);
    for (const name of readdirSync(folder)) if (Number(/^(\d{8})\.journal$/.exec(name)?.[1] ?? before) < before) rmSync(join(folder, name));
  }
}

const user = (uid: string): string => `machine ${uid}`;
const rootUser = (uid: string): string => `root of machine ${uid}`;

/** As artifacts are: workers share it. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
