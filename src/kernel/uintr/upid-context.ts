// The kernel's side of one UPID: who receives through it, how many hold it, and access to its 16 bytes in RAM.

import { UPID_ON, UPID_SN, encodeDestination } from '../../machine/uintr/upid.ts';
import { directMap } from '../abi/layout.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';

/** Status bit 7, reserved in hardware: the receiver is blocked and its senders must trap (WAITING_SENDER). */
export const UPID_BLOCKED = 1n << 7n;

/** How a blocked receiver hears of an interrupt: not at all, by kernel vector 0xEB, or because its sender traps. */
export type WaitingCost = 'none' | 'receiver' | 'sender';

export class UpidContext {
  /** Physical address, 64-byte aligned. */
  readonly physical: number;
  readonly task: Task;
  /** Held by the thread, its MSR (profiles differ), vector descriptors, and UITT entries. */
  references = 1;
  /** Bit n: vector n has been given out. */
  vectors = 0n;
  receiverActive = true;
  waitingCost: WaitingCost = 'none';
  /** NV is the kernel's vector, or the BLOCKED bit is set. */
  waiting = false;

  constructor(physical: number, task: Task) {
    this.physical = physical;
    this.task = task;
  }

  /** The linear address that hardware is given. */
  get address(): bigint {
    return directMap(this.physical);
  }
}

export function readControl(kernel: Kernel, upid: UpidContext): bigint {
  return kernel.hardware.physical.view.getBigUint64(upid.physical, true);
}

export function readRequests(kernel: Kernel, upid: UpidContext): bigint {
  return kernel.hardware.physical.view.getBigUint64(upid.physical + 8, true);
}

/** A locked update of the low quadword. Returns the bits that have changed. */
export function changeControl(kernel: Kernel, upid: UpidContext, clear: bigint, set: bigint): bigint {
  const old = readControl(kernel, upid);
  const value = (old & ~clear) | set;
  kernel.hardware.physical.view.setBigUint64(upid.physical, value, true);
  return old ^ value;
}

export function clearRequests(kernel: Kernel, upid: UpidContext, vectors: bigint): void {
  kernel.hardware.physical.view.setBigUint64(upid.physical + 8, readRequests(kernel, upid) & ~vectors, true);
}

/** Sets or clears SN, and says so if that changed anything. */
export function suppress(kernel: Kernel, upid: UpidContext, suppressed: boolean, by: string): void {
  const changed = changeControl(kernel, upid, suppressed ? 0n : UPID_SN, suppressed ? UPID_SN : 0n);
  if (changed !== 0n) kernel.emit('upid_suppressed', upid.task, { upid: upid.address, suppressed, by });
}

export function isOutstanding(kernel: Kernel, upid: UpidContext): boolean {
  return (readControl(kernel, upid) & UPID_ON) !== 0n;
}

export function setNotificationVector(kernel: Kernel, upid: UpidContext, vector: number): void {
  changeControl(kernel, upid, 0xffn << 16n, BigInt(vector) << 16n);
}

export function setDestination(kernel: Kernel, upid: UpidContext, apicId: number, x2apic: boolean): void {
  changeControl(kernel, upid, 0xffff_ffffn << 32n, BigInt(encodeDestination(apicId, x2apic)) << 32n);
}

/** Gives one reference back; the last one frees the memory. */
export function putUpid(kernel: Kernel, upid: UpidContext): void {
  if (--upid.references > 0) return;
  kernel.uintr.ledger.forget(upid.address);
  kernel.uintr.slab.free(kernel.hardware.physical, upid.physical);
}
