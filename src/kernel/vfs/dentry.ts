// A name in a directory: what paths are made of. An inode with two hard links has two of these.
// Names are byte strings: one character (0..255) a byte, so that any Linux name survives.

import type { Inode } from './inode.ts';

export class Dentry {
  name: string;
  /** null for the root of a file system and for objects that were never in a tree. */
  parent: Dentry | null;
  readonly inode: Inode;
  /** Root of the file system mounted here. */
  mounted: Dentry | null = null;
  /** For the root of a mounted file system: the directory it hides. */
  covers: Dentry | null = null;
  unlinked = false;

  constructor(name: string, parent: Dentry | null, inode: Inode) {
    this.name = name;
    this.parent = parent;
    this.inode = inode;
  }

  /** What lies on top here: the mounted root, or this. */
  top(): Dentry {
    let at: Dentry = this;
    while (at.mounted) at = at.mounted;
    return at;
  }

  /** The directory `..` names, not looking at any chroot. */
  up(): Dentry {
    let at: Dentry = this;
    while (at.covers) at = at.covers;
    return (at.parent ?? at).top();
  }

  /** True if `this` is `other` or lies below it within one file system. */
  isWithin(other: Dentry): boolean {
    for (let at: Dentry | null = this; at; at = at.parent) if (at === other) return true;
    return false;
  }
}

/** Absolute path of an entry as seen from `root`; "(unreachable)..." if it is not below it, " (deleted)" if unlinked. */
export function pathOf(entry: Dentry, root: Dentry): string {
  const names: string[] = [];
  let at = entry;
  while (at !== root) {
    if (at.covers) {
      at = at.covers;
      continue;
    }
    if (!at.parent) break;
    names.push(at.name);
    at = at.parent;
  }
  const path = `${at === root ? '' : '(unreachable)'}/${names.reverse().join('/')}`;
  return entry.unlinked ? `${path} (deleted)` : path;
}

/** Absolute path from the root of everything. */
export function fullPath(entry: Dentry): string {
  const names: string[] = [];
  for (let at = entry; ; ) {
    if (at.covers) at = at.covers;
    else if (at.parent) {
      names.push(at.name);
      at = at.parent;
    } else break;
  }
  const path = `/${names.reverse().join('/')}`;
  return entry.unlinked ? `${path} (deleted)` : path;
}
