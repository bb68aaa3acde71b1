// Linear memory as the UINTR unit sees it: supervisor accesses through the kernel's direct map or the current page tables,
// and user accesses for frames on the stack. Both go to RAM through the rules of physical memory.

import type { CpuException } from '../cpu/exit.ts';
import type { Access, AddressSpace } from '../memory/address-space.ts';
import { PAGE_MASK, PAGE_SIZE, RAM_BASE } from '../memory/layout.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { generalProtection, isCanonical, isFault, pageFault } from './faults.ts';
import type { SupervisorMemory, UserMemory64 } from './ports.ts';

/** Gives the address space that CR3 names now; null where there is none. */
export type CurrentSpace = () => AddressSpace | null;

const USER_LIMIT = 1n << 47n;

abstract class LinearMemory {
  readonly physical: PhysicalMemory;

  constructor(physical: PhysicalMemory) {
    this.physical = physical;
  }

  read64(address: bigint): bigint | CpuException {
    const low = this.locate(address, 'read');
    if (typeof low !== 'number') return low;
    if (!crossesPage(address)) return this.physical.view.getBigUint64(low, true);
    let value = 0n;
    for (let i = 0n; i < 8n; i++) {
      const at = this.locate(address + i, 'read');
      if (typeof at !== 'number') return at;
      value |= BigInt(this.physical.bytes[at]!) << (8n * i);
    }
    return value;
  }

  write64(address: bigint, value: bigint): CpuException | null {
    const places: number[] = [];
    for (let i = 0; i < 8; i++) {
      const at = i === 0 || crossesPage(address) ? this.locate(address + BigInt(i), 'write') : places[0]! + i;
      if (typeof at !== 'number') return at;
      places.push(at);
    }
    this.physical.noteWrite(places[0]! & ~PAGE_MASK);
    this.physical.noteWrite(places[7]! & ~PAGE_MASK);
    for (const [i, at] of places.entries()) this.physical.bytes[at] = Number((value >> BigInt(8 * i)) & 0xffn);
    return null;
  }

  probeWrite(address: bigint, bytes = 8): CpuException | null {
    for (let offset = 0; offset < bytes; offset += PAGE_SIZE - Number((address + BigInt(offset)) & BigInt(PAGE_MASK))) {
      const at = this.locate(address + BigInt(offset), 'write');
      if (isFault(at)) return at;
    }
    return null;
  }

  /** Physical address of one byte, or the fault. */
  protected abstract locate(address: bigint, access: Access): number | CpuException;
}

function crossesPage(address: bigint): boolean {
  return (address & BigInt(PAGE_MASK)) > BigInt(PAGE_SIZE - 8);
}

function translate(space: AddressSpace | null, address: bigint, access: Access, user: boolean): number | CpuException {
  const where = Number(address);
  const at = space && address < USER_LIMIT ? space.translate(where, access) : -1;
  if (at >= 0) return at;
  const present = space !== null && address < USER_LIMIT && space.entry(Math.floor(where / PAGE_SIZE)) !== 0;
  return pageFault(address, { present, write: access === 'write', user });
}

/** CPL 0: the direct map at `base` covers all of RAM, the lower half is the current address space. */
export class SupervisorLinearMemory extends LinearMemory implements SupervisorMemory {
  private readonly base: bigint;
  private readonly space: CurrentSpace;

  constructor(physical: PhysicalMemory, base: bigint, space: CurrentSpace) {
    super(physical);
    this.base = base;
    this.space = space;
  }

  protected locate(address: bigint, access: Access): number | CpuException {
    if (!isCanonical(address)) return generalProtection();
    const offset = address - this.base;
    if (offset >= 0n && offset < BigInt(this.physical.ramBytes)) return RAM_BASE + Number(offset);
    return translate(this.space(), address, access, false);
  }
}

/** CPL 3. */
export class UserLinearMemory extends LinearMemory implements UserMemory64 {
  private readonly space: CurrentSpace;

  constructor(physical: PhysicalMemory, space: CurrentSpace) {
    super(physical);
    this.space = space;
  }

  protected locate(address: bigint, access: Access): number | CpuException {
    return isCanonical(address) ? translate(this.space(), address, access, true) : generalProtection();
  }
}
