// Files in and out of the machine's tree, for whoever sets a machine up or looks into it: never on behalf of a guest.

import { ERRNO } from '../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../abi/stat.ts';
import { TmpfsFile } from '../fs/tmpfs-file.ts';
import type { Kernel } from '../kernel.ts';
import { BufferSink, BufferSource, toByteString } from './byte-streams.ts';
import type { Dentry } from './dentry.ts';
import { makeNode } from './open.ts';
import { isReadOnly } from './permission.ts';
import { type Origin, resolve, walk, type Walked } from './path.ts';
import { touchModified } from './timestamps.ts';

/** What a path leads to, as a host sees it. */
export interface HostFileStatus {
  readonly mode: number;
  readonly size: number;
}

/** Writes a whole file, making the directories above it; replaces what was there. 0 or a negated errno; without room it is left empty. */
export function putHostFile(kernel: Kernel, path: string, bytes: Uint8Array, mode = 0o644): number {
  const origin = kernelOrigin(kernel);
  const guestPath = absolute(path);
  const made = makeDirectories(kernel, origin, guestPath);
  if (made < 0) return made;
  const walked = walk(kernel, origin, guestPath, { follow: true });
  if (typeof walked === 'number') return walked;
  const entry = reusable(kernel, walked) ?? makeNode(kernel, null, walked.parent, walked.name, S_IFREG | (mode & 0o7777));
  if (typeof entry === 'number') return entry;
  const { inode } = entry;
  if (inode.isDirectory) return -ERRNO.EISDIR;
  if (!(inode instanceof TmpfsFile)) return -ERRNO.EINVAL;
  if (isReadOnly(inode)) return -ERRNO.EROFS;
  inode.truncate(kernel, 0);
  inode.mode = S_IFREG | (mode & 0o7777);
  if (bytes.length === 0) return 0;
  const written = inode.contents.write(new BufferSource(bytes), 0);
  inode.leaveCache();
  touchModified(kernel, inode);
  if (written === bytes.length) return 0;
  inode.truncate(kernel, 0);
  return -ERRNO.ENOSPC;
}

/** What is there already; a program that runs keeps its file and loses its name. */
function reusable(kernel: Kernel, { parent, target }: Walked): Dentry | null {
  if (!target || target.inode.programs === 0 || target.parent !== parent) return target;
  parent.inode.remove(kernel, target);
  target.inode.reclaim();
  return null;
}

/** Makes a directory and those above it. 0 or a negated errno; an existing one is fine. */
export function putHostDirectory(kernel: Kernel, path: string): number {
  return makeDirectories(kernel, kernelOrigin(kernel), `${absolute(path)}/.`);
}

/** Makes a symbolic link, and the directories above it. 0 or a negated errno; -EEXIST for what is there, unless it is a link to be replaced. */
export function putHostSymlink(kernel: Kernel, path: string, target: string, { replacesLink = false } = {}): number {
  if (target === '') return -ERRNO.ENOENT;
  const origin = kernelOrigin(kernel);
  const guestPath = absolute(path);
  const made = makeDirectories(kernel, origin, guestPath);
  if (made < 0) return made;
  const walked = walk(kernel, origin, guestPath, { follow: false, forChange: true });
  if (typeof walked === 'number') return walked;
  if (walked.target) {
    if (!replacesLink || !walked.target.inode.isSymlink) return -ERRNO.EEXIST;
    walked.parent.inode.remove(kernel, walked.target);
    walked.target.inode.reclaim();
  }
  const entry = makeNode(kernel, null, walked.parent, walked.name, S_IFLNK | 0o777, 0, toByteString(target));
  return typeof entry === 'number' ? entry : 0;
}

/** Contents of a regular file of the tree, from `offset`; or a negated errno. */
export function readHostFile(kernel: Kernel, path: string, offset = 0, length = Number.POSITIVE_INFINITY): Uint8Array | number {
  const entry = resolve(kernel, kernelOrigin(kernel), absolute(path), { follow: true });
  if (typeof entry === 'number') return entry;
  const { inode } = entry;
  if (inode.isDirectory) return -ERRNO.EISDIR;
  if (!(inode instanceof TmpfsFile)) return -ERRNO.EINVAL;
  const sink = new BufferSink(Math.max(0, Math.min(length, inode.size - offset)));
  inode.contents.read(sink, offset);
  return sink.bytes;
}

export function statHostFile(kernel: Kernel, path: string): HostFileStatus | number {
  const entry = resolve(kernel, kernelOrigin(kernel), absolute(path), { follow: true });
  return typeof entry === 'number' ? entry : { mode: entry.inode.mode, size: entry.inode.size };
}

function kernelOrigin(kernel: Kernel): Origin {
  const { root } = kernel.vfs;
  return { task: null, root, start: root };
}

function absolute(path: string): string {
  return toByteString(path.startsWith('/') ? path : `/${path}`);
}

/** Makes every directory above the last component. */
function makeDirectories(kernel: Kernel, origin: Origin, path: string): number {
  const parts = path.split('/').filter((part) => part !== '');
  let at: Dentry = origin.root;
  for (const name of parts.slice(0, -1)) {
    const walked = walk(kernel, { ...origin, start: at }, name, { follow: true });
    if (typeof walked === 'number') return walked;
    const next = walked.target ?? makeNode(kernel, null, walked.parent, walked.name, S_IFDIR | 0o755);
    if (typeof next === 'number') return next;
    if (!next.inode.isDirectory) return -ERRNO.ENOTDIR;
    at = next;
  }
  return 0;
}
