// Names: making, removing and moving them, links, listings, the working directory.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_FOLLOW,
  PATH_MAX,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  RENAME_WHITEOUT,
} from '../abi/fcntl.ts';
import { IN_ATTRIB, IN_DELETE } from '../abi/inotify.ts';
import { MAY_EXEC, MAY_WRITE, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { bytesOf } from '../vfs/byte-streams.ts';
import { type Dentry, pathOf } from '../vfs/dentry.ts';
import { makeNode } from '../vfs/open.ts';
import type { Inode } from '../vfs/inode.ts';
import { notifyDirectory, notifyInode, notifyLink, notifyMove } from '../vfs/notify.ts';
import { type Walked, walk } from '../vfs/path.ts';
import { checkPermission, holds, identityOf, stickyForbids } from '../vfs/permission.ts';
import { touchAccessed } from '../vfs/timestamps.ts';
import { putBytes, readPath } from '../vfs/user-memory.ts';
import { entryAt, entryOfDescriptor, originAt } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** Walks to a last component that is to be created, removed or renamed. */
function walkForChange(kernel: Kernel, task: Task, directory: number, pathAddress: number): Walked | number {
  const path = readPath(task, pathAddress);
  if (typeof path === 'number') return path;
  const origin = originAt(task, directory, path);
  return typeof origin === 'number' ? origin : walk(kernel, origin, path, { follow: false, forChange: true });
}

/** Creates a node where nothing is; `name/` is right only for a directory. */
function createAt(kernel: Kernel, task: Task, directory: number, pathAddress: number, mode: number, rdev = 0, target = ''): number {
  const walked = walkForChange(kernel, task, directory, pathAddress);
  if (typeof walked === 'number') return walked;
  if (walked.target) return -ERRNO.EEXIST;
  if (walked.trailingSlash && (mode & S_IFMT) !== S_IFDIR) return -ERRNO.ENOENT;
  const made = makeNode(kernel, task, walked.parent, walked.name, mode, rdev, target);
  return typeof made === 'number' ? made : 0;
}

function mkdirAt(kernel: Kernel, task: Task, directory: number, pathAddress: number, mode: number): number {
  return createAt(kernel, task, directory, pathAddress, S_IFDIR | (mode & 0o1777));
}

const NODE_TYPES = new Set([0, S_IFREG, S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK]);

function mknodAt(kernel: Kernel, task: Task, directory: number, pathAddress: number, mode: number, device: number): number {
  const type = mode & S_IFMT;
  if (type === S_IFDIR) return -ERRNO.EPERM;
  if (!NODE_TYPES.has(type)) return -ERRNO.EINVAL;
  const isDevice = type === S_IFCHR || type === S_IFBLK;
  const isWhiteout = type === S_IFCHR && device === 0;
  if (isDevice && !isWhiteout && !holds(identityOf(task), CAP.MKNOD)) return -ERRNO.EPERM;
  return createAt(kernel, task, directory, pathAddress, (type === 0 ? S_IFREG : type) | (mode & 0o7777), isDevice ? device : 0);
}

function symlinkAt(kernel: Kernel, task: Task, targetAddress: number, directory: number, pathAddress: number): number {
  const target = readPath(task, targetAddress);
  if (typeof target === 'number') return target;
  if (target === '') return -ERRNO.ENOENT;
  return createAt(kernel, task, directory, pathAddress, S_IFLNK | 0o777, 0, target);
}

/** May an entry of `parent` be taken away? -EACCES, -EPERM (sticky), -EBUSY (mount point). */
function mayRemove(task: Task, parent: Dentry, entry: Dentry): number {
  const identity = identityOf(task);
  const denied = checkPermission(identity, parent.inode, MAY_WRITE | MAY_EXEC);
  if (denied < 0) return denied;
  return stickyForbids(identity, parent.inode, entry.inode) ? -ERRNO.EPERM : 0;
}

function removeEntry(kernel: Kernel, parent: Dentry, entry: Dentry): number {
  const { inode } = entry;
  const removed = parent.inode.remove(kernel, entry);
  if (removed < 0) return removed;
  if (!inode.isDirectory) notifyInode(inode, IN_ATTRIB);
  inode.reclaim();
  notifyDirectory(parent.inode, IN_DELETE, entry.name, inode);
  return 0;
}

function unlinkAt(kernel: Kernel, task: Task, directory: number, pathAddress: number): number {
  const walked = walkForChange(kernel, task, directory, pathAddress);
  if (typeof walked === 'number') return walked;
  if (walked.kind !== 'name') return -ERRNO.EISDIR;
  const { target } = walked;
  if (!target) return -ERRNO.ENOENT;
  if (walked.trailingSlash) return target.inode.isDirectory ? -ERRNO.EISDIR : -ERRNO.ENOTDIR;
  const denied = mayRemove(task, walked.parent, target);
  if (denied < 0) return denied;
  if (target.inode.isDirectory) return -ERRNO.EISDIR;
  return removeEntry(kernel, walked.parent, target);
}

const RMDIR_ERRORS = { here: ERRNO.EINVAL, up: ERRNO.ENOTEMPTY, root: ERRNO.EBUSY } as const;

function rmdirAt(kernel: Kernel, task: Task, directory: number, pathAddress: number): number {
  const walked = walkForChange(kernel, task, directory, pathAddress);
  if (typeof walked === 'number') return walked;
  if (walked.kind !== 'name') return -RMDIR_ERRORS[walked.kind];
  const { target } = walked;
  if (!target) return -ERRNO.ENOENT;
  const denied = mayRemove(task, walked.parent, target);
  if (denied < 0) return denied;
  if (!target.inode.isDirectory) return -ERRNO.ENOTDIR;
  if (target.covers || target.mounted) return -ERRNO.EBUSY;
  return removeEntry(kernel, walked.parent, target);
}

function linkAt(kernel: Kernel, task: Task, args: { from: number; fromPath: number; to: number; toPath: number; flags: number }): number {
  if (args.flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) return -ERRNO.EINVAL;
  const source = entryAt(kernel, task, args.from, args.fromPath, { follow: (args.flags & AT_SYMLINK_FOLLOW) !== 0, flags: args.flags });
  if (typeof source === 'number') return source;
  const walked = walkForChange(kernel, task, args.to, args.toPath);
  if (typeof walked === 'number') return walked;
  if (walked.target) return -ERRNO.EEXIST;
  if (walked.trailingSlash) return -ERRNO.ENOENT;
  const { inode } = source;
  if (walked.parent.inode.nlink === 0) return -ERRNO.ENOENT;
  if (inode.fileSystem !== walked.parent.inode.fileSystem) return -ERRNO.EXDEV;
  const denied = checkPermission(identityOf(task), walked.parent.inode, MAY_WRITE | MAY_EXEC);
  if (denied < 0) return denied;
  if (inode.isDirectory) return -ERRNO.EPERM;
  if (inode.nlink === 0 && !inode.linkable) return -ERRNO.ENOENT;
  const made = walked.parent.inode.link(kernel, walked.parent, walked.name, inode);
  if (typeof made === 'number') return made;
  notifyLink(walked.parent.inode, walked.name, inode);
  return 0;
}

function renameAt(kernel: Kernel, task: Task, args: { from: number; fromPath: number; to: number; toPath: number; flags: number }): number {
  const { flags } = args;
  if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)) return -ERRNO.EINVAL;
  const exchanges = (flags & RENAME_EXCHANGE) !== 0;
  if (exchanges && flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) return -ERRNO.EINVAL;
  const from = walkForChange(kernel, task, args.from, args.fromPath);
  if (typeof from === 'number') return from;
  const to = walkForChange(kernel, task, args.to, args.toPath);
  if (typeof to === 'number') return to;
  if (from.parent.inode.fileSystem !== to.parent.inode.fileSystem) return -ERRNO.EXDEV;
  if (from.kind !== 'name') return -ERRNO.EBUSY;
  if (to.kind !== 'name') return flags & RENAME_NOREPLACE ? -ERRNO.EEXIST : -ERRNO.EBUSY;
  const source = from.target;
  if (!source) return -ERRNO.ENOENT;
  const victim = to.target;
  if (victim && flags & RENAME_NOREPLACE) return -ERRNO.EEXIST;
  if (exchanges && !victim) return -ERRNO.ENOENT;
  if (exchanges && to.trailingSlash && !victim!.inode.isDirectory) return -ERRNO.ENOTDIR;
  if (!source.inode.isDirectory && (from.trailingSlash || (!exchanges && to.trailingSlash))) return -ERRNO.ENOTDIR;
  if (to.parent.isWithin(source)) return -ERRNO.EINVAL;
  if (victim && from.parent.isWithin(victim)) return exchanges ? -ERRNO.EINVAL : -ERRNO.ENOTEMPTY;
  if (victim?.inode === source.inode) return 0;
  const refused = mayMove(task, from.parent, source, to.parent, victim, exchanges);
  if (refused < 0) return refused;
  if (source.covers || victim?.covers) return -ERRNO.EBUSY;
  const moved = exchanges
    ? from.parent.inode.exchange(kernel, source, victim!)
    : from.parent.inode.rename(kernel, source, to.parent, to.name);
  if (moved < 0) return moved;
  announceMove(kernel, from, to, source.inode, victim?.inode ?? null, exchanges);
  if (!(flags & RENAME_WHITEOUT)) return 0;
  const left = makeNode(kernel, task, from.parent, from.name, S_IFCHR);
  return typeof left === 'number' ? left : 0;
}

function announceMove(kernel: Kernel, from: Walked, to: Walked, source: Inode, victim: Inode | null, exchanges: boolean): void {
  const [here, there] = [
    { directory: from.parent.inode, name: from.name },
    { directory: to.parent.inode, name: to.name },
  ];
  const { inotify } = kernel.vfs;
  notifyMove(here, there, source, exchanges ? null : victim, inotify.nextCookie());
  if (exchanges) notifyMove(there, here, victim!, null, inotify.nextCookie());
  else victim?.reclaim();
}

function mayMove(task: Task, fromParent: Dentry, source: Dentry, toParent: Dentry, victim: Dentry | null, exchanges: boolean): number {
  const away = mayRemove(task, fromParent, source);
  if (away < 0) return away;
  const into = victim ? mayRemove(task, toParent, victim) : checkPermission(identityOf(task), toParent.inode, MAY_WRITE | MAY_EXEC);
  if (into < 0) return into;
  if (!victim || exchanges) return 0;
  if (source.inode.isDirectory && !victim.inode.isDirectory) return -ERRNO.ENOTDIR;
  return !source.inode.isDirectory && victim.inode.isDirectory ? -ERRNO.EISDIR : 0;
}

function readlinkAt(kernel: Kernel, task: Task, directory: number, pathAddress: number, buffer: number, size: number): number {
  if (size <= 0) return -ERRNO.EINVAL;
  const path = readPath(task, pathAddress);
  const entry = entryAt(kernel, task, directory, pathAddress, { follow: false, flags: AT_EMPTY_PATH });
  if (typeof entry === 'number') return entry;
  if (!entry.inode.isSymlink) return path === '' ? -ERRNO.ENOENT : -ERRNO.EINVAL;
  const text = entry.inode.readLink(kernel, task);
  if (typeof text === 'number') return text;
  touchAccessed(kernel, entry.inode);
  const bytes = bytesOf(text.slice(0, size));
  const put = putBytes(task, buffer, bytes);
  return put < 0 ? put : bytes.length;
}

function getcwd(_kernel: Kernel, task: Task, args: SyscallArguments): number {
  if (task.fs.cwd.unlinked) return -ERRNO.ENOENT;
  const bytes = bytesOf(`${pathOf(task.fs.cwd, task.fs.root)}\0`);
  if (bytes.length > PATH_MAX) return -ERRNO.ENAMETOOLONG;
  if (bytes.length > args.number(1)) return -ERRNO.ERANGE;
  const put = putBytes(task, args.number(0), bytes);
  return put < 0 ? put : bytes.length;
}

/** A directory that may become working directory or root. */
function enterable(task: Task, entry: Dentry | number): Dentry | number {
  if (typeof entry === 'number') return entry;
  if (!entry.inode.isDirectory) return -ERRNO.ENOTDIR;
  const denied = checkPermission(identityOf(task), entry.inode, MAY_EXEC);
  return denied < 0 ? denied : entry;
}

function chdir(kernel: Kernel, task: Task, args: SyscallArguments): number {
  const entry = enterable(task, entryAt(kernel, task, AT_FDCWD, args.number(0), { follow: true }));
  if (typeof entry === 'number') return entry;
  task.fs.cwd = entry;
  return 0;
}

function fchdir(_kernel: Kernel, task: Task, args: SyscallArguments): number {
  const entry = enterable(task, entryOfDescriptor(task, args.i32(0) < 0 ? -1 : args.i32(0)));
  if (typeof entry === 'number') return entry;
  task.fs.cwd = entry;
  return 0;
}

function chroot(kernel: Kernel, task: Task, args: SyscallArguments): number {
  const entry = enterable(task, entryAt(kernel, task, AT_FDCWD, args.number(0), { follow: true }));
  if (typeof entry === 'number') return entry;
  if (!holds(identityOf(task), CAP.SYS_CHROOT)) return -ERRNO.EPERM;
  task.fs.root = entry;
  return 0;
}

type At = (kernel: Kernel, task: Task, args: SyscallArguments) => SyscallResult;

/** The "at" form takes one argument more in front; the old form means AT_FDCWD. */
const link =
  (at: boolean): At =>
  (kernel, task, args) =>
    at
      ? linkAt(kernel, task, { from: args.i32(0), fromPath: args.number(1), to: args.i32(2), toPath: args.number(3), flags: args.i32(4) })
      : linkAt(kernel, task, { from: AT_FDCWD, fromPath: args.number(0), to: AT_FDCWD, toPath: args.number(1), flags: 0 });

const rename =
  (form: 'rename' | 'renameat' | 'renameat2'): At =>
  (kernel, task, args) =>
    form === 'rename'
      ? renameAt(kernel, task, { from: AT_FDCWD, fromPath: args.number(0), to: AT_FDCWD, toPath: args.number(1), flags: 0 })
      : renameAt(kernel, task, {
          from: args.i32(0),
          fromPath: args.number(1),
          to: args.i32(2),
          toPath: args.number(3),
          flags: form === 'renameat2' ? args.u32(4) : 0,
        });

const unlinkat: At = (kernel, task, args) => {
  const flags = args.u32(2);
  if (flags & ~AT_REMOVEDIR) return -ERRNO.EINVAL;
  return flags & AT_REMOVEDIR ? rmdirAt(kernel, task, args.i32(0), args.number(1)) : unlinkAt(kernel, task, args.i32(0), args.number(1));
};

export const directoryRows: readonly SyscallRow[] = [
  { number: 79, name: 'getcwd', arguments: ['pointer', 'size'], handler: getcwd },
  { number: 80, name: 'chdir', arguments: ['path'], handler: chdir },
  { number: 81, name: 'fchdir', arguments: ['fd'], handler: fchdir },
  { number: 82, name: 'rename', arguments: ['path', 'path'], handler: rename('rename') },
  { number: 83, name: 'mkdir', arguments: ['path', 'u32'], handler: (k, t, a) => mkdirAt(k, t, AT_FDCWD, a.number(0), a.u32(1)) },
  { number: 84, name: 'rmdir', arguments: ['path'], handler: (k, t, a) => rmdirAt(k, t, AT_FDCWD, a.number(0)) },
  { number: 86, name: 'link', arguments: ['path', 'path'], handler: link(false) },
  { number: 87, name: 'unlink', arguments: ['path'], handler: (k, t, a) => unlinkAt(k, t, AT_FDCWD, a.number(0)) },
  { number: 88, name: 'symlink', arguments: ['path', 'path'], handler: (k, t, a) => symlinkAt(k, t, a.number(0), AT_FDCWD, a.number(1)) },
  {
    number: 89,
    name: 'readlink',
    arguments: ['path', 'pointer', 'i32'],
    handler: (k, t, a) => readlinkAt(k, t, AT_FDCWD, a.number(0), a.number(1), a.i32(2)),
  },
  {
    number: 133,
    name: 'mknod',
    arguments: ['path', 'u32', 'u32'],
    handler: (k, t, a) => mknodAt(k, t, AT_FDCWD, a.number(0), a.u32(1), a.u32(2)),
  },
  { number: 161, name: 'chroot', arguments: ['path'], handler: chroot },
  { number: 258, name: 'mkdirat', arguments: ['fd', 'path', 'u32'], handler: (k, t, a) => mkdirAt(k, t, a.i32(0), a.number(1), a.u32(2)) },
  {
    number: 259,
    name: 'mknodat',
    arguments: ['fd', 'path', 'u32', 'u32'],
    handler: (k, t, a) => mknodAt(k, t, a.i32(0), a.number(1), a.u32(2), a.u32(3)),
  },
  { number: 263, name: 'unlinkat', arguments: ['fd', 'path', 'flags'], handler: unlinkat },
  { number: 264, name: 'renameat', arguments: ['fd', 'path', 'fd', 'path'], handler: rename('renameat') },
  { number: 265, name: 'linkat', arguments: ['fd', 'path', 'fd', 'path', 'flags'], handler: link(true) },
  {
    number: 266,
    name: 'symlinkat',
    arguments: ['path', 'fd', 'path'],
    handler: (k, t, a) => symlinkAt(k, t, a.number(0), a.i32(1), a.number(2)),
  },
  {
    number: 267,
    name: 'readlinkat',
    arguments: ['fd', 'path', 'pointer', 'i32'],
    handler: (k, t, a) => readlinkAt(k, t, a.i32(0), a.number(1), a.number(2), a.i32(3)),
  },
  { number: 316, name: 'renameat2', arguments: ['fd', 'path', 'fd', 'path', 'flags'], handler: rename('renameat2') },
];
