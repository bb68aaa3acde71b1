// Runs recorded cases through the engine: one address space laid out as layout.ts says, one step() an instruction.

import { LocalApic } from '../../src/machine/apic/local-apic.ts';
import { PRESETS, resolveCosts } from '../../src/machine/cost/presets.ts';
import { Cpu } from '../../src/machine/cpu/cpu.ts';
import { GPR, XMM } from '../../src/machine/cpu/state.ts';
import { Vcpu } from '../../src/machine/cpu/vcpu.ts';
import { AddressSpace, PageTableMemory, PTE_EXEC, PTE_READ, PTE_WRITABLE, WriteGrants } from '../../src/machine/memory/address-space.ts';
import { PhysicalMemory } from '../../src/machine/memory/physical-memory.ts';
import { UintrUnit } from '../../src/machine/uintr/uintr-unit.ts';
import { backgrounds, memoryImage } from './background.ts';
import type { Final } from './compare.ts';
import { memoryBefore } from './compare.ts';
import * as layout from './layout.ts';
import type { Case, Fault } from './vector.ts';

const PAGE = 4096;
const RAM_BYTES = 16 * 65536;
/** Iterations a repeated string instruction of the vectors can have, with room. */
const MOST_STEPS = 64;

export class Replay {
  private readonly physical = new PhysicalMemory(RAM_BYTES);
  private readonly cpu: Cpu;
  private readonly codeFrame: number;
  private readonly imageFrame: number;
  /** RET, where the harness has INT3: the decoder's blocks end there, and nothing behind an instruction is run. */
  private readonly codeBytes = new Uint8Array(layout.CODE_BYTES).fill(0xc3);

  constructor() {
    const tables = new PageTableMemory();
    const grants = new WriteGrants();
    const space = AddressSpace.create(this.physical, tables, grants)!;
    const costs = resolveCosts(PRESETS['spr-2.0ghz']!, {});
    this.codeFrame = this.map(space, layout.CODE_BASE, layout.CODE_BYTES, () => PTE_READ | PTE_EXEC);
    this.imageFrame = this.map(space, layout.DATA_BASE, layout.DATA_BYTES, (offset) =>
      offset < layout.READ_ONLY_OFFSET ? PTE_READ | PTE_WRITABLE : PTE_READ,
    );
    const high = this.map(space, layout.HIGH_BASE, layout.HIGH_BYTES, () => PTE_READ | PTE_WRITABLE);
    if (high !== this.imageFrame + layout.DATA_BYTES) throw new Error('the memory image must be contiguous in RAM');
    this.cpu = new Cpu({
      physical: this.physical,
      tables,
      grants,
      costs,
      cpuid: { cpuLevel: 'x86-64-v2', uintr: true, vcpus: 1, hertz: 2_000_000_000 },
    });
    this.cpu.setAddressSpace(space);
    this.cpu.setVcpu(new Vcpu(0, new LocalApic(0), new UintrUnit({ enumerated: false, flexibleUiret: false, x2apic: true })));
  }

  private map(space: AddressSpace, base: number, bytes: number, flags: (offset: number) => number): number {
    let first = 0;
    for (let offset = 0; offset < bytes; offset += PAGE) {
      const frame = this.physical.allocateFrame();
      if (offset === 0) first = frame;
      else if (frame !== first + offset) throw new Error('frames must be contiguous in RAM');
      space.map((base + offset) / PAGE, frame, flags(offset));
    }
    return first;
  }

  run(c: Case): Final {
    const { cpu, physical } = this;
    const context = cpu.context;
    // Code changes under the engine, so it is told as any other writer would tell it.
    for (let offset = 0; offset < layout.CODE_BYTES; offset += PAGE) physical.noteWrite(this.codeFrame + offset);
    physical.bytes.set(this.codeBytes, this.codeFrame);
    physical.bytes.set(c.code, this.codeFrame + c.codeOffset);
    physical.bytes.set(memoryBefore(c), this.imageFrame);

    const background = backgrounds[c.background]!;
    context.bytes.fill(0);
    for (let n = 0; n < 16; n++) {
      context.setRegister(n, c.gpr.get(n) ?? background.gpr[n]!);
      context.bytes.set(c.xmm.get(n) ?? background.xmm[n]!, XMM + n * 16);
    }
    const start = BigInt(layout.CODE_BASE + c.codeOffset);
    context.rip = start;
    context.rflags = c.rflags;
    context.mxcsr = c.mxcsr;
    context.fcw = 0x037f;
    context.gsBase = BigInt(layout.GS_BASE);
    context.fsBase = BigInt(layout.FS_BASE);

    let fault: Fault | null = null;
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const exit = cpu.step();
      if (exit.kind === 'exception') {
        fault = { vector: exit.vector, errorCode: exit.errorCode, address: exit.address };
        break;
      }
      if (exit.kind === 'syscall') throw new Error('a system call');
      if (context.rip !== start) break;
    }
    const gpr = Array.from({ length: 16 }, (_, n) =>
      new DataView(context.bytes.buffer, context.bytes.byteOffset).getBigUint64(GPR + n * 8, true),
    );
    return {
      fault,
      rip: context.rip,
      rflags: context.rflags,
      mxcsr: context.mxcsr,
      gpr,
      xmm: context.bytes.slice(XMM, XMM + 256),
      memory: physical.bytes.slice(this.imageFrame, this.imageFrame + memoryImage.length),
    };
  }
}
