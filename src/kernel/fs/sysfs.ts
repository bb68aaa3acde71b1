// sysfs: a fixed tree of texts about the machine (sysfs(5)).

import type { Kernel } from '../kernel.ts';
import { Dentry } from '../vfs/dentry.ts';
import { FileSystem, type FileSystemStatus } from '../vfs/mount.ts';
import { TreeDirectory } from './proc/text-tree.ts';

const SYSFS_MAGIC = 0x62656572;

export class SysFileSystem extends FileSystem {
  readonly root: Dentry;

  constructor(device: number, now: bigint) {
    super('sysfs', device);
    this.root = new Dentry('', null, new TreeDirectory(this, this.allocateInode(), now, []));
  }

  override status(_kernel: Kernel): FileSystemStatus {
    return { magic: SYSFS_MAGIC, blockSize: 4096, blocks: 0, free: 0, files: 0, filesFree: 0 };
  }
}
