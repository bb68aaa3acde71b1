// /proc itself: fixed files, trees such as /proc/sys, links to what the reader's own process has, and a directory for every process.

import { ERRNO } from '../../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../../abi/stat.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { FileSystem } from '../../vfs/mount.ts';
import { ProcessDirectory, processInode } from './process-directory.ts';
import { ProcDirectoryInode, ProcLinkInode, type ProcName, ProcTextInode } from './proc-inode.ts';
import { SYSTEM_TEXTS } from './system-texts.ts';
import { treeChild, treeNames } from './text-tree.ts';

/** Inode numbers of fixed entries begin here; processes above 0x10000, trees above those. */
const FIXED_INODES = 0x100;

export class SystemText extends ProcTextInode {
  private readonly name: string;

  constructor(fileSystem: FileSystem, ino: number, now: bigint, name: string) {
    super(fileSystem, ino, now);
    this.name = name;
  }

  override text(kernel: Kernel): string {
    return SYSTEM_TEXTS.get(this.name)!(kernel);
  }
}

/** /proc/self, /proc/thread-self, /proc/mounts and /proc/net. */
export class SelfLink extends ProcLinkInode {
  private readonly kind: SelfKind;

  constructor(fileSystem: FileSystem, ino: number, now: bigint, kind: SelfKind) {
    super(fileSystem, ino, now);
    this.kind = kind;
  }

  override readLink(_kernel: Kernel, task: Task | null): string | number {
    if (this.kind === 'mounts' || this.kind === 'net') return `self/${this.kind}`;
    if (!task) return -ERRNO.ENOENT;
    const { pid } = task.process;
    return this.kind === 'self' ? `${pid}` : `${pid}/task/${task.tid}`;
  }
}

type SelfKind = 'self' | 'thread-self' | 'mounts' | 'net';
const LINKS: readonly SelfKind[] = ['self', 'thread-self', 'mounts', 'net'];

export class ProcRoot extends ProcDirectoryInode {
  constructor(fileSystem: FileSystem, now: bigint) {
    super(fileSystem, fileSystem.allocateInode(), now);
  }

  override names(kernel: Kernel): readonly ProcName[] {
    const fixed = [...SYSTEM_TEXTS.keys()].map((name, i) => ({ name, ino: FIXED_INODES + i, type: S_IFREG }));
    const links = LINKS.map((name, i) => ({ name, ino: FIXED_INODES + 0x80 + i, type: S_IFLNK }));
    const pids = [...kernel.pids.processes.keys()].sort((a, b) => a - b);
    return [
      ...fixed,
      ...links,
      ...this.trees(kernel),
      ...pids.map((pid) => ({ name: `${pid}`, ino: processInode(pid, 0), type: S_IFDIR })),
    ];
  }

  override child(kernel: Kernel, _task: Task | null, name: string): Inode | null {
    const fixed = [...SYSTEM_TEXTS.keys()].indexOf(name);
    if (fixed >= 0) return new SystemText(this.fileSystem, FIXED_INODES + fixed, this.created, name);
    const link = LINKS.indexOf(name as SelfKind);
    if (link >= 0) return new SelfLink(this.fileSystem, FIXED_INODES + 0x80 + link, this.created, LINKS[link]!);
    if (this.trees(kernel).some((tree) => tree.name === name)) return treeChild(kernel, this.fileSystem, this.created, [], name);
    if (!/^[1-9][0-9]*$/.test(name)) return null;
    const task = kernel.pids.tasks.get(Number(name));
    const process = kernel.pids.processes.get(Number(name)) ?? task?.process;
    const shown = task && task.tid !== process?.pid ? task : null;
    return process ? new ProcessDirectory(this.fileSystem, this.created, process, null, shown) : null;
  }

  /** Those that are not seen by way of a process. */
  private trees(kernel: Kernel): readonly ProcName[] {
    return treeNames(kernel, this.fileSystem, []).filter(({ name }) => name !== 'net');
  }
}
