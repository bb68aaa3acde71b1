// What the board gives the kernel to run on. The kernel reaches nothing else outside itself.

import type { EventQueue } from '../machine/clock/event-queue.ts';
import type { Costs } from '../machine/cost/presets.ts';
import type { Vcpu } from '../machine/cpu/vcpu.ts';
import type { EventSink } from '../machine/events/event-sink.ts';
import type { AddressSpace, PageTableMemory, WriteGrants } from '../machine/memory/address-space.ts';
import type { PhysicalMemory } from '../machine/memory/physical-memory.ts';
import type { RangeCount } from './mm/mm.ts';
import type { KernelTimer } from './time/kernel-timer.ts';

/** The machine's own generator, seeded by its spec: the only randomness there is. */
export interface RandomSource {
  bytes(count: number): Uint8Array;
}

export interface KernelHardware {
  readonly physical: PhysicalMemory;
  readonly tables: PageTableMemory;
  readonly grants: WriteGrants;
  /** Mapped ranges of all processes. */
  readonly ranges?: RangeCount;
  readonly vcpus: readonly Vcpu[];
  /** Kernel timers, by virtual time; the board calls kernel.expire(payload) when one is due. */
  readonly timers: EventQueue<KernelTimer>;
  readonly events: EventSink;
  readonly costs: Costs;
  /** Bytes; contents of larger files are copied from and to DRAM. */
  readonly lastLevelCache: number;
  /** Nominal clock: cycles per second of virtual time. */
  readonly hertz: number;
  /** CLOCK_REALTIME at virtual time 0, nanoseconds since 1970. */
  readonly epochNanoseconds: bigint;
  readonly random: RandomSource;
  /**
   * Sends an ordinary IPI (reschedule 0xFD, a user-interrupt notification); arrives after the model's flight time, to itself at once.
   * `interrupt` is the user interrupt it notifies of, if any; `departs` is when, at the entry of the kernel if absent.
   */
  sendIpi(from: Vcpu, destinationApicId: number, vector: number, interrupt?: number, departs?: number): void;
  /** Makes an idle vCPU run kernel.resume() at virtual time `at`: for what is done on it itself, or by nobody (a timer, an input). */
  kick(vcpu: Vcpu, at: number): void;
}

export type { AddressSpace };
