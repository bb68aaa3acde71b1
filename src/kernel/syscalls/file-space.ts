// Sizes and syncing: truncate, fallocate, advice, fsync (RAM is the store, so there is nothing to wait for).

import { ERRNO } from '../abi/errno.ts';
import { AT_FDCWD, FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE } from '../abi/fcntl.ts';
import { IN_MODIFY } from '../abi/inotify.ts';
import { MAY_WRITE, S_IFDIR, S_IFIFO } from '../abi/stat.ts';
import { RegularFile } from '../fs/regular-file.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { checkPermission, identityOf } from '../vfs/permission.ts';
import { notifyFile } from '../vfs/notify.ts';
import { resize } from '../vfs/resize.ts';
import { canRead, canWrite, entryAt, fileOf } from './file-arguments.ts';
import { endsBeyond } from './files.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

function truncate(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const length = args.i64(1);
  if (length < 0) return -ERRNO.EINVAL;
  const entry = entryAt(kernel, task, AT_FDCWD, args.number(0), { follow: true });
  if (typeof entry === 'number') return entry;
  const { inode } = entry;
  if (inode.isDirectory) return -ERRNO.EISDIR;
  if (!inode.isRegular) return -ERRNO.EINVAL;
  const denied = checkPermission(identityOf(task), inode, MAY_WRITE);
  if (denied < 0) return denied;
  return inode.programs > 0 ? -ERRNO.ETXTBSY : resize(kernel, task, entry, length);
}

function ftruncate(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const length = args.i64(1);
  if (length < 0) return -ERRNO.EINVAL;
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  if (!file.inode?.isRegular || !file.entry || !canWrite(file)) return -ERRNO.EINVAL;
  return resize(kernel, task, file.entry, length);
}

function fallocate(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [mode, offset, length] = [args.u32(1), args.i64(2), args.i64(3)];
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  if (offset < 0 || length <= 0) return -ERRNO.EINVAL;
  if (mode & ~0x7f) return -ERRNO.EOPNOTSUPP;
  if (mode & FALLOC_FL_PUNCH_HOLE && !(mode & FALLOC_FL_KEEP_SIZE)) return -ERRNO.EOPNOTSUPP;
  if (!canWrite(file)) return -ERRNO.EBADF;
  if (file instanceof RegularFile) {
    if (mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE)) return -ERRNO.EOPNOTSUPP;
    if (endsBeyond(args.u64(2), args.u64(3))) return -ERRNO.EFBIG;
    const done = file.allocate(kernel, task, mode, offset, length);
    if (done === 0) notifyFile(file, IN_MODIFY);
    return done;
  }
  const type = file.inode?.type;
  return type === S_IFIFO ? -ERRNO.ESPIPE : type === S_IFDIR ? -ERRNO.EISDIR : -ERRNO.ENODEV;
}

function fadvise64(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  if (file.inode?.type === S_IFIFO) return -ERRNO.ESPIPE;
  return args.i64(2) < 0 || args.u32(3) > 5 ? -ERRNO.EINVAL : 0;
}

function readahead(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file || !canRead(file)) return -ERRNO.EBADF;
  return file.inode?.isRegular && args.i64(2) >= 0 ? 0 : -ERRNO.EINVAL;
}

/** Only files that have a store can be synced. */
function fsync(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  return file.inode?.isRegular || file.inode?.isDirectory ? 0 : -ERRNO.EINVAL;
}

function syncfs(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return fileOf(task, args.i32(0)) ? 0 : -ERRNO.EBADF;
}

function syncFileRange(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  if (args.u32(3) & ~7 || args.i64(1) < 0 || args.i64(2) < 0 || endsBeyond(args.u64(1), args.u64(2))) return -ERRNO.EINVAL;
  return file.inode?.isRegular || file.inode?.isDirectory ? 0 : -ERRNO.ESPIPE;
}

export const fileSpaceRows: readonly SyscallRow[] = [
  { number: 74, name: 'fsync', arguments: ['fd'], handler: fsync, deviation: 'there is nothing to wait for, files are in RAM' },
  { number: 75, name: 'fdatasync', arguments: ['fd'], handler: fsync, deviation: 'there is nothing to wait for, files are in RAM' },
  { number: 76, name: 'truncate', arguments: ['path', 'i64'], handler: truncate },
  { number: 77, name: 'ftruncate', arguments: ['fd', 'i64'], handler: ftruncate },
  { number: 162, name: 'sync', arguments: [], handler: () => 0, deviation: 'there is nothing to wait for, files are in RAM' },
  { number: 187, name: 'readahead', arguments: ['fd', 'i64', 'size'], handler: readahead, deviation: 'without effect, files are in RAM' },
  {
    number: 221,
    name: 'fadvise64',
    arguments: ['fd', 'i64', 'size', 'u32'],
    handler: fadvise64,
    deviation: 'without effect, files are in RAM',
  },
  {
    number: 277,
    name: 'sync_file_range',
    arguments: ['fd', 'i64', 'i64', 'flags'],
    handler: syncFileRange,
    deviation: 'there is nothing to wait for, files are in RAM',
  },
  { number: 285, name: 'fallocate', arguments: ['fd', 'u32', 'i64', 'i64'], handler: fallocate },
  { number: 306, name: 'syncfs', arguments: ['fd'], handler: syncfs, deviation: 'there is nothing to wait for, files are in RAM' },
];
