// One UINTR unit with everything it is wired to, small enough to look at: RAM, a user page, recorded IPIs and events.

import type { CpuException } from '../../../src/machine/cpu/exit.ts';
import type { EventSink } from '../../../src/machine/events/event-sink.ts';
import type { EventKind } from '../../../src/machine/events/schema.ts';
import { AddressSpace, PageTableMemory, PTE_READ, PTE_WRITABLE, WriteGrants } from '../../../src/machine/memory/address-space.ts';
import { PAGE_SIZE, RAM_BASE } from '../../../src/machine/memory/layout.ts';
import { PhysicalMemory } from '../../../src/machine/memory/physical-memory.ts';
import { InterruptLedger } from '../../../src/machine/uintr/interrupt-ledger.ts';
import { SupervisorLinearMemory, UserLinearMemory } from '../../../src/machine/uintr/linear-memory.ts';
import type { UserRegisters } from '../../../src/machine/uintr/ports.ts';
import { encodeUitteLow } from '../../../src/machine/uintr/uitt.ts';
import { UintrUnit, type UintrOptions } from '../../../src/machine/uintr/uintr-unit.ts';

export const KERNEL_MAP = 0xffff_8880_0000_0000n;
/** Linear addresses of the first things in RAM. */
export const UPID = KERNEL_MAP + 0x1000n;
export const OTHER_UPID = KERNEL_MAP + 0x1040n;
export const UITT = KERNEL_MAP + 0x2000n;
/** A user page that is readable and writable, the one behind it is not mapped, the next is read-only. */
export const STACK_PAGE = 0x7000_0000;
export const READ_ONLY_PAGE = STACK_PAGE + 2 * PAGE_SIZE;
export const HANDLER = 0x40_1000n;
export const NOTIFICATION_VECTOR = 0xec;

const physical = new PhysicalMemory(1 << 20);
const tables = new PageTableMemory();
const grants = new WriteGrants();
const space = AddressSpace.create(physical, tables, grants)!;
for (let i = 0; i < 8; i++) physical.allocateFrame();
space.map(STACK_PAGE / PAGE_SIZE, physical.allocateFrame(), PTE_READ | PTE_WRITABLE);
space.map(READ_ONLY_PAGE / PAGE_SIZE, physical.allocateFrame(), PTE_READ);

export interface SentIpi {
  readonly destination: number;
  readonly vector: number;
  readonly interrupt: number;
  readonly departs: number;
}

export interface RecordedEvent {
  readonly kind: EventKind;
  readonly tid: number;
  readonly fields: Record<string, unknown>;
}

export class Registers implements UserRegisters {
  rip = 0x40_0000n;
  rflags = 0x202;
  private readonly general: bigint[] = Array.from({ length: 16 }, () => 0n);

  register(n: number): bigint {
    return this.general[n]!;
  }
  setRegister(n: number, value: bigint): void {
    this.general[n] = value;
  }
  get rsp(): bigint {
    return this.general[4]!;
  }
}

export class Rig {
  readonly physical = physical;
  readonly space = space;
  readonly memory = new SupervisorLinearMemory(physical, KERNEL_MAP, () => space);
  readonly user = new UserLinearMemory(physical, () => space);
  readonly unit: UintrUnit;
  readonly ledger = new InterruptLedger();
  readonly registers = new Registers();
  readonly ipis: SentIpi[] = [];
  readonly events: RecordedEvent[] = [];
  tid = 7;
  cycle = 1000;

  constructor(options: Partial<UintrOptions> = {}) {
    physical.bytes.fill(0, RAM_BASE, RAM_BASE + physical.ramBytes);
    this.unit = new UintrUnit({ enumerated: true, flexibleUiret: false, x2apic: true, ...options });
    this.unit.cr4Uintr = true;
    const sink: EventSink = {
      wants: () => true,
      emit: (kind, place, fields) => void this.events.push({ kind, tid: place.tid, fields: { ...fields } }),
    };
    this.unit.connect({
      memory: this.memory,
      ipi: {
        sendFixed: (destination, vector, interrupt, departs) => {
          this.ipis.push({ destination, vector, interrupt, departs });
          return departs + 277;
        },
      },
      events: sink,
      places: {
        place: () => ({ cycle: this.cycle, vcpu: 0, pid: 1, tid: this.tid }),
        symbol: (address) => (address === HANDLER ? 'handler' : ''),
      },
      ledger: this.ledger,
    });
    this.registers.setRegister(4, BigInt(STACK_PAGE + 0x800));
  }

  /** A UITT of `entries` entries at UITT, enabled, entry 0 pointing to vector 1 of UPID. */
  asSender(entries = 4): this {
    this.unit.tt = UITT | 1n;
    this.unit.uittsz = entries - 1;
    this.entry(0, encodeUitteLow(1), UPID);
    return this;
  }

  /** UPID programmed with the notification vector, handler set, UIF set. */
  asReceiver(): this {
    this.unit.pd = UPID;
    this.unit.uinv = NOTIFICATION_VECTOR;
    this.unit.handler = HANDLER;
    this.unit.stackadjust = 128n;
    this.unit.uif = true;
    return this;
  }

  entry(index: number, low: bigint, high: bigint): void {
    this.poke(UITT + BigInt(index * 16), low);
    this.poke(UITT + BigInt(index * 16 + 8), high);
  }

  upid(low: bigint, pir: bigint, address = UPID): void {
    this.poke(address, low);
    this.poke(address + 8n, pir);
  }

  poke(address: bigint, value: bigint): void {
    const fault = this.memory.write64(address, value);
    if (fault) throw new Error(`cannot write ${address.toString(16)}`);
  }

  peek(address: bigint): bigint {
    const value = this.memory.read64(address);
    if (typeof value !== 'bigint') throw new Error(`cannot read ${address.toString(16)}`);
    return value;
  }

  peekUser(address: bigint): bigint {
    const value = this.user.read64(address);
    if (typeof value !== 'bigint') throw new Error(`cannot read ${address.toString(16)}`);
    return value;
  }

  of(kind: EventKind): Record<string, unknown>[] {
    return this.events.filter((event) => event.kind === kind).map((event) => event.fields);
  }

  /** All architectural state, for "nothing has changed". */
  snapshot(): string {
    const { unit, registers } = this;
    const words = [
      unit.uif,
      unit.handler,
      unit.stackadjust,
      unit.uittsz,
      unit.uinv,
      unit.pd,
      unit.tt,
      unit.rr,
      registers.rip,
      registers.rflags,
      registers.rsp,
    ];
    const ram = Array.from(physical.bytes.subarray(RAM_BASE + 0x1000, RAM_BASE + 0x3000)).join();
    const stack = Array.from({ length: 512 }, (_, i) => this.peekUser(BigInt(STACK_PAGE + i * 8))).join();
    return [...words.map(String), ram, stack].join('|');
  }
}

/** "#GP(0)", "#PF(6) at 70001000": a fault as the manual writes it; "ok" for null. */
export function describeFault(fault: CpuException | string | null): string {
  if (fault === null) return 'ok';
  if (typeof fault === 'string') return fault;
  const names: Record<number, string> = { 6: '#UD', 12: '#SS', 13: '#GP', 14: '#PF' };
  const name = names[fault.vector] ?? `#${fault.vector}`;
  if (fault.vector === 6) return name;
  return `${name}(${fault.errorCode})${fault.vector === 14 ? ` at ${fault.address.toString(16)}` : ''}`;
}
