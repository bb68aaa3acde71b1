// Sizes and syncing: truncate, fallocate, advice, fsync. Without a block device RAM is the store, and there is nothing to wait for.

import { ERRNO } from '../abi/errno.ts';
import { AT_FDCWD, FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE } from '../abi/fcntl.ts';
import { IN_MODIFY } from '../abi/inotify.ts';
import { MAY_WRITE, S_IFDIR, S_IFIFO } from '../abi/stat.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { evict, startReads, startWrites } from '../block/page-io.ts';
import type { PageRange } from '../block/page-states.ts';
import { sync } from '../block/sync.ts';
import { READAHEAD, RegularFile } from '../fs/regular-file.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { FileDescription } from '../vfs/file.ts';
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

const POSIX_FADV = { NORMAL: 0, RANDOM: 1, SEQUENTIAL: 2, WILLNEED: 3, DONTNEED: 4, NOREUSE: 5 } as const;

/** Pages [first, end) that hold bytes from `offset` on; a length of 0 is to the end of the file. */
function pageRange(offset: number, length: number): PageRange {
  return { first: Math.floor(offset / PAGE_SIZE), end: length === 0 ? Number.POSITIVE_INFINITY : Math.ceil((offset + length) / PAGE_SIZE) };
}

type Advice = (kernel: Kernel, file: RegularFile, range: PageRange, whole: PageRange) => void;

const ADVICE: ReadonlyMap<number, Advice> = new Map<number, Advice>([
  [POSIX_FADV.NORMAL, (_kernel, file) => void (file.readahead = READAHEAD)],
  [POSIX_FADV.RANDOM, (_kernel, file) => void (file.readahead = 0)],
  [POSIX_FADV.SEQUENTIAL, (_kernel, file) => void (file.readahead = 2 * READAHEAD)],
  [POSIX_FADV.WILLNEED, (kernel, { file }, { first, end }) => startReads(kernel, file, first, end)],
  [POSIX_FADV.DONTNEED, letGo],
]);

/** Dirty pages go to the device and stay in the cache; whole clean ones leave it. */
function letGo(kernel: Kernel, { file }: RegularFile, { first, end }: PageRange, whole: PageRange): void {
  startWrites(kernel, file, first, end);
  evict(kernel, file, whole.first, whole.end);
}

function fadvise64(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  if (file.inode?.type === S_IFIFO) return -ERRNO.ESPIPE;
  const [offset, length, advice] = [args.i64(1), args.i64(2), args.u32(3)];
  if (length < 0 || advice > POSIX_FADV.NOREUSE) return -ERRNO.EINVAL;
  if (file instanceof RegularFile && offset >= 0) {
    const end = length === 0 ? file.file.size : offset + length;
    const behind = end >= file.file.size ? Number.POSITIVE_INFINITY : Math.floor(end / PAGE_SIZE);
    ADVICE.get(advice)?.(kernel, file, pageRange(offset, length), { first: Math.ceil(offset / PAGE_SIZE), end: behind });
  }
  return 0;
}

function readahead(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file || !canRead(file)) return -ERRNO.EBADF;
  if (!file.inode?.isRegular || args.i64(2) < 0) return -ERRNO.EINVAL;
  if (file instanceof RegularFile && args.i64(1) >= 0 && args.i64(2) > 0) {
    const { first, end } = pageRange(args.i64(1), args.i64(2));
    startReads(kernel, file.file, first, end);
  }
  return 0;
}

/** Only files that have a store can be synced; directories are not kept on the device. */
export function syncFile(kernel: Kernel, task: Task, file: FileDescription): SyscallResult {
  if (file instanceof RegularFile) return sync(kernel, task, [{ file: file.file }]);
  return file.inode?.isRegular || file.inode?.isDirectory ? 0 : -ERRNO.EINVAL;
}

function fsync(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  return file ? syncFile(kernel, task, file) : -ERRNO.EBADF;
}

/** One file system has a device: all that is dirty is there. */
function syncfs(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  return file.inode?.fileSystem === kernel.vfs.root.inode.fileSystem ? sync(kernel, task, null) : 0;
}

const SYNC_FILE_RANGE_WRITE = 2;
/** WAIT_BEFORE and WAIT_AFTER: what is under way in the file. */
const SYNC_FILE_RANGE_WAITS = 1 | 4;

function syncFileRange(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  const [offset, length, flags] = [args.i64(1), args.i64(2), args.u32(3)];
  if (flags & ~7 || offset < 0 || length < 0 || endsBeyond(args.u64(1), args.u64(2))) return -ERRNO.EINVAL;
  if (!(file instanceof RegularFile)) return file.inode?.isRegular || file.inode?.isDirectory ? 0 : -ERRNO.ESPIPE;
  const range = flags & SYNC_FILE_RANGE_WRITE ? pageRange(offset, length) : { first: 0, end: 0 };
  if (flags & SYNC_FILE_RANGE_WAITS) return sync(kernel, task, [{ file: file.file, ...range }]);
  startWrites(kernel, file.file, range.first, range.end);
  return 0;
}

export const fileSpaceRows: readonly SyscallRow[] = [
  { number: 74, name: 'fsync', arguments: ['fd'], handler: fsync },
  { number: 75, name: 'fdatasync', arguments: ['fd'], handler: fsync },
  { number: 76, name: 'truncate', arguments: ['path', 'i64'], handler: truncate },
  { number: 77, name: 'ftruncate', arguments: ['fd', 'i64'], handler: ftruncate },
  { number: 162, name: 'sync', arguments: [], handler: (kernel, task) => sync(kernel, task, null) },
  { number: 187, name: 'readahead', arguments: ['fd', 'i64', 'size'], handler: readahead },
  {
    number: 221,
    name: 'fadvise64',
    arguments: ['fd', 'i64', 'size', 'u32'],
    handler: fadvise64,
  },
  {
    number: 277,
    name: 'sync_file_range',
    arguments: ['fd', 'i64', 'i64', 'flags'],
    handler: syncFileRange,
  },
  { number: 285, name: 'fallocate', arguments: ['fd', 'u32', 'i64', 'i64'], handler: fallocate },
  { number: 306, name: 'syncfs', arguments: ['fd'], handler: syncfs },
];
