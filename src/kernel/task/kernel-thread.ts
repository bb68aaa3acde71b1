// Threads of a process that never run user code: the rings' polling threads and workers. As Linux's create_io_thread makes them, they
// share everything with their creator, belong to its process, take no signals, stop with it, and do not keep it alive.

import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { onTaskExit } from '../uintr/hooks.ts';
import { makeRunnable, unblock } from './blocking.ts';
import { releaseMm } from './exit.ts';
import { exceedsProcessLimit } from './fork.ts';
import { addUsage } from './process.ts';
import { Task } from './task.ts';

const NO_SIGNALS = 0xffff_ffff_ffff_ffffn;
/** TASK_COMM_LEN without its end. */
const LONGEST_NAME = 15;

/** Makes one, which its owner makes a kernel thread and starts. -EAGAIN where there may be no more tasks. */
export function createKernelThread(kernel: Kernel, creator: Task, name: string): Task | number {
  if (exceedsProcessLimit(kernel, creator)) return -ERRNO.EAGAIN;
  if (kernel.pids.count >= (kernel.options.mostTasks ?? Number.POSITIVE_INFINITY)) return -ERRNO.EAGAIN;
  const tid = kernel.pids.allocate();
  if (tid < 0) return -ERRNO.EAGAIN;
  const { process, mm, files, fs, signals, credentials, context } = creator;
  mm.users++;
  const task = new Task(tid, process, name.slice(0, LONGEST_NAME), {
    mm,
    files: files.share(),
    fs,
    actions: signals.actions,
    credentials,
    context: context.copy(),
  });
  task.signals.blocked = NO_SIGNALS;
  task.vcpu = creator.vcpu;
  const { policy, priority, nice, virtualRuntime } = creator.scheduling;
  Object.assign(task.scheduling, { policy, priority, nice, virtualRuntime });
  task.startedAt = kernel.now;
  process.kernelThreads.push(task);
  kernel.pids.tasks.set(tid, task);
  kernel.forks++;
  kernel.charge(kernel.hardware.costs.thread_create);
  kernel.emit('thread_started', task, { parent_tid: creator.tid });
  return task;
}

export function startKernelThread(kernel: Kernel, task: Task, by: string): void {
  makeRunnable(kernel, task, by, true);
}

/** Before it does more work: true if its process is stopped. Then it is too, until SIGCONT or the end make it runnable again. */
export function stopsWithProcess(kernel: Kernel, task: Task): boolean {
  if (task.process.stoppedBy === 0) return false;
  kernel.load.advance(kernel);
  task.state = 'stopped';
  return true;
}

/** Ends it now, wherever it is. Its vCPU must look for another task if it was current. */
export function endKernelThread(kernel: Kernel, task: Task): void {
  const { process } = task;
  unblock(kernel, task);
  kernel.scheduler.forget(task);
  kernel.load.advance(kernel);
  task.state = 'dead';
  onTaskExit(kernel, task, kernel.scheduler.isCurrent(task) ? kernel.hardware.vcpus[task.vcpu]! : null);
  process.kernelThreads.splice(process.kernelThreads.indexOf(task), 1);
  addUsage(process.usage, task.usage);
  releaseMm(kernel, task.mm);
  kernel.pids.tasks.delete(task.tid);
  kernel.emit('thread_exited', task, { exit_code: 0 });
  task.files.release(kernel);
}
