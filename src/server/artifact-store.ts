// Artifacts: immutable bytes by name, in memory that workers share, under one cap. What is deleted counts until nobody uses it.

import { createHash, randomUUID } from 'node:crypto';
import { MachineError } from '../machine/errors.ts';
import { artifactName, ownerOf } from './resource-name.ts';

export interface StoredArtifact {
  readonly name: string;
  readonly uid: string;
  readonly ordinal: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly createTime: Date;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** What machines use. */
interface Use {
  machines: number;
  deleted: boolean;
}

/** An upload in progress; its bytes count against the cap as they come. */
export interface Upload {
  add(chunk: Uint8Array): void;
  finish(): StoredArtifact;
  abandon(): void;
}

export class ArtifactStore {
  private readonly byName = new Map<string, StoredArtifact>();
  private readonly used = new Map<StoredArtifact, Use>();
  private readonly capacity: number;
  private held = 0;
  private readonly heldBy = new Map<string, number>();
  private nextOrdinal = 1;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get bytes(): number {
    return this.held;
  }

  /** Of one project: uploads in progress and what machines still use included. */
  bytesIn(project: string): number {
    return this.heldBy.get(project) ?? 0;
  }

  /** Of one project. */
  in(project: string): StoredArtifact[] {
    return [...this.byName.values()].filter(({ name }) => ownerOf(name) === project);
  }

  get(name: string): StoredArtifact {
    const artifact = this.byName.get(name);
    if (!artifact) throw new MachineError('ARTIFACT_NOT_FOUND', `there is no artifact ${name}`, { name });
    return artifact;
  }

  delete(name: string): void {
    const artifact = this.get(name);
    this.byName.delete(name);
    const use = this.used.get(artifact);
    if (use) use.deleted = true;
    else this.count(ownerOf(name), -artifact.bytes.length);
  }

  /** A machine uses it: until what is returned has been called, its bytes count, even if it is deleted. */
  hold(artifact: StoredArtifact): () => void {
    const use = this.used.get(artifact) ?? { machines: 0, deleted: false };
    this.used.set(artifact, use);
    use.machines++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--use.machines > 0) return;
      this.used.delete(artifact);
      if (use.deleted) this.count(ownerOf(artifact.name), -artifact.bytes.length);
    };
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
    if (this.byName.has(name)) throw new MachineError('ALREADY_EXISTS', `there is an artifact ${name} already`, { name });
    const chunks: Uint8Array[] = [];
    const hash = createHash('sha256');
    let size = 0;
    const release = (): void => {
      this.count(project, -size);
      size = 0;
    };
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
      finish: () => {
        const actual = hash.digest('hex');
        if (actual !== sha256)
          throw new MachineError('CHECKSUM_MISMATCH', `the bytes that came have sha256 ${actual}, the header says ${sha256}`, {
            name,
            sha256: actual,
          });
        if (this.byName.has(name)) throw new MachineError('ALREADY_EXISTS', `there is an artifact ${name} already`, { name });
        const artifact = { name, uid, ordinal: this.nextOrdinal++, labels, createTime: new Date(), sha256, bytes: joined(chunks, size) };
        this.byName.set(name, artifact);
        size = 0;
        return artifact;
      },
      abandon: release,
    };
  }

  private count(project: string, bytes: number): void {
    this.held += bytes;
    const its = this.bytesIn(project) + bytes;
    if (its === 0) this.heldBy.delete(project);
    else this.heldBy.set(project, its);
  }
}

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
