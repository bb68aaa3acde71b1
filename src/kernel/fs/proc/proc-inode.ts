// The kinds of inode /proc is made of: computed texts, computed links, and directories whose entries are computed.

import { ERRNO } from '../../abi/errno.ts';
import { O_ACCMODE, O_RDONLY } from '../../abi/fcntl.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../../abi/stat.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { Dentry } from '../../vfs/dentry.ts';
import { DirectoryFile } from '../../vfs/directory-file.ts';
import { Inode, type ListedEntry } from '../../vfs/inode.ts';
import type { FileSystem } from '../../vfs/mount.ts';
import { TextFile } from './text-file.ts';

export abstract class ProcTextInode extends Inode {
  constructor(fileSystem: FileSystem, ino: number, now: bigint, permissions = 0o444) {
    super(fileSystem, ino, S_IFREG | permissions, now);
  }

  /** The whole text as a byte string; null if what it is about is gone. */
  abstract text(kernel: Kernel, task: Task | null): string | null;

  /** Acts on what was written at the beginning: 0 or a negated errno. */
  write(_kernel: Kernel, _task: Task, _text: string): number {
    return -ERRNO.EIO;
  }

  override open(_kernel: Kernel, _task: Task | null, at: Dentry, flags: number): TextFile | number {
    if ((flags & O_ACCMODE) !== O_RDONLY && (this.mode & 0o222) === 0) return -ERRNO.EACCES;
    return new TextFile(flags, this, at);
  }

  /** O_TRUNC changes nothing in what can be written. */
  override truncate(): number {
    return (this.mode & 0o222) === 0 ? -ERRNO.EACCES : 0;
  }
}

export abstract class ProcLinkInode extends Inode {
  constructor(fileSystem: FileSystem, ino: number, now: bigint) {
    super(fileSystem, ino, S_IFLNK | 0o777, now);
  }

  override open(): number {
    return -ERRNO.ELOOP;
  }
}

/** A name and the kind of thing it is, without making its inode. */
export interface ProcName {
  readonly name: string;
  readonly ino: number;
  readonly type: number;
}

export abstract class ProcDirectoryInode extends Inode {
  constructor(fileSystem: FileSystem, ino: number, now: bigint) {
    super(fileSystem, ino, S_IFDIR | 0o555, now);
    this.nlink = 2;
  }

  /** All entries, in their order; null if what the directory is about is gone. */
  abstract names(kernel: Kernel, task: Task | null): readonly ProcName[] | null;
  /** The inode of an entry; null if there is none. */
  abstract child(kernel: Kernel, task: Task | null, name: string): Inode | null;

  override open(_kernel: Kernel, _task: Task | null, at: Dentry, flags: number): DirectoryFile {
    return new DirectoryFile(flags, this, at);
  }

  override lookup(kernel: Kernel, task: Task | null, at: Dentry, name: string): Dentry | null {
    const inode = this.child(kernel, task, name);
    return inode && new Dentry(name, at, inode);
  }

  override make(): number {
    return -ERRNO.ENOENT;
  }

  override list(kernel: Kernel, task: Task | null, cookie: number): readonly ListedEntry[] {
    const names = this.names(kernel, task) ?? [];
    return names.map((entry, i) => ({ ...entry, cookie: i + 3 })).filter((entry) => entry.cookie > cookie);
  }
}
