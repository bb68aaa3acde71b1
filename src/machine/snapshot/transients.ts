// What becomes of the fields that `static transient` leaves out of a class's state, when its instances are read back: the counterpart of
// that list. A row a class; an anchor, which a new machine has already, keeps what the machine has given it.

import type { KernelHardware } from '../../kernel/hardware.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { EventQueue } from '../clock/event-queue.ts';
import type { AddressSpace, PageTableMemory } from '../memory/address-space.ts';

/** What the machine into which a snapshot is read has to offer. */
export interface Wiring {
  readonly kernel: Kernel;
  readonly hardware: KernelHardware;
}

export interface TransientRow {
  /** Fields that no hash sees because nothing depends on them, but that a snapshot holds: what people are told follows from them. */
  readonly kept?: readonly string[];
  /** More that it holds, made when it is written: for mend(). */
  readonly extra?: (object: never) => object;
  /** Sets every transient field that is not kept. Not needed for anchors. */
  readonly mend?: (object: never, wiring: Wiring, extra: unknown) => void;
}

/** The name of `extra` among an object's fields. */
export const EXTRA = '*';

const knowsKernel: TransientRow = {
  mend: (object: { kernel: Kernel }, { kernel }) => void (object.kernel = kernel),
};

export const TRANSIENTS: Readonly<Record<string, TransientRow>> = {
  'kernel/fs/console:Console': { mend: (console: { unfetched: unknown[] }) => void (console.unfetched = []) },
  'kernel/ipc/inotify-file:InotifyFile': knowsKernel,
  'kernel/ipc/mqueue/mqueue-inode:MqueueInode': knowsKernel,
  'kernel/ipc/sysv/segment:Segment': knowsKernel,
  'kernel/kernel:Kernel': {},
  'kernel/mm/mm:Mm': { mend: (mm: { hardware: object }, { hardware }) => void (mm.hardware = hardware) },
  'kernel/remote/remotes:Remotes': {},
  'kernel/task/process:Process': { kept: ['symbols'] },
  'kernel/uintr/kernel-uintr:KernelUintr': knowsKernel,
  'machine/apic/apic-bus:ApicBus': {},
  'machine/board:Board': { kept: ['turns', 'turnTime', 'breakpoints'] },
  'machine/clock/event-queue:EventQueue': { mend: (queue: EventQueue<unknown>) => queue.restored() },
  'machine/memory/address-space:AddressSpace': {
    extra: (space: AddressSpace) => space.pairs(),
    mend: (space: AddressSpace, { hardware }, pairs) =>
      space.restored(hardware.physical, hardware.tables, hardware.grants, pairs as Float64Array),
  },
  'machine/memory/address-space:PageTableMemory': { mend: (tables: PageTableMemory) => tables.restored() },
  'machine/memory/physical-memory:PhysicalMemory': {},
  'machine/uintr/uintr-unit:UintrUnit': {},
  'uring/mapped-ring:MappedRing': knowsKernel,
};
