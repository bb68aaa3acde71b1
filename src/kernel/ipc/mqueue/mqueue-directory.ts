// The directory of all POSIX message queues: names come by mq_open and open, and go by mq_unlink and unlink.

import { ERRNO } from '../../abi/errno.ts';
import { S_IFDIR, S_IFMT, S_IFREG } from '../../abi/stat.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { Dentry } from '../../vfs/dentry.ts';
import { DirectoryFile } from '../../vfs/directory-file.ts';
import { Inode, type ListedEntry, type NewNode } from '../../vfs/inode.ts';
import type { FileSystem } from '../../vfs/mount.ts';
import { touchChanged, touchModified } from '../../vfs/timestamps.ts';
import { defaultAttributes, MqueueInode, type QueueAttributes } from './mqueue-inode.ts';

/** What an entry counts in st_size. */
const ENTRY_SIZE = 20;
/** Cookies 1 and 2 stand for "." and "..". */
const FIRST_COOKIE = 3;

export class MqueueDirectory extends Inode {
  /** In cookie order. */
  private readonly slots = new Map<string, { readonly entry: Dentry; readonly cookie: number }>();
  private nextCookie = FIRST_COOKIE;

  constructor(fileSystem: FileSystem, ino: number, now: bigint) {
    super(fileSystem, ino, S_IFDIR | 0o1777, now);
    this.nlink = 2;
  }

  override get size(): number {
    return (this.slots.size + 2) * ENTRY_SIZE;
  }

  override open(_kernel: Kernel, _task: Task | null, at: Dentry, flags: number): DirectoryFile {
    return new DirectoryFile(flags, this, at);
  }

  override lookup(_kernel: Kernel, _task: Task | null, _at: Dentry, name: string): Dentry | null {
    return this.slots.get(name)?.entry ?? null;
  }

  /** open(2) with O_CREAT: a queue with the attributes of mq_open without any. */
  override make(kernel: Kernel, at: Dentry, name: string, node: NewNode): Dentry | number {
    const task = kernel.cpu && kernel.current(kernel.cpu);
    if (!task || (node.mode & S_IFMT) !== S_IFREG) return -ERRNO.EPERM;
    return this.create(kernel, task, at, name, node, defaultAttributes(kernel));
  }

  create(kernel: Kernel, task: Task, at: Dentry, name: string, node: NewNode, attributes: QueueAttributes): Dentry | number {
    const inode = MqueueInode.create(kernel, task, node, attributes);
    if (typeof inode === 'number') return inode;
    const entry = new Dentry(name, at, inode);
    this.slots.set(name, { entry, cookie: this.nextCookie++ });
    touchModified(kernel, this);
    return entry;
  }

  override remove(kernel: Kernel, entry: Dentry): number {
    this.slots.delete(entry.name);
    entry.unlinked = true;
    entry.inode.nlink--;
    touchModified(kernel, this);
    touchChanged(kernel, entry.inode);
    entry.inode.reclaim();
    return 0;
  }

  override list(_kernel: Kernel, _task: Task | null, cookie: number): readonly ListedEntry[] {
    const listed: ListedEntry[] = [];
    for (const [name, slot] of this.slots)
      if (slot.cookie > cookie) listed.push({ name, ino: slot.entry.inode.ino, type: S_IFREG, cookie: slot.cookie });
    return listed;
  }
}
