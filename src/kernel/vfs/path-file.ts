// An O_PATH descriptor: names a place in the tree, permits no input or output.

import { ERRNO } from '../abi/errno.ts';
import { type Dentry, fullPath } from './dentry.ts';
import { FileDescription, POLL } from './file.ts';

export class PathFile extends FileDescription {
  constructor(flags: number, entry: Dentry) {
    super(flags, entry.inode);
    this.entry = entry;
    entry.inode.opens++;
  }

  override describe(): string {
    return fullPath(this.entry!);
  }

  override seek(): number {
    return -ERRNO.EBADF;
  }

  override poll(): number {
    return POLL.NVAL;
  }

  override release(): void {
    this.inode!.close();
  }
}
