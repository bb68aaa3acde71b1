// The bytes of artifacts, in memory that workers share. Where they are blobs as well, what has not been used for long is read again.

import { MachineError } from '../../machine/errors.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { StoreError } from '../store/store-error.ts';

/** What is kept in memory of those that are blobs. */
const CACHE_BYTES = 128 << 20;

export interface ArtifactContent {
  /** Durable when it resolves. */
  keep(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Of the artifact `name`, for errors. Throws CHECKSUM_MISMATCH if they are lost or damaged. */
  load(name: string, sha256: string): Promise<Uint8Array>;
  /** Nobody needs it. */
  drop(sha256: string): Promise<void>;
}

/** Of a daemon without a data directory. */
export class ContentInMemory implements ArtifactContent {
  private readonly bySum = new Map<string, Uint8Array>();

  keep(sha256: string, bytes: Uint8Array): Promise<void> {
    if (!this.bySum.has(sha256)) this.bySum.set(sha256, bytes);
    return Promise.resolve();
  }

  load(_name: string, sha256: string): Promise<Uint8Array> {
    return Promise.resolve(this.bySum.get(sha256)!);
  }

  drop(sha256: string): Promise<void> {
    this.bySum.delete(sha256);
    return Promise.resolve();
  }
}

export class ContentInBlobs implements ArtifactContent {
  private readonly blobs: BlobStore;
  /** The one that was used last is last. */
  private readonly cache = new Map<string, Uint8Array>();
  private cached = 0;

  constructor(blobs: BlobStore) {
    this.blobs = blobs;
  }

  async keep(sha256: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.blobs.run('put', bytes);
    } catch (error) {
      throw new MachineError('LIMIT_EXCEEDED', `the artifact cannot be stored: ${(error as Error).message}. Free some of the disk`, {
        subject: 'disk',
        limit: '',
      });
    }
    this.note(sha256, bytes);
  }

  async load(name: string, sha256: string): Promise<Uint8Array> {
    const known = this.cache.get(sha256);
    if (known) return this.note(sha256, known);
    try {
      return this.note(sha256, shared(await this.blobs.run('get', sha256)));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new MachineError('CHECKSUM_MISMATCH', `the artifact ${name} cannot be used: ${error.path} ${error.problem}. Upload it again`, {
        name,
        sha256,
      });
    }
  }

  async drop(sha256: string): Promise<void> {
    const bytes = this.cache.get(sha256);
    if (bytes) this.forget(sha256, bytes);
    await this.blobs.run('delete', [sha256]);
  }

  private note(sha256: string, bytes: Uint8Array): Uint8Array {
    if (this.cache.has(sha256)) this.forget(sha256, bytes);
    this.cache.set(sha256, bytes);
    this.cached += bytes.length;
    for (const [oldest, its] of this.cache) {
      if (this.cached <= CACHE_BYTES || oldest === sha256) break;
      this.forget(oldest, its);
    }
    return bytes;
  }

  private forget(sha256: string, bytes: Uint8Array): void {
    this.cache.delete(sha256);
    this.cached -= bytes.length;
  }
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
