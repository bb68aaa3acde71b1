// Queueing a request for the attention of its task. A task is fetched from user mode, or from a sleep, as TWA_SIGNAL does on Linux.

import type { Kernel } from '../kernel/kernel.ts';
import type { Task } from '../kernel/task/task.ts';
import { SETUP, SQ } from './abi/setup.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';

/** `request` is due: its task goes on with it when it next looks at its work, or the worker that it keeps at once. */
export function addWork(kernel: Kernel, request: Request): void {
  const { ring, task, worker } = request;
  request.state = 'queued';
  if (worker && worker !== ring.uring.worker) {
    worker.wake(kernel);
    return;
  }
  request.worker = null;
  if (ring.has(SETUP.DEFER_TASKRUN)) {
    ring.deferredWork.push(request);
    // Not from within another signal of an eventfd.
    if (ring.deferredWork.length === 1 && ring.eventfd && !ring.eventfd.async && !ring.uring.announcing) ring.eventfd.file.add(kernel, 1n);
    if (ring.has(SETUP.TASKRUN_FLAG)) ring.setSqFlag(SQ.TASKRUN, true);
    if (ring.waiters.waiters.includes(task)) kernel.wakeTask(task, 'io_uring');
    return;
  }
  const { work } = ring.uring;
  const list = work.get(task.tid);
  if (list) list.push(request);
  else work.set(task.tid, [request]);
  if (task.state === 'dead') {
    ring.uring.runTaskWork(kernel, task);
    return;
  }
  task.hasCompanionWork = true;
  notify(kernel, ring, task);
}

function notify(kernel: Kernel, ring: Ring, task: Task): void {
  const cooperative = ring.has(SETUP.COOP_TASKRUN);
  if (cooperative && ring.has(SETUP.TASKRUN_FLAG)) ring.setSqFlag(SQ.TASKRUN, true);
  if (task.state === 'blocked') {
    kernel.wakeTask(task, 'io_uring');
    return;
  }
  if (cooperative || task.kernelThread || !kernel.scheduler.isCurrent(task)) return;
  const vcpu = kernel.hardware.vcpus[task.vcpu]!;
  if (vcpu !== kernel.cpu && vcpu.mode === 'user') kernel.interruptRemotely(vcpu);
}
