// Waiting for the device to take what was written before: fsync(2), sync(2), msync(2), sync_file_range(2).

import type { TmpfsFile } from '../fs/tmpfs-file.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { awaitRequests, startWrites } from './page-io.ts';
import type { PageRange } from './page-states.ts';

/** Pages of a file; all of it where `first` and `end` are left out. */
export interface FileRange extends Partial<PageRange> {
  readonly file: TmpfsFile;
}

/**
 * Gives the device what is dirty in `ranges` (null: in all files) and waits for it and for what was under way. What is written after the
 * call began is not its business: it notes the last request that is.
 */
export function sync(kernel: Kernel, task: Task, ranges: readonly FileRange[] | null): SyscallResult {
  const { store } = kernel.vfs;
  if (!store) return 0;
  if (task.progress?.['upTo'] === undefined) {
    for (const { file, first = 0, end = Number.POSITIVE_INFINITY } of ranges ?? allFiles(kernel)) startWrites(kernel, file, first, end);
    task.progress = { ...task.progress, upTo: store.lastNumber };
  }
  const upTo = Number(task.progress!['upTo']);
  if (ranges === null) return awaitRequests(kernel, task, null, upTo) ?? 0;
  for (const { file } of ranges) {
    const waits = awaitRequests(kernel, task, file, upTo);
    if (waits !== null) return waits;
  }
  return 0;
}

function allFiles(kernel: Kernel): FileRange[] {
  return [...kernel.vfs.store!.files.values()].map((file) => ({ file }));
}
