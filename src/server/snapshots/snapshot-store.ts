// The snapshots of this daemon: records in the store, bytes in blobs, under one cap.

import { randomUUID } from 'node:crypto';
import { MachineError } from '../../machine/errors.ts';
import { ownerOf, snapshotName } from '../resource-name.ts';
import type { MachineSpec } from '../../machine/machine-spec.ts';
import type { MachineImage, Recording } from '../../machine/protocol.ts';
import type { MachineIdentity } from '../machine-identity.ts';
import { BlobUses } from '../store/blob-uses.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { StoredImage } from '../store/blobs/image-blobs.ts';
import { notFound, type Reason, type Removals } from '../retention/removals.ts';
import { exactJson, fromExactJson } from '../store/exact-json.ts';
import { StoreError } from '../store/store-error.ts';
import type { Store } from '../store/store.ts';
import { blobHead, blobNames, fileHead, type SnapshotFileReader } from './snapshot-file.ts';
import { SnapshotCharges, userOf } from './snapshot-charges.ts';
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
  /** The same, as it lies in the store. */
  readonly stored: StoredImage;
  /** Of a recording, its inputs. */
  readonly records: Uint8Array | null;
}

export class SnapshotStore {
  private readonly store: Store;
  private readonly blobs: BlobStore;
  private readonly uses: BlobUses;
  private readonly capacity: number;
  private readonly engine: () => string;
  private readonly allow: (project: string, present: number, more: number) => void;
  private readonly charges: SnapshotCharges;
  private readonly removals: Removals | null;
  /** How many read one now, by uid. */
  private readonly reading = new Map<string, number>();
  private readonly byUid = new Map<string, KeptSnapshot>();
  private readonly byName = new Map<string, KeptSnapshot>();
  private held = 0;
  private readonly heldBy = new Map<string, number>();

  /** `capacity` in bytes of blobs; `engine` names this version (engine.ts). `allow` throws if the project may not have so many bytes more. */
  constructor(
    store: Store,
    blobs: BlobStore,
    capacity: number,
    engine: () => string,
    allow: (project: string, present: number, more: number) => void = () => {},
    removals: Removals | null = null,
  ) {
    this.removals = removals;
    this.store = store;
    this.blobs = blobs;
    this.uses = new BlobUses(store);
    this.capacity = capacity;
    this.engine = engine;
    this.allow = allow;
    this.charges = new SnapshotCharges(store, this.byUid);
    for (const { ordinal, record } of store.database.prepare('SELECT ordinal, record FROM snapshots').all())
      this.note({ ...(fromExactJson(record as string) as SnapshotRecord), ordinal: ordinal as number });
  }

  /** What they take up. */
  get bytes(): number {
    return this.held;
  }

  /** Of one project. */
  bytesIn(project: string): number {
    return this.heldBy.get(project) ?? 0;
  }

  all(): KeptSnapshot[] {
    return [...this.byName.values()];
  }

  in(project: string): KeptSnapshot[] {
    return this.all().filter(({ name }) => ownerOf(name) === project);
  }

  get(name: string): KeptSnapshot {
    const snapshot = this.byName.get(name);
    if (!snapshot) throw notFound(this.removals, 'SNAPSHOT_NOT_FOUND', 'snapshot', name);
    return snapshot;
  }

  /** Throws if there can be none of this name, before a machine is bothered. */
  check(title: SnapshotTitle): void {
    const name = snapshotName(title.parent, title.id);
    if (title.id !== '' && this.byName.has(name)) throw new MachineError('ALREADY_EXISTS', `there is a snapshot ${name} already`, { name });
    this.allow(title.parent, this.bytesIn(title.parent), 1);
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
      if (spec.root) await this.blobs.run('put', spec.root.archive);
      const records = inputs ? await this.blobs.run('put', inputs.records) : null;
      const recorded = inputs && records ? { records: records.name, endCycle: inputs.cycle, endHash: inputs.hash } : null;
      const { storedBytes: _stored, ...imageBlobs } = packed;
      const origin = { machine, machineUid, spec: recordedSpec(spec), engine: this.engine() };
      const captured = { ...imageBlobs, ...origin, position, layout, touchedBytes, recorded };
      return this.keep(title, captured);
    });
  }

  /** Its image, and its spec with the bytes of its root. Throws BAD_SNAPSHOT if a blob is missing or damaged. */
  async load(snapshot: SnapshotRecord): Promise<LoadedSnapshot> {
    const done = this.read(snapshot);
    const { spec, position, layout, graph, pieces, recorded, engine } = snapshot;
    try {
      if (recorded && engine !== this.engine()) throw otherEngine(snapshot.name, engine, this.engine());
      const content = await this.blobs.run('unpack', { graph, pieces });
      const archive = spec.root && sharedCopy(await this.blobs.run('get', spec.root.sha256));
      const records = recorded && (await this.blobs.run('get', recorded.records));
      const whole = { ...spec, root: spec.root && { ...spec.root, archive: archive! } };
      return { image: { ...content, position, layout }, stored: { graph, pieces, position, layout }, spec: whole, records };
    } catch (error) {
      throw badSnapshot(snapshot.name, error);
    } finally {
      done();
    }
  }

  /** Somebody makes a machine of it, or exports it. */
  isRead({ uid }: SnapshotRecord): boolean {
    return this.reading.has(uid);
  }

  /** `why`: by retention. False: it has come to be needed, so it stays. */
  delete(name: string, why?: Reason): Promise<boolean> {
    return this.blobs.change(async () => {
      const snapshot = this.get(name);
      const heirs: KeptSnapshot[] = [];
      for (const [heir, its] of this.charges.heirs(snapshot))
        heirs.push({ ...heir, storedBytes: heir.storedBytes + sumOf(await this.blobs.run('sizes', its)) });
      if (why && (snapshot.pinned || this.isRead(snapshot))) return false;
      const unused = this.store.transaction(() => {
        this.store.database.prepare('DELETE FROM snapshots WHERE name = ?').run(name);
        for (const heir of heirs) this.rewrite(heir);
        if (why) this.removals?.note(name, why);
        return this.uses.remove(userOf(snapshot));
      });
      this.forget(snapshot);
      for (const heir of heirs) this.replace(heir);
      await this.blobs.run('delete', unused);
      return true;
    });
  }

  /** Labels, and whether it is pinned. */
  update(name: string, changes: Partial<Pick<KeptSnapshot, 'labels' | 'pinned'>>): Promise<KeptSnapshot> {
    // A deletion in progress may change it too.
    return this.blobs.change(async () => {
      const snapshot = { ...this.get(name), ...changes };
      this.rewrite(snapshot);
      return this.replace(snapshot);
    });
  }

  /** Of one project that goes. */
  async deleteAll(project: string): Promise<void> {
    for (const { name } of this.in(project))
      await this.delete(name).catch((error: unknown) => {
        // Another call was faster.
        if (this.byName.has(name)) throw error;
      });
  }

  /** As one file, piece by piece. */
  async *export(snapshot: KeptSnapshot): AsyncGenerator<Uint8Array> {
    const { name: _name, uid: _uid, labels: _labels, createTime: _time, storedBytes: _stored, ordinal: _ordinal, ...rest } = snapshot;
    const { pinned: _pinned, ...captured } = rest;
    const done = this.read(snapshot);
    try {
      yield fileHead(captured);
      for (const name of blobNames(captured)) {
        const blob = await this.blobs.run('read', name);
        yield blobHead(blob);
        yield blob.bytes;
      }
    } catch (error) {
      throw badSnapshot(snapshot.name, error);
    } finally {
      done();
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
            // What is new on the disk is new to the project.
            this.allow(title.parent, this.bytesIn(title.parent), stored);
          }
        const captured = reader.end();
        await this.blobs.run('flush', null);
        return await this.keep(title, captured);
      } catch (error) {
        await this.blobs.run('delete', this.uses.unused(kept));
        throw badSnapshot(title.id || 'that is imported', error);
      }
    });
  }

  private async keep({ parent, id, labels }: SnapshotTitle, captured: CapturedMachine): Promise<KeptSnapshot> {
    const names = blobNames(captured);
    const storedBytes = sumOf(await this.blobs.run('sizes', this.charges.fresh(parent, names)));
    try {
      this.allow(parent, this.bytesIn(parent), storedBytes);
      if (this.held + storedBytes > this.capacity) throw this.full();
    } catch (error) {
      await this.blobs.run('delete', this.uses.unused(names));
      throw error;
    }
    const uid = randomUUID();
    const name = snapshotName(parent, id === '' ? `s-${uid.slice(0, 8)}` : id);
    const record: SnapshotRecord = { ...captured, name, uid, labels, createTime: Date.now(), storedBytes };
    const ordinal = this.store.transaction(() => {
      this.uses.add(userOf(record), names);
      this.removals?.forget(name);
      const { lastInsertRowid } = this.store.database
        .prepare('INSERT INTO snapshots (name, record) VALUES (?, ?)')
        .run(name, exactJson(record));
      return Number(lastInsertRowid);
    });
    return this.note({ ...record, ordinal });
  }

  private read({ uid }: SnapshotRecord): () => void {
    this.reading.set(uid, (this.reading.get(uid) ?? 0) + 1);
    return () => {
      const left = this.reading.get(uid)! - 1;
      if (left > 0) this.reading.set(uid, left);
      else this.reading.delete(uid);
    };
  }

  private note(snapshot: KeptSnapshot): KeptSnapshot {
    this.byName.set(snapshot.name, snapshot);
    this.byUid.set(snapshot.uid, snapshot);
    this.count(snapshot, 1);
    return snapshot;
  }

  private forget(snapshot: KeptSnapshot): void {
    this.byName.delete(snapshot.name);
    this.byUid.delete(snapshot.uid);
    this.count(snapshot, -1);
  }

  /** In its place in the order of creation. */
  private replace(snapshot: KeptSnapshot): KeptSnapshot {
    this.count(this.get(snapshot.name), -1);
    return this.note(snapshot);
  }

  private rewrite({ ordinal, ...record }: KeptSnapshot): void {
    this.store.database.prepare('UPDATE snapshots SET record = ? WHERE ordinal = ?').run(exactJson(record), ordinal);
  }

  private count({ name, storedBytes }: KeptSnapshot, sign: 1 | -1): void {
    const project = ownerOf(name);
    this.held += sign * storedBytes;
    const its = this.bytesIn(project) + sign * storedBytes;
    if (its === 0) this.heldBy.delete(project);
    else this.heldBy.set(project, its);
  }

  private full(): MachineError {
    return new MachineError('LIMIT_EXCEEDED', `snapshots may take up ${this.capacity} bytes together: delete some`, {
      subject: 'snapshot_bytes',
      limit: String(this.capacity),
    });
  }
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
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
