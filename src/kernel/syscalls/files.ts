// read and write in all their forms, and lseek.

import { ERRNO } from '../abi/errno.ts';
import { O_APPEND, O_DSYNC, O_NONBLOCK, SEEK_HOLE } from '../abi/fcntl.ts';
import { InotifyFile } from '../ipc/inotify-file.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { afterWrite, placeOf } from '../block/file-io.ts';
import { RegularFile } from '../fs/regular-file.ts';
import type { ByteSink, ByteSource, FileDescription } from '../vfs/file.ts';
import { notifyTransfer } from '../vfs/notify.ts';
import { partialDone } from '../vfs/partial.ts';
import { chargeTransfer } from '../vfs/transfer-cost.ts';
import { lengthOf, readSegments, type Segment, singleSegment, UserSink, UserSource } from '../vfs/user-memory.ts';
import { canRead, canWrite, fileOf } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** RWF_DSYNC and RWF_SYNC, which differ in what no device here is told. */
const RWF_SYNCS = 2 | 4;
const RWF_NOWAIT = 8;
const RWF_APPEND = 16;
const RWF_NOAPPEND = 32;
/** HIPRI changes nothing here; NOSIGNAL is the caller's own SIGPIPE. */
const RWF_NOSIGNAL = 0x100;
const RWF_KNOWN = 0x3f | RWF_NOSIGNAL;

type Direction = 'read' | 'write';

/** The file if it permits the transfer; -EBADF, or -ESPIPE for an offset in a stream. */
function openFor(task: Task, fd: number, direction: Direction, at: 'position' | 'offset'): FileDescription | number {
  const file = fileOf(task, fd);
  if (!file) return -ERRNO.EBADF;
  if (at === 'offset' && !file.takesOffsets) return -ERRNO.ESPIPE;
  if (!(direction === 'read' ? canRead(file) : canWrite(file))) return -ERRNO.EBADF;
  return file;
}

/** For /proc/PID/io. */
function countTransfer({ usage }: Task, direction: Direction, result: number): void {
  usage[direction === 'read' ? 'reads' : 'writes']++;
  if (result > 0) usage[direction === 'read' ? 'readBytes' : 'writtenBytes'] += result;
}

export function readInto(kernel: Kernel, task: Task, file: FileDescription, to: ByteSink, offset: number | null): SyscallResult {
  return file.before(kernel, task, 'read', to.length, offset) ?? file.read(kernel, task, to, offset);
}

export function writeFrom(kernel: Kernel, task: Task, file: FileDescription, from: ByteSource, offset: number | null): SyscallResult {
  const waits = file.before(kernel, task, 'write', from.length, offset);
  if (waits !== null) return waits;
  if (!(file instanceof RegularFile)) return file.write(kernel, task, from, offset);
  const at = placeOf(file, 'write', offset);
  return afterWrite(kernel, task, file, file.write(kernel, task, from, offset), at);
}

/** Runs one transfer over `segments`; `offset` null is the file's own position. */
export function transfer(
  kernel: Kernel,
  task: Task,
  file: FileDescription,
  direction: Direction,
  segments: readonly Segment[],
  offset: number | null,
): SyscallResult {
  const result =
    direction === 'read'
      ? readInto(kernel, task, file, new UserSink(task, segments, partialDone(task)), offset)
      : writeFrom(kernel, task, file, new UserSource(task, segments, partialDone(task)), offset);
  if (typeof result === 'number') {
    chargeTransfer(kernel, file, result);
    countTransfer(task, direction, result);
    notifyTransfer(file, direction, result);
  }
  return result;
}

/** Would a transfer of `length` bytes at `offset` reach beyond the largest offset there is? */
export function endsBeyond(offset: bigint, length: number | bigint): boolean {
  return offset + BigInt(length) > 0x7fff_ffff_ffff_ffffn;
}

function simple(direction: Direction) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    const file = openFor(task, args.i32(0), direction, 'position');
    if (typeof file === 'number') return file;
    const segments = singleSegment(task, args.number(1), args.number(2));
    return typeof segments === 'number' ? segments : transfer(kernel, task, file, direction, segments, null);
  };
}

function positioned(direction: Direction) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    const offset = args.i64(3);
    if (offset < 0) return -ERRNO.EINVAL;
    const file = openFor(task, args.i32(0), direction, 'offset');
    if (typeof file === 'number') return file;
    const segments = singleSegment(task, args.number(1), args.number(2));
    if (typeof segments === 'number') return segments;
    if (endsBeyond(args.u64(3), args.number(2))) return -ERRNO.EINVAL;
    return transfer(kernel, task, file, direction, segments, offset);
  };
}

function vectored(direction: Direction) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    const file = openFor(task, args.i32(0), direction, 'position');
    if (typeof file === 'number') return file;
    const segments = readSegments(task, args.number(1), args.i32(2));
    if (typeof segments === 'number') return segments;
    return lengthOf(segments) === 0 ? 0 : transfer(kernel, task, file, direction, segments, null);
  };
}

function positionedVectored(direction: Direction, withFlags: boolean) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    const given = args.i64(3);
    const flags = withFlags ? args.u32(5) : 0;
    const atPosition = withFlags && given === -1;
    if (given < 0 && !atPosition) return -ERRNO.EINVAL;
    const file = openFor(task, args.i32(0), direction, atPosition ? 'position' : 'offset');
    if (typeof file === 'number') return file;
    const segments = readSegments(task, args.number(1), args.i32(2));
    if (typeof segments === 'number') return segments;
    const length = lengthOf(segments);
    if (length === 0) return 0;
    if (!atPosition && endsBeyond(args.u64(3), length)) return -ERRNO.EINVAL;
    if (flags & RWF_NOWAIT && (refusesNowait(file) || file instanceof RegularFile)) return -ERRNO.EOPNOTSUPP;
    if (flags & ~RWF_KNOWN) return -ERRNO.EOPNOTSUPP;
    if (flags & RWF_APPEND && flags & RWF_NOAPPEND) return -ERRNO.EINVAL;
    const offset = atPosition ? null : given;
    if (flags === 0) return transfer(kernel, task, file, direction, segments, offset);
    return withFileFlags(file, flags, () => transfer(kernel, task, file, direction, segments, offset));
  };
}

/** RWF_NOWAIT is nothing for files that can only be waited for: texts of /proc, inotify. */
export function refusesNowait(file: FileDescription): boolean {
  return file instanceof InotifyFile || (file.inode?.isRegular === true && !(file instanceof RegularFile));
}

/** RWF_ flags are file flags for the length of one transfer. */
function withFileFlags(file: FileDescription, flags: number, run: () => SyscallResult): SyscallResult {
  const saved = file.flags;
  if (flags & RWF_SYNCS) file.flags |= O_DSYNC;
  if (flags & RWF_NOWAIT) file.flags |= O_NONBLOCK;
  if (flags & RWF_APPEND) file.flags |= O_APPEND;
  if (flags & RWF_NOAPPEND) file.flags &= ~O_APPEND;
  const result = run();
  file.flags = saved;
  return result;
}

function lseek(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  const whence = args.u32(2);
  if (whence > SEEK_HOLE) return -ERRNO.EINVAL;
  return file.seek(kernel, args.i64(1), whence);
}

export const fileTransferRows: readonly SyscallRow[] = [
  { number: 0, name: 'read', arguments: ['fd', 'pointer', 'size'], handler: simple('read') },
  { number: 1, name: 'write', arguments: ['fd', 'pointer', 'size'], handler: simple('write') },
  { number: 8, name: 'lseek', arguments: ['fd', 'i64', 'u32'], handler: lseek, deviation: 'offsets end at 2^53' },
  { number: 17, name: 'pread64', arguments: ['fd', 'pointer', 'size', 'i64'], handler: positioned('read') },
  { number: 18, name: 'pwrite64', arguments: ['fd', 'pointer', 'size', 'i64'], handler: positioned('write') },
  { number: 19, name: 'readv', arguments: ['fd', 'pointer', 'i32'], handler: vectored('read') },
  { number: 20, name: 'writev', arguments: ['fd', 'pointer', 'i32'], handler: vectored('write') },
  { number: 295, name: 'preadv', arguments: ['fd', 'pointer', 'i32', 'i64'], handler: positionedVectored('read', false) },
  { number: 296, name: 'pwritev', arguments: ['fd', 'pointer', 'i32', 'i64'], handler: positionedVectored('write', false) },
  { number: 327, name: 'preadv2', arguments: ['fd', 'pointer', 'i32', 'i64', 'u64', 'flags'], handler: positionedVectored('read', true) },
  { number: 328, name: 'pwritev2', arguments: ['fd', 'pointer', 'i32', 'i64', 'u64', 'flags'], handler: positionedVectored('write', true) },
];
