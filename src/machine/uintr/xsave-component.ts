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

/** Where each register is in the image. UIF is bit 63 of the quadword at +16, beside IA32_UINTR_MISC. */
export const COMPONENT_LAYOUT = [
  { offset: 0, register: IA32_UINTR_HANDLER },
  { offset: 8, register: IA32_UINTR_STACKADJUST },
  { offset: 16, register: IA32_UINTR_MISC },
  { offset: 24, register: IA32_UINTR_PD },
  { offset: 32, register: IA32_UINTR_RR },
  { offset: 40, register: IA32_UINTR_TT },
] as const;

const IMAGE_UIF = 1n << 63n;

/** XINUSE[14]: false iff everything has its initial value, 0. */
export function isInUse(unit: UintrUnit): boolean {
  return unit.uif || COMPONENT_LAYOUT.some(({ register }) => UINTR_MSRS[register]!.read(unit) !== 0n);
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
  const stored = image ?? new Uint8Array(COMPONENT_BYTES);
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const uif = (view.getBigUint64(16, true) & IMAGE_UIF) !== 0n;
  const values = COMPONENT_LAYOUT.map(({ offset, register }) => {
    const value = view.getBigUint64(offset, true);
    return { register, value: register === IA32_UINTR_MISC ? value & ~IMAGE_UIF : value };
  });
  if (!values.every(({ register, value }) => isValidMsrValue(register, value))) return generalProtection();
  for (const { register, value } of values) UINTR_MSRS[register]!.write(unit, value);
  unit.uif = uif;
  reportRecognized(unit, mode);
  return null;
}
