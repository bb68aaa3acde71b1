// Descriptors of a process: small numbers to open file descriptions. Shared by CLONE_FILES.

import { ERRNO } from '../abi/errno.ts';
import { forgetWatched } from '../ipc/epoll/interest.ts';
import type { Kernel } from '../kernel.ts';
import type { FileDescription } from './file.ts';
import { notifyClose } from './notify.ts';

export interface FdEntry {
  readonly file: FileDescription;
  closeOnExec: boolean;
}

/** A file that a call holds by the descriptor it was given. */
export interface HeldFile {
  readonly fd: number;
  readonly file: FileDescription;
}

/** A number no program can have: the file that a system call on behalf of somebody else is about (FdTable.lent). */
export const LENT_FD = -0x7fff_0000;

/** Linux's fs.nr_open: no descriptor number reaches it whatever the limit. */
export const NR_OPEN = 1 << 20;

/** What all tables of a machine have together, and at most. */
export interface OpenFiles {
  count: number;
  readonly limit: number;
}

export const NOTHING_HELD: readonly HeldFile[] = [];

export class FdTable {
  private readonly entries: (FdEntry | null)[] = [];
  /** Tasks that share this table. */
  users = 1;
  /** Soft RLIMIT_NOFILE: first number that may not be used. */
  limit: number;
  /** What LENT_FD means; null between such calls. */
  lent: FileDescription | null = null;
  /** Go before what the descriptors mean now: while a call that had waited runs again. */
  held: readonly HeldFile[] = NOTHING_HELD;

  private readonly all: OpenFiles;

  constructor(limit: number, all: OpenFiles) {
    this.limit = limit;
    this.all = all;
  }

  get(fd: number): FileDescription | null {
    for (const held of this.held) if (held.fd === fd) return held.file;
    return this.entries[fd]?.file ?? (fd === LENT_FD ? this.lent : null);
  }

  entry(fd: number): FdEntry | null {
    return this.entries[fd] ?? null;
  }

  /** Takes over one reference of `file`. Lowest free number from `from` on, or -EMFILE or -ENFILE (then the reference stays the caller's). */
  allocate(file: FileDescription, closeOnExec: boolean, from = 0): number {
    let fd = from;
    while (this.entries[fd]) fd++;
    if (fd >= Math.min(this.limit, NR_OPEN)) return -ERRNO.EMFILE;
    if (this.isSystemFull) return -ERRNO.ENFILE;
    this.put(fd, file, closeOnExec);
    return fd;
  }

  /** True if another descriptor, or `count` of them, can be had: calls that would create something check this first. */
  hasRoom(from = 0, count = 1): boolean {
    let fd = from;
    for (let free = this.entries[fd] ? 0 : 1; free < count; ) if (!this.entries[++fd]) free++;
    return fd < Math.min(this.limit, NR_OPEN) && !this.isSystemFull;
  }

  /** Why there is no room. */
  get fullError(): number {
    return this.isSystemFull ? -ERRNO.ENFILE : -ERRNO.EMFILE;
  }

  /** All processes together have as many descriptors as there may be. */
  get isSystemFull(): boolean {
    return this.all.count >= this.all.limit;
  }

  /** There is room for a second table like this one. */
  get mayCopy(): boolean {
    return this.all.count + this.list().length <= this.all.limit;
  }

  /** Puts `file` (one reference taken over) at `fd`, closing what was there. */
  install(kernel: Kernel, fd: number, file: FileDescription, closeOnExec: boolean): void {
    const old = this.entries[fd] ?? null;
    this.put(fd, file, closeOnExec);
    if (old) this.dropped(kernel, old.file);
  }

  /** 0 or -EBADF. */
  close(kernel: Kernel, fd: number): number {
    const old = this.entries[fd];
    if (!old) return -ERRNO.EBADF;
    this.entries[fd] = null;
    this.all.count--;
    this.dropped(kernel, old.file);
    return 0;
  }

  /** Descriptors in use, ascending. */
  list(): number[] {
    const used: number[] = [];
    for (let fd = 0; fd < this.entries.length; fd++) if (this.entries[fd]) used.push(fd);
    return used;
  }

  /** fork without CLONE_FILES: same descriptions, own numbers. The caller has looked at mayCopy. */
  copy(): FdTable {
    const table = new FdTable(this.limit, this.all);
    this.entries.forEach((entry, fd) => {
      if (!entry) return;
      entry.file.references++;
      table.put(fd, entry.file, entry.closeOnExec);
    });
    return table;
  }

  /** Another task shares this table (CLONE_FILES). */
  share(): FdTable {
    this.users++;
    return this;
  }

  /** A task stops using this table (exit, unshare); the last one closes everything. */
  release(kernel: Kernel): void {
    if (--this.users > 0) return;
    for (const fd of this.list()) this.close(kernel, fd);
  }

  /** execve: the caller has made sure that nobody else shares the table. */
  closeOnExec(kernel: Kernel): void {
    for (const fd of this.list()) if (this.entries[fd]!.closeOnExec) this.close(kernel, fd);
  }

  private put(fd: number, file: FileDescription, closeOnExec: boolean): void {
    while (this.entries.length < fd) this.entries.push(null);
    if (!this.entries[fd]) this.all.count++;
    this.entries[fd] = { file, closeOnExec };
  }

  private dropped(kernel: Kernel, file: FileDescription): void {
    file.inode?.locks?.releaseRecords(kernel, this);
    file.descriptorClosed(kernel);
    dropReference(kernel, file);
  }
}

/** Gives one reference to a description back; the last one releases it. */
export function dropReference(kernel: Kernel, file: FileDescription): void {
  if (--file.references > 0) return;
  if (file.watchers) forgetWatched(kernel, file);
  file.inode?.locks?.releaseDescription(kernel, file);
  notifyClose(file);
  file.notice?.stop();
  file.release(kernel);
}
