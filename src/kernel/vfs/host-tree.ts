// Puts one node of a tree that comes from outside into the machine's tree, as tar -x does: it replaces what is there, unless that is a
// directory with something in it, and never writes through a link into a file. Nothing leaves the file system it starts in.

import { ERRNO } from '../abi/errno.ts';
import { RESOLVE_NO_XDEV } from '../abi/fcntl.ts';
import { S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG } from '../abi/stat.ts';
import { TmpfsFile } from '../fs/tmpfs-file.ts';
import type { Kernel } from '../kernel.ts';
import { BufferSource } from './byte-streams.ts';
import type { Dentry } from './dentry.ts';
import { setAttribute } from './extended-attributes.ts';
import type { Inode } from './inode.ts';
import { makeNode } from './open.ts';
import { resolve, walk, type Walked } from './path.ts';
import { KERNEL_IDENTITY } from './permission.ts';

export interface HostNode {
  /** Below the root, without "/" at either end; "" is the root. A byte string, as `target`. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: bigint;
  readonly contents: Uint8Array;
  /** Text of a symbolic link; path of what a hard link links to. */
  readonly target: string;
  readonly attributes: readonly (readonly [name: string, value: Uint8Array])[];
}

const TYPES = { file: S_IFREG, directory: S_IFDIR, symlink: S_IFLNK, fifo: S_IFIFO } as const;

/** The node's inode, or a negated errno; then an empty directory or a file may be gone from its place. Missing directories are made. */
export function putHostNode(kernel: Kernel, node: HostNode): Inode | number {
  const { root } = kernel.vfs;
  if (node.path === '') return node.kind === 'directory' ? describe(kernel, root, node) : -ERRNO.EISDIR;
  const walked = place(kernel, node.path);
  if (typeof walked === 'number') return walked;
  if (node.kind === 'hardlink') return link(kernel, walked, node.target);
  const { target } = walked;
  if (target && node.kind === 'directory' && target.inode.isDirectory) return describe(kernel, target, node);
  const cleared = clear(kernel, walked);
  if (cleared < 0) return cleared;
  const made = makeNode(
    kernel,
    null,
    walked.parent,
    walked.name,
    TYPES[node.kind] | node.mode,
    0,
    node.kind === 'symlink' ? node.target : '',
  );
  if (typeof made === 'number') return made;
  const { inode } = made;
  if (inode instanceof TmpfsFile && node.contents.length > 0) {
    const written = inode.contents.write(new BufferSource(node.contents), 0);
    if (written < node.contents.length) return written < 0 ? written : -ERRNO.ENOSPC;
    inode.leaveCache();
  }
  return describe(kernel, made, node);
}

/** Attributes that the file system does not store are passed over, as tar does. */
function describe(kernel: Kernel, entry: Dentry, node: HostNode): Inode | number {
  const { inode } = entry;
  inode.mode = inode.isSymlink ? inode.mode : inode.type | node.mode;
  inode.uid = node.uid;
  inode.gid = node.gid;
  for (const [name, value] of node.attributes)
    if (setAttribute(kernel, KERNEL_IDENTITY, entry, name, value.slice(), 0) === -ERRNO.ENOSPC) return -ERRNO.ENOSPC;
  inode.modified = node.modified;
  return inode;
}

/** Where the last component of a path goes, with the directories above it. */
function place(kernel: Kernel, path: string): Walked | number {
  const { root } = kernel.vfs;
  const origin = { task: null, root };
  const parts = path.split('/');
  let at: Dentry = root;
  for (const name of parts.slice(0, -1)) {
    const walked = walk(kernel, { ...origin, start: at }, name, { follow: true, resolve: RESOLVE_NO_XDEV });
    if (typeof walked === 'number') return walked;
    const next = walked.target ?? makeNode(kernel, null, walked.parent, walked.name, S_IFDIR | 0o755);
    if (typeof next === 'number') return next;
    if (!next.inode.isDirectory) return -ERRNO.ENOTDIR;
    at = next;
  }
  return walk(kernel, { ...origin, start: at }, parts.at(-1)!, { follow: false, forChange: true, resolve: RESOLVE_NO_XDEV });
}

/** Removes what is in a node's place. */
function clear(kernel: Kernel, { parent, target }: Walked): number {
  if (!target) return 0;
  const removed = parent.inode.remove(kernel, target);
  if (removed === 0) target.inode.reclaim();
  return removed;
}

function link(kernel: Kernel, walked: Walked, path: string): Inode | number {
  const { root } = kernel.vfs;
  const source = resolve(kernel, { task: null, root, start: root }, `/${path}`, { follow: false, resolve: RESOLVE_NO_XDEV });
  if (typeof source === 'number') return source;
  const { inode } = source;
  if (inode.isDirectory) return -ERRNO.EPERM;
  if (walked.target?.inode === inode) return inode;
  const cleared = clear(kernel, walked);
  if (cleared < 0) return cleared;
  const made = walked.parent.inode.link(kernel, walked.parent, walked.name, inode);
  return typeof made === 'number' ? made : inode;
}
