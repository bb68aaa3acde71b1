// Files as a disk has them that loses power: what was synced is there, of what was only written some, all or nothing, and perhaps torn.

import type { FileLayer } from '../../../src/machine/durable/file-layer.ts';

interface DiskFile {
  bytes: Buffer;
  /** So much of it is durable. */
  synced: number;
  /** Its name is. */
  named: boolean;
}

export class PowerCutFiles implements FileLayer {
  private readonly files = new Map<string, DiskFile>();
  private readonly open = new Map<number, DiskFile>();
  private nextHandle = 1;
  syncs = 0;
  /** Nothing more can be written. */
  isFull = false;

  makeFolder(): void {}

  create(path: string): number {
    return this.handleOf(path, { bytes: Buffer.alloc(0), synced: 0, named: false });
  }

  reopen(path: string, length: number): number {
    const file = this.files.get(path)!;
    file.bytes = file.bytes.subarray(0, length);
    file.synced = Math.min(file.synced, length);
    return this.handleOf(path, file);
  }

  write(handle: number, bytes: Uint8Array): void {
    if (this.isFull) throw new Error('ENOSPC: no space left on device, write');
    const file = this.open.get(handle)!;
    file.bytes = Buffer.concat([file.bytes, bytes]);
  }

  sync(handle: number): void {
    this.syncs++;
    const file = this.open.get(handle)!;
    file.synced = file.bytes.length;
  }

  syncLater(handle: number, done: (error: Error | null) => void): void {
    this.sync(handle);
    done(null);
  }

  syncFolder(): void {
    for (const file of this.files.values()) file.named = true;
  }

  close(handle: number): void {
    this.open.delete(handle);
  }

  read(path: string): Uint8Array {
    return this.files.get(path)!.bytes;
  }

  list(folder: string): string[] {
    return [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1));
  }

  remove(path: string): void {
    this.files.delete(path);
  }

  /** The same disk when power is back. `random` gives numbers from 0 to 1. */
  cut(random: () => number): PowerCutFiles {
    const after = new PowerCutFiles();
    for (const [path, { bytes, synced, named }] of this.files) {
      if (!named) continue;
      const length = synced + Math.floor(random() * (bytes.length - synced + 1));
      const left = Buffer.from(bytes.subarray(0, length));
      // A block that was on its way may hold anything.
      if (length > synced && random() < 0.5) left.fill(Math.floor(random() * 256), synced + Math.floor(random() * (length - synced)));
      after.files.set(path, { bytes: left, synced: length, named: true });
    }
    return after;
  }

  /** Damage: another byte at a place. */
  flip(path: string, at: number): void {
    this.files.get(path)!.bytes[at]! ^= 0xff;
  }

  private handleOf(path: string, file: DiskFile): number {
    this.files.set(path, file);
    this.open.set(this.nextHandle, file);
    return this.nextHandle++;
  }
}
