// /proc/PID and /proc/PID/task/TID: texts and links of a process or thread, its descriptors, its threads.

import { ERRNO } from '../../abi/errno.ts';
import { O_ACCMODE, O_RDONLY, O_WRONLY } from '../../abi/fcntl.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../../abi/stat.ts';
import type { Kernel } from '../../kernel.ts';
import type { Process } from '../../task/process.ts';
import type { Task } from '../../task/task.ts';
import { Dentry, pathOf } from '../../vfs/dentry.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { FileSystem } from '../../vfs/mount.ts';
import { resolve } from '../../vfs/path.ts';
import { descriptorText } from './descriptor-text.ts';
import { ProcDirectoryInode, ProcLinkInode, type ProcName, ProcTextInode } from './proc-inode.ts';
import { treeChild } from './text-tree.ts';
import { PROCESS_TEXTS, type ProcessText, type Subject, THREAD_TEXTS } from './process-texts.ts';

/** Numbers above those of the fixed tree: 0x10000 for every process or thread. */
export function processInode(id: number, index: number): number {
  return (id + 1) * 0x10000 + index;
}

const LINKS = ['cwd', 'exe', 'root'] as const;
type LinkName = (typeof LINKS)[number];
const DIRECTORIES = ['fd', 'fdinfo', 'net', 'task'] as const;
type DirectoryName = (typeof DIRECTORIES)[number];
const LINK_INDEX = 0x40;
const DIRECTORY_INDEX = 0x80;
const FD_INDEX = 0x1000;
const FDINFO_INDEX = 0x8000;

/** The thread a directory is about: the given one, or the process's first. */
function subject(process: Process, thread: Task | null): Task | null {
  return thread ?? process.leader;
}

export class ProcessTextInode extends ProcTextInode {
  private readonly process: Process;
  private readonly thread: Task | null;
  private readonly shown: Task | null;
  private readonly name: string;

  constructor(fileSystem: FileSystem, ino: number, now: bigint, process: Process, thread: Task | null, shown: Task | null, name: string) {
    super(fileSystem, ino, now, textOf(name).mode);
    this.process = process;
    this.thread = thread;
    this.shown = shown;
    this.name = name;
    [this.uid, this.gid] = ownerOf(process, shown);
  }

  override text(kernel: Kernel): string | null {
    return this.process.reaped ? null : textOf(this.name).text(kernel, this.subject);
  }

  override write(kernel: Kernel, task: Task, text: string): number {
    if (this.process.reaped) return -ERRNO.ESRCH;
    return textOf(this.name).write?.(kernel, this.subject, task, text) ?? super.write(kernel, task, text);
  }

  private get subject(): Subject {
    return { process: this.process, task: subject(this.process, this.shown), thread: this.thread };
  }
}

function textOf(name: string): ProcessText {
  return (PROCESS_TEXTS.get(name) ?? THREAD_TEXTS.get(name))!;
}

/** Whose the files are: root's, where the process must not be looked into. */
function ownerOf(process: Process, thread: Task | null): readonly [uid: number, gid: number] {
  const { euid, egid } = thread?.credentials ?? process.credentials;
  return process.dumpable === 1 ? [euid, egid] : [0, 0];
}

export class ProcessLink extends ProcLinkInode {
  private readonly process: Process;
  private readonly thread: Task | null;
  private readonly name: LinkName;

  constructor(fileSystem: FileSystem, ino: number, now: bigint, process: Process, thread: Task | null, name: LinkName) {
    super(fileSystem, ino, now);
    this.process = process;
    this.thread = thread;
    this.name = name;
  }

  override readLink(kernel: Kernel, viewer: Task | null): string | number {
    const task = subject(this.process, this.thread);
    if (!task) return this.process === kernel.reaper && this.name !== 'exe' ? '/' : -ERRNO.ENOENT;
    if (this.name === 'exe') return this.process.executable === '' ? -ERRNO.ENOENT : this.process.executable;
    return pathOf(this.name === 'cwd' ? task.fs.cwd : task.fs.root, viewer?.fs.root ?? kernel.vfs.root);
  }

  override jump(kernel: Kernel): Dentry | number {
    const task = subject(this.process, this.thread);
    if (!task) return this.process === kernel.reaper && this.name !== 'exe' ? kernel.vfs.root : -ERRNO.ENOENT;
    if (this.name !== 'exe') return this.name === 'cwd' ? task.fs.cwd : task.fs.root;
    const { root } = kernel.vfs;
    return resolve(kernel, { task: null, root, start: root }, this.process.executable, { follow: true });
  }
}

/** Rights of the link show how the file was opened. */
function accessOf(flags: number): number {
  const mode = flags & O_ACCMODE;
  return 0o100 | (mode === O_WRONLY ? 0 : 0o400) | (mode === O_RDONLY ? 0 : 0o200);
}

/** /proc/PID/fd/N: following it reaches the open file itself, whatever its name has become. */
export class DescriptorLink extends ProcLinkInode {
  private readonly owner: Task;
  private readonly fd: number;

  constructor(fileSystem: FileSystem, ino: number, now: bigint, owner: Task, fd: number) {
    super(fileSystem, ino, now);
    this.mode = S_IFLNK | accessOf(owner.files.get(fd)?.flags ?? 0);
    [this.uid, this.gid] = ownerOf(owner.process, owner);
    this.owner = owner;
    this.fd = fd;
  }

  override get size(): number {
    return 64;
  }

  override readLink(): string | number {
    return this.owner.files.get(this.fd)?.describe() ?? -ERRNO.ENOENT;
  }

  override jump(): Dentry | number {
    const file = this.owner.files.get(this.fd);
    if (!file) return -ERRNO.ENOENT;
    if (file.entry) return file.entry;
    return file.inode ? new Dentry('', null, file.inode) : -ERRNO.ENXIO;
  }
}

export class DescriptorText extends ProcTextInode {
  private readonly owner: Task;
  private readonly fd: number;

  constructor(fileSystem: FileSystem, ino: number, now: bigint, owner: Task, fd: number) {
    super(fileSystem, ino, now);
    this.owner = owner;
    this.fd = fd;
  }

  override text(kernel: Kernel): string | null {
    const entry = this.owner.files.entry(this.fd);
    return entry && descriptorText(kernel, entry);
  }
}

export class DescriptorDirectory extends ProcDirectoryInode {
  /** null: a process without threads has no descriptors. */
  private readonly owner: Task | null;
  private readonly kind: 'fd' | 'fdinfo';

  constructor(fileSystem: FileSystem, ino: number, now: bigint, owner: Task | null, kind: 'fd' | 'fdinfo') {
    super(fileSystem, ino, now);
    this.owner = owner;
    this.kind = kind;
  }

  override names(): readonly ProcName[] {
    const type = this.kind === 'fd' ? S_IFLNK : S_IFREG;
    const { owner } = this;
    return owner?.files.list().map((fd) => ({ name: `${fd}`, ino: this.inodeOf(owner, fd), type })) ?? [];
  }

  override child(_kernel: Kernel, _task: Task | null, name: string): Inode | null {
    const { owner } = this;
    const fd = Number(name);
    if (!/^(0|[1-9][0-9]*)$/.test(name) || !owner?.files.get(fd)) return null;
    const make = this.kind === 'fd' ? DescriptorLink : DescriptorText;
    return new make(this.fileSystem, this.inodeOf(owner, fd), this.created, owner, fd);
  }

  private inodeOf(owner: Task, fd: number): number {
    return processInode(owner.tid, (this.kind === 'fd' ? FD_INDEX : FDINFO_INDEX) + fd);
  }
}

export class ThreadsDirectory extends ProcDirectoryInode {
  private readonly process: Process;

  constructor(fileSystem: FileSystem, ino: number, now: bigint, process: Process) {
    super(fileSystem, ino, now);
    this.process = process;
  }

  override names(): readonly ProcName[] {
    const { pid, threads, reaped } = this.process;
    // The first thread of a zombie is there until somebody has waited for it.
    const tids = threads.length === 0 && !reaped ? [pid] : threads.map(({ tid }) => tid);
    return tids.map((tid) => ({ name: `${tid}`, ino: processInode(tid, 1), type: S_IFDIR }));
  }

  override child(_kernel: Kernel, _task: Task | null, name: string): Inode | null {
    const { fileSystem, created: now, process } = this;
    const { pid, threads, reaped } = process;
    if (threads.length === 0 && !reaped && name === `${pid}`) return new ProcessDirectory(fileSystem, now, process, null, null, true);
    const thread = threads.find(({ tid }) => `${tid}` === name);
    return thread ? new ProcessDirectory(fileSystem, now, process, thread) : null;
  }
}

export class ProcessDirectory extends ProcDirectoryInode {
  readonly process: Process;
  /** null: the process as a whole, or the first thread of a zombie. */
  private readonly thread: Task | null;
  private readonly isThread: boolean;
  /** By whose number it was asked for: any thread's leads to the process (/proc/TID); null: the first. */
  private readonly shown: Task | null;

  constructor(fileSystem: FileSystem, now: bigint, process: Process, thread: Task | null, shown = thread, isThread = thread !== null) {
    super(fileSystem, processInode(shown?.tid ?? process.pid, isThread ? 1 : 0), now);
    this.isThread = isThread;
    this.process = process;
    this.thread = thread;
    this.shown = shown;
    [this.uid, this.gid] = ownerOf(process, shown);
  }

  override names(): readonly ProcName[] | null {
    if (this.process.reaped) return null;
    const entry = (name: string, index: number, type: number): ProcName => ({ name, ino: this.inodeAt(index), type });
    return [
      ...this.texts().map((name, i) => entry(name, 2 + i, S_IFREG)),
      ...LINKS.map((name, i) => entry(name, LINK_INDEX + i, S_IFLNK)),
      ...this.directories().map((name, i) => entry(name, DIRECTORY_INDEX + i, S_IFDIR)),
    ];
  }

  override child(kernel: Kernel, _task: Task | null, name: string): Inode | null {
    if (this.process.reaped) return null;
    const { fileSystem, created: now, process, thread, shown } = this;
    const text = this.texts().indexOf(name);
    if (text >= 0) return new ProcessTextInode(fileSystem, this.inodeAt(2 + text), now, process, thread, shown, name);
    const link = LINKS.indexOf(name as LinkName);
    if (link >= 0) return new ProcessLink(fileSystem, this.inodeAt(LINK_INDEX + link), now, process, shown, LINKS[link]!);
    const at = this.directories().indexOf(name as DirectoryName);
    if (at < 0) return null;
    const ino = this.inodeAt(DIRECTORY_INDEX + at);
    // There is one network for all of them.
    if (name === 'net') return treeChild(kernel, fileSystem, now, [], name);
    if (name === 'task') return new ThreadsDirectory(fileSystem, ino, now, process);
    return new DescriptorDirectory(fileSystem, ino, now, subject(process, shown), name as 'fd' | 'fdinfo');
  }

  private texts(): readonly string[] {
    return this.isThread ? [...PROCESS_TEXTS.keys(), ...THREAD_TEXTS.keys()] : [...PROCESS_TEXTS.keys()];
  }

  private directories(): readonly DirectoryName[] {
    return this.isThread ? DIRECTORIES.slice(0, 3) : DIRECTORIES;
  }

  private inodeAt(index: number): number {
    return processInode(this.shown?.tid ?? this.process.pid, index);
  }
}
