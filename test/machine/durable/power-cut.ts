// Files as a disk has them that loses power: what was synced is there, of what was only written some, all or nothing, and perhaps torn; a name
// that was made, changed or removed since its folder was synced is as it was or as it is.

import { dirname } from 'node:path';
import type { FileLayer } from '../../../src/machine/durable/file-layer.ts';

interface DiskFile {
  bytes: Buffer;
  /** So much of it is durable. */
  synced: number;
}

export class PowerCutFiles implements FileLayer {
  private files = new Map<string, DiskFile>();
  /** What names were when their folders were synced. */
  private durable = new Map<string, DiskFile>();
  private readonly folders = new Set<string>();
  private readonly open = new Map<number, DiskFile>();
  private nextHandle = 1;
  syncs = 0;
  /** Nothing more can be written. */
  isFull = false;
  /** Called before each change: a moment at which power may fail. */
  onMoment: () => void = () => {};

  makeFolder(path: string): void {
    this.folders.add(path);
  }

  create(path: string): number {
    this.onMoment();
    const file = { bytes: Buffer.alloc(0), synced: 0 };
    this.files.set(path, file);
    return this.handleOf(file);
  }

  reopen(path: string, length: number): number {
    const file = this.files.get(path)!;
    file.bytes = file.bytes.subarray(0, length);
    file.synced = Math.min(file.synced, length);
    return this.handleOf(file);
  }

  write(handle: number, bytes: Uint8Array): void {
    this.onMoment();
    if (this.isFull) throw new Error('ENOSPC: no space left on device, write');
    const file = this.open.get(handle)!;
    file.bytes = Buffer.concat([file.bytes, bytes]);
  }

  sync(handle: number): void {
    this.onMoment();
    this.syncs++;
    const file = this.open.get(handle)!;
    file.synced = file.bytes.length;
  }

  syncLater(handle: number, done: (error: Error | null) => void): void {
    this.sync(handle);
    done(null);
  }

  syncFolder(folder: string): void {
    this.onMoment();
    for (const path of this.namesIn(folder)) {
      const file = this.files.get(path);
      if (file) this.durable.set(path, file);
      else this.durable.delete(path);
    }
  }

  close(handle: number): void {
    this.open.delete(handle);
  }

  rename(from: string, to: string): void {
    this.onMoment();
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
  }

  size(path: string): number | undefined {
    return this.folders.has(path) ? 0 : this.files.get(path)?.bytes.length;
  }

  read(path: string): Uint8Array {
    return this.files.get(path)!.bytes;
  }

  list(folder: string): string[] {
    return [...this.files.keys()].filter((path) => dirname(path) === folder).map((path) => path.slice(folder.length + 1));
  }

  remove(path: string): void {
    this.onMoment();
    this.files.delete(path);
  }

  /** The same disk when power is back. `random` gives numbers from 0 to 1. */
  cut(random: () => number): PowerCutFiles {
    const after = new PowerCutFiles();
    const names = new Map<string, DiskFile>();
    const all = new Set([...this.files.keys(), ...this.durable.keys()]);
    for (const folder of new Set([...all].map(dirname))) {
      // A folder's changes reach the disk in their order, and together with the next sync at the latest.
      const chosen = random() < 0.5 ? this.files : this.durable;
      for (const path of this.namesIn(folder)) if (chosen.has(path)) names.set(path, chosen.get(path)!);
    }
    for (const folder of this.folders) after.folders.add(folder);
    for (const [path, { bytes, synced }] of names) {
      const length = synced + Math.floor(random() * (bytes.length - synced + 1));
      const left = Buffer.from(bytes.subarray(0, length));
      // A block that was on its way may hold anything.
      if (length > synced && random() < 0.5) left.fill(Math.floor(random() * 256), synced + Math.floor(random() * (length - synced)));
      after.files.set(path, { bytes: left, synced: length });
    }
    after.durable = new Map(after.files);
    return after;
  }

  /** Damage: another byte at a place. */
  flip(path: string, at: number): void {
    this.files.get(path)!.bytes[at]! ^= 0xff;
  }

  private namesIn(folder: string): string[] {
    return [...new Set([...this.files.keys(), ...this.durable.keys()])].filter((path) => dirname(path) === folder);
  }

  private handleOf(file: DiskFile): number {
    this.open.set(this.nextHandle, file);
    return this.nextHandle++;
  }
}
