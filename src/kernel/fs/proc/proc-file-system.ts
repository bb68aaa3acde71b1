// procfs: a view of the kernel's state, computed when it is read (proc(5)).

import { Dentry } from '../../vfs/dentry.ts';
import type { Kernel } from '../../kernel.ts';
import { FileSystem, type FileSystemStatus } from '../../vfs/mount.ts';
import { ProcRoot } from './proc-root.ts';

const PROC_MAGIC = 0x9fa0;

export class ProcFileSystem extends FileSystem {
  readonly root: Dentry;

  constructor(device: number, now: bigint) {
    super('proc', device);
    this.root = new Dentry('', null, new ProcRoot(this, now));
  }

  override status(_kernel: Kernel): FileSystemStatus {
    return { magic: PROC_MAGIC, blockSize: 4096, blocks: 0, free: 0, files: 0, filesFree: 0 };
  }
}
