// Which instructions a region holds, as basic blocks with edges between them. Found from decoded records, followed breadth
// first from the head through direct jumps; what lies beyond the limit, or cannot be held, is an edge that leaves.

import { FORM, LINK, SPECIAL, SPECIAL_COUNT } from '../decode/record.ts';
import { RECORD_BYTES } from '../../memory/layout.ts';
import { InstructionView, type FormSource, ripOf } from './instruction-view.ts';
import type { FloatControl } from '../semantics/context.ts';
import type { InstructionTraits } from './instruction-traits.ts';

/** Instructions in a region at most: functions much above 8 KB of WebAssembly compile badly. */
const MAX_INSTRUCTIONS = 120;
/** Entries at most. */
const MAX_ENTRIES = 64;

/** Where control goes: to a block of the region by index, to one by way of the dispatcher, or out of the region, to a record. */
export type Edge = { readonly block: number } | { readonly dispatches: number } | { readonly leaves: number };

export interface PlannedInstruction {
  readonly view: InstructionView;
  readonly traits: InstructionTraits;
}

export interface PlannedBlock {
  readonly rip: number;
  readonly record: number;
  readonly instructions: PlannedInstruction[];
  /** Behind the last instruction: always `next`, or `taken` and `next` of a branch, or `taken` of a jump; none where the jump is computed. */
  taken: Edge | null;
  next: Edge | null;
}

/** A head that control comes to from outside. */
export interface PlannedEntry {
  readonly head: number;
  readonly block: number;
}

export interface RegionPlan {
  readonly blocks: PlannedBlock[];
  /** The head that was asked for comes first. */
  readonly entries: PlannedEntry[];
  /** Operands at RSP and RBP are looked at on entry. */
  readonly isFramed: boolean;
  /** What it may rely on of MXCSR. */
  readonly control: FloatControl;
}

export interface PlanSource {
  readonly view: DataView;
  readonly isFramed: boolean;
  readonly control: FloatControl;
  /** Of a form that is an instruction. */
  formSource(form: number): FormSource;
  traits(view: InstructionView): InstructionTraits;
  /** The record of an address that a jump of the region leads to: the instruction's own, 0 if it is not to be part of the region. */
  resolve(record: number): number;
  /** The head of this address, if it has one that is at least warm; else 0. */
  warmHead(rip: number): number;
  /** A call's target, by the record that the call names, has been come to often. */
  isWarmTarget(record: number): boolean;
  /** Warm heads that computed jumps have led to. */
  landings(): readonly number[];
  /** What a jump out of the region goes to, by the record that the jump names. */
  leaving(record: number): number;
}

/** Records that lead to another and are nothing themselves. */
const PASSED: readonly number[] = [SPECIAL.GOTO, SPECIAL.HEAT, SPECIAL.REGION, SPECIAL.SPANNING];

interface Open {
  readonly rip: number;
  readonly record: number;
}

/** Null if not even one instruction at `head` can be held. */
export function planRegion(source: PlanSource, head: number): RegionPlan | null {
  const { view } = source;
  const blocks: PlannedBlock[] = [];
  const blockAt = new Map<number, number>();
  /** Block and position of every instruction held. */
  const places = new Map<number, { block: PlannedBlock; at: number }>();
  const queue: Open[] = [];
  const heads = new Set<number>();
  let count = 0;

  enter(head);
  for (let open = queue.shift(); open; open = queue.shift()) {
    if (blockAt.has(open.rip)) continue;
    const inside = places.get(open.rip);
    if (inside) {
      split(inside.block, inside.at);
      continue;
    }
    if (count >= MAX_INSTRUCTIONS) continue;
    const block: PlannedBlock = { rip: open.rip, record: open.record, instructions: [], taken: null, next: null };
    scan(block);
    if (block.instructions.length === 0) continue;
    blockAt.set(open.rip, blocks.length);
    blocks.push(block);
  }
  const entries = [...heads].flatMap((at) => {
    const block = blockAt.get(ripOf(view, at));
    return block === undefined ? [] : [{ head: at, block }];
  });
  if (entries[0]?.head !== head) return null;
  for (const block of blocks) close(block);
  return { blocks, entries, isFramed: source.isFramed, control: source.control };

  /** Lets control come in at a head. */
  function enter(at: number): void {
    if (at === 0 || heads.has(at) || heads.size >= MAX_ENTRIES) return;
    heads.add(at);
    enqueue(at);
  }

  function scan(block: PlannedBlock): void {
    let record = block.record;
    for (;;) {
      record = follow(record);
      const form = view.getUint16(record + FORM, true);
      const rip = ripOf(view, record);
      if (form < SPECIAL_COUNT || count >= MAX_INSTRUCTIONS || places.has(rip)) break;
      const instruction = new InstructionView(view, record, source.formSource(form));
      const traits = source.traits(instruction);
      if (traits.flow === 'unsupported' || (traits.flow === 'repeat' && block.instructions.length > 0)) break;
      places.set(rip, { block, at: block.instructions.length });
      block.instructions.push({ view: instruction, traits });
      count++;
      if (traits.flow === 'next') {
        record += RECORD_BYTES;
        continue;
      }
      if (traits.flow === 'branch' || traits.flow === 'jump') {
        // What is seldom called stays outside.
        const isCold = traits.calls && !source.isWarmTarget(instruction.link);
        block.taken = isCold ? { leaves: instruction.link } : enqueue(instruction.link);
      }
      if (traits.flow === 'repeat') block.taken = enqueue(record);
      if (traits.flow === 'branch' || traits.flow === 'repeat') block.next = enqueue(record + RECORD_BYTES);
      if (traits.calls) enter(source.warmHead(instruction.nextRip));
      else if (traits.flow === 'indirect' && !traits.returns) for (const landing of source.landings()) enter(landing);
      return;
    }
    if (block.instructions.length > 0) block.next = enqueue(record);
  }

  /** The instruction that a record in a run of records stands for. */
  function follow(record: number): number {
    let at = record;
    while (PASSED.includes(view.getUint16(at + FORM, true))) at = view.getUint32(at + LINK, true);
    return at;
  }

  /** An edge to a record, a block's if there will be one: settled by close(). */
  function enqueue(record: number): Edge {
    const target = source.resolve(record);
    if (target !== 0) queue.push({ rip: ripOf(view, target), record: target });
    return { leaves: record };
  }

  function split(block: PlannedBlock, at: number): void {
    const rest = block.instructions.splice(at);
    const first = rest[0]!.view;
    const second: PlannedBlock = { rip: first.rip, record: first.record, instructions: rest, taken: block.taken, next: block.next };
    for (const [i, { view: moved }] of rest.entries()) places.set(moved.rip, { block: second, at: i });
    block.taken = null;
    block.next = { leaves: first.record };
    blockAt.set(second.rip, blocks.length);
    blocks.push(second);
  }

  function close(block: PlannedBlock): void {
    if (block.taken) block.taken = settled(block.taken);
    if (block.next) block.next = settled(block.next);
  }

  function settled(edge: Edge): Edge {
    if (!('leaves' in edge)) return edge;
    const target = source.resolve(edge.leaves);
    const found = target === 0 ? undefined : blockAt.get(ripOf(view, target));
    return found === undefined ? { leaves: source.leaving(edge.leaves) } : { block: found };
  }
}
