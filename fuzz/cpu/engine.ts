// Runs cases through the CPU engine: one address space laid out as layout.ts says, one processor for all cases of its executor.

import { LocalApic } from '../../src/machine/apic/local-apic.ts';
import { type CostName, type Costs, PRESETS } from '../../src/machine/cost/presets.ts';
import { Cpu, type Tiers } from '../../src/machine/cpu/cpu.ts';
import { CONTEXT_BYTES, X87, XMM } from '../../src/machine/cpu/state.ts';
import { type StepModule, createStepModule } from '../../src/machine/cpu/step/step-module.ts';
import { Vcpu } from '../../src/machine/cpu/vcpu.ts';
import { AddressSpace, PTE_EXEC, PTE_READ, PTE_WRITABLE, PageTableMemory, WriteGrants } from '../../src/machine/memory/address-space.ts';
import { PhysicalMemory } from '../../src/machine/memory/physical-memory.ts';
import { UintrUnit } from '../../src/machine/uintr/uintr-unit.ts';
import { CODE, CODE_ALIAS, FS_BASE, GS_BASE, IMAGE_BYTES, WINDOWS } from './layout.ts';
import { type Job, startImage } from './native/batch.ts';
import type { Outcome } from './outcome.ts';

const PAGE = 4096;
const RAM_BYTES = 2 << 20;
/** Cycles behind which a case counts as endless: it stops at the same instruction in whatever slices. */
const PATIENCE = 3_000_000;

export interface Execution extends Outcome {
  /** All registers, bit for bit. */
  readonly context: Uint8Array;
  readonly clock: number;
  readonly instructions: number;
  /** Clock and RIP where run() came back because its cycles were over, the first MOST_STOPS of them. */
  readonly stops: readonly (readonly [clock: number, rip: bigint])[];
}

const MOST_STOPS = 2000;
/** Writes to a page of code behind which it is taken for restless, and some. */
const DISTURBANCES = 5;

let shared: StepModule | null = null;

export class Engine {
  private readonly physical = new PhysicalMemory(RAM_BYTES);
  private readonly cpu: Cpu;
  private readonly vcpu: Vcpu;
  /** Of each page of the memory image. */
  private readonly frames: readonly number[];
  private readonly tiers: Tiers;
  private seed = 1;
  private readonly patience: number;
  private isRestless = false;

  constructor(tiers: Tiers = 'step', module = (shared ??= createStepModule()), patience = PATIENCE) {
    this.tiers = tiers;
    this.patience = patience;
    const tables = new PageTableMemory();
    const grants = new WriteGrants();
    const space = AddressSpace.create(this.physical, tables, grants)!;
    const costs = Object.fromEntries(
      Object.entries(PRESETS['spr-2.0ghz']!.costs).map(([name, { cycles }]) => [name as CostName, cycles]),
    ) as Costs;
    this.frames = this.map(space);
    this.cpu = new Cpu({
      physical: this.physical,
      tables,
      grants,
      costs,
      module,
      cpuid: { cpuLevel: 'x86-64-v2', uintr: true, vcpus: 1, hertz: 2_000_000_000 },
    });
    this.vcpu = new Vcpu(0, new LocalApic(0), new UintrUnit({ enumerated: true, flexibleUiret: true, x2apic: true }));
    this.cpu.setAddressSpace(space);
    this.cpu.setVcpu(this.vcpu);
  }

  /** No two neighbours are neighbours in RAM, so that whatever crosses a page must mean it. */
  private map(space: AddressSpace): number[] {
    const frames: number[] = [];
    for (const { base, bytes, write, execute } of WINDOWS) {
      for (let at = 0; at < bytes; at += PAGE) {
        this.physical.allocateFrame();
        const frame = this.physical.allocateFrame();
        frames.push(frame);
        space.map((base + at) / PAGE, frame, PTE_READ | (write ? PTE_WRITABLE : 0) | (execute ? PTE_EXEC : 0));
        if (base === CODE.base) space.map((CODE_ALIAS + at) / PAGE, frame, PTE_READ | PTE_WRITABLE);
      }
    }
    return frames;
  }

  /** From now on executors change at random by this seed (not 0). */
  mix(seed: number): void {
    this.seed = seed;
  }

  /**
   * `budget` says how many cycles each call of run() gets. `isRestless`: the code's pages are taken for such that keep changing; otherwise
   * nothing is left of the cases before.
   */
  run(job: Job, budget: () => number, isRestless = false): Execution {
    const { cpu } = this;
    if (isRestless && this.tiers !== 'random') this.disturb();
    else {
      cpu.setTiers(this.tiers, this.seed);
      this.isRestless = false;
    }
    this.place(startImage(job), false);
    return this.execute(job, budget);
  }

  /** The same job once more, after one in 'ripening': in regions made of all that it has come to. */
  again(job: Job, budget: () => number, reachesHigh: boolean): Execution {
    this.cpu.ripen(reachesHigh);
    this.place(startImage(job), true);
    return this.execute(job, budget);
  }

  /** Functions of the regions that there are. */
  get regions(): readonly unknown[] {
    return this.cpu.regionFunctions;
  }

  /** `isKnown`: the engine has code of the image's; it is told what changes. */
  private place(image: Uint8Array, isKnown: boolean): void {
    const { physical, frames } = this;
    for (const [page, frame] of frames.entries()) {
      const wanted = image.subarray(page * PAGE, (page + 1) * PAGE);
      if (isKnown && page < CODE.bytes / PAGE) {
        if (Buffer.compare(physical.bytes.subarray(frame, frame + PAGE), wanted) === 0) continue;
        physical.noteWrite(frame);
      }
      physical.bytes.set(wanted, frame);
    }
  }

  private execute(job: Job, budget: () => number): Execution {
    const { cpu, vcpu } = this;
    this.load(job);
    const executed = cpu.instructions;
    let end: Outcome['end'] = 'endless';
    let fault = { vector: 0, errorCode: 0, address: 0n };
    const stops: [number, bigint][] = [];
    while (vcpu.clock < this.patience) {
      const exit = cpu.run(Math.min(vcpu.clock + budget(), this.patience));
      if (exit.kind === 'exception') {
        fault = exit;
        end = 'exception';
        break;
      }
      if (exit.kind === 'syscall') {
        end = 'syscall';
        break;
      }
      if (stops.length < MOST_STOPS) stops.push([vcpu.clock, cpu.context.rip]);
    }
    return { ...this.outcome(end, fault, vcpu.clock, cpu.instructions - executed), stops };
  }

  /** Code changes under the engine, so it is told as any other writer would tell it. */
  private disturb(): void {
    const { cpu, physical, frames } = this;
    const pages = Array.from({ length: CODE.bytes / PAGE }, (_, page) => page);
    for (const page of pages) physical.noteWrite(frames[page]!);
    for (let times = 0; !this.isRestless && times < DISTURBANCES; times++) {
      for (const page of pages) {
        cpu.context.rip = BigInt(CODE.base + page * PAGE);
        cpu.context.rflags = 2;
        cpu.step();
        physical.noteWrite(frames[page]!);
      }
    }
    this.isRestless = true;
  }

  private load({ lowered, state }: Job): void {
    const { context } = this.cpu;
    context.bytes.fill(0);
    state.gpr.forEach((value, n) => context.setRegister(n, value));
    state.xmm.forEach((value, n) => context.bytes.set(value, XMM + 16 * n));
    context.rip = BigInt(lowered.entry);
    context.rflags = state.rflags;
    context.fsBase = BigInt(FS_BASE);
    context.gsBase = BigInt(GS_BASE);
    context.mxcsr = state.mxcsr;
    context.fcw = state.fcw;
    context.fsw = state.fsw;
    context.ftw = state.ftw;
    const top = (state.fsw >> 11) & 7;
    state.st.forEach((value, i) => context.bytes.set(value, X87 + 16 * ((top + i) & 7)));
    // RDTSC shows the clock, so every run of a case starts at the same time.
    this.vcpu.clock = 0;
  }

  private outcome(
    end: Outcome['end'],
    fault: { vector: number; errorCode: number; address: bigint },
    clock: number,
    instructions: number,
  ): Omit<Execution, 'stops'> {
    const { context } = this.cpu;
    const top = (context.fsw >> 11) & 7;
    const st = new Uint8Array(80);
    for (let i = 0; i < 8; i++) {
      const register = X87 + 16 * ((top + i) & 7);
      st.set(context.bytes.subarray(register, register + 10), 10 * i);
    }
    const memory = new Uint8Array(IMAGE_BYTES);
    this.frames.forEach((frame, page) => memory.set(this.physical.bytes.subarray(frame, frame + PAGE), page * PAGE));
    return {
      end,
      vector: fault.vector,
      errorCode: fault.errorCode,
      address: fault.address,
      rip: context.rip,
      rflags: context.rflags,
      gpr: Array.from({ length: 16 }, (_, n) => context.register(n)),
      xmm: context.bytes.slice(XMM, XMM + 256),
      mxcsr: context.mxcsr,
      fcw: context.fcw,
      fsw: context.fsw,
      ftw: context.ftw,
      st,
      memory,
      context: context.bytes.slice(0, CONTEXT_BYTES),
      clock,
      instructions,
    };
  }
}
