// Trees of texts, some of which root may write: /proc/sys, /proc/sysvipc, /proc/tty, /proc/net, and all of /sys.

import { ERRNO } from '../../abi/errno.ts';
import { S_IFDIR, S_IFREG } from '../../abi/stat.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { FileSystem } from '../../vfs/mount.ts';
import { SYSVIPC_TEXTS } from './ipc-texts.ts';
import { NETWORK_TEXTS } from './network-texts.ts';
import { ProcDirectoryInode, type ProcName, ProcTextInode } from './proc-inode.ts';
import type { Setting } from './settings.ts';
import { SYSCTL_TREE } from './sysctl.ts';
import { SYSFS_TREE } from './sysfs-tree.ts';
import { entriesOf, type TreeNode } from './tree-node.ts';
import { TTY_TEXTS } from './tty-texts.ts';

/** Inode numbers, above those of all processes: places on the way down, as digits of base WIDTH. */
const FIRST_INODE = 2 ** 40;
const WIDTH = 64;

const ROOTS: Readonly<Record<string, TreeNode>> = {
  proc: new Map<string, TreeNode>([
    ['sys', SYSCTL_TREE],
    ['sysvipc', SYSVIPC_TEXTS],
    ['tty', TTY_TEXTS],
    ['net', NETWORK_TEXTS],
  ]),
  sysfs: SYSFS_TREE,
};

/** The node at `path` of a file system, and its number: where it is among its siblings, on every level. */
function walk(kernel: Kernel, fileSystem: FileSystem, path: readonly string[]): { readonly node: TreeNode; readonly place: number } | null {
  let node = ROOTS[fileSystem.type];
  let place = 0;
  for (const name of path) {
    const entries: ReadonlyMap<string, TreeNode> | null = node ? entriesOf(kernel, node) : null;
    place = place * WIDTH + (entries ? [...entries.keys()].indexOf(name) : -1) + 1;
    node = entries?.get(name);
  }
  return node ? { node, place } : null;
}

/** Entries of the directory at `path`; none if it is not one. */
export function treeNames(kernel: Kernel, fileSystem: FileSystem, path: readonly string[]): readonly ProcName[] {
  const found = walk(kernel, fileSystem, path);
  const entries = found && entriesOf(kernel, found.node);
  if (!entries) return [];
  return [...entries].map(([name, child], i) => ({
    name,
    ino: FIRST_INODE + found.place * WIDTH + i + 1,
    type: entriesOf(kernel, child) ? S_IFDIR : S_IFREG,
  }));
}

export function treeChild(kernel: Kernel, fileSystem: FileSystem, now: bigint, directory: readonly string[], name: string): Inode | null {
  const path = [...directory, name];
  const found = walk(kernel, fileSystem, path);
  if (!found) return null;
  const ino = FIRST_INODE + found.place;
  if (entriesOf(kernel, found.node)) return new TreeDirectory(fileSystem, ino, now, path);
  return new TreeText(fileSystem, ino, now, path, typeof found.node === 'function' ? 0o444 : 0o644);
}

export class TreeText extends ProcTextInode {
  private readonly path: readonly string[];

  constructor(fileSystem: FileSystem, ino: number, now: bigint, path: readonly string[], permissions: number) {
    super(fileSystem, ino, now, permissions);
    this.path = path;
  }

  override text(kernel: Kernel): string | null {
    const node = walk(kernel, this.fileSystem, this.path)?.node;
    if (!node || entriesOf(kernel, node)) return null;
    return typeof node === 'function' ? node(kernel) : (node as Setting).read(kernel);
  }

  override write(kernel: Kernel, _task: Task, text: string): number {
    const node = walk(kernel, this.fileSystem, this.path)?.node;
    if (!node || typeof node === 'function' || entriesOf(kernel, node)) return -ERRNO.EIO;
    return (node as Setting).write(kernel, text);
  }
}

export class TreeDirectory extends ProcDirectoryInode {
  private readonly path: readonly string[];

  constructor(fileSystem: FileSystem, ino: number, now: bigint, path: readonly string[]) {
    super(fileSystem, ino, now);
    this.path = path;
  }

  override names(kernel: Kernel): readonly ProcName[] {
    return treeNames(kernel, this.fileSystem, this.path);
  }

  override child(kernel: Kernel, _task: Task | null, name: string): Inode | null {
    return treeChild(kernel, this.fileSystem, this.created, this.path, name);
  }
}
