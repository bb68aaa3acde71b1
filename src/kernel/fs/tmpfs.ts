// tmpfs: a file system in RAM frames (Documentation/filesystems/tmpfs.rst). Half of RAM and an inode for every two pages of it
// at most, as Linux's default. A hard link counts as an inode, because every name takes memory.

import type { PhysicalMemory } from '../../machine/memory/physical-memory.ts';
import { ERRNO } from '../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import { Dentry } from '../vfs/dentry.ts';
import type { Inode, NewNode } from '../vfs/inode.ts';
import { FileSystem, type FileSystemStatus } from '../vfs/mount.ts';
import type { BlockDevice } from '../block/block-device.ts';
import type { PageBudget } from './file-contents.ts';
import { SpecialInode } from './special-inode.ts';
import { TmpfsDirectory } from './tmpfs-directory.ts';
import { TmpfsFile } from './tmpfs-file.ts';
import { SHORT_SYMLINK, TmpfsSymlink } from './tmpfs-symlink.ts';

const TMPFS_MAGIC = 0x01021994;
/** What an inode counts for beside extended attributes. */
const INODE_BYTES = 1024;

/** Pages in files of all the machine's file systems, and at most. */
export interface FilePages {
  pages: number;
  readonly limit: number;
}

export class Tmpfs extends FileSystem implements PageBudget {
  readonly physical: PhysicalMemory;
  readonly root: Dentry;
  private readonly all: FilePages;
  /** The block device below it, if it is more than RAM. */
  readonly store: BlockDevice | null;
  pageLimit: number;
  inodeLimit: number;
  pagesUsed = 0;
  /** The root is one. */
  inodesUsed = 1;
  private attributeBytes = 0;

  constructor(
    physical: PhysicalMemory,
    all: FilePages,
    device: number,
    now: bigint,
    rootMode: number,
    pageLimit = physical.frameCount >>> 1,
    type = 'tmpfs',
    store: BlockDevice | null = null,
  ) {
    super(type, device);
    this.physical = physical;
    this.all = all;
    this.store = store;
    this.pageLimit = pageLimit;
    this.inodeLimit = physical.frameCount >>> 1;
    const root = new TmpfsDirectory(this, this.allocateInode(), S_IFDIR | rootMode, now);
    this.root = new Dentry('', null, root);
  }

  /** A new inode of any kind, not yet linked anywhere; -ENOSPC. */
  create(node: NewNode, now: bigint): Inode | number {
    if (!this.reserveInode()) return -ERRNO.ENOSPC;
    if (node.target.length >= SHORT_SYMLINK && !this.takePage()) {
      this.inodesUsed--;
      return -ERRNO.ENOSPC;
    }
    const inode = this.build(node, now);
    inode.uid = node.uid;
    inode.gid = node.gid;
    inode.rdev = node.rdev;
    return inode;
  }

  takePage(): boolean {
    if (this.pagesUsed >= this.pageLimit || this.all.pages >= this.all.limit) return false;
    this.pagesUsed++;
    this.all.pages++;
    return true;
  }

  givePage(): void {
    this.pagesUsed--;
    this.all.pages--;
  }

  /** Counts a new inode or hard link; false if there are as many as there may be. */
  reserveInode(): boolean {
    if ((this.inodesUsed + 1) * INODE_BYTES + this.attributeBytes > this.inodeLimit * INODE_BYTES) return false;
    this.inodesUsed++;
    return true;
  }

  override get storesAttributes(): boolean {
    return true;
  }

  /** Attributes take from what inodes have. */
  override chargeAttributes(bytes: number): boolean {
    if (bytes > 0 && this.inodesUsed * INODE_BYTES + this.attributeBytes + bytes > this.inodeLimit * INODE_BYTES) return false;
    this.attributeBytes += bytes;
    return true;
  }

  override inodeFreed(): void {
    this.inodesUsed--;
  }

  override status(_kernel: Kernel): FileSystemStatus {
    const free = Math.min(this.pageLimit - this.pagesUsed, this.all.limit - this.all.pages, this.physical.freeFrames);
    return {
      magic: TMPFS_MAGIC,
      blockSize: 4096,
      blocks: this.pageLimit,
      free,
      files: this.inodeLimit,
      filesFree: this.inodeLimit - this.inodesUsed,
    };
  }

  private build(node: NewNode, now: bigint): Inode {
    const ino = this.allocateInode();
    switch (node.mode & S_IFMT) {
      case S_IFREG:
        return new TmpfsFile(this, ino, node.mode, now);
      case S_IFDIR:
        return new TmpfsDirectory(this, ino, node.mode, now);
      case S_IFLNK:
        return new TmpfsSymlink(this, ino, node.target, now);
      default:
        return new SpecialInode(this, ino, node.mode, now);
    }
  }
}
