// RDMSR and WRMSR of the six IA32_UINTR_* registers: SDM vol. 4, table 2-2, and vol. 3, "User-Interrupt MSRs".
// Bits 2:1 of STACKADJUST are not enforced as reserved, as no known implementation does.

import type { CpuException } from '../cpu/exit.ts';
import { generalProtection, isCanonical } from './faults.ts';
import { reportRecognized } from './recognition.ts';
import type { UintrUnit } from './uintr-unit.ts';

export const IA32_UINTR_RR = 0x985;
export const IA32_UINTR_HANDLER = 0x986;
export const IA32_UINTR_STACKADJUST = 0x987;
export const IA32_UINTR_MISC = 0x988;
export const IA32_UINTR_PD = 0x989;
export const IA32_UINTR_TT = 0x98a;

/** IA32_UINTR_TT bit 0. */
export const TT_ENABLE = 1n;
/** IA32_UINTR_STACKADJUST bit 0: the rest is loaded into RSP instead of subtracted. */
export const LOAD_RSP = 1n;

interface Register {
  /** A value with one of these bits raises #GP. */
  readonly reserved: bigint;
  readonly canonical: boolean;
  read(unit: UintrUnit): bigint;
  write(unit: UintrUnit, value: bigint): void;
}

export const UINTR_MSRS: Readonly<Record<number, Register>> = {
  [IA32_UINTR_RR]: { reserved: 0n, canonical: false, read: (unit) => unit.rr, write: (unit, value) => (unit.rr = value) },
  [IA32_UINTR_HANDLER]: { reserved: 0n, canonical: true, read: (unit) => unit.handler, write: (unit, value) => (unit.handler = value) },
  [IA32_UINTR_STACKADJUST]: {
    reserved: 0n,
    canonical: true,
    read: (unit) => unit.stackadjust,
    write: (unit, value) => (unit.stackadjust = value),
  },
  [IA32_UINTR_MISC]: { reserved: 0xffff_ff00_0000_0000n, canonical: false, read: readMisc, write: writeMisc },
  [IA32_UINTR_PD]: { reserved: 0x3fn, canonical: true, read: (unit) => unit.pd, write: (unit, value) => (unit.pd = value) },
  [IA32_UINTR_TT]: { reserved: 0xen, canonical: true, read: (unit) => unit.tt, write: (unit, value) => (unit.tt = value) },
};

function readMisc(unit: UintrUnit): bigint {
  return BigInt(unit.uittsz) | (BigInt(unit.uinv) << 32n);
}

function writeMisc(unit: UintrUnit, value: bigint): void {
  unit.uittsz = Number(value & 0xffff_ffffn);
  unit.uinv = Number((value >> 32n) & 0xffn);
}

/** True if WRMSR would take `value`; XRSTORS checks the same. */
export function isValidMsrValue(register: number, value: bigint): boolean {
  const row = UINTR_MSRS[register];
  return row !== undefined && (value & row.reserved) === 0n && (!row.canonical || isCanonical(value));
}

/** The register's value, or #GP(0) if the processor has no such register. */
export function readMsr(unit: UintrUnit, register: number): bigint | CpuException {
  const row = UINTR_MSRS[register];
  return row && unit.enumerated ? row.read(unit) : generalProtection();
}

/** WRMSR happens at CPL 0. null on success; a fault writes nothing. */
export function writeMsr(unit: UintrUnit, register: number, value: bigint): CpuException | null {
  const row = UINTR_MSRS[register];
  if (!row || !unit.enumerated || !isValidMsrValue(register, value)) return generalProtection();
  row.write(unit, value);
  if (register === IA32_UINTR_RR) reportRecognized(unit, 'kernel');
  return null;
}
