// A bare processor for tests: one vCPU, one address space, code and data where the test puts them.

import { PRESETS, resolveCosts } from '../../../src/machine/cost/presets.ts';
import { Cpu } from '../../../src/machine/cpu/cpu.ts';
import type { CpuidMachine } from '../../../src/machine/cpu/helpers/cpuid.ts';
import type { CpuExit } from '../../../src/machine/cpu/exit.ts';
import { type CpuContext, RSP } from '../../../src/machine/cpu/state.ts';
import { type StepModule, createStepModule } from '../../../src/machine/cpu/step/step-module.ts';
import type { Vcpu } from '../../../src/machine/cpu/vcpu.ts';
import { AddressSpace, PTE_EXEC, PTE_READ, PTE_WRITABLE, PageTableMemory, WriteGrants } from '../../../src/machine/memory/address-space.ts';
import { PAGE_SIZE } from '../../../src/machine/memory/layout.ts';
import { PhysicalMemory } from '../../../src/machine/memory/physical-memory.ts';

let shared: StepModule | null = null;
/** The step module, made once per test process. */
export function stepModule(): StepModule {
  shared ??= createStepModule();
  return shared;
}

export const RWX = PTE_READ | PTE_WRITABLE | PTE_EXEC;
export const RW = PTE_READ | PTE_WRITABLE;
export const RX = PTE_READ | PTE_EXEC;
export const R = PTE_READ;

export const CODE = 0x40_0000;
export const DATA = 0x60_0000;
export const STACK = 0x80_0000;
/** Initial RSP: in the middle of four stack pages. */
export const STACK_TOP = STACK + 2 * PAGE_SIZE;

export class BenchMachine {
  readonly physical: PhysicalMemory;
  readonly tables = new PageTableMemory();
  readonly grants = new WriteGrants();
  readonly cpu: Cpu;
  readonly vcpu: Vcpu;
  space: AddressSpace;

  /** `flatCost`: cycles of every instruction; 0: the estimate. */
  constructor(ramBytes = 4 << 20, module: StepModule = stepModule(), cpuLevel: CpuidMachine['cpuLevel'] = 'x86-64-v2', flatCost = 1) {
    this.physical = new PhysicalMemory(ramBytes);
    this.cpu = new Cpu({
      physical: this.physical,
      tables: this.tables,
      grants: this.grants,
      costs: resolveCosts(PRESETS['spr-2.0ghz']!, { instruction: flatCost }),
      module,
      cpuid: { cpuLevel, uintr: true, vcpus: 1, hertz: 2_000_000_000 },
    });
    this.space = this.newSpace();
    this.vcpu = { id: 0, clock: 0, mode: 'user', busyUntil: 0 } as unknown as Vcpu;
    this.cpu.setVcpu(this.vcpu);
    this.cpu.setAddressSpace(this.space);
    this.context.rflags = 0x202;
    this.context.mxcsr = 0x1f80;
    this.context.fcw = 0x37f;
  }

  get context(): CpuContext {
    return this.cpu.context;
  }

  newSpace(): AddressSpace {
    return AddressSpace.create(this.physical, this.tables, this.grants)!;
  }

  /** Maps `pages` fresh frames at `address`; returns the first frame. */
  map(address: number, pages: number, flags: number, space = this.space): number {
    let first = 0;
    for (let i = 0; i < pages; i++) {
      const frame = this.physical.allocateFrame();
      if (i === 0) first = frame;
      space.map(address / PAGE_SIZE + i, frame, flags);
    }
    return first;
  }

  frameOf(address: number, space = this.space): number {
    return (space.entry(Math.floor(address / PAGE_SIZE)) & ~0xfff) >>> 0;
  }

  /** Copies bytes in as a kernel would. */
  poke(address: number, bytes: ArrayLike<number>, space = this.space): void {
    for (let i = 0; i < bytes.length; i++) {
      const frame = this.frameOf(address + i, space);
      this.physical.noteWrite(frame);
      this.physical.bytes[frame + ((address + i) % PAGE_SIZE)] = bytes[i]!;
    }
  }

  peek(address: number, count: number, space = this.space): number[] {
    return Array.from({ length: count }, (_, i) => this.physical.bytes[this.frameOf(address + i, space) + ((address + i) % PAGE_SIZE)]!);
  }

  /** Code, data and stack pages, RIP at the code. The stack has been written, as one with arguments has. */
  load(code: ArrayLike<number>, flags = RX): this {
    this.map(CODE, Math.ceil((code.length + 1) / PAGE_SIZE), flags);
    this.map(DATA, 2, RW);
    this.map(STACK, 4, RW);
    this.space.translate(STACK_TOP, 'write');
    this.poke(CODE, code);
    this.context.rip = BigInt(CODE);
    this.context.setRegister(RSP, BigInt(STACK_TOP));
    return this;
  }

  run(cycles = 1_000_000): CpuExit {
    return this.cpu.run(this.vcpu.clock + cycles);
  }

  registers(): bigint[] {
    return Array.from({ length: 16 }, (_, n) => this.context.register(n));
  }
}

/** "48 89 c8" as bytes. */
export function hex(text: string): number[] {
  return text
    .trim()
    .split(/\s+/)
    .map((b) => Number.parseInt(b, 16));
}
