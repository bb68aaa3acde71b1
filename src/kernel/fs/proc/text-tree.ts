// /proc/sys and /proc/sysvipc: fixed trees of texts, some of which root may write.

import { O_ACCMODE, O_RDONLY } from '../../abi/fcntl.ts';
import { S_IFDIR, S_IFREG } from '../../abi/stat.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import type { Dentry } from '../../vfs/dentry.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { FileSystem } from '../../vfs/mount.ts';
import { SYSVIPC_TEXTS } from './ipc-texts.ts';
import { ProcDirectoryInode, type ProcName, ProcTextInode } from './proc-inode.ts';
import { SettingFile } from './setting-file.ts';
import { SYSCTL_TREE, type TreeNode } from './sysctl.ts';
import type { TextFile } from './text-file.ts';

/** Inode numbers, above those of all processes: places on the way down, as digits of base WIDTH. */
const FIRST_INODE = 2 ** 40;
const WIDTH = 64;

const ROOT: TreeNode = new Map<string, TreeNode>([
  ['sys', SYSCTL_TREE],
  ['sysvipc', SYSVIPC_TEXTS],
]);

function isDirectory(node: TreeNode): node is ReadonlyMap<string, TreeNode> {
  return node instanceof Map;
}

function nodeAt(path: readonly string[]): TreeNode | null {
  let node: TreeNode | undefined = ROOT;
  for (const name of path) node = node && isDirectory(node) ? node.get(name) : undefined;
  return node ?? null;
}

function inodeNumber(path: readonly string[]): number {
  let number = 0;
  let node: TreeNode | undefined = ROOT;
  for (const name of path) {
    if (!node || !isDirectory(node)) break;
    number = number * WIDTH + [...node.keys()].indexOf(name) + 1;
    node = node.get(name);
  }
  return FIRST_INODE + number;
}

/** Entries of the directory at `path`; none if it is not one. */
export function treeNames(path: readonly string[]): readonly ProcName[] {
  const node = nodeAt(path);
  if (!node || !isDirectory(node)) return [];
  return [...node].map(([name, child]) => ({
    name,
    ino: inodeNumber([...path, name]),
    type: isDirectory(child) ? S_IFDIR : S_IFREG,
  }));
}

export function treeChild(fileSystem: FileSystem, now: bigint, directory: readonly string[], name: string): Inode | null {
  const path = [...directory, name];
  const node = nodeAt(path);
  if (!node) return null;
  return isDirectory(node) ? new TreeDirectory(fileSystem, now, path) : new TreeText(fileSystem, now, path);
}

class TreeText extends ProcTextInode {
  private readonly path: readonly string[];

  constructor(fileSystem: FileSystem, now: bigint, path: readonly string[]) {
    super(fileSystem, inodeNumber(path), now, typeof nodeAt(path) === 'function' ? 0o444 : 0o644);
    this.path = path;
  }

  override text(kernel: Kernel): string | null {
    const node = nodeAt(this.path);
    if (!node || isDirectory(node)) return null;
    return typeof node === 'function' ? node(kernel) : node.read(kernel);
  }

  override open(kernel: Kernel, task: Task | null, at: Dentry, flags: number): TextFile | number {
    const node = nodeAt(this.path);
    const reads = (flags & O_ACCMODE) === O_RDONLY;
    if (reads || !node || isDirectory(node) || typeof node === 'function') return super.open(kernel, task, at, flags);
    return new SettingFile(flags, this, at, node);
  }

  /** O_TRUNC changes nothing. */
  override truncate(): number {
    return typeof nodeAt(this.path) === 'function' ? super.truncate() : 0;
  }
}

class TreeDirectory extends ProcDirectoryInode {
  private readonly path: readonly string[];

  constructor(fileSystem: FileSystem, now: bigint, path: readonly string[]) {
    super(fileSystem, inodeNumber(path), now);
    this.path = path;
  }

  override names(): readonly ProcName[] {
    return treeNames(this.path);
  }

  override child(_kernel: Kernel, _task: Task | null, name: string): Inode | null {
    return treeChild(this.fileSystem, this.created, this.path, name);
  }
}
