// File systems and where they are mounted. Mounting happens only while the machine is set up; guests get EPERM.

import type { Dentry } from './dentry.ts';
import type { Kernel } from '../kernel.ts';

/** What statfs reports, in units of `blockSize`. */
export interface FileSystemStatus {
  readonly magic: number;
  readonly blockSize: number;
  readonly blocks: number;
  readonly free: number;
  readonly files: number;
  readonly filesFree: number;
}

export abstract class FileSystem {
  /** "tmpfs", "proc": third column of /proc/mounts. */
  readonly type: string;
  /** st_dev: an anonymous device (major 0). */
  readonly device: number;
  private nextInode = 1;

  constructor(type: string, device: number) {
    this.type = type;
    this.device = device;
  }

  abstract readonly root: Dentry;
  abstract status(kernel: Kernel): FileSystemStatus;

  allocateInode(): number {
    return this.nextInode++;
  }

  /** Extended attributes can be set here. */
  get storesAttributes(): boolean {
    return false;
  }

  /** Counts `bytes` more (or fewer) of extended attributes; false if there is no room. */
  chargeAttributes(_bytes: number): boolean {
    return false;
  }

  /** An inode of this file system is gone. */
  inodeFreed(): void {}
}

export interface Mount {
  readonly source: string;
  readonly fileSystem: FileSystem;
  /** Directory that is hidden; null for the root file system. */
  readonly at: Dentry | null;
  readonly options: string;
}

export class MountTable {
  readonly mounts: Mount[] = [];

  mount(source: string, fileSystem: FileSystem, at: Dentry | null, options = 'rw,relatime'): void {
    this.mounts.push({ source, fileSystem, at, options });
    if (!at) return;
    at.mounted = fileSystem.root;
    fileSystem.root.covers = at;
  }

  get root(): Dentry {
    return this.mounts[0]!.fileSystem.root.top();
  }
}
