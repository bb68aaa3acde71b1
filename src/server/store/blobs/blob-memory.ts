// Blobs of a daemon without a data directory.

import type { Blobs, StoredBlob } from './blobs.ts';

export class BlobMemory implements Blobs {
  private readonly blobs = new Map<string, StoredBlob>();

  has(name: string): boolean {
    return this.blobs.has(name);
  }

  size(name: string): number {
    return this.blobs.get(name)?.bytes.length ?? 0;
  }

  read(name: string): StoredBlob | undefined {
    return this.blobs.get(name);
  }

  write(name: string, { compressed, bytes }: StoredBlob): void {
    this.blobs.set(name, { compressed, bytes: bytes.slice() });
  }

  delete(name: string): void {
    this.blobs.delete(name);
  }

  list(prefix: string): string[] {
    return [...this.blobs.keys()].filter((name) => name.startsWith(prefix));
  }

  flush(): void {}
}
