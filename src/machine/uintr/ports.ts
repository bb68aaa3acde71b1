// What the UINTR unit needs of the rest of the processor: linear memory with supervisor rights, the local APIC's send side,
// and a place to say what it does. All accesses are those of SDM "User Interrupts"; faults are values.

import type { CpuException } from '../cpu/exit.ts';
import type { EventPlace } from '../events/schema.ts';

/** Supervisor-mode linear accesses (SDM: UPID and UITT accesses ignore CPL). `address` is any 64-bit linear address. */
export interface SupervisorMemory {
  /** Little-endian 64-bit read; #GP(0) if not canonical, #PF (supervisor) if not present. */
  read64(address: bigint): bigint | CpuException;
  /** null on success. A fault writes nothing. */
  write64(address: bigint, value: bigint): CpuException | null;
  /** The fault that a locked read-modify-write of 8 bytes at `address` would raise, without writing. */
  probeWrite(address: bigint): CpuException | null;
}

/** Pushes at CPL 3 for user-interrupt delivery, and UIRET's pops: user-mode accesses with the thread's page tables. */
export interface UserMemory64 {
  read64(address: bigint): bigint | CpuException;
  write64(address: bigint, value: bigint): CpuException | null;
  /** Checks that `bytes` bytes at `address` could be written, without writing. */
  probeWrite(address: bigint, bytes: number): CpuException | null;
}

/** A fixed, edge-triggered, physical-destination IPI: the ordinary ICR write at the end of SENDUIPI. */
export interface IpiPort {
  /** `interrupt` tags the event trail, `departs` is the virtual time of the ICR write; returns the time of arrival, 0 if nobody is there. */
  sendFixed(destination: number, vector: number, interrupt: number, departs: number): number;
}

/** The local APIC's side towards its processor, for taking an ordinary interrupt. */
export interface InterruptController {
  /** Vector of the highest-priority deliverable interrupt, now in service; -1 if there is none. */
  acknowledge(): number;
  eoi(): void;
}

/** The registers that user-interrupt delivery and UIRET touch. RSP is general register 4. */
export interface UserRegisters {
  rip: bigint;
  rflags: number;
  register(n: number): bigint;
  setRegister(n: number, value: bigint): void;
}

/** Who executes on this logical processor now, and when it is. */
export interface PlaceProvider {
  place(): EventPlace;
  /** Name of the function at a user address of the current process, '' if unknown. */
  symbol(address: bigint): string;
}

/** Privilege at which something happens to the logical processor: halted counts as kernel work for delivery. */
export type ProcessorMode = 'user' | 'kernel' | 'idle';
