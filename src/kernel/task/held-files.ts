// Files that a blocked call is about stay open for it whatever becomes of their descriptors, as by Linux's fget().

import type { Kernel } from '../kernel.ts';
import type { SyscallRow } from '../syscalls/row.ts';
import { dropReference, type HeldFile } from '../vfs/fd-table.ts';
import type { Task } from './task.ts';

export const NONE_HELD: readonly HeldFile[] = [];

/** Of the descriptors among the arguments of the call that `task` has just begun to wait in. */
export function holdFiles(task: Task, row: SyscallRow, args: readonly bigint[]): readonly HeldFile[] {
  let held: HeldFile[] | null = null;
  row.arguments.forEach((kind, i) => {
    if (kind !== 'fd') return;
    const fd = Number(BigInt.asIntN(32, args[i]!));
    const file = task.files.get(fd);
    if (!file) return;
    file.references++;
    held = [...(held ?? NONE_HELD), { fd, file }];
  });
  return held ?? NONE_HELD;
}

/** The call in progress, if any, is over. */
export function endCall(kernel: Kernel, task: Task): void {
  const { call } = task;
  task.call = null;
  if (call) for (const { file } of call.files) dropReference(kernel, file);
}
