// File systems and where they are mounted. A file system is mounted in one place: an entry of a tree has one parent, so that
// bind mounts, which would give it a second, are not modelled.

import { MOUNT_OPTIONS, MS_RDONLY } from '../abi/mount.ts';
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
  /** MS_* of its mount. */
  flags = 0;
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

const FIRST_MOUNT_ID = 20;
/** What the kernel keeps for a mount that a guest makes, in bytes; those it begins with are free. */
export const MOUNT_BYTES = 4096;
/** Numbers of file systems that guests mount begin here. */
export const FIRST_LATER_DEVICE = 40;

export interface Mount {
  /** Never used again. */
  readonly id: number;
  readonly source: string;
  readonly fileSystem: FileSystem;
  /** Directory that is hidden; null for the root file system. */
  at: Dentry | null;
  options: string;
}

export class MountTable {
  readonly mounts: Mount[] = [];
  private nextId = FIRST_MOUNT_ID;

  mount(source: string, fileSystem: FileSystem, at: Dentry | null, options = 'rw,relatime'): void {
    this.mounts.push({ id: this.nextId++, source, fileSystem, at, options });
    fileSystem.flags = flagsOf(options);
    if (at) attach(fileSystem, at);
  }

  /** The number of a file system's mount; a file system without one has its device's. */
  idOf(fileSystem: FileSystem): number {
    return this.mounts.find((mount) => mount.fileSystem === fileSystem)?.id ?? fileSystem.device;
  }

  /** The mount whose root this is. */
  of(root: Dentry): Mount | null {
    return this.mounts.find(({ fileSystem }) => fileSystem.root === root) ?? null;
  }

  /** Mounts inside of `mount`. */
  within({ fileSystem }: Mount): readonly Mount[] {
    return this.mounts.filter(({ at }) => at?.inode.fileSystem === fileSystem);
  }

  remove(mount: Mount): void {
    detach(mount);
    this.mounts.splice(this.mounts.indexOf(mount), 1);
  }

  move(mount: Mount, at: Dentry): void {
    detach(mount);
    mount.at = at;
    attach(mount.fileSystem, at);
  }

  get root(): Dentry {
    return this.mounts[0]!.fileSystem.root.top();
  }
}

function attach(fileSystem: FileSystem, at: Dentry): void {
  at.mounted = fileSystem.root;
  fileSystem.root.covers = at;
}

function detach({ fileSystem, at }: Mount): void {
  if (at) at.mounted = null;
  fileSystem.root.covers = null;
}

function flagsOf(options: string): number {
  const names = options.split(',');
  const readOnly = names.includes('ro') ? MS_RDONLY : 0;
  return MOUNT_OPTIONS.reduce((flags, [flag, name]) => (names.includes(name) ? flags | flag : flags), readOnly);
}

/** "rw,nosuid,relatime". */
export function optionText(flags: number): string {
  return [flags & MS_RDONLY ? 'ro' : 'rw', ...MOUNT_OPTIONS.filter(([flag]) => flags & flag).map(([, name]) => name)].join(',');
}
