// A file system object of any kind. Subclasses: fs/ (tmpfs, devices, /proc), ipc/ (pipes), net/ (bound sockets).
// Results are values, or negated errnos. Times are nanoseconds of CLOCK_REALTIME.

import { ERRNO } from '../abi/errno.ts';
import { IN_DELETE_SELF } from '../abi/inotify.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { PageSource } from '../mm/page-source.ts';
import type { Task } from '../task/task.ts';
import type { Dentry } from './dentry.ts';
import { dropAttributes } from './extended-attributes.ts';
import type { FileDescription } from './file.ts';
import type { FileLocks } from './file-locks.ts';
import type { FileSystem } from './mount.ts';
import { notifyInode, type Watch } from './notify.ts';

/** What a new directory entry is to be. */
export interface NewNode {
  /** Type and permission bits, umask applied. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Device number of character and block nodes. */
  readonly rdev: number;
  /** Text of a symbolic link. */
  readonly target: string;
}

/** One entry as getdents64 shows it. `cookie` resumes behind it and stays valid while others come and go. */
export interface ListedEntry {
  readonly name: string;
  readonly ino: number;
  /** S_IF bits. */
  readonly type: number;
  readonly cookie: number;
}

/** Someone who maps pages of an inode and must hear of those that vanish. */
export interface PageMapper {
  /** Pages from `first` on (until `end`, exclusive) are no longer part of the source. */
  dropSourcePages(source: PageSource, first: number, end: number): void;
  /** True if it maps the source shared, and writes it or may come to. */
  writesTo(source: PageSource): boolean;
  /** Pages of the source that it has written through shared mappings since it was last asked. */
  takeDirty(source: PageSource): number[];
}

export abstract class Inode {
  readonly fileSystem: FileSystem;
  readonly ino: number;
  /** S_IF bits and permissions. */
  mode: number;
  uid = 0;
  gid = 0;
  nlink = 1;
  rdev = 0;
  accessed: bigint;
  modified: bigint;
  changed: bigint;
  readonly created: bigint;
  locks: FileLocks | null = null;
  /** inotify watches on it. */
  watches: Watch[] | null = null;
  /** Extended attributes by full name. */
  attributes: Map<string, Uint8Array> | null = null;
  /** Address spaces that map pages of this file, and by how many ranges. */
  readonly mappers = new Map<PageMapper, number>();
  /** Holds of open descriptions and mappings; contents go when this and nlink are 0. */
  opens = 0;
  /** Open descriptions that write it, and address spaces whose program it is: never both (ETXTBSY). */
  writers = 0;
  programs = 0;
  /** Made by O_TMPFILE: may be given a name although it has none. */
  linkable = false;
  /** F_SET_RW_HINT: told back, without effect. */
  writeHint = 0;
  /** Nothing can reach it any more, and what it held has been freed. */
  private freed = false;

  constructor(fileSystem: FileSystem, ino: number, mode: number, now: bigint) {
    this.fileSystem = fileSystem;
    this.ino = ino;
    this.mode = mode;
    this.accessed = now;
    this.modified = now;
    this.changed = now;
    this.created = now;
  }

  get type(): number {
    return this.mode & S_IFMT;
  }
  get isDirectory(): boolean {
    return this.type === S_IFDIR;
  }
  get isSymlink(): boolean {
    return this.type === S_IFLNK;
  }
  get isRegular(): boolean {
    return this.type === S_IFREG;
  }
  /** Bytes of contents; length of the text for a symbolic link. */
  get size(): number {
    return 0;
  }
  /** Units of 512 bytes in use. */
  get blocks(): number {
    return 0;
  }

  /** A new open description; a negated errno; or BLOCKED (a FIFO that waits for its other end). */
  open(_kernel: Kernel, _task: Task | null, _at: Dentry, _flags: number): FileDescription | SyscallResult {
    return -ERRNO.ENXIO;
  }
  /** An open description or mapping has gone; the last one of an unlinked file frees its contents. */
  close(): void {
    this.opens--;
    this.reclaim();
  }
  /** Someone maps it and may write. */
  get isMappedForWriting(): boolean {
    return [...this.mappers.keys()].some((mapper) => mapper.writesTo(this));
  }
  /** Sealed: no mapping may write it. */
  get refusesWriting(): boolean {
    return false;
  }
  /** Sealed: its permission bits may not become these. */
  refusesMode(_mode: number): boolean {
    return false;
  }
  /** Tells every mapping that pages first..end-1 have left the file. */
  dropMapped(first: number, end: number): void {
    for (const mapper of [...this.mappers.keys()]) mapper.dropSourcePages(this, first, end);
  }
  /** Frees contents if nothing can reach them any more. */
  reclaim(): void {
    if (this.nlink > 0 || this.opens > 0 || this.freed) return;
    this.freed = true;
    notifyInode(this, IN_DELETE_SELF);
    for (const watch of this.watches ?? []) watch.file.forget(watch);
    this.free();
    dropAttributes(this);
    this.fileSystem.inodeFreed();
  }
  /** What the inode holds goes. */
  protected free(): void {}

  // Directories. `at` is the directory's own entry; names are byte strings without '/'.

  lookup(_kernel: Kernel, _task: Task | null, _at: Dentry, _name: string): Dentry | null {
    return null;
  }
  /** The caller has made sure that `name` does not exist. */
  make(_kernel: Kernel, _at: Dentry, _name: string, _node: NewNode): Dentry | number {
    return -ERRNO.EPERM;
  }
  link(_kernel: Kernel, _at: Dentry, _name: string, _inode: Inode): Dentry | number {
    return -ERRNO.EPERM;
  }
  /** Removes an entry of any kind; -ENOTEMPTY for a directory with entries. The caller reclaims the inode. */
  remove(_kernel: Kernel, _entry: Dentry): number {
    return -ERRNO.EPERM;
  }
  /** Moves `entry` from this directory to `to` as `name`, replacing what is there (the caller reclaims that); both in one file system, kinds checked. */
  rename(_kernel: Kernel, _entry: Dentry, _to: Dentry, _name: string): number {
    return -ERRNO.EPERM;
  }
  exchange(_kernel: Kernel, _one: Dentry, _other: Dentry): number {
    return -ERRNO.EINVAL;
  }
  /** Entries behind the one with `cookie` in the directory's order, all for a cookie below 3; without "." and "..". */
  list(_kernel: Kernel, _task: Task | null, _cookie: number): readonly ListedEntry[] {
    return [];
  }

  // Symbolic links.

  readLink(_kernel: Kernel, _task: Task | null): string | number {
    return -ERRNO.EINVAL;
  }
  /** A magic link (/proc/self/fd/3, exe, cwd) jumps straight to an entry; null for ordinary links. */
  jump(_kernel: Kernel, _task: Task | null): Dentry | number | null {
    return null;
  }

  // Regular files.

  /** Its contents are pages of the page cache: what they cost to reach is in the cost table. */
  get isCached(): boolean {
    return false;
  }
  truncate(_kernel: Kernel, _size: number): number {
    return -ERRNO.EINVAL;
  }
  /**
   * RAM frame (physical address) of page `index` for a mapping, without taking a reference; 0 if there is none:
   * a hole when `create` is false, no RAM left when it is true.
   */
  pageFrame(_index: number, _create: boolean): number {
    return 0;
  }
}
