// open and its relatives, and closing.

import { ERRNO } from '../abi/errno.ts';
import {
  AT_FDCWD,
  O_ACCMODE,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_TMPFILE,
  O_TMPFILE_BIT,
  O_TRUNC,
  O_VALID,
  O_WRONLY,
  RESOLVE_BENEATH,
  RESOLVE_CACHED,
  RESOLVE_IN_ROOT,
} from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { FileDescription } from '../vfs/file.ts';
import { openPath } from '../vfs/open.ts';
import { readPath } from '../vfs/user-memory.ts';
import { directoryAt, originAt } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const OPEN_HOW_BYTES = 24;
const CLOSE_RANGE_UNSHARE = 2;
const CLOSE_RANGE_CLOEXEC = 4;

function openAt(
  kernel: Kernel,
  task: Task,
  directory: number,
  pathAddress: number,
  flags: number,
  mode: number,
  resolve = 0,
): SyscallResult {
  return openNamed(kernel, task, directory, readPath(task, pathAddress), flags, mode, resolve);
}

/** As openAt; `path` is a byte string, or why it could not be read. */
export function openNamed(
  kernel: Kernel,
  task: Task,
  directory: number,
  path: string | number,
  flags: number,
  mode: number,
  resolve = 0,
): SyscallResult {
  if ((flags & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY) && !(flags & O_PATH)) return -ERRNO.EINVAL;
  if (flags & O_TMPFILE_BIT && !(flags & O_PATH)) {
    if ((flags & O_TMPFILE) !== O_TMPFILE || (flags & O_ACCMODE) === O_RDONLY) return -ERRNO.EINVAL;
  }
  if (typeof path === 'number') return path;
  if (path === '') return -ERRNO.ENOENT;
  if (!task.files.hasRoom()) return task.files.fullError;
  const origin = resolve & RESOLVE_IN_ROOT ? directoryAt(task, directory) : originAt(task, directory, path);
  if (typeof origin === 'number') return origin;
  const file = openPath(kernel, origin, { path, flags, mode, resolve });
  return file instanceof FileDescription ? task.files.allocate(file, (flags & O_CLOEXEC) !== 0) : file;
}

function open(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return openAt(kernel, task, AT_FDCWD, args.number(0), args.u32(1) & O_VALID, args.u32(2));
}

function openat(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return openAt(kernel, task, args.i32(0), args.number(1), args.u32(2) & O_VALID, args.u32(3));
}

function creat(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return openAt(kernel, task, AT_FDCWD, args.number(0), O_CREAT | O_WRONLY | O_TRUNC, args.u32(1));
}

/** struct open_how: unlike open, unknown flags, stray modes and non-zero unknown fields are errors. */
function openat2(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const size = args.number(3);
  if (size < OPEN_HOW_BYTES) return -ERRNO.EINVAL;
  if (size > 4096) return -ERRNO.E2BIG;
  const raw = task.mm.user.copyIn(args.number(2), size);
  if (!raw) return -ERRNO.EFAULT;
  if (raw.subarray(OPEN_HOW_BYTES).some((byte) => byte !== 0)) return -ERRNO.E2BIG;
  const view = new DataView(raw.buffer);
  const [flags, mode, resolve] = [view.getBigUint64(0, true), view.getBigUint64(8, true), view.getBigUint64(16, true)];
  if (flags > 0xffff_ffffn || (Number(flags) & ~O_VALID) !== 0 || resolve > 0x3fn) return -ERRNO.EINVAL;
  const wanted = Number(flags);
  const creates = (wanted & O_CREAT) !== 0 || (wanted & O_TMPFILE) === O_TMPFILE;
  if (creates ? mode > 0o7777n : mode !== 0n) return -ERRNO.EINVAL;
  const how = Number(resolve);
  if (how & RESOLVE_BENEATH && how & RESOLVE_IN_ROOT) return -ERRNO.EINVAL;
  if (wanted & O_PATH && wanted & ~(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) return -ERRNO.EINVAL;
  if (how & RESOLVE_CACHED && wanted & (O_TRUNC | O_CREAT)) return -ERRNO.EAGAIN;
  return openAt(kernel, task, args.i32(0), args.number(1), wanted, Number(mode), how);
}

function close(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return task.files.close(kernel, args.i32(0));
}

function closeRange(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [first, last, flags] = [args.u32(0), args.u32(1), args.u32(2)];
  if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last) return -ERRNO.EINVAL;
  if (flags & CLOSE_RANGE_UNSHARE && task.files.users > 1) {
    if (!task.files.mayCopy) return -ERRNO.ENOMEM;
    const own = task.files.copy();
    task.files.release(kernel);
    task.files = own;
  }
  for (const fd of task.files.list()) {
    if (fd < first || fd > last) continue;
    if (flags & CLOSE_RANGE_CLOEXEC) task.files.entry(fd)!.closeOnExec = true;
    else task.files.close(kernel, fd);
  }
  return 0;
}

export const openingRows: readonly SyscallRow[] = [
  { number: 2, name: 'open', arguments: ['path', 'flags', 'u32'], handler: open },
  { number: 3, name: 'close', arguments: ['fd'], handler: close },
  { number: 85, name: 'creat', arguments: ['path', 'u32'], handler: creat },
  { number: 257, name: 'openat', arguments: ['fd', 'path', 'flags', 'u32'], handler: openat },
  { number: 436, name: 'close_range', arguments: ['u32', 'u32', 'flags'], handler: closeRange },
  {
    number: 437,
    name: 'openat2',
    arguments: ['fd', 'path', 'pointer', 'size'],
    handler: openat2,
    deviation: 'RESOLVE_CACHED never fails, everything is in RAM',
  },
];
