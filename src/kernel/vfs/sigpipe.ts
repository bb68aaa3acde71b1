// Writing where nobody can read any more.

import { ERRNO } from '../abi/errno.ts';
import { SI_USER, SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { sendToTask } from '../signal/generate.ts';
import { signalInformation } from '../signal/state.ts';
import type { Task } from '../task/task.ts';

/** Sends SIGPIPE to the writer; the call's result is -EPIPE. */
export function raiseSigpipe(kernel: Kernel, task: Task): number {
  sendToTask(kernel, task, signalInformation(SIGNAL.SIGPIPE, SI_USER, { pid: task.process.pid, uid: task.credentials.uid }));
  return -ERRNO.EPIPE;
}
