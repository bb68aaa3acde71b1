// What the UINTR unit needs of the rest of the processor: linear memory with supervisor rights, the local APIC's send side,
// and a place to say what it does. All accesses are those of SDM "User Interrupts"; faults are values.

import type { CpuException } from '../cpu/exit.ts';

/** Supervisor-mode linear accesses (SDM: UPID and UITT accesses ignore CPL). `address` is any 64-bit linear address. */
export interface SupervisorMemory {
  /** Little-endian 64-bit read; #GP(0) if not canonical, #PF (supervisor) if not present. */
  read64(address: bigint): bigint | CpuException;
  /** null on success. A fault writes nothing. */
  write64(address: bigint, value: bigint): CpuException | null;
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
  /** `interrupt` tags the event trail; returns the virtual time of arrival. */
  sendFixed(destination: number, vector: number, interrupt: number): number;
}
