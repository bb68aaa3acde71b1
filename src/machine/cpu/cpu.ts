// One processor core's execution engine, shared by a machine's vCPUs one at a time: runs guest user code until the
// deadline, a system call, an exception, or an instruction behind which the run loop must look for pending work.
// The step executor (step/) runs everything, and hands hot code to regions (region/).

import type { Code } from 'iced-x86';
import type { Costs } from '../cost/presets.ts';
import {
  type AddressSpace,
  PTE_DIRTY,
  PTE_READ,
  PTE_WRITABLE,
  PTE_WRITE,
  type PageTableMemory,
  type WriteGrants,
} from '../memory/address-space.ts';
import { CPU_BASE, PAGE_MASK, PAGE_SIZE } from '../memory/layout.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { alignmentFault } from './alignment.ts';
import { BlockDecoder, type FetchFault, type HeadPolicy, MAX_INSTRUCTION } from './decode/block-decoder.ts';
import { CodeCache } from './decode/code-cache.ts';
import type { DecodingRules } from './decode/decoded-page.ts';
import { COST, FORM, LENGTH, SCALE, SPECIAL, STACK_BASED } from './decode/record.ts';
import { type CpuException, type CpuExit, VECTOR } from './exit.ts';
import { type CpuidMachine, createCpuidHelper } from './helpers/cpuid.ts';
import { HelperPort } from './helpers/helper-port.ts';
import { helperTable } from './helpers/table.ts';
import type { Helper } from './helpers/helper.ts';
import { instructionTable } from './semantics/table.ts';
import {
  AC,
  CURRENT,
  CpuContext,
  EXECUTED,
  EXECUTED_IN_REGIONS,
  HIGH_TAG,
  JUMP_SPREAD,
  NO_WINDOWS,
  REGION_ENTRIES,
  RFLAGS,
  RIP,
  RSP,
  SPACE_TAG,
  STOP,
  STOP_DETAIL,
  STOP_RECORD,
  TABLE,
  TF,
  WINDOW_COUNT,
  WINDOW_PLACES,
  WINDOW_STARTS,
} from './state.ts';
import { type RegionStatistics, RegionStore } from './region/region-store.ts';
import { clearJumpCache, fillJumpCache, spreadOf } from './step/jump-cache.ts';
import { MemoryAccess, PF_FETCH, PF_PRESENT, PF_USER, pageFault } from './step/memory-access.ts';
import { type StepModule, createStepModule } from './step/step-module.ts';
import { STOP_REASON } from './step/stop.ts';
import { ACCESS_STACK, ACCESS_WRITE } from './step/translation.ts';
import { describeUnsupported, isTooLong } from './unsupported.ts';
import { UNITS } from './timing/block-timing.ts';
import type { Vcpu } from './vcpu.ts';

export interface CpuParts {
  readonly physical: PhysicalMemory;
  readonly tables: PageTableMemory;
  readonly grants: WriteGrants;
  readonly costs: Costs;
  /** The step executor, made once per process by createStepModule(); made here if absent. */
  readonly module?: StepModule;
  /** What CPUID describes; absent, a lone vCPU at 2 GHz. */
  readonly cpuid?: CpuidMachine;
}

/**
 * Which executors run: the step executor alone, regions of all that is come to, regions of what is hot, now one and now the other by
 * a seed, or as ripen() says (both for tests).
 */
export type Tiers = 'step' | 'region' | 'mixed' | 'random' | 'ripening';

const POLICIES: Readonly<Record<Tiers, HeadPolicy>> = {
  step: { heat: 0, allHeads: false, seed: 0, reachesHigh: false },
  region: { heat: 1, allHeads: true, seed: 0, reachesHigh: true },
  mixed: { heat: 120_000, allHeads: false, seed: 0, reachesHigh: false },
  random: { heat: 1, allHeads: true, seed: 1, reachesHigh: false },
  ripening: { heat: 1 << 30, allHeads: true, seed: 0, reachesHigh: false },
};

export interface CpuStatistics {
  /** Guest instructions executed; each iteration of a repeated string instruction counts. */
  instructions: number;
  readonly decoded: number;
  /** Times generated code came back for an address that was not decoded or not in the jump cache. */
  misses: number;
  /** Times the arena of records was dropped because it was full. */
  readonly drops: number;
  /** Those that were executed one at a time, since this Cpu was made. */
  readonly inSteps: number;
  /** Instructions executed in regions, and how often one was entered. */
  readonly inRegions: number;
  readonly regionEntries: number;
  readonly regions: RegionStatistics;
  /** Host time that making regions took; 0 where nobody lent a stopwatch. */
  readonly compileMilliseconds: number;
  /** Why generated code has come back, and how often; without what has not happened. */
  readonly exits: readonly { readonly cause: string; readonly count: number }[];
}

/** Cycles per entry of generated code at most: V8 replaces a running function by its optimised version only on a new call. */
const SLICE = 1 << 17;
const DEFAULT_CPUID: CpuidMachine = { cpuLevel: 'x86-64-v2', uintr: true, vcpus: 1, hertz: 2_000_000_000 };
/** Features (iced's names) that x86-64-v2 adds. */
const V2_FEATURES = ['SSE3', 'SSSE3', 'SSE4_1', 'SSE4_2', 'POPCNT', 'CMPXCHG16B'];
const LAST_TAG = 0xffff;
/** User addresses are below. */
const SPACE_TOP = 2 ** 47;
/** Of a page that windows can be on. */
const OPEN = PTE_READ | PTE_WRITE;
/** Of one that can be made such, at least. */
const CLOSED = PTE_READ | PTE_WRITABLE | PTE_DIRTY;

const DEADLINE: CpuExit = { kind: 'deadline' };
const BOUNDARY: CpuExit = { kind: 'boundary' };
const SYSCALL: CpuExit = { kind: 'syscall' };
const BREAKPOINT: CpuExit = { kind: 'breakpoint' };
const SINGLE_STEP: CpuException = { kind: 'exception', vector: VECTOR.DB, errorCode: 0, address: 0n, singleStep: true };

/** Where run() is to stop before an instruction. */
export interface CpuBreakpoints {
  /** Anybody has a breakpoint at this address. The answer may change only before breakpointsChanged(). */
  isAny(rip: number): boolean;
  /** The code that runs now must stop there. */
  stops(rip: number): boolean;
  /** The instruction there has been executed without a stop. */
  passed(rip: number): void;
}

/** These outlive a machine, and must hold nothing of it. */
function decodingRules(forms: Uint16Array, flatCost: number, lacking: readonly string[]): DecodingRules {
  const supports = (code: Code): boolean => {
    const row = instructionTable.get(code);
    return row !== undefined && !(row.features?.some((feature) => lacking.includes(feature)) ?? false);
  };
  return { forms, flatCost, processor: lacking.join(' '), supports };
}

export class Cpu {
  /** The live registers. */
  readonly context: CpuContext;
  private readonly physical: PhysicalMemory;
  private readonly view: DataView;
  private readonly cache: CodeCache;
  private readonly decoder: BlockDecoder;
  private readonly policy: HeadPolicy = { ...POLICIES.mixed };
  private readonly regions: RegionStore;
  private readonly memory: MemoryAccess;
  private readonly helperPort: HelperPort;
  private readonly helpers: readonly (Helper | undefined)[];
  private readonly helperNames: readonly string[];
  private readonly leastCost: number;
  private readonly level: CpuidMachine['cpuLevel'];
  private readonly supports: (code: Code) => boolean;
  private readonly enter: (budget: number) => number;
  private tags = new WeakMap<AddressSpace, { generation: number; tag: number }>();
  private lastTag = 0;
  private space: AddressSpace | null = null;
  private generation = -1;
  /** Of page tables, that windows heed. */
  private changes = -1;
  /** That all windows were put on, -1 if there was none. */
  private windowPage = -1;
  private readonly windowStarts: BigUint64Array;
  private readonly windowPlaces: Uint32Array;
  private tag = 0;
  private vcpu: Vcpu | null = null;
  private executed = 0;
  private inRegions = 0;
  private regionEntries = 0;
  /** Executed by another Cpu, whose count this one goes on with. */
  private carried = 0;
  private readonly stopwatch: () => number;
  private compileMilliseconds = 0;
  /** By STOP_REASON. */
  private readonly exits = new Float64Array(Math.max(...Object.values(STOP_REASON)) + 1);
  /** Where generated code met an unknown RIP: the MISS or STALE record, 0 for an unknown jump target, -1 if it did not. */
  private missed = -1;
  private misses = 0;
  private breakpoints: CpuBreakpoints | null = null;
  /** False in step(), which executes its instruction in any case. */
  private heedsBreakpoints = false;
  private leaves = false;
  /** An instruction has just loaded SS. */
  private shadow = false;

  constructor(parts: CpuParts) {
    const { physical, costs } = parts;
    const step = parts.module ?? createStepModule();
    const described = parts.cpuid ?? DEFAULT_CPUID;
    const lacking = [...(described.cpuLevel === 'x86-64-v1' ? V2_FEATURES : []), ...(described.uintr ? [] : ['UINTR'])];
    const rules = decodingRules(step.forms, costs.instruction, lacking);
    this.level = described.cpuLevel;
    this.supports = (code) => rules.supports(code);
    this.physical = physical;
    this.view = physical.view;
    this.context = CpuContext.live(physical);
    this.leastCost = costs.instruction > 0 ? costs.instruction : 1 / UNITS;
    this.cache = new CodeCache(physical, parts.grants);
    physical.setCodeListener(this.cache);
    this.decoder = new BlockDecoder({
      physical,
      cache: this.cache,
      rules,
      policy: this.policy,
      breaksAt: (rip: number) => this.breakpoints?.isAny(rip) ?? false,
    });
    this.memory = new MemoryAccess(physical);
    this.helperPort = new HelperPort(this.context, this.memory, costs);
    this.helperNames = step.helpers;
    this.stopwatch = step.stopwatch ?? (() => 0);
    const cpuid = createCpuidHelper(described);
    this.helpers = step.helpers.map((name) => (name === 'cpuid' ? cpuid : helperTable.get(name)));
    const instance = new WebAssembly.Instance(step.module, {
      machine: {
        memory: physical.memory,
        tables: parts.tables.memory,
        slow: (record: number, low: number, high: number, access: number) => this.slow(record, low, high, access),
        commit: () => this.memory.commit(),
      },
    });
    this.enter = instance.exports['run'] as (budget: number) => number;
    this.regions = new RegionStore({
      physical,
      tables: parts.tables.memory,
      table: instance.exports['table'] as WebAssembly.Table,
      high: instance.exports['high'],
      cache: this.cache,
      decoder: this.decoder,
      policy: this.policy,
      step,
    });
    this.cache.listener = this.regions;
    const { buffer } = physical.memory;
    this.windowStarts = new BigUint64Array(buffer, CPU_BASE + WINDOW_STARTS, WINDOW_COUNT);
    this.windowPlaces = new Uint32Array(buffer, CPU_BASE + WINDOW_PLACES, WINDOW_COUNT);
    this.view.setUint16(CPU_BASE + STOP_RECORD + FORM, SPECIAL.STOP, true);
  }

  /** Changes nothing but speed. `seed` (not 0) is for 'random'. */
  setTiers(tiers: Tiers, seed = 1): void {
    Object.assign(this.policy, POLICIES[tiers]);
    if (tiers === 'random') Object.assign(this.policy, { seed, reachesHigh: (seed & 2) !== 0 });
    this.dropCode();
  }

  /** From 'ripening', which runs one instruction after the other, to 'region': regions are made of what has been decoded and learnt since. */
  ripen(reachesHigh: boolean): void {
    Object.assign(this.policy, { heat: POLICIES.region.heat, reachesHigh });
    this.regions.ripen();
  }

  /** Functions of WebAssembly, one a region. */
  get regionFunctions(): readonly unknown[] {
    return this.regions.entryPoints;
  }

  /** This processor runs no more: gives back what its compiled code takes. */
  release(): void {
    this.dropCode();
  }

  /** Null while there are none; decoded code is made anew. */
  breakpointsChanged(breakpoints: CpuBreakpoints | null): void {
    this.breakpoints = breakpoints;
    this.dropCode();
  }

  /** From within an instruction: run() comes back behind it. */
  leave(): void {
    this.leaves = true;
  }

  setVcpu(vcpu: Vcpu): void {
    this.vcpu = vcpu;
  }

  /** Makes `space` the one that addresses are translated in. */
  setAddressSpace(space: AddressSpace): void {
    if (space === this.space && space.generation === this.generation) return;
    this.space = space;
    this.changes = -1;
    this.memory.setSpace(space);
    this.view.setUint32(CPU_BASE + TABLE, space.tableBase, true);
    this.view.setUint32(CPU_BASE + HIGH_TAG, space.highTag, true);
    this.retag(space);
  }

  /** As in the statistics. */
  get instructions(): number {
    return this.executed;
  }

  /** As a snapshot says. */
  set instructions(count: number) {
    this.executed = count;
    this.carried = count;
  }

  /** Cycles that `count` instructions take at least: no fewer than `count` fit into a longer stretch. */
  leastCycles(count: number): number {
    return count * this.leastCost;
  }

  get statistics(): CpuStatistics {
    return {
      instructions: this.executed,
      decoded: this.decoder.decoded,
      misses: this.misses,
      drops: this.cache.drops,
      inSteps: Math.max(0, this.executed - this.carried - this.inRegions),
      inRegions: this.inRegions,
      regionEntries: this.regionEntries,
      regions: this.regions.statistics,
      compileMilliseconds: this.compileMilliseconds,
      exits: Object.entries(STOP_REASON)
        .map(([name, reason]) => ({ cause: name.toLowerCase(), count: this.exits[reason]! }))
        .filter(({ count }) => count > 0),
    };
  }

  /** Runs until vcpu.clock reaches `deadline`, or something happens. An instruction starts only while clock < deadline. */
  run(deadline: number): CpuExit {
    const vcpu = this.vcpu!;
    const space = this.space!;
    if (space.generation !== this.generation) this.retag(space);
    this.missed = -1;
    this.leaves = false;
    this.heedsBreakpoints = true;
    for (;;) {
      const remaining = deadline - vcpu.clock;
      if (remaining <= 0) return DEADLINE;
      const flags = this.view.getUint32(CPU_BASE + RFLAGS, true) & (TF | AC);
      if (flags & TF) return this.stepTrapped();
      const exit =
        flags & AC
          ? this.stepAligned()
          : this.missed >= 0
            ? this.find()
            : this.burst(vcpu, remaining < SLICE ? Math.ceil(remaining * UNITS) : SLICE * UNITS);
      if (exit) return exit;
    }
  }

  /** Executes exactly one instruction (one iteration of a repeated string instruction). 'deadline' if nothing else happened. */
  step(): CpuExit {
    const space = this.space!;
    if (space.generation !== this.generation) this.retag(space);
    this.heedsBreakpoints = false;
    if (this.view.getUint32(CPU_BASE + RFLAGS, true) & TF) return this.stepTrapped();
    return this.stepChecked() ?? DEADLINE;
  }

  /** One instruction with RFLAGS.TF set: #DB behind it, unless it ended otherwise. Behind a load of SS comes one more, as nothing may interrupt there. */
  private stepTrapped(): CpuExit {
    this.shadow = false;
    const exit = this.stepChecked() ?? (this.shadow ? this.stepChecked() : null);
    return exit && exit !== BOUNDARY ? exit : SINGLE_STEP;
  }

  private stepChecked(): CpuExit | null {
    return this.view.getUint32(CPU_BASE + RFLAGS, true) & AC ? this.stepAligned() : this.single();
  }

  /** One instruction with RFLAGS.AC set. */
  private stepAligned(): CpuExit | null {
    const rip = Number(this.context.rip);
    if (this.heedsBreakpoints && this.breakpoints?.isAny(rip) && this.breakpoints.stops(rip)) return BREAKPOINT;
    return alignmentFault(this.fetchable(rip), this.context, this.supports) ?? this.single();
  }

  /** The bytes at `rip` that can be executed, as many as an instruction may have. */
  private fetchable(rip: number): Uint8Array {
    const bytes: number[] = [];
    for (let at = rip; bytes.length < MAX_INSTRUCTION && at < SPACE_TOP; at++) {
      const physical = this.space!.translate(at, 'execute');
      if (physical < 0) break;
      bytes.push(this.physical.bytes[physical]!);
    }
    return Uint8Array.from(bytes);
  }

  private single(): CpuExit | null {
    const vcpu = this.vcpu!;
    const start = vcpu.clock;
    this.missed = -1;
    for (;;) {
      const exit = this.missed >= 0 ? this.find() : this.burst(vcpu, 1);
      if (exit || vcpu.clock > start) return exit;
    }
  }

  /** One entry of generated code with a budget in units of costs; null to go on. */
  private burst(vcpu: Vcpu, budget: number): CpuExit | null {
    const { changes } = this.space!.tables;
    if (changes !== this.changes) this.moveWindows();
    const spent = budget - this.enter(budget);
    vcpu.clock += spent / UNITS;
    this.executed += this.view.getUint32(CPU_BASE + EXECUTED, true);
    this.inRegions += this.view.getUint32(CPU_BASE + EXECUTED_IN_REGIONS, true);
    this.regionEntries += this.view.getUint32(CPU_BASE + REGION_ENTRIES, true);
    const reason = this.view.getUint32(CPU_BASE + STOP, true);
    this.exits[reason]!++;
    if (reason === STOP_REASON.DEADLINE) {
      this.regions.heedHigh();
      return null;
    }
    return this.stopped(reason, vcpu);
  }

  /** Puts all windows of regions on a page that can be read and written. */
  private moveWindows(): void {
    const space = this.space!;
    const candidates = [Math.floor(this.context.number(RSP) / PAGE_SIZE), space.lastGranted, this.windowPage].filter(
      (page) => page >= 0 && page < SPACE_TOP / PAGE_SIZE,
    );
    const isOpen = (page: number): boolean => (space.entry(page) & OPEN) === OPEN;
    const page = candidates.find(isOpen) ?? candidates.find((at) => this.opens(at)) ?? -1;
    this.changes = space.tables.changes;
    this.windowPage = page;
    this.view.setUint32(CPU_BASE + NO_WINDOWS, page < 0 ? 1 : 0, true);
    if (page < 0) return;
    this.windowStarts.fill(BigInt(page) * BigInt(PAGE_SIZE));
    this.windowPlaces.fill((space.entry(page) & ~PAGE_MASK) >>> 0);
  }

  /** Lets a page be written that a store may be to already, and has been: that is no change that anybody can see. */
  private opens(page: number): boolean {
    const space = this.space!;
    const entry = space.entry(page);
    if ((entry & CLOSED) !== CLOSED || this.physical.isCode((entry & ~PAGE_MASK) >>> 0)) return false;
    space.translate(page * PAGE_SIZE, 'write');
    return true;
  }

  private stopped(reason: number, vcpu: Vcpu): CpuExit | null {
    const record = this.view.getUint32(CPU_BASE + CURRENT, true);
    switch (reason) {
      case STOP_REASON.JUMP:
        this.missed = 0;
        return null;
      case STOP_REASON.MISS:
        this.missed = record;
        return null;
      case STOP_REASON.HOT:
        this.regions.heedHigh();
        this.compileMilliseconds -= this.stopwatch();
        this.regions.compile(record, this.space!, this.tag);
        this.compileMilliseconds += this.stopwatch();
        return null;
      case STOP_REASON.UNPROVEN:
        this.regions.prove(record, this.space!, this.tag);
        return null;
      case STOP_REASON.REFUSED:
        this.regions.refused(record);
        return null;
      case STOP_REASON.SYSCALL:
        return SYSCALL;
      case STOP_REASON.RECHECK:
        return null;
      case STOP_REASON.HELPER:
        return this.help(record, vcpu);
      case STOP_REASON.ACCESS:
        return this.refund(record, vcpu, this.memory.fault!);
      case STOP_REASON.TRAP:
        return { kind: 'exception', vector: this.view.getUint32(CPU_BASE + STOP_DETAIL, true), errorCode: 0, address: 0n };
      case STOP_REASON.FAULT:
        return this.refund(record, vcpu, this.faultOf(record));
      default:
        throw new Error(`generated code stopped for an unknown reason ${reason}`);
    }
  }

  private faultOf(record: number): CpuException {
    const detail = this.view.getUint32(CPU_BASE + STOP_DETAIL, true);
    const exception: CpuException = { kind: 'exception', vector: detail & 0xff, errorCode: detail >>> 8, address: 0n };
    if (this.view.getUint16(record + FORM, true) !== SPECIAL.UNDEFINED) return exception;
    const bytes = this.instructionBytes(this.view.getUint8(record + LENGTH));
    if (isTooLong(bytes)) return { ...exception, vector: VECTOR.GP };
    const unsupported = describeUnsupported(bytes, this.level);
    return unsupported ? { ...exception, unsupported } : exception;
  }

  /** A faulting instruction has not run: it costs nothing and does not count. */
  private refund(record: number, vcpu: Vcpu, exception: CpuException): CpuException {
    vcpu.clock -= this.view.getUint16(record + COST, true) / UNITS;
    this.executed--;
    return exception;
  }

  private help(record: number, vcpu: Vcpu): CpuExit | null {
    const number = this.view.getUint32(CPU_BASE + STOP_DETAIL, true);
    const helper = this.helpers[number];
    if (!helper) throw new Error(`no helper is named ${this.helperNames[number]}`);
    const length = this.view.getUint8(record + LENGTH);
    const port = this.helperPort;
    port.begin(vcpu, vcpu.clock - this.view.getUint16(record + COST, true) / UNITS, record, () => this.instructionBytes(length));
    const result = helper(port);
    if (result !== null && typeof result === 'object') return this.refund(record, vcpu, result);
    vcpu.clock += port.charged;
    this.shadow = result === 'shadow';
    if (result !== 'jumped') this.context.rip = BigInt.asUintN(64, this.context.rip + BigInt(length));
    return (result === null || result === 'shadow') && !this.leaves ? null : BOUNDARY;
  }

  /** Bytes of the instruction at RIP, which has been fetched before. */
  private instructionBytes(length: number): Uint8Array {
    const rip = Number(this.context.rip);
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.physical.bytes[this.space!.translate(rip + i, 'execute')]!;
    return bytes;
  }

  /** Makes the jump cache know RIP, where generated code has just missed. Null, or why it stops: the fetch's fault, a breakpoint. */
  private find(): CpuExit | null {
    let met = this.missed;
    this.missed = -1;
    this.misses++;
    const high = this.view.getUint32(CPU_BASE + RIP + 4, true);
    if (high >= 0xffff_8000) return pageFault(this.context.rip, PF_USER | PF_FETCH);
    if (high >= 0x8000) return { kind: 'exception', vector: VECTOR.GP, errorCode: 0, address: 0n };
    const rip = this.view.getUint32(CPU_BASE + RIP, true) + high * 0x1_0000_0000;
    if (this.cache.full) {
      this.dropCode();
      met = 0;
    }
    const space = this.space!;
    let record = this.decoder.recordAt(space, rip);
    if (typeof record === 'object') return this.fetchFault(record);
    const frame = (space.translate(rip, 'execute') & ~PAGE_MASK) >>> 0;
    if (met === 0) record = this.decoder.head(frame, rip, record, true);
    else record = this.decoder.resolve(met, record, frame, rip);
    fillJumpCache(this.view, rip, this.tag, record);
    return this.view.getUint16(record + FORM, true) === SPECIAL.BREAK ? this.meetBreak(record, rip) : null;
  }

  /** Stops, or executes the one instruction behind a BREAK record: the record leads there for as long as that takes. */
  private meetBreak(record: number, rip: number): CpuExit | null {
    if (this.heedsBreakpoints && this.breakpoints?.stops(rip)) return BREAKPOINT;
    const vcpu = this.vcpu!;
    const start = vcpu.clock;
    this.view.setUint16(record + FORM, SPECIAL.GOTO, true);
    const exit = this.burst(vcpu, 1);
    if (this.view.getUint16(record + FORM, true) === SPECIAL.GOTO) this.view.setUint16(record + FORM, SPECIAL.BREAK, true);
    if (vcpu.clock > start) this.breakpoints?.passed(rip);
    return exit;
  }

  private dropCode(): void {
    this.cache.drop();
    clearJumpCache(this.physical.bytes);
    this.helperPort.clear();
  }

  private fetchFault(fault: FetchFault): CpuException {
    const present = this.space!.entry(Math.floor(fault.fetch / 4096)) !== 0 ? PF_PRESENT : 0;
    return pageFault(BigInt(fault.fetch), present | PF_USER | PF_FETCH);
  }

  private slow(record: number, low: number, high: number, access: number): number {
    const stack = (access & ACCESS_STACK) !== 0 || (this.physical.bytes[record + SCALE]! & STACK_BASED) !== 0;
    const at = this.memory.slow(low, high, access & 0xff, (access & ACCESS_WRITE) !== 0, stack);
    if (at !== 0) {
      if (this.windowPage < 0) this.moveWindows();
      return at;
    }
    this.view.setUint32(CPU_BASE + CURRENT, record, true);
    this.view.setUint32(CPU_BASE + STOP, STOP_REASON.ACCESS, true);
    return 0;
  }

  /** The jump cache's tag for this state of the space: kept while its generation stands. */
  private retag(space: AddressSpace): void {
    const known = this.tags.get(space);
    if (known && known.generation === space.generation) this.tag = known.tag;
    else {
      if (this.lastTag === LAST_TAG) {
        this.lastTag = 0;
        this.tags = new WeakMap();
        clearJumpCache(this.physical.bytes);
        this.regions.tagsReused();
      }
      this.tag = ++this.lastTag;
      this.tags.set(space, { generation: space.generation, tag: this.tag });
    }
    this.generation = space.generation;
    this.view.setUint32(CPU_BASE + SPACE_TAG + 4, this.tag << 16, true);
    this.view.setUint32(CPU_BASE + JUMP_SPREAD, spreadOf(this.tag), true);
  }
}
