// FXSAVE, FXRSTOR, XSAVE, XSAVEOPT, XSAVEC, XRSTOR, XGETBV, and the privileged ones that are #GP at CPL 3: SDM vol. 1, chapter 13.
// XSAVEOPT uses the init optimisation only; what it may leave unwritten by the modified optimisation is written.

import { VECTOR, type CpuException } from '../exit.ts';
import { MXCSR_START, RAX, RCX, RDX } from '../state.ts';
import {
  FXSAVE_BYTES,
  FXSAVE_WRITTEN,
  SSE_COMPONENT,
  X87_COMPONENT,
  XCR0,
  XSAVE_AREA_BYTES,
  XSAVE_HEADER,
  componentsInUse,
  readFxsave,
  restoreXsave,
  writeFxsave,
  writeMxcsr,
  writeX87,
  writeXmm,
} from '../xsave-area.ts';
import type { Helper, HelperMachine } from './helper.ts';

const PROTECTION: CpuException = { kind: 'exception', vector: VECTOR.GP, errorCode: 0, address: 0n };
const COMPACTED = 1n << 63n;

const privileged: Helper = () => PROTECTION;

/** The memory operand's address, or #GP if it is not aligned. */
function aligned(machine: HelperMachine, alignment: bigint): bigint | CpuException {
  const address = machine.address();
  return address % alignment === 0n ? address : PROTECTION;
}

function fxsave(wide: boolean): Helper {
  return (machine) => {
    const address = aligned(machine, 16n);
    if (typeof address === 'object') return address;
    const image = new Uint8Array(FXSAVE_WRITTEN);
    writeFxsave(machine.context, image, wide);
    return machine.write(address, image);
  };
}

function fxrstor(wide: boolean): Helper {
  return (machine) => {
    const address = aligned(machine, 16n);
    if (typeof address === 'object') return address;
    const image = machine.read(address, FXSAVE_BYTES);
    if (!(image instanceof Uint8Array)) return image;
    return readFxsave(machine.context, image, wide) ? null : PROTECTION;
  };
}

/** RFBM: what EDX:EAX requests of XCR0. */
function requested(machine: HelperMachine): number {
  return machine.context.int32(RAX) & XCR0;
}

/** Changes an area in place: only what `change` touches differs, so the rest of it keeps its contents. */
function updateArea(machine: HelperMachine, change: (area: Uint8Array, header: DataView) => void): CpuException | null {
  const address = aligned(machine, 64n);
  if (typeof address === 'object') return address;
  const fault = machine.probeWrite(address, XSAVE_AREA_BYTES);
  if (fault !== null) return fault;
  const old = machine.read(address, XSAVE_AREA_BYTES);
  if (!(old instanceof Uint8Array)) return old;
  const area = old.slice();
  change(area, new DataView(area.buffer, XSAVE_HEADER, XSAVE_AREA_BYTES - XSAVE_HEADER));
  return machine.write(address, area);
}

/** XSAVE and XSAVEOPT; `optimised`: components in their initial configuration are not written. */
function xsave(wide: boolean, optimised: boolean): Helper {
  return (machine) =>
    updateArea(machine, (area, header) => {
      const { context } = machine;
      const components = requested(machine);
      const inUse = componentsInUse(context);
      const written = optimised ? components & inUse : components;
      if ((written & X87_COMPONENT) !== 0) writeX87(context, area, wide);
      if ((components & SSE_COMPONENT) !== 0) writeMxcsr(context, area);
      if ((written & SSE_COMPONENT) !== 0) writeXmm(context, area);
      const kept = header.getBigUint64(0, true) & ~BigInt(components);
      header.setBigUint64(0, kept | BigInt(components & inUse), true);
    });
}

/** XSAVEC: compacted format. MXCSR belongs to SSE state here, and counts for XINUSE. */
function xsavec(wide: boolean): Helper {
  return (machine) =>
    updateArea(machine, (area, header) => {
      const { context } = machine;
      const components = requested(machine);
      const inUse = componentsInUse(context) | (context.mxcsr === MXCSR_START ? 0 : SSE_COMPONENT);
      const written = components & inUse;
      if ((written & X87_COMPONENT) !== 0) writeX87(context, area, wide);
      if ((written & SSE_COMPONENT) !== 0) {
        writeMxcsr(context, area);
        writeXmm(context, area);
      }
      header.setBigUint64(0, BigInt(written), true);
      header.setBigUint64(8, COMPACTED | BigInt(components), true);
    });
}

function xrstor(wide: boolean): Helper {
  return (machine) => {
    const address = aligned(machine, 64n);
    if (typeof address === 'object') return address;
    const area = machine.read(address, XSAVE_AREA_BYTES);
    if (!(area instanceof Uint8Array)) return area;
    return restoreXsave(machine.context, area, requested(machine), wide) ? null : PROTECTION;
  };
}

/** XCR0, or with ECX = 1 those of its components that are in use. */
const xgetbv: Helper = ({ context }) => {
  const index = context.int32(RCX);
  if (index !== 0 && index !== 1) return PROTECTION;
  context.setNumber(RAX, index === 0 ? XCR0 : componentsInUse(context));
  context.setNumber(RDX, 0);
  return null;
};

/** By iced's Code name. */
export const xsaveHelpers: Readonly<Record<string, Helper>> = {
  Fxsave_m512byte: fxsave(false),
  Fxsave64_m512byte: fxsave(true),
  Fxrstor_m512byte: fxrstor(false),
  Fxrstor64_m512byte: fxrstor(true),
  Xsave_mem: xsave(false, false),
  Xsave64_mem: xsave(true, false),
  Xsaveopt_mem: xsave(false, true),
  Xsaveopt64_mem: xsave(true, true),
  Xsavec_mem: xsavec(false),
  Xsavec64_mem: xsavec(true),
  Xrstor_mem: xrstor(false),
  Xrstor64_mem: xrstor(true),
  Xsaves_mem: privileged,
  Xsaves64_mem: privileged,
  Xrstors_mem: privileged,
  Xrstors64_mem: privileged,
  Xsetbv: privileged,
  Xgetbv: xgetbv,
};
