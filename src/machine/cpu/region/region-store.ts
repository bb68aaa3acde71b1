// The regions of one machine: compiled when a head has become hot, found by their head's record, dropped with their code.
// Compiled code is no state: which regions there are changes nothing but speed.

import type { AddressSpace } from '../../memory/address-space.ts';
import { PAGE_SHIFT } from '../../memory/layout.ts';
import type { PhysicalMemory } from '../../memory/physical-memory.ts';
import type { BlockDecoder } from '../decode/block-decoder.ts';
import type { CodeCache } from '../decode/code-cache.ts';
import { FORM, HEAT_LEFT, LINK, REGION_BUDGET, REGION_INDEX, SHAPE_COUNT, SPECIAL, SPECIAL_COUNT } from '../decode/record.ts';
import { instructionTable } from '../semantics/table.ts';
import type { StepModule } from '../step/step-module.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FormSource, ripOf } from './instruction-view.ts';
import { TraitTable } from './instruction-traits.ts';
import { LOOKUP_RECORD } from './region-exits.ts';
import { REGION_PARAMETERS, REGION_RESULTS, emitRegion } from './region-emitter.ts';
import { type PlanSource, planRegion } from './region-plan.ts';

/** Counted down from by a head that no region can be made of. */
const NEVER = 0x7fff_ffff;

export interface RegionStoreParts {
  readonly physical: PhysicalMemory;
  readonly tables: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  readonly cache: CodeCache;
  readonly decoder: BlockDecoder;
  readonly step: StepModule;
}

export interface RegionStatistics {
  compiled: number;
  /** Heads that no region could be made of. */
  refused: number;
  live: number;
  /** Bytes of WebAssembly compiled. */
  bytes: number;
}

export class RegionStore {
  readonly statistics: RegionStatistics = { compiled: 0, refused: 0, live: 0, bytes: 0 };
  private readonly parts: RegionStoreParts;
  private readonly view: DataView;
  private readonly traits = new TraitTable();
  private readonly sources: (FormSource | undefined)[] = [];
  private readonly byFrame = new Map<number, number[]>();
  private readonly freeSlots: number[] = [];

  constructor(parts: RegionStoreParts) {
    this.parts = parts;
    this.view = parts.physical.view;
    this.view.setUint16(LOOKUP_RECORD + FORM, SPECIAL.LOOKUP, true);
  }

  /** A head in the page `frame` has become hot: makes it a REGION, or lets it be. */
  compile(head: number, space: AddressSpace, frame: number): void {
    const { view, statistics } = this;
    if (view.getUint16(head + FORM, true) !== SPECIAL.HEAT) return;
    const blocks = planRegion(this.planSource(space, frame), view.getUint32(head + LINK, true));
    if (!blocks) {
      view.setInt32(head + HEAT_LEFT, NEVER, true);
      statistics.refused++;
      return;
    }
    const module = new ModuleBuilder();
    module.importMemory('machine', 'memory', 1, 65536);
    module.importMemory('machine', 'tables', 1, 65536);
    const f = module.function(REGION_PARAMETERS, REGION_RESULTS);
    const budget = emitRegion(f, blocks);
    module.export('region', f.index);
    const bytes = module.toBytes();
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      machine: { memory: this.parts.physical.memory, tables: this.parts.tables },
    });
    const slot = this.freeSlots.pop() ?? this.parts.table.grow(1);
    this.parts.table.set(slot, instance.exports['region']);
    view.setUint32(head + REGION_INDEX, slot, true);
    view.setInt32(head + REGION_BUDGET, budget, true);
    view.setUint16(head + FORM, SPECIAL.REGION, true);
    const slots = this.byFrame.get(frame);
    if (slots) slots.push(slot);
    else this.byFrame.set(frame, [slot]);
    statistics.compiled++;
    statistics.live++;
    statistics.bytes += bytes.length;
  }

  /** The code in `frame` is gone, and with it the records that lead to its regions. */
  frameDropped(frame: number): void {
    const slots = this.byFrame.get(frame);
    if (!slots) return;
    this.byFrame.delete(frame);
    for (const slot of slots) {
      this.parts.table.set(slot, null);
      this.freeSlots.push(slot);
    }
    this.statistics.live -= slots.length;
  }

  allDropped(): void {
    for (const frame of [...this.byFrame.keys()]) this.frameDropped(frame);
  }

  private planSource(space: AddressSpace, frame: number): PlanSource {
    const { view, traits } = this;
    const { cache, decoder } = this.parts;
    return {
      view,
      formSource: (form) => this.formSource(form),
      traits: (instruction) => traits.of(instruction),
      resolve: (record) => {
        let at = record;
        for (;;) {
          const form = view.getUint16(at + FORM, true);
          if (form >= SPECIAL_COUNT) return at;
          if (form === SPECIAL.GOTO || form === SPECIAL.HEAT || form === SPECIAL.REGION) at = view.getUint32(at + LINK, true);
          else if ((form === SPECIAL.MISS || form === SPECIAL.LOOKUP) && !cache.full) {
            const rip = ripOf(view, at);
            const physical = space.translate(rip, 'execute');
            if (physical < 0 || physical >>> PAGE_SHIFT !== frame >>> PAGE_SHIFT) return 0;
            const found = decoder.recordAt(space, rip);
            if (typeof found === 'object' || cache.find(frame, rip) !== found) return 0;
            at = found;
          } else return 0;
        }
      },
      leaving: (record) =>
        view.getUint16(record + FORM, true) >= SPECIAL_COUNT ? decoder.head(frame, ripOf(view, record), record) : record,
    };
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
