// Changing how long a file is, for those who ask by a system call: RLIMIT_FSIZE, set-id bits (truncate(2), getrlimit(2)).

import { ERRNO } from '../abi/errno.ts';
import { IN_MODIFY } from '../abi/inotify.ts';
import { SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { kernelSignal, sendToTask } from '../signal/generate.ts';
import { RLIMIT } from '../task/limits.ts';
import type { Task } from '../task/task.ts';
import type { Dentry } from './dentry.ts';
import { notifyEntry } from './notify.ts';
import { dropSetId, identityOf } from './permission.ts';

/** Offsets are exact numbers; Linux's own limit is 2^63 - 1. */
export const MAX_FILE_SIZE = Number.MAX_SAFE_INTEGER;

/** How long the task's files may become. */
export function sizeLimit(task: Task): number {
  return task.process.limits[RLIMIT.FSIZE]!.soft;
}

/** -EFBIG, after SIGXFSZ, where a file of `size` bytes would be more than the task may make; else 0. */
export function refuseSize(kernel: Kernel, task: Task, size: number): number {
  if (size > sizeLimit(task)) {
    sendToTask(kernel, task, kernelSignal(SIGNAL.SIGXFSZ));
    return -ERRNO.EFBIG;
  }
  return size > MAX_FILE_SIZE ? -ERRNO.EFBIG : 0;
}

/** truncate, ftruncate and O_TRUNC, once they are permitted. */
export function resize(kernel: Kernel, task: Task | null, entry: Dentry, size: number): number {
  const { inode } = entry;
  if (task && size > inode.size) {
    const refused = refuseSize(kernel, task, size);
    if (refused < 0) return refused;
  }
  const done = inode.truncate(kernel, size);
  if (done < 0) return done;
  dropSetId(identityOf(task), inode);
  notifyEntry(entry, IN_MODIFY);
  return done;
}
