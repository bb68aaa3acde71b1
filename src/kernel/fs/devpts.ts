// devpts: the names of pseudoterminals (Documentation/filesystems/devpts.rst). Entries come with a master and go with it.

import { ERRNO } from '../abi/errno.ts';
import { makeDevice, S_IFCHR, S_IFDIR } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { Terminal } from '../tty/terminal.ts';
import { openTerminal } from '../tty/terminal-file.ts';
import { Dentry } from '../vfs/dentry.ts';
import { DirectoryFile } from '../vfs/directory-file.ts';
import type { FileDescription } from '../vfs/file.ts';
import { Inode, type ListedEntry } from '../vfs/inode.ts';
import { FileSystem, type FileSystemStatus } from '../vfs/mount.ts';

const DEVPTS_MAGIC = 0x1cd1;
const ROOT_INODE = 1;
const PTMX_INODE = 2;
/** Terminal N is inode N + 3, as Linux counts. */
const FIRST_INODE = 3;
/** Group "tty" of /etc/group: who may write(1) to a terminal. */
export const TTY_GROUP = 5;
export const DEVPTS_OPTIONS = `rw,nosuid,noexec,relatime,gid=${TTY_GROUP},mode=620,ptmxmode=666`;

export class PtmxInode extends Inode {
  constructor(fileSystem: FileSystem, now: bigint) {
    super(fileSystem, PTMX_INODE, S_IFCHR | 0o666, now);
    this.rdev = makeDevice(5, 2);
  }

  override open(kernel: Kernel, task: Task | null, at: Dentry, flags: number): FileDescription | number {
    return kernel.vfs.terminals.openMaster(kernel, task, this, at, flags);
  }
}

export class TerminalInode extends Inode {
  readonly terminal: Terminal;

  constructor(fileSystem: FileSystem, index: number, now: bigint, terminal: Terminal, uid: number) {
    super(fileSystem, FIRST_INODE + index, S_IFCHR | 0o620, now);
    this.rdev = terminal.device;
    this.uid = uid;
    this.gid = TTY_GROUP;
    this.terminal = terminal;
  }

  override open(kernel: Kernel, task: Task | null, at: Dentry, flags: number): FileDescription | number {
    return openTerminal(kernel, task, this, at, flags, this.terminal);
  }
}

export class DevptsDirectory extends Inode {
  /** By number. */
  readonly terminals = new Map<number, Dentry>();
  ptmx: Dentry | null = null;

  constructor(fileSystem: FileSystem, now: bigint) {
    super(fileSystem, ROOT_INODE, S_IFDIR | 0o755, now);
    this.nlink = 2;
  }

  override open(_kernel: Kernel, _task: Task | null, at: Dentry, flags: number): DirectoryFile {
    return new DirectoryFile(flags, this, at);
  }

  override lookup(_kernel: Kernel, _task: Task | null, _at: Dentry, name: string): Dentry | null {
    if (name === 'ptmx') return this.ptmx;
    return /^(0|[1-9][0-9]*)$/.test(name) ? (this.terminals.get(Number(name)) ?? null) : null;
  }

  override make(): number {
    return -ERRNO.EPERM;
  }

  override list(_kernel: Kernel, _task: Task | null, cookie: number): readonly ListedEntry[] {
    const entries = [...(this.ptmx ? [this.ptmx] : []), ...[...this.terminals].sort(([a], [b]) => a - b).map(([, entry]) => entry)];
    return entries
      .map(({ name, inode }) => ({ name, ino: inode.ino, type: inode.type, cookie: inode.ino + 1 }))
      .filter((entry) => entry.cookie > cookie);
  }
}

export class DevptsFileSystem extends FileSystem {
  readonly root: Dentry;
  private readonly directory: DevptsDirectory;

  constructor(device: number, now: bigint) {
    super('devpts', device);
    this.directory = new DevptsDirectory(this, now);
    this.root = new Dentry('', null, this.directory);
    this.directory.ptmx = new Dentry('ptmx', this.root, new PtmxInode(this, now));
  }

  add(terminal: Terminal, index: number, uid: number, now: bigint): void {
    this.directory.terminals.set(index, new Dentry(`${index}`, this.root, new TerminalInode(this, index, now, terminal, uid)));
  }

  remove(index: number): void {
    const entry = this.directory.terminals.get(index);
    if (!entry) return;
    entry.unlinked = true;
    entry.inode.nlink = 0;
    this.directory.terminals.delete(index);
  }

  /** The entry of a terminal; null once it is removed. */
  find(terminal: Terminal): Dentry | null {
    for (const entry of this.directory.terminals.values()) if ((entry.inode as TerminalInode).terminal === terminal) return entry;
    return null;
  }

  override status(_kernel: Kernel): FileSystemStatus {
    return { magic: DEVPTS_MAGIC, blockSize: 4096, blocks: 0, free: 0, files: 0, filesFree: 0 };
  }
}
