// Writing where nobody can read any more.

import { ERRNO } from '../abi/errno.ts';
import { SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { kernelSignal, sendToTask } from '../signal/generate.ts';
import type { Task } from '../task/task.ts';

/** Sends SIGPIPE to the writer; the call's result is -EPIPE. */
export function raiseSigpipe(kernel: Kernel, task: Task): number {
  sendToTask(kernel, task, kernelSignal(SIGNAL.SIGPIPE));
  return -ERRNO.EPIPE;
}
