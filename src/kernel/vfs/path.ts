// Path resolution (path_resolution(7)): symbolic links, "..", mount points, trailing slashes, openat2's RESOLVE_ flags.

import { ERRNO } from '../abi/errno.ts';
import {
  NAME_MAX,
  PATH_MAX,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from '../abi/fcntl.ts';
import { MAY_EXEC } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { Dentry } from './dentry.ts';
import { checkPermission, type FileIdentity, identityOf } from './permission.ts';
import { touchAccessed } from './timestamps.ts';

const MAX_LINKS = 40;

export interface WalkOptions {
  /** Follow a symbolic link in the last component. */
  readonly follow: boolean;
  /** The last component is about to be created, removed or renamed: never followed, trailing slashes only reported. */
  readonly forChange?: boolean;
  /** RESOLVE_* of openat2. */
  readonly resolve?: number;
  readonly identity?: FileIdentity;
}

/** Kind of the last component. 'here' and 'root' cannot be created, removed or renamed. */
export type LastKind = 'name' | 'here' | 'up' | 'root';

export interface Walked {
  /** Directory that holds (or would hold) the last component. */
  readonly parent: Dentry;
  readonly name: string;
  readonly kind: LastKind;
  /** null if the last component does not exist. */
  readonly target: Dentry | null;
  readonly trailingSlash: boolean;
}

/** Where a relative path starts, and who asks. `task` null: the kernel itself, from the root of everything. */
export interface Origin {
  readonly task: Task | null;
  readonly root: Dentry;
  readonly start: Dentry;
}

/** Walks `path`; a negated errno where a component but the last is missing or may not be searched. */
export function walk(kernel: Kernel, origin: Origin, path: string, options: WalkOptions): Walked | number {
  if (path.length === 0) return -ERRNO.ENOENT;
  if (path.length >= PATH_MAX) return -ERRNO.ENAMETOOLONG;
  return new Walk(kernel, origin, options).run(path);
}

/** The entry `path` names, or a negated errno. */
export function resolve(kernel: Kernel, origin: Origin, path: string, options: WalkOptions): Dentry | number {
  const walked = walk(kernel, origin, path, options);
  if (typeof walked === 'number') return walked;
  return walked.target ?? -ERRNO.ENOENT;
}

/** One walk in progress; lives for the length of one call. */
class Walk {
  private readonly kernel: Kernel;
  private readonly task: Task | null;
  private readonly root: Dentry;
  private readonly start: Dentry;
  private readonly options: WalkOptions;
  private readonly resolveFlags: number;
  private readonly identity: FileIdentity;
  private at: Dentry;
  /** Components still to go, the next one last. */
  private readonly rest: string[] = [];
  private links = 0;
  private trailingSlash = false;

  constructor(kernel: Kernel, origin: Origin, options: WalkOptions) {
    this.kernel = kernel;
    this.task = origin.task;
    this.options = options;
    this.resolveFlags = options.resolve ?? 0;
    this.root = this.resolveFlags & RESOLVE_IN_ROOT ? origin.start : origin.root;
    this.start = origin.start;
    this.at = origin.start;
    this.identity = options.identity ?? identityOf(origin.task);
  }

  run(path: string): Walked | number {
    const entered = this.enter(path, true);
    if (entered < 0) return entered;
    if (this.rest.length === 0) return this.result(this.at, '', 'root', this.at);
    for (;;) {
      const name = this.rest.pop()!;
      const last = this.rest.length === 0;
      const directory = this.at;
      if (!directory.inode.isDirectory) return -ERRNO.ENOTDIR;
      const denied = checkPermission(this.identity, directory.inode, MAY_EXEC);
      if (denied < 0) return denied;
      if (name === '.' || name === '..') {
        if (name === '..') {
          const moved = this.goUp();
          if (moved < 0) return moved;
        }
        if (last) return this.result(directory, name, name === '.' ? 'here' : 'up', this.at);
        continue;
      }
      if (name.length > NAME_MAX) return -ERRNO.ENAMETOOLONG;
      const found = directory.inode.lookup(this.kernel, this.task, directory, name);
      if (!found) return last ? this.result(directory, name, 'name', null) : -ERRNO.ENOENT;
      const follow = !last || this.options.follow || (this.trailingSlash && !this.options.forChange);
      if (found.inode.isSymlink && follow) {
        const followed = this.followLink(directory, found, last);
        if (followed < 0) return followed;
        if (this.rest.length === 0) return this.result(directory, name, 'root', this.at);
        continue;
      }
      const target = found.top();
      if (target !== found && this.resolveFlags & RESOLVE_NO_XDEV) return -ERRNO.EXDEV;
      if (last) return this.result(directory, name, 'name', target);
      this.at = target;
    }
  }

  private result(parent: Dentry, name: string, kind: LastKind, target: Dentry | null): Walked | number {
    if (target && this.trailingSlash && !this.options.forChange && !target.inode.isDirectory) return -ERRNO.ENOTDIR;
    return { parent, name, kind, target, trailingSlash: this.trailingSlash };
  }

  /** Queues the components of a path or of a link's text. */
  private enter(text: string, lastOfAll: boolean): number {
    if (text.startsWith('/')) {
      if (this.resolveFlags & RESOLVE_BENEATH) return -ERRNO.EXDEV;
      const from = this.at;
      this.at = this.root;
      if (this.resolveFlags & RESOLVE_NO_XDEV && from.inode.fileSystem !== this.at.inode.fileSystem) return -ERRNO.EXDEV;
    }
    const components = text.split('/').filter((c) => c.length > 0);
    if (lastOfAll && text.endsWith('/') && components.length > 0) this.trailingSlash = true;
    for (let i = components.length - 1; i >= 0; i--) this.rest.push(components[i]!);
    return 0;
  }

  private followLink(directory: Dentry, link: Dentry, last: boolean): number {
    if (++this.links > MAX_LINKS || this.resolveFlags & RESOLVE_NO_SYMLINKS) return -ERRNO.ELOOP;
    const jumped = link.inode.jump(this.kernel, this.task);
    if (typeof jumped === 'number') return jumped;
    if (jumped) {
      if (this.resolveFlags & RESOLVE_NO_MAGICLINKS) return -ERRNO.ELOOP;
      if (this.resolveFlags & (RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_NO_XDEV)) return -ERRNO.EXDEV;
      this.at = jumped;
      return 0;
    }
    const text = link.inode.readLink(this.kernel, this.task);
    if (typeof text === 'number') return text;
    if (text.length === 0) return -ERRNO.ENOENT;
    touchAccessed(this.kernel, link.inode);
    this.at = directory;
    return this.enter(text, last);
  }

  private goUp(): number {
    if (this.at === this.root) return 0;
    if (this.resolveFlags & RESOLVE_BENEATH && this.at === this.start) return -ERRNO.EXDEV;
    const up = this.at.up();
    if (this.resolveFlags & RESOLVE_NO_XDEV && up.inode.fileSystem !== this.at.inode.fileSystem) return -ERRNO.EXDEV;
    this.at = up;
    return 0;
  }
}
