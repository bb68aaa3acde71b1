// Artifacts: immutable bytes by name, under one cap, each content once however many names it has. With a data directory they outlive the
// daemon. What is deleted counts until no machine uses it.

import { createHash, randomUUID } from 'node:crypto';
import { MachineError } from '../../machine/errors.ts';
import { notFound, type Reason, type Removals } from '../retention/removals.ts';
import { artifactName, ownerOf } from '../resource-name.ts';
import { BlobUses } from '../store/blob-uses.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { KeptMap } from '../store/kept-map.ts';
import type { Store } from '../store/store.ts';
import { type ArtifactContent, ContentInBlobs, ContentInMemory } from './artifact-content.ts';

export interface StoredArtifact {
  readonly name: string;
  readonly uid: string;
  readonly ordinal: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly createTime: number;
  /** Likewise: when it was last read, given to a machine or given up by one; on the disk to within USE_STEP. */
  readonly usedTime: number;
  readonly sha256: string;
  readonly size: number;
  /** It has no name any more, but machines that use it. */
  readonly deleted: boolean;
}

/** An upload in progress; its bytes count against the cap as they come. */
export interface Upload {
  add(chunk: Uint8Array): void;
  /** Resolves when it is durable. */
  finish(): Promise<StoredArtifact>;
  abandon(): void;
}

/** Where artifacts outlive the daemon. */
export interface ArtifactKeeping {
  readonly store: Store;
  readonly blobs: BlobStore;
}

const USE_STEP = 3_600_000;

export class ArtifactStore {
  private readonly byName = new Map<string, StoredArtifact>();
  /** Those that are deleted and used included. */
  private readonly byUid = new Map<string, StoredArtifact>();
  private readonly machines = new Map<string, number>();
  private readonly content: ArtifactContent;
  private readonly uses: BlobUses | null;
  private readonly kept: KeptMap<StoredArtifact> | null;
  private readonly blobs: BlobStore | null;
  private readonly store: Store | null;
  private readonly removals: Removals | null;
  private readonly capacity: number;
  private held = 0;
  private readonly heldBy = new Map<string, number>();
  private nextOrdinal = 1;
  /** The change in progress, where there are no blobs. */
  private last: Promise<unknown> = Promise.resolve();

  /** `keeping` null: all is in memory. */
  constructor(capacity: number, keeping: ArtifactKeeping | null = null, removals: Removals | null = null) {
    this.removals = removals;
    this.store = keeping?.store ?? null;
    this.capacity = capacity;
    this.blobs = keeping?.blobs ?? null;
    this.content = keeping ? new ContentInBlobs(keeping.blobs) : new ContentInMemory();
    this.uses = keeping && new BlobUses(keeping.store);
    this.kept = keeping && new KeptMap<StoredArtifact>(keeping.store, 'artifacts');
    for (const artifact of this.kept?.values() ?? []) {
      this.note(artifact);
      this.count(ownerOf(artifact.name), artifact.size);
      this.nextOrdinal = Math.max(this.nextOrdinal, artifact.ordinal + 1);
    }
  }

  get bytes(): number {
    return this.held;
  }

  /** Of one project: uploads in progress and what machines still use included. */
  bytesIn(project: string): number {
    return this.heldBy.get(project) ?? 0;
  }

  all(): StoredArtifact[] {
    return [...this.byName.values()];
  }

  /** Of one project. */
  in(project: string): StoredArtifact[] {
    return this.all().filter(({ name }) => ownerOf(name) === project);
  }

  get(name: string): StoredArtifact {
    const artifact = this.byName.get(name);
    if (!artifact) throw notFound(this.removals, 'ARTIFACT_NOT_FOUND', 'artifact', name);
    return artifact;
  }

  /** Its bytes, in shared memory. Throws CHECKSUM_MISMATCH if they are lost or damaged. */
  load(artifact: StoredArtifact): Promise<Uint8Array> {
    this.touch(artifact);
    return this.content.load(artifact.name, artifact.sha256);
  }

  isUsed({ uid }: StoredArtifact): boolean {
    return this.machines.has(uid);
  }

  /** The name is free when it returns; the bytes, once no machine uses them. `why`: by retention. */
  async delete(name: string, why?: Reason): Promise<void> {
    const artifact = this.get(name);
    this.byName.delete(name);
    if (!this.isUsed(artifact)) return this.drop(artifact, why);
    const deleted = { ...artifact, deleted: true };
    this.byUid.set(artifact.uid, deleted);
    this.kept?.set(artifact.uid, deleted);
  }

  /** A machine uses it: until what is returned has been called, its bytes count, even if it is deleted. */
  hold({ uid }: StoredArtifact): () => void {
    this.machines.set(uid, (this.machines.get(uid) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = this.machines.get(uid)! - 1;
      if (left > 0) return void this.machines.set(uid, left);
      this.machines.delete(uid);
      this.touch({ uid });
      const artifact = this.byUid.get(uid);
      // Where its blob cannot be removed, it is one that nothing uses.
      if (artifact?.deleted) void this.drop(artifact).catch(() => {});
    };
  }

  /** Likewise, for a machine that was there before the daemon was started. */
  holdAgain({ artifact: name, sha256 }: { readonly artifact: string; readonly sha256: string }): () => void {
    const its = [...this.byUid.values()].findLast((artifact) => artifact.name === name && artifact.sha256 === sha256);
    return its ? this.hold(its) : () => {};
  }

  /** All machines that were there hold what they use: what is deleted and used by none goes. */
  async settle(): Promise<void> {
    for (const artifact of this.byUid.values()) if (artifact.deleted && !this.isUsed(artifact)) await this.drop(artifact);
  }

  /** `allow` throws if the project may not have so many bytes more. */
  begin(
    project: string,
    id: string,
    labels: Readonly<Record<string, string>>,
    sha256: string,
    allow: (more: number) => void = () => {},
  ): Upload {
    const uid = randomUUID();
    const name = artifactName(project, id === '' ? `a-${uid.slice(0, 8)}` : id);
    this.refuseTaken(name);
    const chunks: Uint8Array[] = [];
    const hash = createHash('sha256');
    let size = 0;
    return {
      add: (chunk) => {
        if (this.held + chunk.length > this.capacity)
          throw new MachineError('LIMIT_EXCEEDED', `artifacts may have ${this.capacity} bytes together`, {
            subject: 'artifact_bytes',
            limit: String(this.capacity),
          });
        allow(chunk.length);
        this.count(project, chunk.length);
        size += chunk.length;
        chunks.push(chunk);
        hash.update(chunk);
      },
      finish: async () => {
        const actual = hash.digest('hex');
        if (actual !== sha256)
          throw new MachineError('CHECKSUM_MISMATCH', `the bytes that came have sha256 ${actual}, the header says ${sha256}`, {
            name,
            sha256: actual,
          });
        const now = Date.now();
        const times = { createTime: now, usedTime: now };
        const artifact = await this.add({ name, uid, labels, ...times, sha256, size, deleted: false }, joined(chunks, size));
        size = 0;
        return artifact;
      },
      abandon: () => {
        this.count(project, -size);
        size = 0;
      },
    };
  }

  private add(artifact: Omit<StoredArtifact, 'ordinal'>, bytes: Uint8Array): Promise<StoredArtifact> {
    const { name, uid, sha256 } = artifact;
    return this.change(async () => {
      this.refuseTaken(name);
      await this.content.keep(sha256, bytes);
      const stored = { ...artifact, ordinal: this.nextOrdinal++ };
      try {
        this.inTransaction(() => {
          this.uses?.add(user(uid), [sha256]);
          this.kept?.set(uid, stored);
          this.removals?.forget(name);
        });
      } catch (error) {
        this.kept?.delete(uid);
        throw error;
      }
      this.note(stored);
      return stored;
    });
  }

  private drop({ uid, name, size, sha256 }: StoredArtifact, why?: Reason): Promise<void> {
    this.byUid.delete(uid);
    this.count(ownerOf(name), -size);
    return this.change(async () => {
      const unused = this.inTransaction(() => {
        this.kept?.delete(uid);
        if (why) this.removals?.note(name, why);
        return this.uses?.remove(user(uid));
      });
      const isNeeded = unused ? unused.length === 0 : [...this.byUid.values()].some((its) => its.sha256 === sha256);
      if (!isNeeded) await this.content.drop(sha256);
    });
  }

  private inTransaction<T>(work: () => T): T {
    return this.store ? this.store.transaction(work) : work();
  }

  private change<T>(work: () => Promise<T>): Promise<T> {
    if (this.blobs) return this.blobs.change(work);
    const next = this.last.then(work);
    this.last = next.catch(() => {});
    return next;
  }

  private note(artifact: StoredArtifact): void {
    this.byUid.set(artifact.uid, artifact);
    if (!artifact.deleted) this.byName.set(artifact.name, artifact);
  }

  private touch({ uid }: Pick<StoredArtifact, 'uid'>): void {
    const artifact = this.byUid.get(uid);
    if (!artifact) return;
    const used = { ...artifact, usedTime: Date.now() };
    this.note(used);
    const written = this.kept?.get(uid)?.usedTime ?? 0;
    if (used.usedTime - written >= USE_STEP) this.kept?.set(uid, used);
  }

  private refuseTaken(name: string): void {
    if (this.byName.has(name)) throw new MachineError('ALREADY_EXISTS', `there is an artifact ${name} already`, { name });
  }

  private count(project: string, bytes: number): void {
    this.held += bytes;
    const its = this.bytesIn(project) + bytes;
    if (its === 0) this.heldBy.delete(project);
    else this.heldBy.set(project, its);
  }
}

const user = (uid: string): string => `artifact ${uid}`;

/** Shared memory, so that a worker and all its machines have the same bytes. */
function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
