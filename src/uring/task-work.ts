// What rings have to do in the context of a task: retries of requests whose file may be ready, timeouts, the next of a link.
// Order: first come, first done. A task is fetched from user mode, or from a sleep, as TWA_SIGNAL does on Linux.

import type { Kernel } from '../kernel/kernel.ts';
import type { Task } from '../kernel/task/task.ts';
import { SETUP, SQ } from './abi/setup.ts';
import { flushCompletions } from './completions.ts';
import { goOn, runWorkers } from './issue.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import type { Uring } from './uring.ts';

/** Work begets work at most so often before its task may go on. */
const MOST_ROUNDS = 256;

export function addWork(kernel: Kernel, request: Request): void {
  const { ring, task } = request;
  request.state = 'queued';
  if (ring.has(SETUP.DEFER_TASKRUN)) {
    ring.deferredWork.push(request);
    if (ring.has(SETUP.TASKRUN_FLAG)) ring.setSqFlag(SQ.TASKRUN, true);
    if (ring.waiters.waiters.includes(task)) kernel.wakeTask(task, 'io_uring');
    return;
  }
  const { work } = ring.uring;
  const list = work.get(task.tid);
  if (list) list.push(request);
  else work.set(task.tid, [request]);
  if (task.state === 'dead') {
    runTaskWork(kernel, ring.uring, task);
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

/** Everything that waits for `task`; true if there was something. */
export function runTaskWork(kernel: Kernel, uring: Uring, task: Task): boolean {
  let worked = false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const list = uring.work.get(task.tid);
    if (!list) break;
    uring.work.delete(task.tid);
    worked = true;
    const rings: Ring[] = [];
    for (const request of list) {
      if (!rings.includes(request.ring)) {
        rings.push(request.ring);
        if (request.ring.has(SETUP.TASKRUN_FLAG)) request.ring.setSqFlag(SQ.TASKRUN, false);
      }
      goOn(kernel, request);
    }
    for (const ring of rings) {
      flushCompletions(kernel, ring);
      runWorkers(kernel, ring);
    }
  }
  task.hasCompanionWork = uring.work.has(task.tid);
  return worked;
}

/** DEFER_TASKRUN: the issuer asks for completions. */
export function runDeferredWork(kernel: Kernel, ring: Ring): void {
  for (let round = 0; round < MOST_ROUNDS && ring.deferredWork.length > 0; round++) {
    for (const request of ring.deferredWork.splice(0)) goOn(kernel, request);
    flushCompletions(kernel, ring);
    runWorkers(kernel, ring);
  }
  if (ring.deferredWork.length === 0) ring.setSqFlag(SQ.TASKRUN, false);
}
