// Emits a region as one WebAssembly function (budget: i32) -> (record: i32, meter: i64): registers in locals, structured
// control flow by dominators (Ramsey, "Beyond Relooper"), time charged at block heads.
// The meter has the budget left in bits 31:0, signed, and above them the instructions executed.

import { CPU_BASE } from '../../memory/layout.ts';
import { LENGTH } from '../decode/record.ts';
import { TABLE } from '../state.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';
import { type ControlFlow, analyseControlFlow, targetsOf } from './control-flow.ts';
import { DEAD, DYNAMIC, type FlagState, IN_MEMORY, emitSite } from './flag-state.ts';
import { type FlagNeed, flagNeeds } from './flag-needs.ts';
import { type Ending, RegionContext, type RegionParts } from './region-context.ts';
import { LOOKUP_RECORD, RegionExits } from './region-exits.ts';
import type { Edge, PlannedBlock } from './region-plan.ts';
import { RegionRegisters } from './registers.ts';

export const REGION_PARAMETERS = ['i32'] as const;
export const REGION_RESULTS = ['i32', 'i64'] as const;

/** Emits the region; returns the budget that it must be entered with at least. */
export function emitRegion(f: FunctionBuilder, blocks: readonly PlannedBlock[]): number {
  return new RegionEmitter(f, blocks).emit();
}

class RegionEmitter {
  private readonly f: FunctionBuilder;
  private readonly blocks: readonly PlannedBlock[];
  private readonly flow: ControlFlow;
  private readonly needs: readonly FlagNeed[];
  private readonly worst: readonly number[];
  private readonly parts: RegionParts;
  private readonly meter: number;
  private readonly labels: (Label | undefined)[] = [];

  constructor(f: FunctionBuilder, blocks: readonly PlannedBlock[]) {
    this.f = f;
    this.blocks = blocks;
    this.flow = analyseControlFlow(blocks);
    this.needs = flagNeeds(blocks, this.flow);
    this.worst = worstPaths(blocks, this.flow);
    this.meter = f.local('i64');
    this.parts = { f, registers: new RegionRegisters(f), exits: new RegionExits(f), table: f.local('i32') };
  }

  emit(): number {
    const { f, meter } = this;
    const { exits, registers, table } = this.parts;
    const record = f.local('i32');
    f.block((label) => {
      exits.label = label;
      this.emitTree(0, IN_MEMORY);
    });
    exits.emit(record, meter);
    registers.emitStores();
    f.get(record).get(meter);
    f.prologue(() => {
      f.get(0).op('i64.extend_i32_s').set(meter);
      f.i32(0)
        .mem('i32.load', CPU_BASE + TABLE)
        .set(table);
      registers.emitLoads();
    });
    return this.worst[0]!;
  }

  /** A block and all that it dominates. Control does not fall out of it. */
  private emitTree(index: number, entry: FlagState): void {
    const { f, flow } = this;
    const flags = flow.isLoopHead[index] || flow.isMerge[index] ? this.mergedState(index) : entry;
    const merges = flow.children[index]!.filter((child) => flow.isMerge[child]);
    if (!flow.isLoopHead[index]) return this.emitWithin(index, flags, merges);
    // Whoever falls in from above brings the flags as the edges back do.
    if (!flow.isMerge[index]) this.prepareFlags(index, entry);
    f.loop((label) => {
      this.labels[index] = label;
      this.emitWithin(index, flags, merges);
    });
  }

  /** Each merge block stands behind a block that ends where it begins, the last in order outermost. */
  private emitWithin(index: number, flags: FlagState, merges: readonly number[]): void {
    const outermost = merges.at(-1);
    if (outermost === undefined) return this.emitBlock(index, flags);
    this.f.block((label) => {
      this.labels[outermost] = label;
      this.emitWithin(index, flags, merges.slice(0, -1));
    });
    this.emitTree(outermost, IN_MEMORY);
  }

  private emitBlock(index: number, entry: FlagState): void {
    const { f, parts, meter } = this;
    const block = this.blocks[index]!;
    if (this.flow.isLoopHead[index]) {
      f.i32(parts.exits.to(block.record, 0n, entry)).set(parts.exits.number);
      f.get(meter).op('i32.wrap_i64').i32(this.worst[index]!).op('i32.lt_s').brIf(parts.exits.label);
    }
    let refund = chargeOf(block);
    f.get(meter).i64(refund).op('i64.sub').set(meter);
    let flags = entry;
    let ending: Ending = { kind: 'next' };
    const last = block.instructions.findLastIndex(({ traits }) => traits.setsFlags === 'all');
    for (const [i, { view, traits }] of block.instructions.entries()) {
      // Other blocks may look at the flags that the block ends with.
      const context = new RegionContext(parts, view, traits, { flags, areLasting: i === last, refund });
      view.source.row.definition(context);
      context.finish();
      ({ flags, ending } = context);
      refund -= BigInt(view.cost) - INSTRUCTION;
    }
    this.emitEnding(block, index, ending, flags);
  }

  private emitEnding(block: PlannedBlock, index: number, ending: Ending, flags: FlagState): void {
    const { f } = this;
    switch (ending.kind) {
      case 'next':
        return this.emitEdge(index, block.next!, flags);
      case 'jump':
        return this.emitEdge(index, block.taken!, flags);
      case 'branch':
        ending.condition.emit(f);
        f.if(() => this.emitEdge(index, block.taken!, flags));
        return this.emitEdge(index, block.next!, flags);
      case 'indirect':
        f.i32(LOOKUP_RECORD);
        ending.target.emit(f);
        f.i64(16n).op('i64.shl').mem('i64.store', LENGTH);
        return this.emitLeave(LOOKUP_RECORD, flags);
    }
  }

  private emitEdge(from: number, edge: Edge, flags: FlagState): void {
    if ('leaves' in edge) return this.emitLeave(edge.leaves, flags);
    const target = edge.block;
    const isBack = this.flow.position[target]! <= this.flow.position[from]!;
    if (!isBack && !this.flow.isMerge[target]) return this.emitTree(target, flags);
    this.prepareFlags(target, flags);
    this.f.br(this.labels[target]!);
  }

  private emitLeave(record: number, flags: FlagState): void {
    const { f } = this;
    const { exits } = this.parts;
    f.i32(exits.to(record, 0n, flags))
      .set(exits.number)
      .br(exits.label);
  }

  /** State of the flags in a block that several edges lead to. */
  private mergedState(index: number): FlagState {
    const need = this.needs[index]!;
    return need === 'none' ? DEAD : need === 'exact' ? DYNAMIC : IN_MEMORY;
  }

  /** Makes the flags what mergedState() says. */
  private prepareFlags(target: number, flags: FlagState): void {
    const { f } = this;
    const { exits } = this.parts;
    const need = this.needs[target]!;
    if (need === 'none' || flags.kind === 'dynamic') return;
    if (flags.kind === 'dead') throw new Error('flags are needed that nobody kept');
    if (need === 'read') {
      if (flags.kind === 'site') emitSite(f, flags.site);
      return;
    }
    f.i32(flags.kind === 'site' ? exits.idOf(flags.site) : 0).set(exits.flagId);
  }
}

/** One instruction in the meter. */
const INSTRUCTION = 1n << 32n;

/** What the meter loses at a block's head. */
function chargeOf(block: PlannedBlock): bigint {
  return block.instructions.reduce((sum, { view }) => sum + BigInt(view.cost) - INSTRUCTION, 0n);
}

/** The most that may be charged from a block on until the budget is looked at again, by block index. */
function worstPaths(blocks: readonly PlannedBlock[], flow: ControlFlow): number[] {
  const worst = blocks.map(() => 0);
  for (const index of flow.order.toReversed()) {
    const block = blocks[index]!;
    const behind = targetsOf(block).map((target) => (flow.isLoopHead[target] ? 0 : worst[target]!));
    worst[index] = block.instructions.reduce((sum, { view }) => sum + view.cost, 0) + Math.max(0, ...behind);
  }
  return worst;
}
