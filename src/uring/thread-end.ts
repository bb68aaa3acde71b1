// The end of a ring's polling thread.

import type { Kernel } from '../kernel/kernel.ts';
import { endKernelThread } from '../kernel/task/kernel-thread.ts';
import type { Ring } from './ring.ts';

/** The ring, or its process, is at an end. Entries are then taken by nobody (EOWNERDEAD). */
export function endThread(kernel: Kernel, ring: Ring): void {
  const { thread, uring } = ring;
  if (!thread) return;
  ring.thread = null;
  ring.threadInterrupt = null;
  uring.endPool(kernel, thread.task);
  uring.work.delete(thread.task.tid);
  endKernelThread(kernel, thread.task);
}
