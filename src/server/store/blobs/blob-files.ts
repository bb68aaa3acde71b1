// Blobs as files: blobs/ab/abcdef..., with .zst where compressed. A file is written beside its place, made durable and then renamed, so that
// what has its name is whole.

import { join } from 'node:path';
import type { FileLayer } from '../../../machine/durable/file-layer.ts';
import type { Blobs, StoredBlob } from './blobs.ts';
import { writeContent } from './whole-file.ts';

export class BlobFiles implements Blobs {
  private readonly root: string;
  private readonly files: FileLayer;
  /** Directories with names that are not durable yet. */
  private readonly touched = new Set<string>();
  /** Those that are known to be there. */
  private readonly made = new Set<string>();

  constructor(root: string, files: FileLayer) {
    this.root = root;
    this.files = files;
    files.makeFolder(root);
  }

  has(name: string): boolean {
    return this.files.size(this.path(name, true)) !== undefined || this.files.size(this.path(name, false)) !== undefined;
  }

  size(name: string): number {
    return [true, false].reduce((sum, compressed) => sum + (this.files.size(this.path(name, compressed)) ?? 0), 0);
  }

  read(name: string): StoredBlob | undefined {
    for (const compressed of [true, false]) {
      const path = this.path(name, compressed);
      if (this.files.size(path) !== undefined) return { compressed, bytes: this.files.read(path) };
    }
    return undefined;
  }

  write(name: string, { compressed, bytes }: StoredBlob): void {
    const folder = join(this.root, name.slice(0, 2));
    if (!this.made.has(folder)) this.files.makeFolder(folder);
    this.made.add(folder);
    writeContent(this.files, this.path(name, compressed), bytes);
    this.touched.add(folder);
  }

  delete(name: string): void {
    for (const compressed of [true, false]) this.files.remove(this.path(name, compressed));
  }

  list(prefix: string): string[] {
    const folder = join(this.root, prefix);
    if (this.files.size(folder) === undefined) return [];
    const files = this.files.list(folder);
    for (const file of files) if (/^[0-9a-f]{64}(\.zst)?\.new$/.test(file)) this.files.remove(join(folder, file));
    return files.flatMap((file) => /^([0-9a-f]{64})(\.zst)?$/.exec(file)?.[1] ?? []);
  }

  flush(): void {
    for (const directory of this.touched) this.files.syncFolder(directory);
    this.touched.clear();
  }

  private path(name: string, compressed: boolean): string {
    return join(this.root, name.slice(0, 2), compressed ? `${name}.zst` : name);
  }
}
