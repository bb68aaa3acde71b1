// What the kernel knows about files: stat in its forms, statfs, access, umask.

import { ERRNO } from '../abi/errno.ts';
import { AT_EACCESS, AT_EMPTY_PATH, AT_FDCWD, AT_NO_AUTOMOUNT, AT_STATX_SYNC_TYPE, AT_SYMLINK_NOFOLLOW, NAME_MAX } from '../abi/fcntl.ts';
import { MS_RELATIME, ST_RELATIME, ST_VALID } from '../abi/mount.ts';
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
import type { Dentry } from '../vfs/dentry.ts';
import type { Inode } from '../vfs/inode.ts';
import { checkPermission, identityOf, realIdentityOf } from '../vfs/permission.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { entryAt, entryOfDescriptor, inodeOf } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const BLOCK_SIZE = 4096;
/** Mount flags that have the same value in statfs: ro, nosuid, nodev, noexec, noatime, nodiratime. */
const SAME_IN_STATFS = 0xc0f;
const BILLION = 1_000_000_000n;
const STATX_ATIME = 0x20;
const STATX_MTIME = 0x40;
const STATX_CTIME = 0x80;
const STATX_MNT_ID = 0x1000;
const STATX_MNT_ID_UNIQUE = 0x4000;
const STATX_ATTR_MOUNT_ROOT = 0x2000;
/** Attributes that every file system could report: AUTOMOUNT, MOUNT_ROOT, DAX; and tmpfs: IMMUTABLE, APPEND, NODUMP. */
const GENERIC_ATTRIBUTES = 0x20_3000;
const TMPFS_ATTRIBUTES = 0x70;

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
    const { seconds, nanoseconds } = splitTime(time);
    put64(72 + i * 16, seconds);
    put64(80 + i * 16, nanoseconds);
  });
  return bytes;
}

/** Before 1970 too the nanoseconds count upwards. */
function splitTime(time: bigint): { readonly seconds: bigint; readonly nanoseconds: bigint } {
  const nanoseconds = ((time % BILLION) + BILLION) % BILLION;
  return { seconds: (time - nanoseconds) / BILLION, nanoseconds };
}

/** What Linux fills in though nobody asked: all basic fields but the times of change. */
const ALWAYS = STATX_BASIC_STATS & ~(STATX_MTIME | STATX_CTIME);
/** Of access, birth, change, modification: as they lie in the structure. */
const TIME_BITS = [STATX_ATIME, STATX_BTIME, STATX_CTIME, STATX_MTIME] as const;

function statxMask(inode: Inode, asked: number): number {
  let mask = ALWAYS | (asked & STATX_MNT_ID_UNIQUE ? STATX_MNT_ID_UNIQUE : STATX_MNT_ID);
  if (asked & (STATX_MTIME | STATX_CTIME)) mask |= STATX_MTIME | STATX_CTIME;
  if (asked & STATX_BTIME && inode.fileSystem.type === 'tmpfs') mask |= STATX_BTIME;
  return mask;
}

/** struct statx. */
function encodeStatx(kernel: Kernel, entry: Dentry, asked: number): Uint8Array {
  const { inode } = entry;
  const mask = statxMask(inode, asked);
  const bytes = new Uint8Array(STATX_BYTES);
  const view = new DataView(bytes.buffer);
  const put64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  view.setUint32(0, mask, true);
  view.setUint32(4, BLOCK_SIZE, true);
  put64(8, entry.covers || (entry.parent === null && entry.name === '' && inode.isDirectory) ? STATX_ATTR_MOUNT_ROOT : 0);
  put64(56, inode.fileSystem.type === 'tmpfs' ? GENERIC_ATTRIBUTES | TMPFS_ATTRIBUTES : GENERIC_ATTRIBUTES);
  view.setUint32(16, inode.nlink, true);
  view.setUint32(20, inode.uid, true);
  view.setUint32(24, inode.gid, true);
  view.setUint16(28, inode.mode, true);
  put64(32, inode.ino);
  put64(40, inode.size);
  put64(48, inode.blocks);
  [inode.accessed, inode.created, inode.changed, inode.modified].forEach((time, i) => {
    if (!(mask & TIME_BITS[i]!)) return;
    const { seconds, nanoseconds } = splitTime(time);
    view.setBigInt64(64 + i * 16, seconds, true);
    view.setUint32(72 + i * 16, Number(nanoseconds), true);
  });
  view.setUint32(128, deviceMajor(inode.rdev), true);
  view.setUint32(132, deviceMinor(inode.rdev), true);
  view.setUint32(136, deviceMajor(inode.fileSystem.device), true);
  view.setUint32(140, deviceMinor(inode.fileSystem.device), true);
  put64(144, kernel.vfs.mounts.idOf(inode.fileSystem));
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

/** Where AT_EMPTY_PATH permits it, a null path is an empty one. */
function statEntry(kernel: Kernel, task: Task, args: SyscallArguments, flags: number): Dentry | number {
  if (args.number(1) === 0 && flags & AT_EMPTY_PATH) return entryOfDescriptor(task, args.i32(0));
  return entryAt(kernel, task, args.i32(0), args.number(1), { follow: !(flags & AT_SYMLINK_NOFOLLOW), flags });
}

function newfstatat(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(3);
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)) return -ERRNO.EINVAL;
  return statInode(task, inodeOf(statEntry(kernel, task, args, flags)), args.number(2));
}

function statx(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(2);
  if (args.u32(3) & STATX_RESERVED || (flags & AT_STATX_SYNC_TYPE) === AT_STATX_SYNC_TYPE) return -ERRNO.EINVAL;
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)) return -ERRNO.EINVAL;
  const entry = statEntry(kernel, task, args, flags);
  return typeof entry === 'number' ? entry : putBytes(task, args.number(4), encodeStatx(kernel, entry, args.u32(3)));
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
  const { flags } = inode.fileSystem;
  view.setBigUint64(80, BigInt(ST_VALID | (flags & SAME_IN_STATFS) | (flags & MS_RELATIME ? ST_RELATIME : 0)), true);
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
