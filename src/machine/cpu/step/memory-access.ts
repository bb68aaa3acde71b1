// User-mode data accesses by the slow path: what the entry that generated code has found does not permit at once,
// accesses across a page end, faults. Also what helpers read and write guest memory with.

import { type AddressSpace, PTE_WRITABLE } from '../../memory/address-space.ts';
import { CPU_BASE, PAGE_MASK, PAGE_SIZE } from '../../memory/layout.ts';
import type { PhysicalMemory } from '../../memory/physical-memory.ts';
import { type CpuException, VECTOR } from '../exit.ts';
import { CROSSING } from '../state.ts';

/** Error code bits of #PF, SDM vol. 3, 4.7. */
export const PF_PRESENT = 1;
export const PF_WRITE = 2;
export const PF_USER = 4;
export const PF_FETCH = 16;

const SPACE_TOP = 2 ** 47;
const SCRATCH = CPU_BASE + CROSSING;

export function pageFault(address: bigint, errorCode: number): CpuException {
  return { kind: 'exception', vector: VECTOR.PF, errorCode, address };
}

export class MemoryAccess {
  private readonly physical: PhysicalMemory;
  private space: AddressSpace | null = null;
  /** The fault that the last slow access ended with. */
  fault: CpuException | null = null;
  private commitWidth = 0;
  private commitFirst = 0;
  private commitSecond = 0;
  private commitSplit = 0;

  constructor(physical: PhysicalMemory) {
    this.physical = physical;
  }

  setSpace(space: AddressSpace): void {
    this.space = space;
  }

  /** Offset in memory 0 of `width` bytes at the 64-bit address (low, high), 0 with `fault` set. */
  slow(low: number, high: number, width: number, write: boolean, stack: boolean): number {
    if (high >>> 0 >= 0x8000) return this.refuse(low, high, write, stack);
    const address = (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
    const space = this.space!;
    const access = write ? 'write' : 'read';
    const split = PAGE_SIZE - (low & PAGE_MASK);
    if (width <= split) {
      const at = space.translate(address, access);
      if (at < 0) return this.miss(address, write);
      space.show(Math.floor(address / PAGE_SIZE));
      return at;
    }
    const second = address + split;
    if (second >= SPACE_TOP) {
      this.fault = { kind: 'exception', vector: stack ? VECTOR.SS : VECTOR.GP, errorCode: 0, address: 0n };
      return 0;
    }
    // Both pages are checked for the access before either is touched.
    const permits = write ? (a: number) => this.writable(a) : (a: number) => space.translate(a, 'read') >= 0;
    if (!permits(address)) return this.miss(address, write);
    if (!permits(second)) return this.miss(second, write);
    this.commitFirst = space.translate(address, access);
    this.commitSecond = space.translate(second, access);
    this.commitSplit = split;
    this.commitWidth = width;
    const bytes = this.physical.bytes;
    bytes.copyWithin(SCRATCH, this.commitFirst, this.commitFirst + split);
    bytes.copyWithin(SCRATCH + split, this.commitSecond, this.commitSecond + width - split);
    return SCRATCH;
  }

  /** Moves what was stored at CROSSING to its two pages. */
  commit(): void {
    const bytes = this.physical.bytes;
    bytes.copyWithin(this.commitFirst, SCRATCH, SCRATCH + this.commitSplit);
    bytes.copyWithin(this.commitSecond, SCRATCH + this.commitSplit, SCRATCH + this.commitWidth);
  }

  read(address: bigint, count: number, stack: boolean): Uint8Array | CpuException {
    const fault = this.check(address, count, false, stack);
    if (fault) return fault;
    const data = new Uint8Array(count);
    this.pieces(Number(BigInt.asUintN(64, address)), count, 'read', (at, from, length) =>
      data.set(this.physical.bytes.subarray(at, at + length), from),
    );
    return data;
  }

  write(address: bigint, data: Uint8Array, stack: boolean): CpuException | null {
    const fault = this.check(address, data.length, true, stack);
    if (fault) return fault;
    this.pieces(Number(BigInt.asUintN(64, address)), data.length, 'write', (at, from, length) =>
      this.physical.bytes.set(data.subarray(from, from + length), at),
    );
    return null;
  }

  /** The fault that an access of `count` bytes raises, null if none. Changes nothing. */
  check(address: bigint, count: number, write: boolean, stack: boolean): CpuException | null {
    const linear = BigInt.asUintN(64, address);
    const last = BigInt.asUintN(64, linear + BigInt(count - 1));
    if (linear >> 47n !== 0n || last >> 47n !== 0n) {
      const high = linear >> 47n !== 0n ? linear : last;
      this.refuse(Number(high & 0xffff_ffffn), Number(high >> 32n), write, stack);
      return this.fault;
    }
    const start = Number(linear);
    for (let at = start; at < start + count; at = at - (at % PAGE_SIZE) + PAGE_SIZE) {
      if (write ? this.writable(at) : this.space!.translate(at, 'read') >= 0) continue;
      this.miss(at, write);
      return this.fault;
    }
    return null;
  }

  private pieces(address: number, count: number, access: 'read' | 'write', each: (at: number, from: number, length: number) => void): void {
    for (let done = 0; done < count; ) {
      const length = Math.min(count - done, PAGE_SIZE - ((address + done) % PAGE_SIZE));
      each(this.space!.translate(address + done, access), done, length);
      done += length;
    }
  }

  private writable(address: number): boolean {
    return (this.space!.entry(Math.floor(address / PAGE_SIZE)) & PTE_WRITABLE) !== 0;
  }

  /** A page fault at an address of the user half. */
  private miss(address: number, write: boolean): number {
    const present = this.space!.entry(Math.floor(address / PAGE_SIZE)) !== 0 ? PF_PRESENT : 0;
    this.fault = pageFault(BigInt(address), present | (write ? PF_WRITE : 0) | PF_USER);
    return 0;
  }

  /** Addresses of the upper half: #PF if canonical, else #GP or #SS. */
  private refuse(low: number, high: number, write: boolean, stack: boolean): number {
    if (high >>> 0 >= 0xffff_8000) {
      const address = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      this.fault = pageFault(address, (write ? PF_WRITE : 0) | PF_USER);
    } else this.fault = { kind: 'exception', vector: stack ? VECTOR.SS : VECTOR.GP, errorCode: 0, address: 0n };
    return 0;
  }
}
