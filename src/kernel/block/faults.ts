// Pages that a program or a mapping needs and the page cache has not: the thread sleeps until the device has brought them.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { TmpfsFile } from '../fs/tmpfs-file.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Inode } from '../vfs/inode.ts';
import type { Task } from '../task/task.ts';
import { awaitReads, startReads } from './page-io.ts';
import { PAGE_STATE } from './page-states.ts';

/** Pages brought in at a time from the one that is wanted on. */
const AROUND = 16;

/** Pages at the beginning of a program, with its headers, that execve(2) reads. */
const HEAD = 16;

/** Null when the headers of a program are in the page cache, else the call's result. */
export function awaitProgram(kernel: Kernel, task: Task, program: Inode): SyscallResult | null {
  if (!(program instanceof TmpfsFile) || !program.states) return null;
  startReads(kernel, program, 0, HEAD);
  return awaitReads(kernel, task, program, 0, HEAD);
}

/** True if `task` does not go on now; the access is made again when it does. */
export function awaitFaultingPage(kernel: Kernel, task: Task, address: number): boolean {
  if (!kernel.vfs.store) return false;
  const vma = task.mm.find(address);
  if (!vma || vma.protection === 0 || !(vma.source instanceof TmpfsFile)) return false;
  const index = vma.offset + Math.floor((address - vma.start) / PAGE_SIZE);
  const { states } = vma.source;
  if (!states || !(states.get(index) & PAGE_STATE.ABSENT)) return false;
  task.usage.majorFaults++;
  startReads(kernel, vma.source, index, index + AROUND);
  return awaitReads(kernel, task, vma.source, index, index + 1) !== null;
}
