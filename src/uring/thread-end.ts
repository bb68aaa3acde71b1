// The end of a ring's polling thread.

import type { Kernel } from '../kernel/kernel.ts';
import { unblock } from '../kernel/task/blocking.ts';
import { releaseMm } from '../kernel/task/exit.ts';
import { onTaskExit } from '../kernel/uintr/hooks.ts';
import type { Ring } from './ring.ts';

/** The ring, or its process, is at an end. Entries are then taken by nobody (EOWNERDEAD). */
export function endThread(kernel: Kernel, ring: Ring): void {
  const { thread } = ring;
  if (!thread) return;
  ring.thread = null;
  ring.threadInterrupt = null;
  const { task } = thread;
  ring.uring.work.delete(task.tid);
  unblock(kernel, task);
  kernel.scheduler.forget(task);
  task.state = 'dead';
  onTaskExit(kernel, task, kernel.scheduler.isCurrent(task) ? kernel.hardware.vcpus[task.vcpu]! : null);
  releaseMm(kernel, task.mm);
  kernel.pids.tasks.delete(task.tid);
  kernel.emit('thread_exited', task, { exit_code: 0 });
}
