// Emits a region as one WebAssembly function (meter: i64, entry: i32) -> (record: i32, meter: i64): registers in locals, structured
// control flow by dominators (Ramsey, "Beyond Relooper"), time charged at block heads. Where it goes on in another region, that
// one takes its place.

import { PTE_READ, PTE_WRITE } from '../../memory/address-space.ts';
import { CPU_BASE, PAGE_MASK, PAGE_SIZE } from '../../memory/layout.ts';
import { FORM, LENGTH, REFUSED, REGION_BUDGET, REGION_ENTRY, REGION_INDEX, REGION_TAG, SPECIAL } from '../decode/record.ts';
import type { FloatControl, Value } from '../semantics/context.ts';
import { FAST_MASK, FAST_VALUE, MASKS } from '../semantics/float/mxcsr.ts';
import { type JumpLocals, emitFindRecord, emitJumpLocals } from '../step/jump-cache.ts';
import { emitLowEntry } from '../step/low-entry.ts';
import { GPR, MXCSR, RBP, RSP, SPACE_TAG } from '../state.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';
import { type ControlFlow, analyseControlFlow, targetsOf } from './control-flow.ts';
import { DEAD, DYNAMIC, type FlagState, IN_MEMORY, emitSite } from './flag-state.ts';
import { type FlagNeed, deadFlags, flagNeeds, lastingFlags } from './flag-needs.ts';
import { type Ending, type Frame, RegionContext, type RegionParts, TOP_OF_STACK } from './region-context.ts';
import { HIGH_ENTRY, PageWindows, type Way } from './page-windows.ts';
import { LOOKUP_RECORD, RegionExits } from './region-exits.ts';
import { writesOf } from './instruction-traits.ts';
import type { Edge, PlannedBlock, RegionPlan } from './region-plan.ts';
import { RegionFloats } from './region-floats.ts';
import { COUNT_BITS, chargeOf } from './meter.ts';
import { RegionRegisters } from './registers.ts';
import { RegisterStores } from './register-stores.ts';

export const REGION_PARAMETERS = ['i64', 'i32'] as const;
export const REGION_RESULTS = ['i32', 'i64'] as const;

/** The parameters: what is left of the budget, and the entry, which is the dispatcher's state. */
const METER = 0;
const STATE = 1;

export interface EmittedRegion {
  /** That each entry takes at least. */
  readonly budgets: number[];
  /** What it relies on of MXCSR. */
  readonly control: FloatControl;
}

/** Emits the region that will be in `slot` of the table. */
export function emitRegion(f: FunctionBuilder, plan: RegionPlan, slot: number): EmittedRegion {
  return new RegionEmitter(f, plan, slot).emit();
}

class RegionEmitter {
  private readonly f: FunctionBuilder;
  private readonly plan: RegionPlan;
  private readonly blocks: readonly PlannedBlock[];
  private readonly slot: number;
  private readonly flow: ControlFlow;
  private readonly needs: readonly FlagNeed[];
  private readonly worst: readonly number[];
  private readonly stores: RegisterStores;
  private readonly parts: RegionParts;
  private readonly jumps: JumpLocals;
  private readonly labels: (Label | undefined)[] = [];

  constructor(f: FunctionBuilder, plan: RegionPlan, slot: number) {
    this.f = f;
    this.plan = plan;
    this.blocks = plan.blocks;
    this.slot = slot;
    this.flow = analyseControlFlow(
      plan.blocks,
      plan.entries.map(({ block }) => block),
    );
    this.needs = flagNeeds(plan.blocks, this.flow);
    this.stores = new RegisterStores(plan.blocks, this.flow);
    this.worst = worstPaths(plan.blocks, this.flow);
    this.jumps = { spread: f.local('i32'), tag: f.local('i64'), set: f.local('i32') };
    const frames = plan.isFramed ? framesOf(f, plan.blocks) : [];
    this.parts = {
      f,
      registers: new RegionRegisters(f),
      exits: new RegionExits(f),
      frames,
      floats: new RegionFloats(f, plan.control),
      windows: new PageWindows(f, storedBy(plan.blocks), plan.reachesHigh),
    };
  }

  emit(): EmittedRegion {
    const { f } = this;
    const { exits, registers, floats } = this.parts;
    this.emitTree(this.flow.root, IN_MEMORY);
    const isSpecial = floats.isControlUsed && this.plan.control !== 'any';
    exits.emit(METER, (written) => registers.emitStores(written));
    this.emitGoOn();
    f.get(exits.record).get(METER);
    f.prologue(() => {
      if (this.flow.root === this.flow.dispatcher) emitJumpLocals(f, this.jumps);
      registers.emitLoads();
      floats.emitConstants();
      if (isSpecial) this.emitControl();
      for (const frame of this.parts.frames) this.emitFrame(frame);
    });
    return { budgets: this.plan.entries.map(({ block }) => this.worst[block]!), control: isSpecial ? this.plan.control : 'any' };
  }

  /** In another region, if the way out leads to one that can be entered. */
  private emitGoOn(): void {
    const { f } = this;
    const { record } = this.parts.exits;
    const form = f.local('i32');
    f.get(record).mem('i32.load', FORM).tee(form).i32(SPECIAL.LOOKUP).op('i32.eq');
    f.if(() => {
      const rip = f.local('i64');
      const found = f.local('i32');
      f.get(record).mem('i64.load', LENGTH).i64(16n).op('i64.shr_u').set(rip);
      if (this.flow.root !== this.flow.dispatcher) emitJumpLocals(f, this.jumps);
      emitFindRecord(f, this.jumps, { emit: () => f.get(rip) }, found);
      f.get(found).get(record).get(found).op('select').tee(record).mem('i32.load', FORM).set(form);
    });
    f.block((out) => {
      f.block((proven) => {
        f.get(form).i32(SPECIAL.REGION).op('i32.eq').brIf(proven);
        f.get(form).i32(SPECIAL.SPANNING).op('i32.ne').brIf(out);
        f.get(record).mem('i32.load16_u', REGION_TAG);
        f.i32(0)
          .mem('i32.load16_u', CPU_BASE + SPACE_TAG + 6)
          .op('i32.ne')
          .unlikely()
          .brIf(out);
      });
      this.emitBudget();
      f.get(record).mem('i32.load', REGION_BUDGET).op('i32.lt_s').unlikely().brIf(out);
      f.get(METER).get(record).mem('i32.load', REGION_ENTRY).get(record).mem('i32.load', REGION_INDEX);
      f.returnCallIndirect(f.module.type(REGION_PARAMETERS, REGION_RESULTS));
    });
  }

  /** Pushes what is left of the budget. */
  private emitBudget(): void {
    this.f.get(METER).i64(COUNT_BITS).ops('i64.shr_s', 'i32.wrap_i64');
  }

  /** Gives up at once, with the entry's record and REFUSED in it, where a frame is not on one page that can be read and written. */
  private emitFrame({ base, start, lowest, end }: Frame): void {
    const { f } = this;
    const { registers } = this.parts;
    const first = f.freshLocal('i64');
    const entry = f.freshLocal('i32');
    f.get(registers.read(base)).i64(BigInt(lowest)).op('i64.add').tee(first).i64(32n).ops('i64.shr_u', 'i64.eqz').likely();
    f.if(
      () => emitLowEntry(f.get(first).op('i32.wrap_i64')).set(entry),
      () => f.get(first).call(HIGH_ENTRY).set(entry),
    );
    f.get(entry)
      .i32(PTE_READ | PTE_WRITE)
      .op('i32.and')
      .i32(PTE_READ | PTE_WRITE)
      .op('i32.ne');
    f.get(first).op('i32.wrap_i64').i32(PAGE_MASK).op('i32.and').tee(start);
    f.i32(PAGE_SIZE - (end - lowest)).ops('i32.gt_s', 'i32.or');
    this.emitRefusal();
    f.get(entry).i32(~PAGE_MASK).op('i32.and').get(start).op('i32.or').set(start);
  }

  /** Gives up at once where MXCSR is another than the region was made for. */
  private emitControl(): void {
    this.f
      .i32(0)
      .mem('i32.load', CPU_BASE + MXCSR)
      .i32(FAST_MASK)
      .op('i32.and')
      .i32(this.plan.control === 'inexact' ? FAST_VALUE : MASKS)
      .op('i32.ne');
    this.emitRefusal();
  }

  /** Returns with the entry's record and REFUSED in it if the condition on the stack holds. */
  private emitRefusal(): void {
    const { f } = this;
    f.unlikely().if(() => {
      const [first, ...others] = this.plan.entries.map(({ head }) => head + REFUSED);
      f.i32(first!);
      for (const [i, record] of others.entries())
        f.i32(record)
          .get(STATE)
          .i32(i + 1)
          .ops('i32.ne', 'select');
      f.get(METER).return();
    });
  }

  /** A block and all that it dominates. Control does not fall out of it. */
  private emitTree(index: number, entry: FlagState): void {
    const { f, flow } = this;
    const flags = index !== flow.dispatcher && (flow.isLoopHead[index] || flow.isMerge[index]) ? this.mergedState(index) : entry;
    const merges = flow.children[index]!.filter((child) => flow.isMerge[child]);
    if (!flow.isLoopHead[index] && index !== flow.dispatcher) return this.emitWithin(index, flags, merges);
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
    const { f, parts } = this;
    if (index === this.flow.dispatcher) {
      const labels = this.flow.dispatched.map((target) => this.labels[target]!);
      f.get(STATE).brTable(labels.slice(0, -1), labels.at(-1)!);
      return;
    }
    const block = this.blocks[index]!;
    if (this.flow.isLoopHead[index] || this.flow.isMerge[index] || index === this.flow.root) {
      this.parts.registers.restore([]);
      parts.floats.lanes.fill(0);
    }
    let refund = chargeOf(costOf(block), block.instructions.length);
    f.get(METER).i64(refund).op('i64.sub').set(METER);
    let flags = entry;
    let ending: Ending = { kind: 'next' };
    const dead = deadFlags(block);
    const lasting = lastingFlags(block, dead);
    for (const [i, { view, traits }] of block.instructions.entries()) {
      const goBehind = (state: FlagState): void => this.emitEdge(index, block.next!, state);
      const place = { flags, areLasting: lasting[i]!, areDead: dead[i]!, refund, written: this.stores.inside(index), goBehind };
      const context = new RegionContext(parts, view, traits, place);
      view.source.row.definition(context);
      context.finish();
      ({ flags, ending } = context);
      refund -= chargeOf(view.cost, 1);
    }
    this.emitEnding(block, index, ending, flags);
  }

  private emitEnding(block: PlannedBlock, index: number, ending: Ending, flags: FlagState): void {
    const { f } = this;
    const { registers, floats } = this.parts;
    const known = registers.known();
    const lanes = floats.lanes.slice();
    switch (ending.kind) {
      case 'next':
        return this.emitEdge(index, block.next!, flags);
      case 'jump':
        return this.emitEdge(index, block.taken!, flags);
      case 'branch':
        ending.condition.emit(f);
        f.if(() => this.emitEdge(index, block.taken!, flags));
        registers.restore(known);
        floats.lanes.set(lanes);
        return this.emitEdge(index, block.next!, flags);
      case 'indirect':
        if (block.guess !== null) {
          ending.target.emit(f);
          f.i64(BigInt(block.guess)).op('i64.eq');
          f.if(() => this.emitEdge(index, block.next!, flags));
          registers.restore(known);
          floats.lanes.set(lanes);
        }
        return this.emitJump(index, ending.target, flags);
    }
  }

  /** To a computed address: to another entry of this region, or out of it. */
  private emitJump(from: number, target: Value, flags: FlagState): void {
    const { f, jumps } = this;
    const { exits } = this.parts;
    const isDispatching = this.flow.root === this.flow.dispatcher;
    if (!isDispatching) emitJumpLocals(f, jumps);
    emitFindRecord(f, jumps, target, exits.record);
    f.get(exits.record).op('i32.eqz');
    f.unlikely().if(() => {
      f.i32(LOOKUP_RECORD);
      target.emit(f);
      f.i64(16n).op('i64.shl').mem('i64.store', LENGTH);
      this.emitLeave(from, LOOKUP_RECORD, flags);
    });
    if (!isDispatching) return this.emitLeave(from, 0, flags);
    // FORM and the COST of 0 behind it; REGION and SPANNING follow each other.
    f.get(exits.record).mem('i32.load', FORM).i32(SPECIAL.REGION).op('i32.sub').i32(2).op('i32.lt_u');
    f.get(exits.record).mem('i32.load', REGION_INDEX).i32(this.slot).ops('i32.eq', 'i32.and');
    this.emitBudget();
    f.get(exits.record).mem('i32.load', REGION_BUDGET).ops('i32.ge_s', 'i32.and');
    f.if(() => {
      f.get(exits.record).mem('i32.load', REGION_ENTRY).set(STATE);
      this.prepareFlags(this.flow.dispatcher, flags);
      f.br(this.labels[this.flow.dispatcher]!);
    });
    this.emitLeave(from, 0, flags);
  }

  private emitEdge(from: number, edge: Edge, flags: FlagState): void {
    if ('leaves' in edge) return this.emitLeave(from, edge.leaves, flags);
    const behind = 'block' in edge ? edge.block : edge.dispatches;
    this.parts.registers.emitStoresAtOnce(this.stores.onEdge(from, behind));
    if (this.flow.isCheckpoint[behind]) this.emitCheck(from, behind, flags);
    if ('dispatches' in edge) {
      this.prepareFlags(this.flow.dispatcher, flags);
      this.f.i32(this.flow.dispatched.indexOf(edge.dispatches)).set(STATE).br(this.labels[this.flow.dispatcher]!);
      return;
    }
    const target = edge.block;
    const isBack = this.flow.position[target]! <= this.flow.position[from]!;
    if (!isBack && !this.flow.isMerge[target]) return this.emitTree(target, flags);
    this.prepareFlags(target, flags);
    this.f.br(this.labels[target]!);
  }

  /** Leaves where the budget may not last from a block to the next look at it. On the edge, where it is known what the flags are. */
  private emitCheck(from: number, target: number, flags: FlagState): void {
    const { f } = this;
    const { exits } = this.parts;
    f.get(METER).i64(chargeOf(this.worst[target]!, 0)).op('i64.lt_s').unlikely();
    f.brIf(exits.to(this.blocks[target]!.record, 0n, flags, this.stores.behindEdge(from, target)));
  }

  private emitLeave(from: number, record: number, flags: FlagState): void {
    this.f.br(this.parts.exits.to(record, 0n, flags, this.stores.atEnd(from), true));
  }

  /** State of the flags in a block that several edges lead to. */
  private mergedState(index: number): FlagState {
    const need = this.needs[index]!;
    return need === 'none' ? DEAD : need === 'exact' ? DYNAMIC : IN_MEMORY;
  }

  /** Makes the flags what mergedState() says. */
  private prepareFlags(target: number, flags: FlagState): void {
    const need = this.needs[target]!;
    if (need === 'none' || flags.kind === 'dynamic') return;
    if (flags.kind === 'dead') throw new Error('flags are needed that nobody kept');
    const site = flags.kind === 'site' ? flags.site : null;
    if (need === 'exact') this.parts.exits.operands.emitBring(site);
    else if (site) emitSite(this.f, site);
  }
}

/** The frames of a region: RSP and RBP where operands are at them and no instruction changes them. */
function framesOf(f: FunctionBuilder, blocks: readonly PlannedBlock[]): Frame[] {
  const instructions = blocks.flatMap((block) => block.instructions);
  return [RSP, RBP].flatMap((base) => {
    const operands = instructions.filter(({ view, traits }) => traits.leaves && view.isByFrame && view.base === GPR + base * 8);
    const isChanged = instructions.some(({ view, traits }) => writesOf(view, traits).includes(base));
    const displacements = operands.map(({ view }) => Number(view.displacement));
    const lowest = Math.min(...displacements);
    const end = Math.max(...displacements) + 16;
    return operands.length === 0 || isChanged || end - lowest > PAGE_SIZE ? [] : [{ base, start: f.freshLocal('i32'), lowest, end }];
  });
}

/** The ways that the region stores in. */
function storedBy(blocks: readonly PlannedBlock[]): Way[] {
  return blocks.flatMap(({ instructions }) =>
    instructions.flatMap(({ view, traits }) => [...(traits.stores ? [view.way] : []), ...(traits.pushes ? [TOP_OF_STACK] : [])]),
  );
}

/** In units. */
const costOf = ({ instructions }: PlannedBlock): number => instructions.reduce((sum, { view }) => sum + view.cost, 0);

/** The most that may be charged from a block on until the budget is looked at again, by block index. */
function worstPaths(blocks: readonly PlannedBlock[], flow: ControlFlow): number[] {
  const worst = blocks.map(() => 0);
  for (const index of flow.order.toReversed()) {
    const block = blocks[index];
    if (!block) continue;
    const behind = targetsOf(block).map((target) => (flow.isCheckpoint[target] ? 0 : worst[target]!));
    worst[index] = costOf(block) + Math.max(0, ...behind);
  }
  return worst;
}
