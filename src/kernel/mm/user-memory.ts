// Copies between the kernel and user memory, bringing pages in as they are needed.
// Addresses are numbers; one at or above TASK_SIZE, or not mapped, makes the access fail (EFAULT for the caller).

import type { Access } from '../../machine/memory/address-space.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { TASK_SIZE } from '../abi/layout.ts';
import type { Mm } from './mm.ts';

/** Where system calls on behalf of somebody else find their arguments (UserMemory.lent): beyond every address that a program can use. */
export const LENT_ADDRESS = 2 ** 52;

const EMPTY = new Uint8Array(0);

export class UserMemory {
  private readonly mm: Mm;
  /** Bytes of the kernel's that calls see at LENT_ADDRESS; null between such calls. */
  lent: Uint8Array | null = null;

  constructor(mm: Mm) {
    this.mm = mm;
  }

  /** Physical address for an access, or -1. Valid to the end of its page, until user code or the kernel changes mappings. */
  locate(address: number, access: Access): number {
    if (!(address >= 0 && address < TASK_SIZE)) return -1;
    const present = this.mm.space.translate(address, access);
    if (present >= 0) return present;
    if (this.mm.fault(address, access) !== 'ok') return -1;
    return this.mm.space.translate(address, access);
  }

  /** True if [address, address + length) lies in user space (nothing is touched). */
  isUserRange(address: number, length: number): boolean {
    return (
      (address >= 0 && length >= 0 && address + length <= TASK_SIZE) ||
      (length > 0 && address >= LENT_ADDRESS && this.lentPart(address, length).length === length)
    );
  }

  /** At most `length` bytes of what is lent. */
  private lentPart(address: number, length: number): Uint8Array {
    const at = address - LENT_ADDRESS;
    return this.lent?.subarray(at, at + length) ?? EMPTY;
  }

  /** Fills `into` from user memory; returns bytes copied before a fault. */
  copyInPartial(address: number, into: Uint8Array): number {
    if (address >= LENT_ADDRESS) {
      const part = this.lentPart(address, into.length);
      into.set(part);
      return part.length;
    }
    const { bytes } = this.mm.hardware.physical;
    let done = 0;
    while (done < into.length) {
      const physical = this.locate(address + done, 'read');
      if (physical < 0) break;
      const step = Math.min(into.length - done, PAGE_SIZE - (physical % PAGE_SIZE));
      into.set(bytes.subarray(physical, physical + step), done);
      done += step;
    }
    return done;
  }

  /** A copy of `length` bytes, or null on a fault. */
  copyIn(address: number, length: number): Uint8Array | null {
    if (length === 0) return new Uint8Array(0);
    if (!this.isUserRange(address, length)) return null;
    const into = new Uint8Array(length);
    return this.copyInPartial(address, into) === length ? into : null;
  }

  /** Bytes written before a fault. */
  copyOutPartial(address: number, data: Uint8Array): number {
    if (address >= LENT_ADDRESS) {
      const part = this.lentPart(address, data.length);
      part.set(data.subarray(0, part.length));
      return part.length;
    }
    const { bytes } = this.mm.hardware.physical;
    let done = 0;
    while (done < data.length) {
      const physical = this.locate(address + done, 'write');
      if (physical < 0) break;
      const step = Math.min(data.length - done, PAGE_SIZE - (physical % PAGE_SIZE));
      bytes.set(step === data.length ? data : data.subarray(done, done + step), physical);
      done += step;
    }
    return done;
  }

  /** True if all was written: nothing can be written anywhere. */
  copyOut(address: number, data: Uint8Array): boolean {
    return data.length === 0 || (this.isUserRange(address, data.length) && this.copyOutPartial(address, data) === data.length);
  }

  /** Zeroes; true if all was written. */
  clear(address: number, length: number): boolean {
    let done = 0;
    while (done < length) {
      const physical = this.locate(address + done, 'write');
      if (physical < 0) return false;
      const step = Math.min(length - done, PAGE_SIZE - (physical % PAGE_SIZE));
      this.mm.hardware.physical.bytes.fill(0, physical, physical + step);
      done += step;
    }
    return true;
  }

  /** Bytes up to (without) a NUL; null on a fault; 'too long' if there is none within `limit` bytes. */
  copyInString(address: number, limit: number): Uint8Array | null | 'too long' {
    if (address >= LENT_ADDRESS) {
      const rest = this.lentPart(address, limit);
      const end = rest.indexOf(0);
      return end >= 0 ? rest.slice(0, end) : rest.length === limit ? 'too long' : null;
    }
    const { bytes } = this.mm.hardware.physical;
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < limit) {
      const physical = this.locate(address + length, 'read');
      if (physical < 0) return null;
      const step = Math.min(limit - length, PAGE_SIZE - (physical % PAGE_SIZE));
      const chunk = bytes.subarray(physical, physical + step);
      const end = chunk.indexOf(0);
      parts.push(chunk.slice(0, end < 0 ? step : end));
      if (end >= 0) return parts.length === 1 ? parts[0]! : concatenate(parts);
      length += step;
    }
    return 'too long';
  }

  // Single values, little-endian. null or false on a fault.

  read32(address: number): number | null {
    const at = this.locateWhole(address, 4, 'read');
    if (at >= 0) return this.mm.hardware.physical.view.getUint32(at, true);
    const data = this.copyIn(address, 4);
    return data && new DataView(data.buffer).getUint32(0, true);
  }

  readInt32(address: number): number | null {
    const value = this.read32(address);
    return value === null ? null : value | 0;
  }

  read64(address: number): bigint | null {
    const at = this.locateWhole(address, 8, 'read');
    if (at >= 0) return this.mm.hardware.physical.view.getBigUint64(at, true);
    const data = this.copyIn(address, 8);
    return data && new DataView(data.buffer).getBigUint64(0, true);
  }

  /** An unsigned 64-bit value as a number: exact below 2^53, otherwise too large for any address. */
  readNumber(address: number): number | null {
    const value = this.read64(address);
    return value === null ? null : Number(value);
  }

  write8(address: number, value: number): boolean {
    return this.copyOut(address, Uint8Array.of(value));
  }

  write16(address: number, value: number): boolean {
    return this.copyOut(address, Uint8Array.of(value, value >> 8));
  }

  write32(address: number, value: number): boolean {
    const at = this.locateWhole(address, 4, 'write');
    if (at >= 0) this.mm.hardware.physical.view.setUint32(at, value, true);
    return at >= 0 || this.copyOut(address, Uint8Array.of(value, value >> 8, value >> 16, value >> 24));
  }

  write64(address: number, value: bigint | number): boolean {
    const data = new Uint8Array(8);
    new DataView(data.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
    return this.copyOut(address, data);
  }

  /** Physical address of a value that lies within one page; -1 if it straddles or faults. */
  private locateWhole(address: number, length: number, access: Access): number {
    return (address % PAGE_SIZE) + length <= PAGE_SIZE ? this.locate(address, access) : -1;
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
