// Receivers that block: how an interrupt reaches a thread that is not running.
// RECEIVER: notifications go to the kernel's vector, which looks who was meant. SENDER: a reserved bit makes SENDUIPI trap.

import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { UINTR_KERNEL_VECTOR, UINTR_NOTIFICATION_VECTOR } from './profile.ts';
import { changeControl, isOutstanding, setNotificationVector, suppress, UPID_BLOCKED, type UpidContext } from './upid-context.ts';

/** A receiver that asked for it in register_handler is switched out of an interruptible sleep. */
export function beginWaiting(kernel: Kernel, task: Task, upid: UpidContext): void {
  if (upid.waiting || task.state !== 'blocked' || upid.waitingCost === 'none') return;
  if (upid.waitingCost === 'receiver') return listenByVector(kernel, upid);
  changeControl(kernel, upid, 0n, UPID_BLOCKED);
  upid.waiting = true;
  kernel.emit('uintr_waiting', task, { mode: 'sender' });
}

/** SN stays as it is and NDST stays at this vCPU, so that the next post sends vector 0xEB here. */
export function listenByVector(kernel: Kernel, upid: UpidContext): void {
  setNotificationVector(kernel, upid, UINTR_KERNEL_VECTOR);
  upid.waiting = true;
  kernel.uintr.waiting.unshift(upid);
  kernel.emit('uintr_waiting', upid.task, { mode: 'receiver' });
}

/** The receiver runs again, or does not receive any more. */
export function endWaiting(kernel: Kernel, upid: UpidContext): void {
  changeControl(kernel, upid, UPID_BLOCKED, 0n);
  setNotificationVector(kernel, upid, UINTR_NOTIFICATION_VECTOR);
  upid.waiting = false;
  kernel.uintr.waiting = kernel.uintr.waiting.filter((other) => other !== upid);
}

/** A notification came to the kernel; it does not say for whom, so every waiting UPID with ON set is woken. */
export function wakeOutstanding(kernel: Kernel): void {
  for (const upid of [...kernel.uintr.waiting]) {
    if (!isOutstanding(kernel, upid)) continue;
    suppress(kernel, upid, true, 'woken by a user interrupt');
    endWaiting(kernel, upid);
    wakeReceiver(kernel, upid);
  }
}

/** The thread's system call ends with EINTR. */
export function wakeReceiver(kernel: Kernel, upid: UpidContext): void {
  const { task } = upid;
  if (task.uintr && task.state === 'blocked') task.uintr.notifySignal = true;
  kernel.wakeTask(task, 'user interrupt');
}
