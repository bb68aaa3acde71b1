// Completions as user interrupts, in both forms that kernels with UINTR have had.
// register: the kernel posts the vector itself, after the tail is published, once a batch, from any context (profiles poc, k518).
// params: the ring's thread executes SENDUIPI for every completion before the tail is published (profile rfc). A handler that looks
// at once may find nothing; and in any other context than that thread the instruction faults in kernel mode, which is an oops.

import type { Kernel } from '../kernel/kernel.ts';
import { isFault } from '../machine/uintr/faults.ts';
import { senduipi } from '../machine/uintr/senduipi.ts';
import { uintrNotify } from '../kernel/uintr/notify.ts';
import { readControl } from '../kernel/uintr/upid-context.ts';
import type { VectorFile } from '../kernel/uintr/vector-file.ts';
import { UPID_ON, UPID_SN } from '../machine/uintr/upid.ts';
import type { Ring } from './ring.ts';

export function notifyReceiver(kernel: Kernel, ring: Ring, file: VectorFile, request: number, completions: number): void {
  const vcpu = kernel.cpu ?? kernel.hardware.vcpus[file.upid.task.vcpu]!;
  kernel.charge(kernel.hardware.costs.senduipi);
  const sends_ipi = (readControl(kernel, file.upid) & (UPID_ON | UPID_SN)) === 0n;
  const interrupt = kernel.uintr.ledger.next;
  uintrNotify(kernel, vcpu, file);
  kernel.emit('ring_interrupt', kernel.cpu && kernel.current(kernel.cpu), {
    ring: ring.number,
    request,
    interrupt,
    vector: file.vector,
    upid: file.upid.address,
    completions,
    abi: 'register',
    sends_ipi,
  });
}

/** Before the tail is published. */
export function sendFromThread(kernel: Kernel, ring: Ring, request: number): void {
  const { index, vector, upid } = ring.threadInterrupt!;
  const { cpu } = kernel;
  const task = cpu && kernel.current(cpu);
  const place = `completion of request ${request} of ring ${ring.number}`;
  if (!cpu || !task || task !== ring.thread?.task) {
    const where = ring.uring.worker ? 'a worker' : task ? `thread ${task.tid}` : 'an interrupt';
    fail(kernel, ring, `${place}: SENDUIPI in the kernel, in the context of ${where}, which has no UITT of the ring's thread: #UD`);
    return;
  }
  kernel.charge(kernel.hardware.costs.senduipi);
  const outcome = senduipi(cpu.uintr, BigInt(index), kernel.kernelTime());
  if (isFault(outcome)) {
    fail(kernel, ring, `${place}: SENDUIPI ${index} in the kernel raised exception ${outcome.vector}`);
    return;
  }
  kernel.emit('ring_interrupt', task, {
    ring: ring.number,
    request,
    interrupt: kernel.uintr.ledger.next - 1,
    vector,
    upid,
    completions: 1,
    abi: 'params',
    sends_ipi: outcome === 'sent',
  });
}

/** Linux would die here; this machine goes on without the notification. */
function fail(kernel: Kernel, ring: Ring, message: string): void {
  ring.threadInterrupt = null;
  kernel.emit('oops', kernel.cpu && kernel.current(kernel.cpu), { message: `io_uring: ${message}; the ring sends no more interrupts` });
}
