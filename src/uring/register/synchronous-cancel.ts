// IORING_REGISTER_SYNC_CANCEL: as ASYNC_CANCEL, by system call. Nothing here is ever too far gone to be cancelled, so it never waits.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { fileOf } from '../../kernel/syscalls/file-arguments.ts';
import type { Task } from '../../kernel/task/task.ts';
import { CANCEL, cancelMatching, checkCancelFlags } from '../cancel.ts';
import { flushCompletions } from '../flush.ts';
import { fixedFile } from '../files.ts';
import type { Ring } from '../ring.ts';

const BYTES = 64;
const OPCODE = 32;
const RESERVED = 33;

export function cancelSynchronously(kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
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
  return result;
}
