// mount(2) and umount2(2): tmpfs and proc, for who has CAP_SYS_ADMIN. Bind mounts are refused (see vfs/mount.ts).

import { ERRNO } from '../abi/errno.ts';
import { AT_FDCWD } from '../abi/fcntl.ts';
import {
  MNT_DETACH,
  MNT_EXPIRE,
  MNT_FORCE,
  MOUNT_OPTIONS,
  MS_BIND,
  MS_MOVE,
  MS_NOATIME,
  MS_NOUSER,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_REMOUNT,
  MS_SHARED,
  MS_SILENT,
  MS_SLAVE,
  MS_STRICTATIME,
  MS_UNBINDABLE,
  UMOUNT_NOFOLLOW,
} from '../abi/mount.ts';
import { ProcFileSystem } from '../fs/proc/proc-file-system.ts';
import { Tmpfs } from '../fs/tmpfs.ts';
import { readTmpfsOptions } from '../fs/tmpfs-options.ts';
import type { Kernel } from '../kernel.ts';
import { isPrivileged } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import { byteString, fromByteString } from '../vfs/byte-streams.ts';
import type { Dentry } from '../vfs/dentry.ts';
import { type FileSystem, type Mount, MOUNT_BYTES, optionText } from '../vfs/mount.ts';
import { isBusy, unmount } from '../vfs/unmount.ts';
import { readPath } from '../vfs/user-memory.ts';
import { entryAt } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** Longest type, source or options with its terminator. */
const TEXT_MAX = 4096;
/** The upper half of old callers' flags. */
const MS_MAGIC = 0xc0ed_0000;
const PROPAGATION = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;

type Maker = (kernel: Kernel, device: number, options: string) => FileSystem | number;

const TYPES: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  [
    'tmpfs',
    (kernel, device, options) => {
      const { physical } = kernel.hardware;
      const wanted = readTmpfsOptions(options, physical.frameCount);
      if (!wanted) return -ERRNO.EINVAL;
      const made = new Tmpfs(physical, kernel.vfs.filePages, device, kernel.realtime(), wanted.mode ?? 0o1777, wanted.pages);
      made.root.inode.uid = wanted.uid ?? 0;
      made.root.inode.gid = wanted.gid ?? 0;
      made.inodeLimit = wanted.inodes ?? made.inodeLimit;
      return made;
    },
  ],
  ['proc', (kernel, device) => new ProcFileSystem(device, kernel.realtime())],
]);

/** An argument that may be absent: null, -EFAULT, -EINVAL if too long. */
function readText(task: Task, address: number): string | null | number {
  if (address === 0) return null;
  const raw = task.mm.user.copyInString(address, TEXT_MAX);
  if (raw === null) return -ERRNO.EFAULT;
  return raw === 'too long' ? -ERRNO.EINVAL : byteString(raw);
}

/** Flags of the mount: relatime where nothing else is asked for. */
function pointFlags(flags: number): number {
  const known = MOUNT_OPTIONS.reduce((mask, [flag]) => mask | flag, MS_RDONLY);
  const kept = flags & known & ~MS_RELATIME;
  return flags & (MS_NOATIME | MS_STRICTATIME) ? kept : kept | MS_RELATIME;
}

function mount(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const type = readText(task, args.number(2));
  if (typeof type === 'number') return type;
  const source = readText(task, args.number(0));
  if (typeof source === 'number') return source;
  const options = readText(task, args.number(4));
  if (typeof options === 'number') return options;
  const given = args.u32(3);
  const flags = (given & 0xffff_0000) >>> 0 === MS_MAGIC ? given & 0xffff : given;
  const target = entryAt(kernel, task, AT_FDCWD, args.number(1), { follow: true });
  if (typeof target === 'number') return target;
  if (flags & MS_NOUSER) return -ERRNO.EINVAL;
  if (!isPrivileged(task.credentials)) return -ERRNO.EPERM;
  if (flags & MS_REMOUNT) return flags & MS_BIND ? setFlags(kernel, target, flags) : remount(kernel, target, flags, options ?? '');
  if (flags & MS_BIND) return refuseBind(kernel, task);
  if (flags & PROPAGATION) return propagate(kernel, target, flags);
  if (flags & MS_MOVE) return move(kernel, task, args.number(0), target);
  return mountNew(kernel, { type, source: source ?? 'none', target, flags, options: options ?? '' });
}

interface NewMount {
  readonly type: string | null;
  readonly source: string;
  readonly target: Dentry;
  readonly flags: number;
  readonly options: string;
}

function mountNew(kernel: Kernel, { type, source, target, flags, options }: NewMount): number {
  if (type === null) return -ERRNO.EINVAL;
  const make = TYPES.get(type);
  if (!make) return -ERRNO.ENODEV;
  if (!target.inode.isDirectory) return -ERRNO.ENOTDIR;
  if (target.inode.nlink === 0) return -ERRNO.ENOENT;
  if (!kernel.memory.hasRoom(MOUNT_BYTES)) return -ERRNO.ENOMEM;
  const made = make(kernel, kernel.vfs.newDevice(), options);
  if (typeof made === 'number') return made;
  kernel.memory.charge(MOUNT_BYTES);
  const shown = options === '' || type === 'proc' ? '' : `,${fromByteString(options)}`;
  kernel.vfs.mounts.mount(fromByteString(source), made, target, optionText(pointFlags(flags)) + shown);
  return 0;
}

/** The mount whose root `target` is; -EINVAL. */
function mountAt(kernel: Kernel, target: Dentry): Mount | number {
  return kernel.vfs.mounts.of(target) ?? -ERRNO.EINVAL;
}

function setFlags(kernel: Kernel, target: Dentry, flags: number): number {
  const at = mountAt(kernel, target);
  if (typeof at === 'number') return at;
  const own = at.options.split(',').filter((option) => option.includes('='));
  at.options = [optionText(pointFlags(flags)), ...own].join(',');
  at.fileSystem.flags = pointFlags(flags);
  return 0;
}

/** Also the file system's own options: a tmpfs may grow, or shrink to what is in it. */
function remount(kernel: Kernel, target: Dentry, flags: number, options: string): number {
  const at = mountAt(kernel, target);
  if (typeof at === 'number') return at;
  const { fileSystem } = at;
  if (fileSystem instanceof Tmpfs) {
    const wanted = readTmpfsOptions(options, kernel.hardware.physical.frameCount);
    if (!wanted) return -ERRNO.EINVAL;
    const { pages = fileSystem.pageLimit, inodes = fileSystem.inodeLimit } = wanted;
    if (pages < fileSystem.pagesUsed || inodes < fileSystem.inodesUsed) return -ERRNO.EINVAL;
    fileSystem.pageLimit = pages;
    fileSystem.inodeLimit = inodes;
  }
  return setFlags(kernel, target, flags);
}

function refuseBind(kernel: Kernel, task: Task): number {
  const reason = 'bind mounts are not modelled: an entry of a tree has one place';
  kernel.emit('syscall_unsupported', task, { number: 165, name: 'mount', reason });
  return -ERRNO.EINVAL;
}

/** With one namespace there is nobody to propagate to. */
function propagate(kernel: Kernel, target: Dentry, flags: number): number {
  const kinds = [MS_SHARED, MS_PRIVATE, MS_SLAVE, MS_UNBINDABLE].filter((kind) => flags & kind);
  if (kinds.length !== 1 || flags & ~(PROPAGATION | MS_REC | MS_SILENT)) return -ERRNO.EINVAL;
  const at = mountAt(kernel, target);
  return typeof at === 'number' ? at : 0;
}

function move(kernel: Kernel, task: Task, sourceAddress: number, target: Dentry): number {
  const source = entryAt(kernel, task, AT_FDCWD, sourceAddress, { follow: true });
  if (typeof source === 'number') return source;
  const moved = mountAt(kernel, source);
  if (typeof moved === 'number' || moved.at === null) return -ERRNO.EINVAL;
  if (!target.inode.isDirectory) return -ERRNO.ENOTDIR;
  for (let at: Dentry | null = target; at; at = at.parent ?? at.covers) if (at === source) return -ERRNO.ELOOP;
  kernel.vfs.mounts.move(moved, target);
  return 0;
}

function umount(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(1);
  if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)) return -ERRNO.EINVAL;
  const path = readPath(task, args.number(0));
  if (typeof path === 'number') return path;
  const target = entryAt(kernel, task, AT_FDCWD, args.number(0), { follow: !(flags & UMOUNT_NOFOLLOW) });
  if (typeof target === 'number') return target;
  if (!isPrivileged(task.credentials)) return -ERRNO.EPERM;
  const at = mountAt(kernel, target);
  if (typeof at === 'number' || at.at === null) return -ERRNO.EINVAL;
  if (flags & MNT_EXPIRE && flags & (MNT_FORCE | MNT_DETACH)) return -ERRNO.EINVAL;
  const inside = kernel.vfs.mounts.within(at).length > 0;
  if (!(flags & MNT_DETACH) && (inside || isBusy(kernel, at.fileSystem))) return -ERRNO.EBUSY;
  if (flags & MNT_EXPIRE) return -ERRNO.EAGAIN;
  unmount(kernel, at);
  return 0;
}

export const mountRows: readonly SyscallRow[] = [
  { number: 165, name: 'mount', arguments: ['path', 'path', 'path', 'flags', 'pointer'], handler: mount },
  { number: 166, name: 'umount2', arguments: ['path', 'flags'], handler: umount },
];
