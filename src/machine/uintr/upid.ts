// The user posted-interrupt descriptor, 16 bytes, 64-byte aligned: SDM vol. 3, "User Posted-Interrupt Descriptor".

export const UPID_ON = 1n << 0n;
export const UPID_SN = 1n << 1n;
/** Bits 15:2 and 31:24: SENDUIPI refuses a descriptor that has one set, notification processing ignores them. */
export const UPID_RESERVED = 0xff00_fffcn;
/** Memory for one descriptor, and its alignment. */
export const UPID_BYTES = 64;

const NV_SHIFT = 16n;
const NDST_SHIFT = 32n;

export interface UpidControl {
  readonly on: boolean;
  readonly sn: boolean;
  /** Notification vector. */
  readonly nv: number;
  /** Notification destination as stored: an x2APIC id, or an xAPIC id in bits 15:8. */
  readonly ndst: number;
}

/** Reads the low quadword. The high one is the posted-interrupt requests, PIR. */
export function parseUpidControl(low: bigint): UpidControl {
  return {
    on: (low & UPID_ON) !== 0n,
    sn: (low & UPID_SN) !== 0n,
    nv: Number((low >> NV_SHIFT) & 0xffn),
    ndst: Number(low >> NDST_SHIFT),
  };
}

export function encodeUpidControl(control: UpidControl): bigint {
  return (
    (control.on ? UPID_ON : 0n) | (control.sn ? UPID_SN : 0n) | (BigInt(control.nv) << NV_SHIFT) | (BigInt(control.ndst) << NDST_SHIFT)
  );
}

/** The APIC id that NDST names. */
export function notificationDestination(ndst: number, x2apic: boolean): number {
  return x2apic ? ndst : (ndst >>> 8) & 0xff;
}

/** NDST for an APIC id. */
export function encodeDestination(apicId: number, x2apic: boolean): number {
  return x2apic ? apicId : (apicId & 0xff) << 8;
}
