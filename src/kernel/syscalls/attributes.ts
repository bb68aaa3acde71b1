// Changing what a file is like: mode, owner, times.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW } from '../abi/fcntl.ts';
import { IN_ACCESS, IN_ATTRIB, IN_MODIFY } from '../abi/inotify.ts';
import { MAY_WRITE, S_IFMT, S_ISGID, S_ISUID, UTIME_NOW, UTIME_OMIT } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { Dentry } from '../vfs/dentry.ts';
import type { Inode } from '../vfs/inode.ts';
import { notifyEntry } from '../vfs/notify.ts';
import { checkPermission, holds, identityOf, isMember, isOwner, isReadOnly } from '../vfs/permission.ts';
import { currentTime, touchChanged } from '../vfs/timestamps.ts';
import { entryAt, entryOfDescriptor, fileOf } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const UNCHANGED = 0xffff_ffff;

/** An eventfd and its like share one inode, whose attributes nobody changes. */
function isObject(inode: Inode): boolean {
  return inode.type === 0;
}

function changeMode(kernel: Kernel, task: Task, entry: Dentry | number, mode: number): number {
  if (typeof entry === 'number') return entry;
  const { inode } = entry;
  if (isReadOnly(inode)) return -ERRNO.EROFS;
  if (inode.isSymlink || isObject(inode)) return -ERRNO.EOPNOTSUPP;
  const identity = identityOf(task);
  if (!isOwner(identity, inode)) return -ERRNO.EPERM;
  if (inode.refusesMode(mode)) return -ERRNO.EPERM;
  const keepsGroup = isMember(identity, inode.gid) || holds(identity, CAP.FSETID);
  inode.mode = (inode.mode & S_IFMT) | (mode & (keepsGroup ? 0o7777 : 0o7777 & ~S_ISGID));
  touchChanged(kernel, inode);
  notifyEntry(entry, IN_ATTRIB);
  return 0;
}

function changeOwner(kernel: Kernel, task: Task, entry: Dentry | number, uid: number, gid: number): number {
  if (typeof entry === 'number') return entry;
  const { inode } = entry;
  if (isReadOnly(inode)) return -ERRNO.EROFS;
  if (isObject(inode)) return -ERRNO.EOPNOTSUPP;
  const identity = identityOf(task);
  if (!holds(identity, CAP.CHOWN)) {
    const keepsUid = uid === UNCHANGED || (uid === inode.uid && identity.uid === inode.uid);
    const groupIsOwn = gid === UNCHANGED || (identity.uid === inode.uid && (gid === inode.gid || isMember(identity, gid)));
    if (!keepsUid || !groupIsOwn) return -ERRNO.EPERM;
  }
  if (uid !== UNCHANGED) inode.uid = uid;
  if (gid !== UNCHANGED) inode.gid = gid;
  if (!inode.isDirectory) {
    inode.mode &= ~S_ISUID;
    if (inode.mode & 0o010) inode.mode &= ~S_ISGID;
  }
  touchChanged(kernel, inode);
  if (uid !== UNCHANGED || gid !== UNCHANGED) notifyEntry(entry, IN_ATTRIB);
  return 0;
}

function byPath(kernel: Kernel, task: Task, directory: number, pathAddress: number, flags = 0): Dentry | number {
  return entryAt(kernel, task, directory, pathAddress, { follow: !(flags & AT_SYMLINK_NOFOLLOW), flags });
}

function byDescriptor(task: Task, fd: number): Dentry | number {
  return fileOf(task, fd) ? entryOfDescriptor(task, fd) : -ERRNO.EBADF;
}

function fchownat(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(4);
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -ERRNO.EINVAL;
  return changeOwner(kernel, task, byPath(kernel, task, args.i32(0), args.number(1), flags), args.u32(2), args.u32(3));
}

function fchmodat2(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(3);
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -ERRNO.EINVAL;
  return changeMode(kernel, task, byPath(kernel, task, args.i32(0), args.number(1), flags), args.u32(2));
}

/** A time to set: nanoseconds since 1970, now, or leave it. */
type NewTime = bigint | 'now' | 'keep';

interface NewTimes {
  readonly accessed: NewTime;
  readonly modified: NewTime;
}

/** Two (seconds, fraction) pairs; `unit` nanoseconds a fraction. Null address: both now. */
function readTimes(task: Task, address: number, unit: 1n | 1000n): NewTimes | number {
  if (address === 0) return { accessed: 'now', modified: 'now' };
  const raw = task.mm.user.copyIn(address, 32);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const times: NewTime[] = [];
  for (const at of [0, 16]) {
    const seconds = view.getBigInt64(at, true);
    const fraction = view.getBigInt64(at + 8, true);
    if (unit === 1n && fraction === BigInt(UTIME_NOW)) times.push('now');
    else if (unit === 1n && fraction === BigInt(UTIME_OMIT)) times.push('keep');
    else if (fraction < 0n || fraction * unit >= 1_000_000_000n) return -ERRNO.EINVAL;
    else times.push(seconds * 1_000_000_000n + fraction * unit);
  }
  return { accessed: times[0]!, modified: times[1]! };
}

function setTimes(kernel: Kernel, task: Task, entry: Dentry | number, times: NewTimes): number {
  if (typeof entry === 'number') return entry;
  const { inode } = entry;
  if (isObject(inode)) return -ERRNO.EOPNOTSUPP;
  if (isObject(entry.inode)) return -ERRNO.EOPNOTSUPP;
  const { accessed, modified } = times;
  if (isReadOnly(inode)) return -ERRNO.EROFS;
  if (accessed === 'keep' && modified === 'keep') return 0;
  const identity = identityOf(task);
  if (!isOwner(identity, inode)) {
    if (accessed !== 'now' || modified !== 'now') return -ERRNO.EPERM;
    const denied = checkPermission(identity, inode, MAY_WRITE);
    if (denied < 0) return denied;
  }
  const now = currentTime(kernel);
  if (accessed !== 'keep') inode.accessed = accessed === 'now' ? now : accessed;
  if (modified !== 'keep') inode.modified = modified === 'now' ? now : modified;
  inode.changed = now;
  notifyEntry(entry, accessed === 'keep' ? IN_MODIFY : modified === 'keep' ? IN_ACCESS : IN_ATTRIB);
  return 0;
}

function utimensat(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(3);
  const times = readTimes(task, args.number(2), 1n);
  if (typeof times === 'number') return times;
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -ERRNO.EINVAL;
  if (times.accessed === 'keep' && times.modified === 'keep') return 0;
  if (args.number(1) !== 0) return setTimes(kernel, task, byPath(kernel, task, args.i32(0), args.number(1), flags), times);
  if (args.i32(0) === AT_FDCWD) return -ERRNO.EFAULT;
  if (flags !== 0) return -ERRNO.EINVAL;
  return setTimes(kernel, task, byDescriptor(task, args.i32(0)), times);
}

function futimesat(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const times = readTimes(task, args.number(2), 1000n);
  if (typeof times === 'number') return times;
  if (args.number(1) === 0 && args.i32(0) !== AT_FDCWD) return setTimes(kernel, task, byDescriptor(task, args.i32(0)), times);
  return setTimes(kernel, task, byPath(kernel, task, args.i32(0), args.number(1)), times);
}

function utimes(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const times = readTimes(task, args.number(1), 1000n);
  return typeof times === 'number' ? times : setTimes(kernel, task, byPath(kernel, task, AT_FDCWD, args.number(0)), times);
}

/** struct utimbuf: whole seconds. */
function utime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const entry = byPath(kernel, task, AT_FDCWD, args.number(0));
  if (args.number(1) === 0) return setTimes(kernel, task, entry, { accessed: 'now', modified: 'now' });
  const raw = task.mm.user.copyIn(args.number(1), 16);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const [accessed, modified] = [view.getBigInt64(0, true), view.getBigInt64(8, true)];
  return setTimes(kernel, task, entry, { accessed: accessed * 1_000_000_000n, modified: modified * 1_000_000_000n });
}

export const attributeRows: readonly SyscallRow[] = [
  {
    number: 90,
    name: 'chmod',
    arguments: ['path', 'u32'],
    handler: (k, t, a) => changeMode(k, t, byPath(k, t, AT_FDCWD, a.number(0)), a.u32(1)),
  },
  { number: 91, name: 'fchmod', arguments: ['fd', 'u32'], handler: (k, t, a) => changeMode(k, t, byDescriptor(t, a.i32(0)), a.u32(1)) },
  {
    number: 92,
    name: 'chown',
    arguments: ['path', 'u32', 'u32'],
    handler: (k, t, a) => changeOwner(k, t, byPath(k, t, AT_FDCWD, a.number(0)), a.u32(1), a.u32(2)),
  },
  {
    number: 93,
    name: 'fchown',
    arguments: ['fd', 'u32', 'u32'],
    handler: (k, t, a) => changeOwner(k, t, byDescriptor(t, a.i32(0)), a.u32(1), a.u32(2)),
  },
  {
    number: 94,
    name: 'lchown',
    arguments: ['path', 'u32', 'u32'],
    handler: (k, t, a) => changeOwner(k, t, byPath(k, t, AT_FDCWD, a.number(0), AT_SYMLINK_NOFOLLOW), a.u32(1), a.u32(2)),
  },
  { number: 132, name: 'utime', arguments: ['path', 'pointer'], handler: utime },
  { number: 235, name: 'utimes', arguments: ['path', 'pointer'], handler: utimes },
  { number: 260, name: 'fchownat', arguments: ['fd', 'path', 'u32', 'u32', 'flags'], handler: fchownat },
  { number: 261, name: 'futimesat', arguments: ['fd', 'path', 'pointer'], handler: futimesat },
  {
    number: 268,
    name: 'fchmodat',
    arguments: ['fd', 'path', 'u32'],
    handler: (k, t, a) => changeMode(k, t, byPath(k, t, a.i32(0), a.number(1)), a.u32(2)),
  },
  { number: 280, name: 'utimensat', arguments: ['fd', 'path', 'pointer', 'flags'], handler: utimensat },
  { number: 452, name: 'fchmodat2', arguments: ['fd', 'path', 'u32', 'flags'], handler: fchmodat2 },
];
