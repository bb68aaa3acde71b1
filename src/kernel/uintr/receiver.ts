// Registering and unregistering a thread's handler, and its vectors. All of it in the context of the receiver itself.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { IA32_UINTR_HANDLER } from '../../machine/uintr/msr.ts';
import { UPID_SN } from '../../machine/uintr/upid.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { RED_ZONE, UINTR_NOTIFICATION_VECTOR, UINTR_VECTORS, WAITING_RECEIVER, WAITING_SENDER } from './profile.ts';
import { ensureUintr, receiverOf } from './task-state.ts';
import { writeUncheckedMsr } from './unchecked-msr.ts';
import { changeControl, putUpid, setDestination, setNotificationVector, UpidContext, type WaitingCost } from './upid-context.ts';
import { endWaiting } from './waiting.ts';

/** 0 or -errno. The handler's address is not looked at: a bad one shows at delivery. */
export function registerHandler(kernel: Kernel, task: Task, vcpu: Vcpu, handler: bigint, flags: number): number {
  const state = ensureUintr(task);
  if (state.receiver) return -ERRNO.EBUSY;
  const upid = state.upid ?? allocateUpid(kernel, task);
  if (!upid) return -ERRNO.ENOMEM;
  if (!kernel.uintr.profile.goneWhenUnregistered) upid.references++;
  state.upid = upid;
  state.receiver = true;
  upid.waitingCost = waitingCost(flags);
  setNotificationVector(kernel, upid, UINTR_NOTIFICATION_VECTOR);
  setDestination(kernel, upid, vcpu.apic.id, vcpu.uintr.x2apic);
  writeUncheckedMsr(kernel, task, vcpu, IA32_UINTR_HANDLER, handler);
  vcpu.uintr.pd = upid.address;
  vcpu.uintr.stackadjust = BigInt(RED_ZONE);
  vcpu.uintr.uinv = UINTR_NOTIFICATION_VECTOR;
  const symbol = task.process.symbols?.describe(Number(handler)) ?? '';
  kernel.emit('uintr_registered', task, { handler, flags, upid: upid.address, symbol });
  return 0;
}

/** 0 or -EINVAL. SENDUIPI to this thread goes on without a fault, and without effect. */
export function unregisterHandler(kernel: Kernel, task: Task, vcpu: Vcpu): number {
  const upid = receiverOf(task);
  if (!upid) return -ERRNO.EINVAL;
  const { uintr } = vcpu;
  uintr.uinv = 0;
  uintr.pd = 0n;
  uintr.rr = 0n;
  uintr.stackadjust = 0n;
  uintr.handler = 0n;
  retireUpid(kernel, task, upid);
  if (kernel.uintr.profile.goneWhenUnregistered) {
    upid.receiverActive = false;
    task.uintr!.upid = null;
  }
  kernel.emit('uintr_unregistered', task, { upid: upid.address });
  putUpid(kernel, upid);
  return 0;
}

/** The UPID is no longer programmed: no notification may be sent because of it. */
export function retireUpid(kernel: Kernel, task: Task, upid: UpidContext): void {
  changeControl(kernel, upid, 0n, UPID_SN);
  if (upid.waiting) endWaiting(kernel, upid);
  kernel.uintr.ledger.discardTaken(upid.address);
  task.uintr!.receiver = false;
}

/** Reserves a vector: the receiver's UPID, or -errno. */
export function registerVector(kernel: Kernel, task: Task, vector: bigint): UpidContext | number {
  const upid = receiverOf(task);
  if (!upid) return -ERRNO.EINVAL;
  if (vector >= BigInt(UINTR_VECTORS)) return -ERRNO.ENOSPC;
  const bit = 1n << vector;
  if (upid.vectors & bit && kernel.uintr.profile.refuseUsedVector) return -ERRNO.EBUSY;
  upid.vectors |= bit;
  return upid;
}

function allocateUpid(kernel: Kernel, task: Task): UpidContext | null {
  const physical = kernel.uintr.slab.allocate(kernel.hardware.physical);
  return physical === 0 ? null : new UpidContext(physical, task);
}

function waitingCost(flags: number): WaitingCost {
  if (flags & WAITING_RECEIVER) return 'receiver';
  return flags & WAITING_SENDER ? 'sender' : 'none';
}
