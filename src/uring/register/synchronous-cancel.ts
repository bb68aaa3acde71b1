// IORING_REGISTER_SYNC_CANCEL: as ASYNC_CANCEL, by system call, which waits for what a worker is at.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { fileOf } from '../../kernel/syscalls/file-arguments.ts';
import type { SyscallResult } from '../../kernel/syscalls/row.ts';
import type { Task } from '../../kernel/task/task.ts';
import { CANCEL, cancelMatching, checkCancelFlags } from '../cancel.ts';
import { flushCompletions } from '../flush.ts';
import { fixedFile } from '../files.ts';
import type { Ring } from '../ring.ts';

const BYTES = 64;
const TIMEOUT = 16;
const OPCODE = 32;
const RESERVED = 33;

export function cancelSynchronously(kernel: Kernel, ring: Ring, task: Task, address: number, count: number): SyscallResult {
  if (address === 0 || count !== 1) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const flags = view.getUint32(12, true);
  if (checkCancelFlags(flags) < 0 || raw.subarray(RESERVED).some((byte) => byte !== 0)) return -ERRNO.EINVAL;
  const fd = view.getInt32(8, true);
  const file = !(flags & CANCEL.FD) ? null : flags & CANCEL.FD_FIXED ? fixedFile(ring, fd) : fileOf(task, fd);
  if (flags & CANCEL.FD && !file) return -ERRNO.EBADF;
  const result = cancelMatching(kernel, ring, { flags, userData: view.getBigUint64(0, true), file, opcode: raw[OPCODE]! }, null);
  flushCompletions(kernel, ring);
  if (result === -ERRNO.EALREADY) return waitForWorker(kernel, ring, task, view);
  return task.progress && (result === -ERRNO.ENOENT || result > 0) ? 0 : result;
}

/** The call runs again when a worker has ended something. */
function waitForWorker(kernel: Kernel, ring: Ring, task: Task, view: DataView): SyscallResult {
  const [seconds, nanoseconds] = [view.getBigInt64(TIMEOUT, true), view.getBigInt64(TIMEOUT + 8, true)];
  const limit = Number(seconds * 1_000_000_000n + nanoseconds);
  const isLimited = seconds !== -1n || nanoseconds !== -1n;
  task.progress ??= { until: isLimited ? kernel.now + kernel.clock.cycles(Math.max(0, limit)) : -1 };
  const until = Number(task.progress['until']);
  if (isLimited && kernel.now >= until) return -ERRNO.ETIME;
  return kernel.block(task, {
    queues: [ring.workEnds],
    deadline: isLimited ? Math.min(until, Number.MAX_SAFE_INTEGER) : null,
    waitingFor: ring.workEnds.what,
    interrupted: -ERRNO.EINTR,
  });
}
