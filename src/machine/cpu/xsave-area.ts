// The FXSAVE image and the XSAVE area with x87 (component 0) and SSE (component 1): SDM vol. 1, 10.5.1 and 13.4 to 13.9.
// Images are plain bytes; the instructions that move them are in helpers/xsave.ts, signal frames in the kernel.

import { FCW, FCW_START, FDP, FIP, FOP, FSW, FTW, MXCSR_START, X87, XMM, type CpuContext } from './state.ts';

export const FXSAVE_BYTES = 512;
export const XSAVE_HEADER = 512;
/** Legacy region and header: the whole area for XCR0 = x87 | SSE, in standard and compacted format. */
export const XSAVE_AREA_BYTES = 576;
export const X87_COMPONENT = 1,
  SSE_COMPONENT = 2;
export const XCR0 = X87_COMPONENT | SSE_COMPONENT;
/** MXCSR bits that may be set: all defined ones, DAZ included. */
export const MXCSR_MASK = 0xffff;

const IMAGE = { fcw: 0, fsw: 2, ftw: 4, fop: 6, fip: 8, fdp: 16, mxcsr: 24, mxcsrMask: 28, st: 32, xmm: 160 } as const;
const XMM_BYTES = 256;
/** Bytes of the legacy region that FXSAVE writes; the rest belongs to software. */
export const FXSAVE_WRITTEN = IMAGE.xmm + XMM_BYTES;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function top(context: CpuContext): number {
  return (context.fsw >> 11) & 7;
}

/** `wide`: 64-bit instruction and data pointers (FXSAVE64, XSAVE64); otherwise 32 bits and a selector of 0. */
export function writeX87(context: CpuContext, image: Uint8Array, wide: boolean): void {
  const from = viewOf(context.bytes);
  const to = viewOf(image);
  to.setUint16(IMAGE.fcw, context.fcw, true);
  to.setUint16(IMAGE.fsw, context.fsw, true);
  to.setUint16(IMAGE.ftw, context.ftw, true);
  to.setUint16(IMAGE.fop, from.getUint16(FOP, true), true);
  const mask = wide ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  to.setBigUint64(IMAGE.fip, from.getBigUint64(FIP, true) & mask, true);
  to.setBigUint64(IMAGE.fdp, from.getBigUint64(FDP, true) & mask, true);
  for (let i = 0; i < 8; i++) {
    const register = X87 + ((top(context) + i) & 7) * 16;
    image.set(context.bytes.subarray(register, register + 10), IMAGE.st + 16 * i);
    image.fill(0, IMAGE.st + 16 * i + 10, IMAGE.st + 16 * i + 16);
  }
}

export function readX87(context: CpuContext, image: Uint8Array, wide: boolean): void {
  const from = viewOf(image);
  const to = viewOf(context.bytes);
  const fcw = (from.getUint16(IMAGE.fcw, true) & 0x1f3f) | 0x40;
  const fsw = from.getUint16(IMAGE.fsw, true);
  to.setUint16(FCW, fcw, true);
  // ES and B follow from flags and masks.
  to.setUint16(FSW, (fsw & 0x7f7f) | ((fsw & ~fcw & 0x3f) !== 0 ? 0x8080 : 0), true);
  to.setUint8(FTW, image[IMAGE.ftw] ?? 0);
  to.setUint16(FOP, from.getUint16(IMAGE.fop, true) & 0x7ff, true);
  const mask = wide ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  to.setBigUint64(FIP, from.getBigUint64(IMAGE.fip, true) & mask, true);
  to.setBigUint64(FDP, from.getBigUint64(IMAGE.fdp, true) & mask, true);
  for (let i = 0; i < 8; i++) {
    const register = X87 + ((top(context) + i) & 7) * 16;
    context.bytes.set(image.subarray(IMAGE.st + 16 * i, IMAGE.st + 16 * i + 10), register);
  }
}

/** The initial configuration of x87 state: as FNINIT, with all registers zero. */
export function initialiseX87(context: CpuContext): void {
  context.bytes.fill(0, FCW, FDP + 8);
  context.bytes.fill(0, X87, X87 + 128);
  context.fcw = FCW_START;
}

export function writeXmm(context: CpuContext, image: Uint8Array): void {
  image.set(context.bytes.subarray(XMM, XMM + XMM_BYTES), IMAGE.xmm);
}

export function readXmm(context: CpuContext, image: Uint8Array): void {
  context.bytes.set(image.subarray(IMAGE.xmm, IMAGE.xmm + XMM_BYTES), XMM);
}

export function initialiseXmm(context: CpuContext): void {
  context.bytes.fill(0, XMM, XMM + XMM_BYTES);
}

export function writeMxcsr(context: CpuContext, image: Uint8Array): void {
  const view = viewOf(image);
  view.setUint32(IMAGE.mxcsr, context.mxcsr, true);
  view.setUint32(IMAGE.mxcsrMask, MXCSR_MASK, true);
}

export function imageMxcsr(image: Uint8Array): number {
  return viewOf(image).getUint32(IMAGE.mxcsr, true);
}

/** False, and nothing is loaded, if a reserved bit is set (#GP). */
export function isMxcsrValid(image: Uint8Array): boolean {
  return imageMxcsr(image) <= MXCSR_MASK;
}

export function writeFxsave(context: CpuContext, image: Uint8Array, wide = true): void {
  writeX87(context, image, wide);
  writeMxcsr(context, image);
  writeXmm(context, image);
}

/** False if MXCSR has a reserved bit set; then nothing is loaded. */
export function readFxsave(context: CpuContext, image: Uint8Array, wide = true): boolean {
  if (!isMxcsrValid(image)) return false;
  readX87(context, image, wide);
  context.mxcsr = imageMxcsr(image);
  readXmm(context, image);
  return true;
}

/** XINUSE: components not in their initial configuration. */
export function componentsInUse(context: CpuContext): number {
  const { bytes, fcw } = context;
  const x87 = fcw !== FCW_START || !isZero(bytes, FSW, FDP + 8) || !isZero(bytes, X87, X87 + 128);
  return (x87 ? X87_COMPONENT : 0) | (isZero(bytes, XMM, XMM + XMM_BYTES) ? 0 : SSE_COMPONENT);
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** A whole area in standard format, as a signal frame has it: both components present whatever they hold. */
export function writeXsaveArea(context: CpuContext, area: Uint8Array): void {
  writeFxsave(context, area);
  area.fill(0, XSAVE_HEADER, XSAVE_AREA_BYTES);
  viewOf(area).setBigUint64(XSAVE_HEADER, BigInt(XCR0), true);
}

/** XRSTOR of both components; false if it would be #GP, and then nothing is loaded. */
export function readXsaveArea(context: CpuContext, area: Uint8Array): boolean {
  return restoreXsave(context, area, XCR0, true);
}

/** XRSTOR from either format. `requested`: RFBM. False: #GP, and nothing is loaded. */
export function restoreXsave(context: CpuContext, area: Uint8Array, requested: number, wide: boolean): boolean {
  const header = viewOf(area.subarray(XSAVE_HEADER, XSAVE_AREA_BYTES));
  const present = header.getBigUint64(0, true);
  const layout = header.getBigUint64(8, true);
  const compacted = layout >> 63n === 1n;
  const allowed = compacted ? layout & ~(1n << 63n) : BigInt(XCR0);
  if ((allowed & ~BigInt(XCR0)) !== 0n || (present & ~allowed) !== 0n) return false;
  if (!compacted && layout !== 0n) return false;
  // Bytes 23:16 must be zero in standard format, 63:16 in compacted format.
  if (!isZero(area, XSAVE_HEADER + 16, compacted ? XSAVE_AREA_BYTES : XSAVE_HEADER + 24)) return false;
  const load = requested & Number(present);
  const sse = (requested & SSE_COMPONENT) !== 0;
  // MXCSR is part of the legacy region: in standard format it is loaded whether or not the component is present.
  const loadsMxcsr = sse && (!compacted || (load & SSE_COMPONENT) !== 0);
  if (loadsMxcsr && !isMxcsrValid(area)) return false;
  if ((load & X87_COMPONENT) !== 0) readX87(context, area, wide);
  else if ((requested & X87_COMPONENT) !== 0) initialiseX87(context);
  if ((load & SSE_COMPONENT) !== 0) readXmm(context, area);
  else if (sse) initialiseXmm(context);
  if (sse) context.mxcsr = loadsMxcsr ? imageMxcsr(area) : MXCSR_START;
  return true;
}
