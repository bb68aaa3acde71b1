// Blobs as files: blobs/ab/abcdef..., with .zst where compressed. A file is written beside its place, made durable and then renamed, so that
// what has its name is whole.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Blobs, StoredBlob } from './blobs.ts';
import { syncFolder, writeContent } from './whole-file.ts';

export class BlobFiles implements Blobs {
  private readonly root: string;
  /** Directories with names that are not durable yet. */
  private readonly touched = new Set<string>();

  constructor(root: string) {
    this.root = root;
    mkdirSync(root, { recursive: true, mode: 0o700 });
  }

  has(name: string): boolean {
    return existsSync(this.path(name, true)) || existsSync(this.path(name, false));
  }

  size(name: string): number {
    return [true, false].reduce(
      (sum, compressed) => sum + (statSync(this.path(name, compressed), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  read(name: string): StoredBlob | undefined {
    for (const compressed of [true, false]) {
      const path = this.path(name, compressed);
      if (existsSync(path)) return { compressed, bytes: readFileSync(path) };
    }
    return undefined;
  }

  write(name: string, { compressed, bytes }: StoredBlob): void {
    const folder = join(this.root, name.slice(0, 2));
    if (mkdirSync(folder, { recursive: true, mode: 0o700 })) this.touched.add(this.root);
    writeContent(this.path(name, compressed), bytes);
    this.touched.add(folder);
  }

  delete(name: string): void {
    for (const compressed of [true, false]) rmSync(this.path(name, compressed), { force: true });
  }

  list(prefix: string): string[] {
    const folder = join(this.root, prefix);
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder);
    for (const file of files) if (/^[0-9a-f]{64}(\.zst)?\.new$/.test(file)) rmSync(join(folder, file), { force: true });
    return files.flatMap((file) => /^([0-9a-f]{64})(\.zst)?$/.exec(file)?.[1] ?? []);
  }

  flush(): void {
    for (const directory of this.touched) syncFolder(directory);
    this.touched.clear();
  }

  private path(name: string, compressed: boolean): string {
    return join(this.root, name.slice(0, 2), compressed ? `${name}.zst` : name);
  }
}
