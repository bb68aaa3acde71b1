// inotify_init1, inotify_add_watch, inotify_rm_watch.

import { ERRNO } from '../abi/errno.ts';
import { AT_FDCWD, O_CLOEXEC, O_NONBLOCK } from '../abi/fcntl.ts';
import {
  IN_ALL_EVENTS,
  IN_DONT_FOLLOW,
  IN_EXCL_UNLINK,
  IN_IGNORED,
  IN_ISDIR,
  IN_MASK_ADD,
  IN_MASK_CREATE,
  IN_ONESHOT,
  IN_ONLYDIR,
  IN_Q_OVERFLOW,
  IN_UNMOUNT,
} from '../abi/inotify.ts';
import { MAY_READ } from '../abi/stat.ts';
import { InotifyFile } from '../ipc/inotify-file.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { checkPermission, identityOf } from '../vfs/permission.ts';
import { entryAt, fileOf } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** What a watch keeps of the mask it is given. */
const KEPT = (IN_ALL_EVENTS | IN_UNMOUNT | IN_EXCL_UNLINK | IN_ONESHOT) >>> 0;
/** A mask without any of these asks for nothing. */
const MEANINGFUL = (KEPT | IN_ONLYDIR | IN_DONT_FOLLOW | IN_MASK_ADD | IN_MASK_CREATE) >>> 0;
/** What events tell beside what watches ask: taken, and without effect. */
const TOLERATED = (IN_ISDIR | IN_IGNORED | IN_Q_OVERFLOW) >>> 0;

function create(kernel: Kernel, task: Task, flags: number): SyscallResult {
  if (flags & ~(O_CLOEXEC | O_NONBLOCK)) return -ERRNO.EINVAL;
  const { uid } = task.credentials;
  if (!task.files.hasRoom()) return task.files.fullError;
  if (!kernel.vfs.inotify.addInstance(uid)) return -ERRNO.EMFILE;
  return task.files.allocate(new InotifyFile(kernel, flags & O_NONBLOCK, uid), (flags & O_CLOEXEC) !== 0);
}

function addWatch(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const mask = args.u32(2);
  if ((mask & MEANINGFUL) === 0 || mask & ~(MEANINGFUL | TOLERATED)) return -ERRNO.EINVAL;
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  if (mask & IN_MASK_ADD && mask & IN_MASK_CREATE) return -ERRNO.EINVAL;
  if (!(file instanceof InotifyFile)) return -ERRNO.EINVAL;
  const entry = entryAt(kernel, task, AT_FDCWD, args.number(1), { follow: !(mask & IN_DONT_FOLLOW) });
  if (typeof entry === 'number') return entry;
  const { inode } = entry;
  if (mask & IN_ONLYDIR && !inode.isDirectory) return -ERRNO.ENOTDIR;
  const denied = checkPermission(identityOf(task), inode, MAY_READ);
  if (denied < 0) return denied;
  const wanted = mask & KEPT;
  const watch = file.watchOf(inode);
  if (!watch) return file.watch(inode, wanted);
  if (mask & IN_MASK_CREATE) return -ERRNO.EEXIST;
  watch.mask = mask & IN_MASK_ADD ? watch.mask | wanted : wanted;
  return watch.number;
}

function removeWatch(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  const watch = file instanceof InotifyFile ? file.watches.get(args.i32(1)) : undefined;
  if (!watch) return -ERRNO.EINVAL;
  watch.file.forget(watch);
  return 0;
}

export const inotifyRows: readonly SyscallRow[] = [
  { number: 253, name: 'inotify_init', arguments: [], handler: (k, t) => create(k, t, 0) },
  { number: 254, name: 'inotify_add_watch', arguments: ['fd', 'path', 'u32'], handler: addWatch },
  { number: 255, name: 'inotify_rm_watch', arguments: ['fd', 'i32'], handler: removeWatch },
  { number: 294, name: 'inotify_init1', arguments: ['flags'], handler: (k, t, a) => create(k, t, a.u32(0)) },
];
