// A user interrupt that the kernel itself starts (uintr_notify): the same posting as SENDUIPI's, without a UITT.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { isFault } from '../../machine/uintr/faults.ts';
import { postInterrupt, type Post } from '../../machine/uintr/post.ts';
import { notificationDestination } from '../../machine/uintr/upid.ts';
import type { Kernel } from '../kernel.ts';
import type { UpidContext } from './upid-context.ts';
import type { VectorFile } from './vector-file.ts';

/** Posts the vector of `file`; `vcpu` is where the kernel code runs that does it. */
export function uintrNotify(kernel: Kernel, vcpu: Vcpu, file: VectorFile): void {
  const { upid, vector } = file;
  const { post, interrupt } = postFromKernel(kernel, vcpu, upid, vector, 0);
  if (!post.notify) return;
  const destination = notificationDestination(post.before.ndst, vcpu.uintr.x2apic);
  const departs = kernel.kernelTime();
  kernel.hardware.sendIpi(vcpu, destination, post.before.nv, interrupt, departs);
  const arrives_at = departs + kernel.hardware.costs.ipi_flight;
  kernel.emit('ipi_sent', kernel.current(vcpu), { interrupt, destination_apic: destination, idt_vector: post.before.nv, arrives_at });
}

/** PIR and, unless SN or ON is set, ON. `sender`: the thread it is done for, 0 for the kernel. */
export function postFromKernel(
  kernel: Kernel,
  vcpu: Vcpu,
  upid: UpidContext,
  vector: number,
  sender: number,
): { post: Post; interrupt: number } {
  const post = postInterrupt(vcpu.uintr.ports.memory, upid.address, vector, false);
  if (isFault(post)) throw new Error(`the UPID of thread ${upid.task.tid} is not in RAM`);
  const { ledger } = kernel.uintr;
  const interrupt = ledger.start();
  const joined = ledger.post(upid.address, vector, { interrupt, sender }, post.coalesced);
  kernel.emit('pir_posted', kernel.current(vcpu), { interrupt, vector, upid: upid.address, pir: post.pir, coalesced_with: joined });
  return { post, interrupt };
}
