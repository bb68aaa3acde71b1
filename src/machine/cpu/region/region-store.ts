// The regions of one machine: compiled when a head has become hot, found by their head's record, dropped with their code.
// Compiled code is no state: which regions there are changes nothing but speed.

import type { AddressSpace } from '../../memory/address-space.ts';
import { CPU_BASE, PAGE_MASK, PAGE_SIZE } from '../../memory/layout.ts';
import type { PhysicalMemory } from '../../memory/physical-memory.ts';
import type { BlockDecoder, HeadPolicy } from '../decode/block-decoder.ts';
import type { CodeCache } from '../decode/code-cache.ts';
import {
  FORM,
  HEAD_LIMIT,
  HEAD_LIMITS,
  HEAT_LEFT,
  IS_LANDING,
  LINK,
  REGION_BUDGET,
  REGION_ENTRY,
  REGION_INDEX,
  REGION_TAG,
  SHAPE_COUNT,
  SPECIAL,
  SPECIAL_COUNT,
  WANTS_HEAD,
} from '../decode/record.ts';
import type { FloatControl } from '../semantics/context.ts';
import { instructionTable } from '../semantics/table.ts';
import { HIGH_MET, MXCSR } from '../state.ts';
import { HIGH_ENTRY_PARAMETERS, HIGH_ENTRY_RESULTS } from '../step/high-entry.ts';
import type { StepModule } from '../step/step-module.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FormSource, ripOf } from './instruction-view.ts';
import { type RegionModule, describeRegion } from './known-modules.ts';
import { LiveRegions } from './live-regions.ts';
import { TraitTable } from './instruction-traits.ts';
import { LOOKUP_RECORD } from './region-exits.ts';
import { REGION_PARAMETERS, REGION_RESULTS, emitRegion } from './region-emitter.ts';
import { HIGH_ENTRY } from './page-windows.ts';
import { controlOf } from './region-floats.ts';
import { type PlanSource, type RegionPlan, planRegion } from './region-plan.ts';

/** Counted down from by a head that no region can be made of. */
const NEVER = 0x7fff_ffff;
/** Pages that a region may reach into at most. */
const MAX_PAGES = 8;

/** Counted down from by a head that found no room. */
const PATIENCE = 10_000_000;
/** Instructions of a region that others hold as well at most. */
const SMALL = 60;
/** Of one machine. */
const MOST = 600;
/** Where nobody said with whom they are shared. */
const ALONE = new LiveRegions<RegionStore>();

export interface RegionStoreParts {
  readonly physical: PhysicalMemory;
  readonly tables: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  /** step/high-entry.ts */
  readonly high: unknown;
  readonly cache: CodeCache;
  readonly decoder: BlockDecoder;
  readonly step: StepModule;
  readonly policy: HeadPolicy;
}

export interface RegionStatistics {
  compiled: number;
  /** Heads that no region could be made of. */
  refused: number;
  live: number;
  /** Bytes of WebAssembly compiled. */
  bytes: number;
}

interface Region {
  readonly slot: number;
  /** REGION records that lead to it. */
  readonly heads: Set<number>;
  /** Virtual pages that its code is in, and their frames. */
  readonly pages: ReadonlyMap<number, number>;
  /** What it relies on of MXCSR. */
  readonly control: FloatControl;
  readonly instructions: number;
}

export class RegionStore {
  readonly statistics: RegionStatistics = { compiled: 0, refused: 0, live: 0, bytes: 0 };
  private readonly parts: RegionStoreParts;
  private readonly view: DataView;
  private readonly traits = new TraitTable();
  private readonly sources: (FormSource | undefined)[] = [];
  private readonly byFrame = new Map<number, Set<Region>>();
  private readonly regionOf = new Map<number, Region>();
  /** Oldest first. */
  private readonly regions = new Set<Region>();
  private readonly freeSlots: number[] = [];
  private readonly live: LiveRegions<RegionStore>;

  constructor(parts: RegionStoreParts) {
    this.parts = parts;
    this.view = parts.physical.view;
    this.live = parts.step.liveRegions ?? ALONE;
    this.live.enter(this, this.statistics);
    this.view.setUint16(LOOKUP_RECORD + FORM, SPECIAL.LOOKUP, true);
  }

  /** A head has become hot: makes it a region's, or lets it be. `tag` is that of the address space in the jump cache. */
  compile(head: number, space: AddressSpace, tag: number): void {
    const { view, statistics } = this;
    if (view.getUint16(head + FORM, true) !== SPECIAL.HEAT) return;
    const pages = new Map<number, number>();
    const plan = planRegion(this.planSource(space, head, pages), head);
    if (!plan) {
      view.setInt32(head + HEAT_LEFT, NEVER, true);
      statistics.refused++;
      return;
    }
    if (!this.makeRoom()) {
      view.setInt32(head + HEAT_LEFT, PATIENCE, true);
      return;
    }
    const slot = this.freeSlots.pop() ?? this.parts.table.grow(1);
    const { budgets, control, entryPoint, bytes } = this.instantiate(plan, slot);
    const { instructions } = plan;
    const region: Region = { slot, heads: new Set(), pages, control, instructions };
    this.parts.table.set(region.slot, entryPoint);
    for (const frame of pages.values()) {
      const regions = this.byFrame.get(frame);
      if (regions) regions.add(region);
      else this.byFrame.set(frame, new Set([region]));
    }
    this.regions.add(region);
    const form = pages.size > 1 ? SPECIAL.SPANNING : SPECIAL.REGION;
    for (const [entry, { head: at }] of plan.entries.entries()) {
      this.leaveHead(at);
      region.heads.add(at);
      this.regionOf.set(at, region);
      view.setUint32(at + REGION_INDEX, region.slot, true);
      view.setUint32(at + REGION_ENTRY, entry, true);
      view.setInt32(at + REGION_BUDGET, budgets[entry]!, true);
      view.setUint16(at + REGION_TAG, tag, true);
      view.setUint16(at + FORM, form, true);
    }
    statistics.compiled++;
    statistics.live++;
    this.live.add(1);
    statistics.bytes += bytes;
  }

  /** Drops the oldest region of the machine that has most, where there are too many; false if others have all. */
  private makeRoom(): boolean {
    const isFull = this.regions.size >= MOST;
    if (!isFull && this.live.hasRoom) return true;
    const store = isFull ? this : this.live.largest();
    store?.dropOldest();
    return store !== undefined;
  }

  /** All heads that there are become hot: what regions are made of is what has been decoded by now. */
  ripen(): void {
    for (const head of this.parts.cache.allHeads())
      if (this.view.getUint16(head + FORM, true) === SPECIAL.HEAT) this.view.setInt32(head + HEAT_LEFT, 0, true);
  }

  /** How many there are. */
  get size(): number {
    return this.regions.size;
  }

  private dropOldest(): void {
    for (const region of this.regions) return this.free(region);
  }

  /** A region's head was come to in another address space than before: it is good there too, or is one no longer. */
  prove(head: number, space: AddressSpace, tag: number): void {
    const region = this.regionOf.get(head)!;
    for (const [page, frame] of region.pages) {
      if (frameAt(space, page * PAGE_SIZE) === frame) continue;
      region.heads.delete(head);
      this.regionOf.delete(head);
      this.limit(head, HEAD_LIMIT.CONFINED);
      if (region.heads.size === 0) this.free(region);
      return;
    }
    for (const at of region.heads) this.view.setUint16(at + REGION_TAG, tag, true);
  }

  /** Tags are given to other address spaces from now on. */
  tagsReused(): void {
    for (const { heads } of this.regions) for (const head of heads) this.view.setUint16(head + REGION_TAG, 0, true);
  }

  /**
   * A region did not find its frame on one page: it is made anew, without. Or it found another MXCSR: it is made anew for that one, and
   * if that is not the last, for any.
   */
  refused(head: number): void {
    const region = this.regionOf.get(head)!;
    this.free(region);
    const isControl = region.control !== 'any' && region.control !== controlOf(this.mxcsr);
    const hasChanged = (this.view.getUint8(head + HEAD_LIMITS) & HEAD_LIMIT.CONTROL_CHANGED) !== 0;
    this.limit(head, !isControl ? HEAD_LIMIT.UNFRAMED : hasChanged ? HEAD_LIMIT.ANY_CONTROL : HEAD_LIMIT.CONTROL_CHANGED);
    this.view.setInt32(head + HEAT_LEFT, 1, true);
  }

  private get mxcsr(): number {
    return this.view.getUint32(CPU_BASE + MXCSR, true);
  }

  /** If a region has met an address above 4 GiB that it was not made for, all are made anew for these. */
  heedHigh(): void {
    if (this.view.getUint32(CPU_BASE + HIGH_MET, true) === 0) return;
    this.view.setUint32(CPU_BASE + HIGH_MET, 0, true);
    this.parts.policy.reachesHigh = true;
    this.allDropped();
  }

  /** The code in `frame` is gone. */
  frameDropped(frame: number): void {
    for (const region of this.byFrame.get(frame) ?? []) this.free(region);
  }

  allDropped(): void {
    for (const frame of [...this.byFrame.keys()]) this.frameDropped(frame);
  }

  /** A function of the region in `slot`, in a module of its own. */
  private instantiate(plan: RegionPlan, slot: number): RegionModule & { entryPoint: unknown } {
    const { physical, tables, table, high, step } = this.parts;
    const made = this.live.known.find(step.formKeys, describeRegion(plan, slot, this.view), () => generate(plan, slot));
    const instance = new WebAssembly.Instance(made.module, { machine: { memory: physical.memory, tables, regions: table, high } });
    return { ...made, entryPoint: instance.exports['region'] };
  }

  /** Entry points of all regions. */
  get entryPoints(): unknown[] {
    return [...this.regions].map(({ slot }) => this.parts.table.get(slot) as unknown);
  }

  /** Another region takes a head over; a region without heads is never entered again. */
  private leaveHead(head: number): void {
    const region = this.regionOf.get(head);
    if (!region) return;
    region.heads.delete(head);
    if (region.heads.size === 0) this.free(region);
  }

  private free(region: Region): void {
    this.parts.table.set(region.slot, null);
    this.freeSlots.push(region.slot);
    for (const head of region.heads) {
      this.regionOf.delete(head);
      this.cool(head);
    }
    for (const frame of region.pages.values()) {
      const regions = this.byFrame.get(frame);
      regions?.delete(region);
      if (regions?.size === 0) this.byFrame.delete(frame);
    }
    this.regions.delete(region);
    this.statistics.live--;
    this.live.add(-1);
  }

  /** A head without a region counts again. */
  private cool(head: number): void {
    const form = this.view.getUint16(head + FORM, true);
    if (form !== SPECIAL.REGION && form !== SPECIAL.SPANNING) return;
    this.view.setUint16(head + FORM, SPECIAL.HEAT, true);
    this.view.setInt32(head + HEAT_LEFT, this.parts.policy.heat, true);
  }

  private limit(head: number, limit: number): void {
    this.cool(head);
    this.view.setUint8(head + HEAD_LIMITS, this.view.getUint8(head + HEAD_LIMITS) | limit);
  }

  /** `pages` gathers the virtual pages of what is found, and their frames. */
  private planSource(space: AddressSpace, head: number, pages: Map<number, number>): PlanSource {
    const { view, traits } = this;
    const { cache, decoder } = this.parts;
    const home = Math.floor(ripOf(view, head) / PAGE_SIZE);
    const limits = view.getUint8(head + HEAD_LIMITS);
    const isConfined = (limits & HEAD_LIMIT.CONFINED) !== 0;
    const isFramed = (limits & HEAD_LIMIT.UNFRAMED) === 0;
    /** A head that found no frame would find none in a region that looks for it again. */
    const fits = (at: number): boolean => !isFramed || (view.getUint8(at + HEAD_LIMITS) & HEAD_LIMIT.UNFRAMED) === 0;
    /** The frame of an address that the region may reach to, -1 if it may not. */
    const reach = (rip: number): number => {
      const page = Math.floor(rip / PAGE_SIZE);
      const known = pages.get(page);
      if (known !== undefined) return known;
      if (page !== home && (isConfined || pages.size >= MAX_PAGES)) return -1;
      const frame = frameAt(space, rip);
      if (frame >= 0) pages.set(page, frame);
      return frame;
    };
    const frame = reach(ripOf(view, head));
    const known = (rip: number): number => {
      const at = frameAt(space, rip);
      return at < 0 ? 0 : cache.find(at, rip);
    };
    return {
      view,
      control: (limits & HEAD_LIMIT.ANY_CONTROL) === 0 ? controlOf(this.mxcsr) : 'any',
      isFramed,
      reachesHigh: this.parts.policy.reachesHigh,
      formSource: (form) => this.formSource(form),
      traits: (instruction) => traits.of(instruction),
      resolve: (record) => {
        let at = record;
        for (;;) {
          const form = view.getUint16(at + FORM, true);
          if (form >= SPECIAL_COUNT) return reach(ripOf(view, at)) < 0 ? 0 : at;
          if (form === SPECIAL.GOTO || form === SPECIAL.HEAT || form === SPECIAL.REGION || form === SPECIAL.SPANNING)
            at = view.getUint32(at + LINK, true);
          else if (form === SPECIAL.LOOKUP) {
            at = reach(ripOf(view, at)) < 0 ? 0 : known(ripOf(view, at));
            if (at === 0) return 0;
          } else return 0;
        }
      },
      warmHead: (rip) => {
        const record = known(rip);
        return record !== 0 && fits(record) && this.isWarm(record, false) ? record : 0;
      },
      recordAt: (rip) => known(rip),
      warmth: (record) => {
        const form = view.getUint16(record + FORM, true);
        if (form === SPECIAL.REGION || form === SPECIAL.SPANNING)
          return this.regionOf.get(record)!.instructions <= SMALL ? 'small' : 'cold';
        return this.isWarm(record, false) ? 'warm' : 'cold';
      },
      landings: () => cache.heads(frame).filter((at) => view.getUint8(at + IS_LANDING) === 1 && fits(at) && this.isWarm(at, true)),
      leaving: (record) => {
        // A way that was never taken: should it be, what is there counts.
        if (view.getUint16(record + FORM, true) === SPECIAL.MISS) view.setUint32(record + WANTS_HEAD, 1, true);
        if (view.getUint16(record + FORM, true) < SPECIAL_COUNT) return record;
        const rip = ripOf(view, record);
        const there = frameAt(space, rip);
        return there < 0 ? record : decoder.head(there, rip, record);
      },
    };
  }

  private isWarm(record: number, hasRegion: boolean): boolean {
    const form = this.view.getUint16(record + FORM, true);
    if (form === SPECIAL.REGION || form === SPECIAL.SPANNING) return hasRegion;
    return form === SPECIAL.HEAT && this.view.getInt32(record + HEAT_LEFT, true) <= this.parts.policy.heat / 2;
  }

  private formSource(form: number): FormSource {
    const known = this.sources[form];
    if (known) return known;
    const key = this.parts.step.formKeys[form]!;
    const code = Math.floor(key / SHAPE_COUNT);
    const source = { code, shape: key % SHAPE_COUNT, row: instructionTable.get(code)! };
    this.sources[form] = source;
    return source;
  }
}

function generate(plan: RegionPlan, slot: number): RegionModule {
  const module = new ModuleBuilder();
  module.importMemory('machine', 'memory', 1, 65536);
  module.importMemory('machine', 'tables', 1, 65536);
  module.importTable('machine', 'regions');
  if (module.importFunction('machine', 'high', HIGH_ENTRY_PARAMETERS, HIGH_ENTRY_RESULTS) !== HIGH_ENTRY) throw new Error('not the first');
  const f = module.function(REGION_PARAMETERS, REGION_RESULTS);
  const emitted = emitRegion(f, plan, slot);
  module.export('region', f.index);
  const bytes = module.toBytes();
  return { ...emitted, module: new WebAssembly.Module(bytes), bytes: bytes.length };
}

/** Address of the frame that is mapped for execution at a virtual address, -1 if none is. */
function frameAt(space: AddressSpace, address: number): number {
  const physical = space.translate(address, 'execute');
  return physical < 0 ? -1 : (physical & ~PAGE_MASK) >>> 0;
}
