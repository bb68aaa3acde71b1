// What the kernel knows about files: stat in its forms, statfs, access, umask.

import { ERRNO } from '../abi/errno.ts';
import { AT_EACCESS, AT_EMPTY_PATH, AT_FDCWD, AT_NO_AUTOMOUNT, AT_STATX_SYNC_TYPE, AT_SYMLINK_NOFOLLOW, NAME_MAX } from '../abi/fcntl.ts';
import {
  deviceMajor,
  deviceMinor,
  STAT_BYTES,
  STATFS_BYTES,
  STATX_BASIC_STATS,
  STATX_BTIME,
  STATX_BYTES,
  STATX_RESERVED,
} from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { Inode } from '../vfs/inode.ts';
import { checkPermission, identityOf, realIdentityOf } from '../vfs/permission.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { entryAt, entryOfDescriptor, inodeOf } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const BLOCK_SIZE = 4096;
const BILLION = 1_000_000_000n;
const STATX_MNT_ID = 0x1000;

/** struct stat. */
export function encodeStat(inode: Inode): Uint8Array {
  const bytes = new Uint8Array(STAT_BYTES);
  const view = new DataView(bytes.buffer);
  const put64 = (at: number, value: number | bigint): void => view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
  put64(0, inode.fileSystem.device);
  put64(8, inode.ino);
  put64(16, inode.nlink);
  view.setUint32(24, inode.mode, true);
  view.setUint32(28, inode.uid, true);
  view.setUint32(32, inode.gid, true);
  put64(40, inode.rdev);
  put64(48, inode.size);
  put64(56, BLOCK_SIZE);
  put64(64, inode.blocks);
  [inode.accessed, inode.modified, inode.changed].forEach((time, i) => {
    put64(72 + i * 16, time / BILLION);
    put64(80 + i * 16, time % BILLION);
  });
  return bytes;
}

/** struct statx, every field that exists here filled in whatever was asked for, as the man page permits. */
function encodeStatx(inode: Inode): Uint8Array {
  const bytes = new Uint8Array(STATX_BYTES);
  const view = new DataView(bytes.buffer);
  const put64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  view.setUint32(0, STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID, true);
  view.setUint32(4, BLOCK_SIZE, true);
  view.setUint32(16, inode.nlink, true);
  view.setUint32(20, inode.uid, true);
  view.setUint32(24, inode.gid, true);
  view.setUint16(28, inode.mode, true);
  put64(32, inode.ino);
  put64(40, inode.size);
  put64(48, inode.blocks);
  [inode.accessed, inode.created, inode.changed, inode.modified].forEach((time, i) => {
    view.setBigInt64(64 + i * 16, time / BILLION, true);
    view.setUint32(72 + i * 16, Number(time % BILLION), true);
  });
  view.setUint32(128, deviceMajor(inode.rdev), true);
  view.setUint32(132, deviceMinor(inode.rdev), true);
  view.setUint32(136, deviceMajor(inode.fileSystem.device), true);
  view.setUint32(140, deviceMinor(inode.fileSystem.device), true);
  put64(144, inode.fileSystem.device);
  return bytes;
}

function statInode(task: Task, inode: Inode | number, address: number): number {
  return typeof inode === 'number' ? inode : putBytes(task, address, encodeStat(inode));
}

const statPath =
  (follow: boolean) =>
  (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult =>
    statInode(task, inodeOf(entryAt(kernel, task, AT_FDCWD, args.number(0), { follow })), args.number(1));

function fstat(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const fd = args.i32(0);
  return statInode(task, fd < 0 ? -ERRNO.EBADF : inodeOf(entryOfDescriptor(task, fd)), args.number(1));
}

function newfstatat(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(3);
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH)) return -ERRNO.EINVAL;
  const options = { follow: !(flags & AT_SYMLINK_NOFOLLOW), flags };
  return statInode(task, inodeOf(entryAt(kernel, task, args.i32(0), args.number(1), options)), args.number(2));
}

function statx(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(2);
  if (args.u32(3) & STATX_RESERVED || (flags & AT_STATX_SYNC_TYPE) === AT_STATX_SYNC_TYPE) return -ERRNO.EINVAL;
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)) return -ERRNO.EINVAL;
  const byDescriptor = args.number(1) === 0 && (flags & AT_EMPTY_PATH) !== 0;
  const entry = byDescriptor
    ? entryOfDescriptor(task, args.i32(0))
    : entryAt(kernel, task, args.i32(0), args.number(1), { follow: !(flags & AT_SYMLINK_NOFOLLOW), flags });
  return typeof entry === 'number' ? entry : putBytes(task, args.number(4), encodeStatx(entry.inode));
}

function statfsInode(kernel: Kernel, task: Task, inode: Inode | number, address: number): number {
  if (typeof inode === 'number') return inode;
  const status = inode.fileSystem.status(kernel);
  const bytes = new Uint8Array(STATFS_BYTES);
  const view = new DataView(bytes.buffer);
  const { magic, blockSize, blocks, free, files, filesFree } = status;
  [magic, blockSize, blocks, free, free, files, filesFree].forEach((value, i) => view.setBigUint64(i * 8, BigInt(value), true));
  view.setUint32(56, inode.fileSystem.device, true);
  view.setBigUint64(64, BigInt(NAME_MAX), true);
  view.setBigUint64(72, BigInt(blockSize), true);
  view.setBigUint64(80, 0x1020n, true); // ST_VALID | ST_RELATIME
  return putBytes(task, address, bytes);
}

function statfs(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return statfsInode(kernel, task, inodeOf(entryAt(kernel, task, AT_FDCWD, args.number(0), { follow: true })), args.number(1));
}

function fstatfs(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = task.files.get(args.i32(0));
  return statfsInode(kernel, task, file?.inode ?? -ERRNO.EBADF, args.number(1));
}

function accessAt(kernel: Kernel, task: Task, directory: number, pathAddress: number, mode: number, flags: number): number {
  if (mode & ~7 || flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -ERRNO.EINVAL;
  const identity = flags & AT_EACCESS ? identityOf(task) : realIdentityOf(task);
  const entry = entryAt(kernel, task, directory, pathAddress, { follow: !(flags & AT_SYMLINK_NOFOLLOW), flags, identity });
  return typeof entry === 'number' ? entry : checkPermission(identity, entry.inode, mode);
}

function umask(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const old = task.fs.umask;
  task.fs.umask = args.u32(0) & 0o777;
  return old;
}

export const metadataRows: readonly SyscallRow[] = [
  { number: 4, name: 'stat', arguments: ['path', 'pointer'], handler: statPath(true) },
  { number: 5, name: 'fstat', arguments: ['fd', 'pointer'], handler: fstat },
  { number: 6, name: 'lstat', arguments: ['path', 'pointer'], handler: statPath(false) },
  { number: 21, name: 'access', arguments: ['path', 'u32'], handler: (k, t, a) => accessAt(k, t, AT_FDCWD, a.number(0), a.u32(1), 0) },
  { number: 95, name: 'umask', arguments: ['u32'], handler: umask },
  { number: 137, name: 'statfs', arguments: ['path', 'pointer'], handler: statfs },
  { number: 138, name: 'fstatfs', arguments: ['fd', 'pointer'], handler: fstatfs },
  { number: 262, name: 'newfstatat', arguments: ['fd', 'path', 'pointer', 'flags'], handler: newfstatat },
  {
    number: 269,
    name: 'faccessat',
    arguments: ['fd', 'path', 'u32'],
    handler: (k, t, a) => accessAt(k, t, a.i32(0), a.number(1), a.u32(2), 0),
  },
  { number: 332, name: 'statx', arguments: ['fd', 'path', 'flags', 'u32', 'pointer'], handler: statx },
  {
    number: 439,
    name: 'faccessat2',
    arguments: ['fd', 'path', 'u32', 'flags'],
    handler: (k, t, a) => accessAt(k, t, a.i32(0), a.number(1), a.u32(2), a.u32(3)),
  },
];
