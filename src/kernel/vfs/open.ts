// Opening by path (open(2), openat2(2)): finding or creating the inode, the checks in Linux's order, O_TRUNC.

import { ERRNO } from '../abi/errno.ts';
import {
  O_ACCMODE,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
} from '../abi/fcntl.ts';
import { IN_CREATE, IN_OPEN } from '../abi/inotify.ts';
import { MAY_EXEC, MAY_READ, MAY_WRITE, S_IFDIR, S_IFMT, S_IFREG, S_ISGID } from '../abi/stat.ts';
import { Tmpfs } from '../fs/tmpfs.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { Dentry } from './dentry.ts';
import { dropReference } from './fd-table.ts';
import { FileDescription } from './file.ts';
import type { Inode, NewNode } from './inode.ts';
import { notifyDirectory, notifyFile } from './notify.ts';
import { type Origin, walk } from './path.ts';
import { PathFile } from './path-file.ts';
import { checkPermission, identityOf, isOwner } from './permission.ts';
import { resize } from './resize.ts';
import { currentTime } from './timestamps.ts';

/** Flags that creation alone reads; a description does not keep them. */
const CREATION_FLAGS = O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC;

export interface OpenRequest {
  readonly path: string;
  readonly flags: number;
  /** Permissions of a file that is created, umask not yet applied. */
  readonly mode: number;
  /** RESOLVE_*. */
  readonly resolve: number;
}

/** An open description with one reference; a negated errno; BLOCKED (FIFOs). */
export function openPath(kernel: Kernel, origin: Origin, request: OpenRequest): FileDescription | SyscallResult {
  const { flags } = request;
  if (flags & O_PATH) return openPlace(kernel, origin, request);
  if ((flags & O_TMPFILE) === O_TMPFILE) return openUnnamed(kernel, origin, request);
  const creates = (flags & O_CREAT) !== 0;
  const exclusive = creates && (flags & O_EXCL) !== 0;
  const follow = !(flags & O_NOFOLLOW) && !exclusive;
  if (creates && /[^/]\/+$/.test(request.path)) {
    const walked = walk(kernel, origin, request.path, { follow: false, forChange: true, resolve: request.resolve });
    return typeof walked === 'number' ? walked : -ERRNO.EISDIR;
  }
  const walked = walk(kernel, origin, request.path, { follow, resolve: request.resolve });
  if (typeof walked === 'number') return walked;
  const { target } = walked;
  if (!target) {
    if (!creates) return -ERRNO.ENOENT;
    const created = makeNode(kernel, origin.task, walked.parent, walked.name, S_IFREG | (request.mode & 0o7777));
    if (typeof created === 'number') return created;
    const file = finishOpen(kernel, origin.task, created, flags & ~O_TRUNC);
    if (file instanceof FileDescription) file.created = true;
    return file;
  }
  if (exclusive) return -ERRNO.EEXIST;
  if (creates && target.inode.isDirectory) return -ERRNO.EISDIR;
  return openEntry(kernel, origin.task, target.top(), flags);
}

/** Opens what has been found. */
export function openEntry(kernel: Kernel, task: Task | null, entry: Dentry, flags: number): FileDescription | SyscallResult {
  if (flags & O_PATH) return new PathFile(flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW), entry);
  const denied = mayOpen(task, entry.inode, flags);
  return denied < 0 ? denied : finishOpen(kernel, task, entry, flags);
}

/** Permissions an access mode needs. */
function accessMask(flags: number): number {
  const mode = flags & O_ACCMODE;
  let mask = 0;
  if (mode === O_RDONLY || mode === O_RDWR || mode === 3) mask |= MAY_READ;
  if (mode === O_WRONLY || mode === O_RDWR || mode === 3 || flags & O_TRUNC) mask |= MAY_WRITE;
  return mask;
}

function mayOpen(task: Task | null, inode: Inode, flags: number): number {
  const mask = accessMask(flags);
  if (inode.isSymlink) return flags & O_DIRECTORY ? -ERRNO.ENOTDIR : -ERRNO.ELOOP;
  if (flags & O_DIRECTORY && !inode.isDirectory) return -ERRNO.ENOTDIR;
  if (inode.isDirectory && mask & MAY_WRITE) return -ERRNO.EISDIR;
  const identity = identityOf(task);
  const denied = checkPermission(identity, inode, mask);
  if (denied < 0) return denied;
  if (flags & O_NOATIME && !isOwner(identity, inode)) return -ERRNO.EPERM;
  return mask & MAY_WRITE && inode.programs > 0 ? -ERRNO.ETXTBSY : 0;
}

function finishOpen(kernel: Kernel, task: Task | null, target: Dentry, flags: number): FileDescription | SyscallResult {
  const file = target.inode.open(kernel, task, target, flags & ~CREATION_FLAGS);
  if (!(file instanceof FileDescription)) return file;
  notifyFile(file, IN_OPEN);
  const truncated = flags & O_TRUNC && target.inode.isRegular ? resize(kernel, task, target, 0) : 0;
  if (truncated === 0) return file;
  dropReference(kernel, file);
  return truncated;
}

function openPlace(kernel: Kernel, origin: Origin, request: OpenRequest): FileDescription | SyscallResult {
  const walked = walk(kernel, origin, request.path, { follow: !(request.flags & O_NOFOLLOW), resolve: request.resolve });
  if (typeof walked === 'number') return walked;
  if (!walked.target) return -ERRNO.ENOENT;
  if (request.flags & O_DIRECTORY && !walked.target.inode.isDirectory) return -ERRNO.ENOTDIR;
  return openEntry(kernel, origin.task, walked.target, request.flags);
}

function openUnnamed(kernel: Kernel, origin: Origin, request: OpenRequest): FileDescription | SyscallResult {
  const walked = walk(kernel, origin, request.path, { follow: true, resolve: request.resolve });
  if (typeof walked === 'number') return walked;
  const directory = walked.target;
  if (!directory) return -ERRNO.ENOENT;
  if (!directory.inode.isDirectory) return -ERRNO.ENOTDIR;
  const denied = checkPermission(identityOf(origin.task), directory.inode, MAY_WRITE | MAY_EXEC);
  if (denied < 0) return denied;
  const { fileSystem } = directory.inode;
  if (!(fileSystem instanceof Tmpfs)) return -ERRNO.EOPNOTSUPP;
  const inode = fileSystem.create(newNode(origin.task, directory.inode, S_IFREG | (request.mode & 0o7777)), currentTime(kernel));
  if (typeof inode === 'number') return inode;
  inode.nlink = 0;
  inode.linkable = (request.flags & O_EXCL) === 0;
  const entry = new Dentry(`#${inode.ino}`, directory, inode);
  entry.unlinked = true;
  return finishOpen(kernel, origin.task, entry, request.flags & ~O_TRUNC);
}

/** Attributes of something new in `directory`: umask applied, group inherited from a set-group-ID directory. */
export function newNode(task: Task | null, directory: Inode, mode: number, rdev = 0, target = ''): NewNode {
  const { uid, gid } = identityOf(task);
  const inherits = (directory.mode & S_ISGID) !== 0;
  const isDirectory = (mode & S_IFMT) === S_IFDIR;
  const bits = mode & ~(task?.fs.umask ?? 0) & 0o7777;
  return { mode: (mode & S_IFMT) | bits | (inherits && isDirectory ? S_ISGID : 0), uid, gid: inherits ? directory.gid : gid, rdev, target };
}

/** Creates `name`, which does not exist, in `parent`. */
export function makeNode(
  kernel: Kernel,
  task: Task | null,
  parent: Dentry,
  name: string,
  mode: number,
  rdev = 0,
  target = '',
): Dentry | number {
  if (parent.inode.nlink === 0) return -ERRNO.ENOENT;
  const denied = checkPermission(identityOf(task), parent.inode, MAY_WRITE | MAY_EXEC);
  if (denied < 0) return denied;
  const made = parent.inode.make(kernel, parent, name, newNode(task, parent.inode, mode, rdev, target));
  if (typeof made !== 'number') notifyDirectory(parent.inode, IN_CREATE, name, made.inode);
  return made;
}
