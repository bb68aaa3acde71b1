// RAM is exhausted: the process that asked for the page dies, so that the others and the machine go on.

import { SI_KERNEL, SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { killProcess } from '../signal/generate.ts';
import type { Task } from './task.ts';

export function killForMemory(kernel: Kernel, task: Task): void {
  task.mm.outOfMemory = false;
  const { process } = task;
  if (process.groupExit) return;
  const resident = `${task.mm.residentPages * 4} KiB of ${kernel.hardware.physical.frameCount * 4} KiB`;
  kernel.emit('oops', task, { message: `out of memory: killed process ${process.pid} (${task.name}), resident ${resident}` });
  kernel.emit('signal_generated', task, { signal: SIGNAL.SIGKILL, code: SI_KERNEL, sender_pid: 0, target_tid: task.tid });
  killProcess(kernel, process, { kind: 'killed', signal: SIGNAL.SIGKILL, core: false });
}
