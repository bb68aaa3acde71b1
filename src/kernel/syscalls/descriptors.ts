// Descriptors themselves: dup, fcntl, flock.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import {
  F_ADD_SEALS,
  F_CREATED_QUERY,
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_DUPFD_QUERY,
  F_GET_RW_HINT,
  F_GET_SEALS,
  F_GETFD,
  F_GETFL,
  F_GETLEASE,
  F_GETLK,
  F_GETPIPE_SZ,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_SEAL_EXEC,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  F_SET_RW_HINT,
  F_SETFD,
  F_SETFL,
  F_SETLEASE,
  F_SETLK,
  F_SETLKW,
  F_SETPIPE_SZ,
  F_UNLCK,
  FD_CLOEXEC,
  LOCK_EX,
  LOCK_MAND,
  LOCK_NB,
  LOCK_SH,
  LOCK_UN,
  O_APPEND,
  O_ASYNC,
  O_CLOEXEC,
  O_DIRECT,
  O_LARGEFILE,
  O_NOATIME,
  O_NONBLOCK,
  O_PATH,
  RWH_WRITE_LIFE_EXTREME,
} from '../abi/fcntl.ts';
import { TmpfsFile } from '../fs/tmpfs-file.ts';
import { PipeFile } from '../ipc/pipe-file.ts';
import type { Kernel } from '../kernel.ts';
import { isCapable } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import { NR_OPEN } from '../vfs/fd-table.ts';
import type { FileDescription } from '../vfs/file.ts';
import { setAsync } from '../vfs/async-notice.ts';
import { FileLocks } from '../vfs/file-locks.ts';
import { identityOf, isOwner } from '../vfs/permission.ts';
import { canWrite, fileOf } from './file-arguments.ts';
import { type FcntlCommand, OWNER_COMMANDS } from './file-owners.ts';
import { recordLock } from './record-locks.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const SETTABLE_FLAGS = O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME;

function dup(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = task.files.get(args.i32(0));
  return file ? duplicate(task, file, 0, false) : -ERRNO.EBADF;
}

function duplicate(task: Task, file: FileDescription, from: number, closeOnExec: boolean): number {
  const fd = task.files.allocate(file, closeOnExec, from);
  if (fd >= 0) file.references++;
  return fd;
}

function dupTo(kernel: Kernel, task: Task, from: number, to: number, closeOnExec: boolean): number {
  if (to < 0 || to >= Math.min(task.files.limit, NR_OPEN)) return -ERRNO.EBADF;
  const file = task.files.get(from);
  if (!file) return -ERRNO.EBADF;
  if (!task.files.get(to) && task.files.isSystemFull) return -ERRNO.ENFILE;
  file.references++;
  task.files.install(kernel, to, file, closeOnExec);
  return to;
}

function dup2(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [from, to] = [args.i32(0), args.i32(1)];
  if (from === to) return task.files.get(from) ? to : -ERRNO.EBADF;
  return dupTo(kernel, task, from, to, false);
}

function dup3(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [from, to, flags] = [args.i32(0), args.i32(1), args.u32(2)];
  if (flags & ~O_CLOEXEC || from === to) return -ERRNO.EINVAL;
  return dupTo(kernel, task, from, to, (flags & O_CLOEXEC) !== 0);
}

const dupFrom =
  (closeOnExec: boolean): FcntlCommand =>
  (_kernel, task, file, _fd, args) => {
    const from = args.number(2);
    return from >= task.files.limit ? -ERRNO.EINVAL : duplicate(task, file, from, closeOnExec);
  };

const pipeOnly =
  (run: (kernel: Kernel, task: Task, file: PipeFile, args: SyscallArguments) => number): FcntlCommand =>
  (kernel, task, file, _fd, args) =>
    file instanceof PipeFile ? run(kernel, task, file, args) : -ERRNO.EBADF;

const sealsOf = (file: FileDescription): TmpfsFile | null => (file.inode instanceof TmpfsFile ? file.inode : null);

function addSeals(file: FileDescription, seals: number): number {
  if (!canWrite(file)) return -ERRNO.EPERM;
  const inode = sealsOf(file);
  if (!inode) return -ERRNO.EINVAL;
  if (seals & ~0x3f) return -ERRNO.EINVAL;
  if (inode.seals & F_SEAL_SEAL) return -ERRNO.EPERM;
  if (seals & F_SEAL_WRITE && !(inode.seals & F_SEAL_WRITE) && inode.isMappedForWriting) return -ERRNO.EBUSY;
  // What is executable and sealed so may not be written either.
  const implied = seals & F_SEAL_EXEC && inode.mode & 0o111 ? F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE : 0;
  inode.seals |= seals | implied;
  return 0;
}

const lock =
  (wait: boolean, ofd: boolean): FcntlCommand =>
  (kernel, task, file, _fd, args) =>
    recordLock(kernel, task, file, args, { wait, ofd, query: false });
const lockQuery =
  (ofd: boolean): FcntlCommand =>
  (kernel, task, file, _fd, args) =>
    recordLock(kernel, task, file, args, { wait: false, ofd, query: true });

function writeHint(task: Task, file: FileDescription, address: number, sets: boolean): number {
  const { inode } = file;
  if (!sets) return task.mm.user.write64(address, inode?.writeHint ?? 0) ? 0 : -ERRNO.EFAULT;
  const hint = task.mm.user.read64(address);
  if (hint === null) return -ERRNO.EFAULT;
  if (hint > BigInt(RWH_WRITE_LIFE_EXTREME)) return -ERRNO.EINVAL;
  if (!inode || !isOwner(identityOf(task), inode)) return -ERRNO.EPERM;
  inode.writeHint = Number(hint);
  return 0;
}

/** Who might have a lease is told that somebody else uses the file: nobody ever gets one. */
function refuseLease(task: Task, { inode }: FileDescription, kind: number): number {
  if (kind > F_UNLCK) return -ERRNO.EINVAL;
  if (identityOf(task).uid !== inode?.uid && !isCapable(task.credentials, CAP.LEASE)) return -ERRNO.EACCES;
  return inode?.isRegular ? -ERRNO.EAGAIN : -ERRNO.EINVAL;
}

const FCNTL = new Map<number, FcntlCommand>([
  [F_DUPFD, dupFrom(false)],
  [F_DUPFD_CLOEXEC, dupFrom(true)],
  [
    F_DUPFD_QUERY,
    (_kernel, task, file, _fd, args) => {
      const other = task.files.get(args.i32(2));
      return other ? Number(other === file) : -ERRNO.EBADF;
    },
  ],
  [F_GETFD, (_kernel, task, _file, fd) => Number(task.files.entry(fd)!.closeOnExec)],
  [
    F_SETFD,
    (_kernel, task, _file, fd, args) => {
      task.files.entry(fd)!.closeOnExec = (args.u32(2) & FD_CLOEXEC) !== 0;
      return 0;
    },
  ],
  [F_GETFL, (_kernel, _task, file) => file.flags | (file.isOpenedByPath && !(file.flags & O_PATH) ? O_LARGEFILE : 0)],
  [
    F_SETFL,
    (_kernel, task, file, fd, args) => {
      const wanted = file.canSignal ? args.u32(2) : args.u32(2) & ~O_ASYNC;
      const mayHide = file.inode !== null && isOwner(identityOf(task), file.inode);
      if ((wanted & O_NOATIME) !== 0 && !(file.flags & O_NOATIME) && !mayHide) return -ERRNO.EPERM;
      file.flags = (file.flags & ~SETTABLE_FLAGS) | (wanted & SETTABLE_FLAGS);
      setAsync(file, fd, task, (wanted & O_ASYNC) !== 0);
      return 0;
    },
  ],
  [F_GETLK, lockQuery(false)],
  [F_SETLK, lock(false, false)],
  [F_SETLKW, lock(true, false)],
  [F_OFD_GETLK, lockQuery(true)],
  [F_OFD_SETLK, lock(false, true)],
  [F_OFD_SETLKW, lock(true, true)],
  ...OWNER_COMMANDS,
  [F_GET_RW_HINT, (_kernel, task, file, _fd, args) => writeHint(task, file, args.number(2), false)],
  [F_SET_RW_HINT, (_kernel, task, file, _fd, args) => writeHint(task, file, args.number(2), true)],
  [F_CREATED_QUERY, (_kernel, _task, file) => Number(file.created)],
  [F_GETLEASE, () => F_UNLCK],
  // The file systems here grant no leases, so that there is none to give back.
  [F_SETLEASE, (_kernel, task, file, _fd, args) => refuseLease(task, file, args.u32(2))],
  [
    F_SETPIPE_SZ,
    pipeOnly((kernel, task, file, args) => file.pipe.resize(kernel, args.number(2), isCapable(task.credentials, CAP.SYS_RESOURCE))),
  ],
  [F_GETPIPE_SZ, pipeOnly((_kernel, _task, file) => file.sizeInBytes)],
  [F_ADD_SEALS, (_kernel, _task, file, _fd, args) => addSeals(file, args.u32(2))],
  [F_GET_SEALS, (_kernel, _task, file) => sealsOf(file)?.seals ?? -ERRNO.EINVAL],
]);

/** Commands an O_PATH descriptor permits. */
const PATH_COMMANDS = new Set([F_DUPFD, F_DUPFD_CLOEXEC, F_DUPFD_QUERY, F_GETFD, F_SETFD, F_GETFL]);

function fcntl(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const fd = args.i32(0);
  const file = task.files.get(fd);
  const command = args.u32(1);
  if (!file || (file.flags & O_PATH && !PATH_COMMANDS.has(command))) return -ERRNO.EBADF;
  return FCNTL.get(command)?.(kernel, task, file, fd, args) ?? -ERRNO.EINVAL;
}

function flock(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const operation = args.u32(1);
  if (operation & LOCK_MAND) return 0;
  const kind = operation & ~LOCK_NB;
  if (kind !== LOCK_SH && kind !== LOCK_EX && kind !== LOCK_UN) return -ERRNO.EINVAL;
  const file = fileOf(task, args.i32(0));
  if (!file?.inode) return -ERRNO.EBADF;
  const locks = (file.inode.locks ??= new FileLocks());
  if (kind === LOCK_UN) {
    locks.unlockWhole(kernel, file);
    return 0;
  }
  if (locks.lockWhole(kernel, file, task.process.pid, kind === LOCK_EX)) return 0;
  if (operation & LOCK_NB) return -ERRNO.EAGAIN;
  return kernel.block(task, { queues: [locks.queue], waitingFor: `lock of ${file.describe()}` });
}

export const descriptorRows: readonly SyscallRow[] = [
  { number: 32, name: 'dup', arguments: ['fd'], handler: dup },
  { number: 33, name: 'dup2', arguments: ['fd', 'fd'], handler: dup2 },
  {
    number: 72,
    name: 'fcntl',
    arguments: ['fd', 'u32', 'u64'],
    handler: fcntl,
    deviation: 'F_NOTIFY is refused, and so is every lease; F_SET_RW_HINT is kept without effect',
  },
  { number: 73, name: 'flock', arguments: ['fd', 'u32'], handler: flock },
  { number: 292, name: 'dup3', arguments: ['fd', 'fd', 'flags'], handler: dup3 },
];
