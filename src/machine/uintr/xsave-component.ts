// Supervisor state component 14 of XSAVES and XRSTORS: SDM vol. 1, chapter 13, "UINTR State", and vol. 3, "User-Interrupt State".
// The header (XSTATE_BV, XCOMP_BV) is the instruction's; this is the component alone.

import type { CpuException } from '../cpu/exit.ts';
import { generalProtection } from './faults.ts';
import {
  IA32_UINTR_HANDLER,
  IA32_UINTR_MISC,
  IA32_UINTR_PD,
  IA32_UINTR_RR,
  IA32_UINTR_STACKADJUST,
  IA32_UINTR_TT,
  isValidMsrValue,
  UINTR_MSRS,
} from './msr.ts';
import type { ProcessorMode } from './ports.ts';
import { reportRecognized } from './recognition.ts';
import type { UintrUnit } from './uintr-unit.ts';

export const COMPONENT_BYTES = 48;

const MISC_OFFSET = 16;

/** Where each register is in the image. UIF is bit 63 of the quadword at +16, beside IA32_UINTR_MISC. */
export const COMPONENT_LAYOUT = [
  { offset: 0, register: IA32_UINTR_HANDLER },
  { offset: 8, register: IA32_UINTR_STACKADJUST },
  { offset: MISC_OFFSET, register: IA32_UINTR_MISC },
  { offset: 24, register: IA32_UINTR_PD },
  { offset: 32, register: IA32_UINTR_RR },
  { offset: 40, register: IA32_UINTR_TT },
] as const;

const IMAGE_UIF = 1n << 63n;

/** XINUSE[14]: false iff everything has its initial value, 0. */
export function isInUse(unit: UintrUnit): boolean {
  const { uif, rr, handler, stackadjust, uittsz, uinv, pd, tt } = unit;
  return uif || uittsz !== 0 || uinv !== 0 || rr !== 0n || handler !== 0n || stackadjust !== 0n || pd !== 0n || tt !== 0n;
}

/** XSAVES: the image (null in the initial state, which is not stored); then UINV is cleared, so that UIRR cannot change any more. */
export function saveComponent(unit: UintrUnit): Uint8Array | null {
  const image = isInUse(unit) ? componentImage(unit) : null;
  unit.uinv = 0;
  return image;
}

/** The 48 bytes that XSAVES would store now. */
export function componentImage(unit: UintrUnit): Uint8Array {
  const image = new Uint8Array(COMPONENT_BYTES);
  const view = new DataView(image.buffer);
  for (const { offset, register } of COMPONENT_LAYOUT) {
    const extra = register === IA32_UINTR_MISC && unit.uif ? IMAGE_UIF : 0n;
    view.setBigUint64(offset, UINTR_MSRS[register]!.read(unit) | extra, true);
  }
  return image;
}

/** XRSTORS; null loads the initial state. #GP(0) before anything is loaded if UINV is not 0 or a field is not valid. */
export function restoreComponent(unit: UintrUnit, image: Uint8Array | null, mode: ProcessorMode): CpuException | null {
  if (unit.uinv !== 0) return generalProtection();
  if (!image) {
    if (isInUse(unit)) for (const { register } of COMPONENT_LAYOUT) UINTR_MSRS[register]!.write(unit, 0n);
    unit.uif = false;
    return null;
  }
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const stored = (offset: number): bigint => view.getBigUint64(offset, true) & (offset === MISC_OFFSET ? ~IMAGE_UIF : -1n);
  for (const { offset, register } of COMPONENT_LAYOUT) if (!isValidMsrValue(register, stored(offset))) return generalProtection();
  for (const { offset, register } of COMPONENT_LAYOUT) UINTR_MSRS[register]!.write(unit, stored(offset));
  unit.uif = (view.getBigUint64(MISC_OFFSET, true) & IMAGE_UIF) !== 0n;
  reportRecognized(unit, mode);
  return null;
}
