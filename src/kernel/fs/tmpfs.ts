// tmpfs: a file system in RAM frames (Documentation/filesystems/tmpfs.rst). Half of RAM at most, as Linux's default.

import type { PhysicalMemory } from '../../machine/memory/physical-memory.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import { Dentry } from '../vfs/dentry.ts';
import type { Inode, NewNode } from '../vfs/inode.ts';
import { FileSystem, type FileSystemStatus } from '../vfs/mount.ts';
import type { PageBudget } from './file-contents.ts';
import { SpecialInode } from './special-inode.ts';
import { TmpfsDirectory } from './tmpfs-directory.ts';
import { TmpfsFile } from './tmpfs-file.ts';
import { TextSymlink } from './text-symlink.ts';

const TMPFS_MAGIC = 0x01021994;

export class Tmpfs extends FileSystem implements PageBudget {
  readonly physical: PhysicalMemory;
  readonly root: Dentry;
  readonly pageLimit: number;
  pagesUsed = 0;

  constructor(
    physical: PhysicalMemory,
    device: number,
    now: bigint,
    rootMode: number,
    pageLimit = physical.frameCount >>> 1,
    type = 'tmpfs',
  ) {
    super(type, device);
    this.physical = physical;
    this.pageLimit = pageLimit;
    const root = new TmpfsDirectory(this, this.allocateInode(), S_IFDIR | rootMode, now);
    this.root = new Dentry('', null, root);
  }

  /** A new inode of any kind, not yet linked anywhere. */
  create(node: NewNode, now: bigint): Inode {
    const inode = this.build(node, now);
    inode.uid = node.uid;
    inode.gid = node.gid;
    inode.rdev = node.rdev;
    return inode;
  }

  override status(_kernel: Kernel): FileSystemStatus {
    const free = Math.min(this.pageLimit - this.pagesUsed, this.physical.freeFrames);
    return { magic: TMPFS_MAGIC, blockSize: 4096, blocks: this.pageLimit, free, files: this.pageLimit, filesFree: free };
  }

  private build(node: NewNode, now: bigint): Inode {
    const ino = this.allocateInode();
    switch (node.mode & S_IFMT) {
      case S_IFREG:
        return new TmpfsFile(this, ino, node.mode, now);
      case S_IFDIR:
        return new TmpfsDirectory(this, ino, node.mode, now);
      case S_IFLNK:
        return new TextSymlink(this, ino, node.target, now);
      default:
        return new SpecialInode(this, ino, node.mode, now);
    }
  }
}
