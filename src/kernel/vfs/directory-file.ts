// An open directory: its position is the cookie of the entry returned last (0: nothing yet, 1: ".", 2: "..").

import { ERRNO } from '../abi/errno.ts';
import { SEEK_CUR, SEEK_SET } from '../abi/fcntl.ts';
import { S_IFDIR } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { type Dentry, fullPath } from './dentry.ts';
import { FileDescription } from './file.ts';
import type { Inode, ListedEntry } from './inode.ts';

export class DirectoryFile extends FileDescription {
  constructor(flags: number, inode: Inode, entry: Dentry) {
    super(flags, inode);
    this.entry = entry;
    inode.opens++;
  }

  override describe(): string {
    return fullPath(this.entry!);
  }

  /** Everything from the position on. */
  entries(kernel: Kernel, task: Task): ListedEntry[] {
    const entry = this.entry!;
    const listed: ListedEntry[] = [];
    if (this.position < 1) listed.push({ name: '.', ino: entry.inode.ino, type: S_IFDIR, cookie: 1 });
    if (this.position < 2) listed.push({ name: '..', ino: entry.up().inode.ino, type: S_IFDIR, cookie: 2 });
    return listed.concat(entry.inode.list(kernel, task, Math.max(this.position, 2)));
  }

  override read(): number {
    return -ERRNO.EISDIR;
  }

  override seek(_kernel: Kernel, offset: number, whence: number): number {
    if (whence !== SEEK_SET && whence !== SEEK_CUR) return -ERRNO.EINVAL;
    const position = whence === SEEK_SET ? offset : this.position + offset;
    if (position < 0) return -ERRNO.EINVAL;
    this.position = position;
    return position;
  }

  override get canPoll(): boolean {
    return false;
  }

  override release(): void {
    this.inode!.close();
  }
}
