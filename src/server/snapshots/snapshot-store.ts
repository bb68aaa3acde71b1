// The snapshots of this daemon: records in the store, bytes in blobs, under one cap.

import { randomUUID } from 'node:crypto';
import { MachineError } from '../../machine/errors.ts';
import { ownerOf, snapshotName } from '../resource-name.ts';
import type { MachineSpec } from '../../machine/machine-spec.ts';
import type { MachineImage, Recording } from '../../machine/protocol.ts';
import type { MachineIdentity } from '../machine-handle.ts';
import { BlobUses } from '../store/blob-uses.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { exactJson, fromExactJson } from '../store/exact-json.ts';
import { StoreError } from '../store/store-error.ts';
import type { Store } from '../store/store.ts';
import { blobHead, blobNames, fileHead, type SnapshotFileReader } from './snapshot-file.ts';
import { type CapturedMachine, recordedSpec, type SnapshotRecord } from './snapshot-record.ts';

export type KeptSnapshot = SnapshotRecord & { readonly ordinal: number };

export interface SnapshotTitle {
  /** The project. */
  readonly parent: string;
  /** '' for one that is chosen here. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface LoadedSnapshot {
  readonly spec: MachineSpec;
  readonly image: MachineImage;
  /** Of a recording, its inputs. */
  readonly records: Uint8Array | null;
}

export class SnapshotStore {
  private readonly store: Store;
  private readonly blobs: BlobStore;
  private readonly uses: BlobUses;
  private readonly capacity: number;
  private readonly engine: () => string;
  private readonly byName = new Map<string, KeptSnapshot>();
  private held = 0;

  /** `capacity` in bytes of blobs; `engine` names this version (engine.ts). */
  constructor(store: Store, blobs: BlobStore, capacity: number, engine: () => string) {
    this.store = store;
    this.blobs = blobs;
    this.uses = new BlobUses(store);
    this.capacity = capacity;
    this.engine = engine;
    for (const { ordinal, record } of store.database.prepare('SELECT ordinal, record FROM snapshots').all())
      this.note({ ...(fromExactJson(record as string) as SnapshotRecord), ordinal: ordinal as number });
  }

  /** What they take up. */
  get bytes(): number {
    return this.held;
  }

  in(project: string): KeptSnapshot[] {
    return [...this.byName.values()].filter(({ name }) => ownerOf(name) === project);
  }

  get(name: string): KeptSnapshot {
    const snapshot = this.byName.get(name);
    if (!snapshot) throw new MachineError('SNAPSHOT_NOT_FOUND', `there is no snapshot ${name}`, { name });
    return snapshot;
  }

  /** Throws if there can be none of this name, before a machine is bothered. */
  check(title: SnapshotTitle): void {
    const name = snapshotName(title.parent, title.id);
    if (title.id !== '' && this.byName.has(name)) throw new MachineError('ALREADY_EXISTS', `there is a snapshot ${name} already`, { name });
    if (this.held >= this.capacity) throw this.full();
  }

  /** The arrays of `image` are gone afterwards. */
  save(title: SnapshotTitle, identity: MachineIdentity, image: MachineImage, inputs?: Omit<Recording, 'image'>): Promise<KeptSnapshot> {
    return this.blobs.change(async () => {
      this.check(title);
      const { spec, name: machine, uid: machineUid } = identity;
      const { position, layout, graph, frames, pages } = image;
      const touchedBytes = pages.length;
      const packed = await this.blobs.run('pack', { graph, frames, pages }, transferable(image));
      const root = spec.root ? (await this.blobs.run('put', spec.root.archive)).stored : 0;
      const records = inputs ? await this.blobs.run('put', inputs.records) : null;
      const recorded = inputs && records ? { records: records.name, endCycle: inputs.cycle, endHash: inputs.hash } : null;
      const { storedBytes, ...imageBlobs } = packed;
      const origin = { machine, machineUid, spec: recordedSpec(spec), engine: this.engine() };
      const captured = { ...imageBlobs, ...origin, position, layout, touchedBytes, recorded };
      return this.keep(title, captured, storedBytes + root + (records?.stored ?? 0));
    });
  }

  /** Its image, and its spec with the bytes of its root. Throws BAD_SNAPSHOT if a blob is missing or damaged. */
  async load(snapshot: SnapshotRecord): Promise<LoadedSnapshot> {
    const { spec, position, layout, graph, pieces, recorded, engine } = snapshot;
    if (recorded && engine !== this.engine()) throw otherEngine(snapshot.name, engine, this.engine());
    try {
      const content = await this.blobs.run('unpack', { graph, pieces });
      const archive = spec.root && sharedCopy(await this.blobs.run('get', spec.root.sha256));
      const records = recorded && (await this.blobs.run('get', recorded.records));
      const whole = { ...spec, root: spec.root && { ...spec.root, archive: archive! } };
      return { image: { ...content, position, layout }, spec: whole, records };
    } catch (error) {
      throw badSnapshot(snapshot.name, error);
    }
  }

  delete(name: string): Promise<void> {
    return this.blobs.change(async () => {
      const snapshot = this.get(name);
      const unused = this.store.transaction(() => {
        this.store.database.prepare('DELETE FROM snapshots WHERE name = ?').run(name);
        return this.uses.remove(userOf(snapshot));
      });
      this.byName.delete(name);
      this.held -= snapshot.storedBytes;
      await this.blobs.run('delete', unused);
    });
  }

  /** Of one project that goes. */
  async deleteAll(project: string): Promise<void> {
    for (const { name } of this.in(project)) await this.delete(name);
  }

  /** As one file, piece by piece. */
  async *export(snapshot: KeptSnapshot): AsyncGenerator<Uint8Array> {
    const { name: _name, uid: _uid, labels: _labels, createTime: _time, storedBytes: _stored, ordinal: _ordinal, ...captured } = snapshot;
    yield fileHead(captured);
    for (const name of blobNames(captured)) {
      let blob;
      try {
        blob = await this.blobs.run('read', name);
      } catch (error) {
        throw badSnapshot(snapshot.name, error);
      }
      yield blobHead(blob);
      yield blob.bytes;
    }
  }

  /** Reads all of `pieces`. */
  import(title: SnapshotTitle, pieces: AsyncIterable<Uint8Array>, reader: SnapshotFileReader): Promise<KeptSnapshot> {
    return this.blobs.change(async () => {
      this.check(title);
      const kept: string[] = [];
      let stored = 0;
      try {
        for await (const piece of pieces)
          for (const { name, blob } of reader.push(piece)) {
            kept.push(name);
            stored += await this.blobs.run('keep', { name, blob });
            if (this.held + stored > this.capacity) throw this.full();
          }
        const captured = reader.end();
        await this.blobs.run('flush', null);
        return await this.keep(title, captured, stored);
      } catch (error) {
        await this.blobs.run('delete', this.uses.unused(kept));
        throw badSnapshot(title.id || 'that is imported', error);
      }
    });
  }

  private async keep({ parent, id, labels }: SnapshotTitle, captured: CapturedMachine, storedBytes: number): Promise<KeptSnapshot> {
    const names = blobNames(captured);
    if (this.held + storedBytes > this.capacity) {
      await this.blobs.run('delete', this.uses.unused(names));
      throw this.full();
    }
    const uid = randomUUID();
    const name = snapshotName(parent, id === '' ? `s-${uid.slice(0, 8)}` : id);
    const record: SnapshotRecord = { ...captured, name, uid, labels, createTime: Date.now(), storedBytes };
    const ordinal = this.store.transaction(() => {
      this.uses.add(userOf(record), names);
      const { lastInsertRowid } = this.store.database
        .prepare('INSERT INTO snapshots (name, record) VALUES (?, ?)')
        .run(name, exactJson(record));
      return Number(lastInsertRowid);
    });
    return this.note({ ...record, ordinal });
  }

  private note(snapshot: KeptSnapshot): KeptSnapshot {
    this.byName.set(snapshot.name, snapshot);
    this.held += snapshot.storedBytes;
    return snapshot;
  }

  private full(): MachineError {
    return new MachineError('LIMIT_EXCEEDED', `snapshots may take up ${this.capacity} bytes together: delete some`, {
      subject: 'snapshot_bytes',
      limit: String(this.capacity),
    });
  }
}

const userOf = ({ uid }: SnapshotRecord): string => `snapshot ${uid}`;
const transferable = ({ graph, frames, pages }: MachineImage): ArrayBuffer[] =>
  [graph, frames, pages].map(({ buffer }) => buffer as ArrayBuffer);

/** The same inputs may lead elsewhere with another engine. */
function otherEngine(name: string, engine: string, own: string): MachineError {
  return new MachineError(
    'BAD_SNAPSHOT',
    `the recording ${name} is of engine ${engine}, and this is engine ${own}: run it with the version that made it`,
    {
      name,
      state: 'foreign',
    },
  );
}

function badSnapshot(name: string, error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  return new MachineError('BAD_SNAPSHOT', `the snapshot ${name} cannot be used: ${error.message}`, { name, state: 'damaged' });
}

/** As artifacts are: workers share it. */
function sharedCopy(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
