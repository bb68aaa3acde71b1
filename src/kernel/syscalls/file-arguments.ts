// Arguments that name files: descriptors, and paths relative to a directory descriptor.

import { ERRNO } from '../abi/errno.ts';
import { AT_EMPTY_PATH, AT_FDCWD, O_ACCMODE, O_PATH, O_RDONLY, O_WRONLY } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { Dentry } from '../vfs/dentry.ts';
import type { FileDescription } from '../vfs/file.ts';
import type { Inode } from '../vfs/inode.ts';
import { type Origin, resolve } from '../vfs/path.ts';
import type { FileIdentity } from '../vfs/permission.ts';
import { readPath } from '../vfs/user-memory.ts';

/** An open file that permits operations (not O_PATH); null is EBADF. */
export function fileOf(task: Task, fd: number): FileDescription | null {
  const file = task.files.get(fd);
  return file && !(file.flags & O_PATH) ? file : null;
}

export function canRead(file: FileDescription): boolean {
  return (file.flags & O_ACCMODE) !== O_WRONLY && (file.flags & O_ACCMODE) !== 3;
}

export function canWrite(file: FileDescription): boolean {
  return (file.flags & O_ACCMODE) !== O_RDONLY && (file.flags & O_ACCMODE) !== 3;
}

/** Where `path` starts; -ENOENT for an empty one; -EBADF or -ENOTDIR for a bad directory descriptor, which an absolute path ignores. */
export function originAt(task: Task, directory: number, path: string): Origin | number {
  if (path === '') return -ERRNO.ENOENT;
  return directoryAt(task, path.startsWith('/') ? AT_FDCWD : directory);
}

/** The start of a path that is relative to a descriptor, whatever it looks like. */
export function directoryAt(task: Task, directory: number): Origin | number {
  const { root, cwd } = task.fs;
  if (directory === AT_FDCWD) return { task, root, start: cwd };
  const file = task.files.get(directory);
  if (!file) return -ERRNO.EBADF;
  if (!file.entry?.inode.isDirectory) return -ERRNO.ENOTDIR;
  return { task, root, start: file.entry };
}

export interface AtOptions {
  readonly follow: boolean;
  /** AT_ flags of the call: AT_EMPTY_PATH is looked at. */
  readonly flags?: number;
  readonly identity?: FileIdentity;
}

/** The entry a (directory descriptor, path) pair names. A file without a name gets an entry of its own. */
export function entryAt(kernel: Kernel, task: Task, directory: number, pathAddress: number, options: AtOptions): Dentry | number {
  const path = readPath(task, pathAddress);
  if (typeof path === 'number') return path;
  if (path === '') return (options.flags ?? 0) & AT_EMPTY_PATH ? entryOfDescriptor(task, directory) : -ERRNO.ENOENT;
  const origin = originAt(task, directory, path);
  if (typeof origin === 'number') return origin;
  return resolve(kernel, origin, path, options);
}

/** The entry behind a descriptor, O_PATH included; AT_FDCWD is the working directory. */
export function entryOfDescriptor(task: Task, fd: number): Dentry | number {
  if (fd === AT_FDCWD) return task.fs.cwd;
  const file = task.files.get(fd);
  if (!file) return -ERRNO.EBADF;
  if (file.entry) return file.entry;
  return file.inode ? new Dentry('', null, file.inode) : -ERRNO.EBADF;
}

export function inodeOf(entry: Dentry | number): Inode | number {
  return typeof entry === 'number' ? entry : entry.inode;
}
