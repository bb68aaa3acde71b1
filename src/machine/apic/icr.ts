// The interrupt command register, 64 bits: SDM vol. 3, "Issuing Interprocessor Interrupts" and "ICR Operation in x2APIC Mode".

export type Shorthand = 'none' | 'self' | 'all' | 'others';
const SHORTHANDS: readonly Shorthand[] = ['none', 'self', 'all', 'others'];

export interface InterruptCommand {
  readonly vector: number;
  /** 0 = fixed, the only one that is modelled. */
  readonly deliveryMode: number;
  readonly logical: boolean;
  readonly shorthand: Shorthand;
  readonly destination: number;
}

export function parseIcr(value: bigint, x2apic: boolean): InterruptCommand {
  return {
    vector: Number(value & 0xffn),
    deliveryMode: Number((value >> 8n) & 7n),
    logical: ((value >> 11n) & 1n) === 1n,
    shorthand: SHORTHANDS[Number((value >> 18n) & 3n)]!,
    destination: Number(x2apic ? value >> 32n : value >> 56n),
  };
}

/** A fixed, edge-triggered, physical IPI, as SENDUIPI writes it. */
export function encodeFixedIcr(destination: number, vector: number, x2apic: boolean): bigint {
  return BigInt(vector) | (BigInt(destination) << (x2apic ? 32n : 56n));
}

/** The physical destination that means everybody. */
export function isBroadcast(destination: number, x2apic: boolean): boolean {
  return destination === (x2apic ? 0xffff_ffff : 0xff);
}
