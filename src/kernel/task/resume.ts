// The way back to user mode: which task goes on, its blocked call, its end, its signals, its user interrupts.
// Whatever takes time ends this look; the board comes again when the time is over.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import type { Kernel } from '../kernel.ts';
import { arriveInUserMode } from '../remote/calls.ts';
import { deliverSignals } from '../signal/deliver.ts';
import { runAgain } from '../syscalls/dispatch.ts';
import { endStretch } from '../time/process-time.ts';
import { onExitToUser } from '../uintr/hooks.ts';
import { exitTask } from './exit.ts';
import { killForMemory } from './out-of-memory.ts';
import type { Task } from './task.ts';

export function resume(kernel: Kernel, vcpu: Vcpu): void {
  if (vcpu.mode === 'idle') {
    kernel.scheduler.leaveIdle(kernel, vcpu);
    vcpu.charge(kernel.hardware.costs.kernel_interrupt);
    return;
  }
  if (vcpu.busyUntil < vcpu.clock) vcpu.busyUntil = vcpu.clock;
  for (;;) {
    const outcome = kernel.scheduler.schedule(kernel, vcpu);
    if (outcome === 'idle' || (outcome === 'switched' && isBusy(vcpu))) return;
    if (outcome === 'switched') continue;
    const task = kernel.current(vcpu)!;
    if (task.kernelThread) {
      task.kernelThread.run(kernel, task);
      if (isBusy(vcpu)) return;
      continue;
    }
    if (!step(kernel, vcpu, task)) continue;
    if (isBusy(vcpu)) return;
    onExitToUser(kernel, task, vcpu);
    if (isBusy(vcpu) || task.state !== 'runnable') continue;
    task.returning = -1;
    endStretch(kernel, task, 'system');
    vcpu.mode = 'user';
    if (task.remote) arriveInUserMode(kernel, task, task.context);
    return;
  }
}

/** What has been done takes time that is not over. */
const isBusy = (vcpu: Vcpu): boolean => vcpu.busyUntil > vcpu.clock;

/** What `task` has to do before it may go on; false if it can no longer go on, or must be looked at again. */
function step(kernel: Kernel, vcpu: Vcpu, task: Task): boolean {
  if (task.mm.outOfMemory) killForMemory(kernel, task);
  if (task.exiting !== null || task.process.groupExit !== null) {
    exitTask(kernel, task, task.exiting ?? 0);
    return false;
  }
  if (task.hasCompanionWork) kernel.companion!.runTaskWork(kernel, task);
  if (task.call) {
    runAgain(kernel, task);
    if (task.state !== 'runnable') return false;
  }
  if (isBusy(vcpu)) return true;
  deliverSignals(kernel, task);
  if (task.exiting !== null || task.process.groupExit !== null) return false;
  if (task.process.stoppedBy !== 0) {
    kernel.load.advance(kernel);
    task.state = 'stopped';
  }
  return task.state === 'runnable';
}
