// A directory of tmpfs. Cookies number the entries in order of arrival, so a listing survives what comes and goes. As on Linux it
// begins with the newest; what arrives while it is read does not show.

import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { Dentry } from '../vfs/dentry.ts';
import { DirectoryFile } from '../vfs/directory-file.ts';
import { Inode, type ListedEntry, type NewNode } from '../vfs/inode.ts';
import { currentTime, touchChanged, touchModified } from '../vfs/timestamps.ts';
import type { Tmpfs } from './tmpfs.ts';

interface Slot {
  readonly entry: Dentry;
  readonly cookie: number;
}

/** st_size and blocks of a tmpfs directory: 20 bytes an entry, as Linux counts. */
const ENTRY_SIZE = 20;
/** Cookies 1 and 2 stand for "." and "..". */
const FIRST_COOKIE = 3;

export class TmpfsDirectory extends Inode {
  /** By name, in cookie order. */
  private readonly slots = new Map<string, Slot>();
  private nextCookie = FIRST_COOKIE;

  constructor(fileSystem: Tmpfs, ino: number, mode: number, now: bigint) {
    super(fileSystem, ino, mode, now);
    this.nlink = 2;
  }

  override get size(): number {
    return (this.slots.size + 2) * ENTRY_SIZE;
  }

  override open(_kernel: Kernel, _task: Task | null, at: Dentry, flags: number): DirectoryFile {
    return new DirectoryFile(flags, this, at);
  }

  override lookup(_kernel: Kernel, _task: Task | null, _at: Dentry, name: string): Dentry | null {
    return this.find(name);
  }

  override make(kernel: Kernel, at: Dentry, name: string, node: NewNode): Dentry | number {
    if (this.nlink === 0) return -ERRNO.ENOENT;
    const inode = (this.fileSystem as Tmpfs).create(node, currentTime(kernel));
    if (typeof inode === 'number') return inode;
    const entry = new Dentry(name, at, inode);
    this.insert(entry);
    touchModified(kernel, this);
    return entry;
  }

  override link(kernel: Kernel, at: Dentry, name: string, inode: Inode): Dentry | number {
    if (this.nlink === 0) return -ERRNO.ENOENT;
    const fileSystem = this.fileSystem as Tmpfs;
    if (inode.nlink > 0 && !fileSystem.reserveInode()) return -ERRNO.ENOSPC;
    const entry = new Dentry(name, at, inode);
    inode.nlink++;
    inode.linkable = false;
    this.insert(entry);
    touchModified(kernel, this);
    touchChanged(kernel, inode);
    return entry;
  }

  override remove(kernel: Kernel, entry: Dentry): number {
    if (entry.inode instanceof TmpfsDirectory) {
      if (entry.inode.slots.size > 0) return -ERRNO.ENOTEMPTY;
      entry.inode.nlink = 0;
    } else if (--entry.inode.nlink > 0) this.fileSystem.inodeFreed();
    this.detach(entry);
    entry.unlinked = true;
    touchModified(kernel, this);
    touchChanged(kernel, entry.inode);
    return 0;
  }

  override rename(kernel: Kernel, entry: Dentry, to: Dentry, name: string): number {
    const target = to.inode as TmpfsDirectory;
    if (target.nlink === 0) return -ERRNO.ENOENT;
    const victim = target.slots.get(name)?.entry;
    if (victim) {
      const removed = target.remove(kernel, victim);
      if (removed < 0) return removed;
    }
    this.detach(entry);
    entry.parent = to;
    entry.name = name;
    target.insert(entry);
    touchModified(kernel, this);
    touchModified(kernel, target);
    touchChanged(kernel, entry.inode);
    return 0;
  }

  override exchange(kernel: Kernel, one: Dentry, other: Dentry): number {
    const [here, there] = [one.parent!, other.parent!];
    const [name, otherName] = [one.name, other.name];
    (here.inode as TmpfsDirectory).detach(one);
    (there.inode as TmpfsDirectory).detach(other);
    one.parent = there;
    one.name = otherName;
    other.parent = here;
    other.name = name;
    (there.inode as TmpfsDirectory).insert(one);
    (here.inode as TmpfsDirectory).insert(other);
    for (const inode of [here.inode, there.inode]) touchModified(kernel, inode);
    for (const inode of [one.inode, other.inode]) touchChanged(kernel, inode);
    return 0;
  }

  override list(_kernel: Kernel, _task: Task | null, cookie: number): readonly ListedEntry[] {
    const listed: ListedEntry[] = [];
    for (const [name, slot] of [...this.slots].reverse()) {
      if (cookie >= FIRST_COOKIE && slot.cookie >= cookie) continue;
      const inode = slot.entry.top().inode;
      listed.push({ name, ino: slot.entry.inode.ino, type: inode.type, cookie: slot.cookie });
    }
    return listed;
  }

  /** In cookie order. */
  entries(): Dentry[] {
    return [...this.slots.values()].map(({ entry }) => entry);
  }

  /** The file system is gone: everything below loses its names, and what nobody holds its contents. */
  dissolve(): void {
    for (const { entry } of this.slots.values()) {
      const { inode } = entry;
      entry.unlinked = true;
      if (inode instanceof TmpfsDirectory) inode.dissolve();
      else {
        if (--inode.nlink > 0) this.fileSystem.inodeFreed();
        inode.reclaim();
      }
    }
    this.slots.clear();
    this.nlink = 0;
    this.reclaim();
  }

  find(name: string): Dentry | null {
    return this.slots.get(name)?.entry ?? null;
  }

  /** Adds an entry whose parent and name are set; times are the caller's business. */
  insert(entry: Dentry): void {
    this.slots.set(entry.name, { entry, cookie: this.nextCookie++ });
    if (entry.inode.isDirectory) this.nlink++;
  }

  private detach(entry: Dentry): void {
    this.slots.delete(entry.name);
    if (entry.inode.isDirectory) this.nlink--;
  }
}
