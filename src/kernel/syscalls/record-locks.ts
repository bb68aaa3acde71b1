// fcntl's byte-range locks (struct flock; fcntl(2) "Advisory record locking", "Open file description locks").

import { ERRNO } from '../abi/errno.ts';
import { F_RDLCK, F_UNLCK, F_WRLCK, SEEK_CUR, SEEK_END, SEEK_SET } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { FileDescription } from '../vfs/file.ts';
import { FileLocks, type RecordLock } from '../vfs/file-locks.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { canRead, canWrite } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult } from './row.ts';

const FLOCK_BYTES = 32;

export interface LockOptions {
  readonly wait: boolean;
  /** The lock belongs to the open description, not to the process. */
  readonly ofd: boolean;
  readonly query: boolean;
}

export function recordLock(kernel: Kernel, task: Task, file: FileDescription, args: SyscallArguments, options: LockOptions): SyscallResult {
  const address = args.number(2);
  const raw = task.mm.user.copyIn(address, FLOCK_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const { inode } = file;
  if (!inode) return -ERRNO.EBADF;
  const wanted = parse(task, file, new DataView(raw.buffer), options);
  if (typeof wanted === 'number') return wanted;
  const locks = (inode.locks ??= new FileLocks());
  if (options.query) {
    const held = wanted.type === F_UNLCK ? locks.own(wanted) : locks.conflict(wanted);
    return putBytes(task, address, describe(raw, held));
  }
  if (wanted.type === F_RDLCK && !canRead(file)) return -ERRNO.EBADF;
  if (wanted.type === F_WRLCK && !canWrite(file)) return -ERRNO.EBADF;
  const conflict = wanted.type === F_UNLCK ? null : locks.conflict(wanted);
  if (!conflict) {
    return locks.setRecord(kernel, wanted) ? 0 : -ERRNO.ENOLCK;
  }
  if (!options.wait) return -ERRNO.EAGAIN;
  if (!options.ofd && wouldDeadlock(kernel, task, conflict.pid)) return -ERRNO.EDEADLK;
  task.progress = { waitsForProcess: conflict.pid };
  return kernel.block(task, { queues: [locks.queue], waitingFor: `lock of ${file.describe()} held by process ${conflict.pid}` });
}

const OFFSET_MAX = 0x7fff_ffff_ffff_ffffn;

function parse(task: Task, file: FileDescription, view: DataView, { ofd, query }: LockOptions): RecordLock | number {
  const type = view.getInt16(0, true);
  const whence = view.getInt16(2, true);
  const offset = view.getBigInt64(8, true);
  const length = view.getBigInt64(16, true);
  if (ofd && view.getInt32(24, true) !== 0) return -ERRNO.EINVAL;
  if (type !== F_RDLCK && type !== F_WRLCK && (type !== F_UNLCK || (query && !ofd))) return -ERRNO.EINVAL;
  const bases = new Map([
    [SEEK_SET, 0],
    [SEEK_CUR, file.position],
    [SEEK_END, file.inode!.size],
  ]);
  const base = bases.get(whence);
  if (base === undefined) return -ERRNO.EINVAL;
  if (offset > OFFSET_MAX - BigInt(base)) return -ERRNO.EOVERFLOW;
  const from = BigInt(base) + offset;
  if (from < 0n) return -ERRNO.EINVAL;
  if (length > 0n && length - 1n > OFFSET_MAX - from) return -ERRNO.EOVERFLOW;
  if (length < 0n && from + length < 0n) return -ERRNO.EINVAL;
  const start = Number(length < 0n ? from + length : from);
  const end = length === 0n ? Number.POSITIVE_INFINITY : Number(length < 0n ? from - 1n : from + length - 1n);
  return { owner: ofd ? file : task.files, pid: ofd ? -1 : task.process.pid, type, start, end };
}

/** struct flock of the lock in the way, or the question with F_UNLCK. */
function describe(raw: Uint8Array, held: RecordLock | null): Uint8Array {
  const view = new DataView(raw.buffer);
  view.setInt16(0, held ? held.type : F_UNLCK, true);
  if (!held) return raw;
  view.setInt16(2, SEEK_SET, true);
  view.setBigInt64(8, BigInt(held.start), true);
  view.setBigInt64(16, held.end === Number.POSITIVE_INFINITY ? 0n : BigInt(held.end - held.start + 1), true);
  view.setInt32(24, held.pid, true);
  return raw;
}

/** True if `holder` waits, through others perhaps, for a lock of the asking process. */
function wouldDeadlock(kernel: Kernel, task: Task, holder: number): boolean {
  const seen = new Set<number>();
  let pid = holder;
  while (pid > 0 && !seen.has(pid)) {
    if (pid === task.process.pid) return true;
    seen.add(pid);
    const waiting = kernel.pids.processes
      .get(pid)
      ?.tasks.find((other) => other.blocked && other.progress?.['waitsForProcess'] !== undefined);
    pid = Number(waiting?.progress?.['waitsForProcess'] ?? 0);
  }
  return false;
}
