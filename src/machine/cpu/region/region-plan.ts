// Which instructions a region holds, as basic blocks with edges between them. Found from decoded records, followed breadth
// first from the head through direct jumps; what lies beyond the limit, or cannot be held, is an edge that leaves. A small function
// that is called is held once for each call, so that its returns are known to lead behind that call, which they check.

import { FORM, LINK, SPECIAL, SPECIAL_COUNT } from '../decode/record.ts';
import { RECORD_BYTES } from '../../memory/layout.ts';
import { InstructionView, type FormSource, ripOf } from './instruction-view.ts';
import type { FloatControl } from '../semantics/context.ts';
import type { InstructionTraits } from './instruction-traits.ts';
import { copyShortLoops } from './short-loops.ts';

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
  /** Behind the last instruction: always `next`, or `taken` and `next` of a branch, or `taken` of a jump, or `next` of a computed jump to `guess`. */
  taken: Edge | null;
  next: Edge | null;
  /** Address that a computed jump is thought to lead to. */
  guess: number | null;
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
  /** In all blocks but copies of loops. */
  readonly instructions: number;
  /** Operands at RSP and RBP are looked at on entry. */
  readonly isFramed: boolean;
  /** Finds what is above 4 GiB, and need not be left for it. */
  readonly reachesHigh: boolean;
  /** What it may rely on of MXCSR. */
  readonly control: FloatControl;
}

export interface PlanSource {
  readonly view: DataView;
  readonly isFramed: boolean;
  readonly reachesHigh: boolean;
  readonly control: FloatControl;
  /** Of a form that is an instruction. */
  formSource(form: number): FormSource;
  traits(view: InstructionView): InstructionTraits;
  /** The record of an address that a jump of the region leads to: the instruction's own, 0 if it is not to be part of the region. */
  resolve(record: number): number;
  /** The head of this address, if it has one that is at least warm; else 0. */
  warmHead(rip: number): number;
  /** The record of this address, 0 if it is not known. */
  recordAt(rip: number): number;
  /** The function whose first instruction this is has been come to often; 'small' if it is known to be. */
  warmth(record: number): 'cold' | 'warm' | 'small';
  /** Warm heads that computed jumps have led to. */
  landings(): readonly number[];
  /** What a jump out of the region goes to, by the record that the jump names. */
  leaving(record: number): number;
}

/** Records that lead to another and are nothing themselves. */
const PASSED: readonly number[] = [SPECIAL.GOTO, SPECIAL.HEAT, SPECIAL.REGION, SPECIAL.SPANNING];

/** Calls within each other that are held at most. */
const MAX_DEPTH = 4;

/** A function's body as one call sees it, or what the region begins in. */
class Scope {
  /** Null if it is not known where returns lead. */
  readonly caller: Scope | null;
  readonly rip: number;
  readonly returnRip: number;
  readonly depth: number;
  readonly blockAt = new Map<number, number>();
  /** Block and position of every instruction held. */
  readonly places = new Map<number, { block: DraftBlock; at: number }>();

  constructor(rip: number, caller: Scope | null, returnRip: number) {
    this.caller = caller;
    this.rip = rip;
    this.returnRip = returnRip;
    this.depth = caller ? caller.depth + 1 : 0;
  }

  /** This function is being called already. */
  holds(rip: number): boolean {
    return this.rip === rip || (this.caller?.holds(rip) ?? false);
  }
}

/** An edge to a record as `scope` sees it. */
interface Way {
  readonly record: number;
  readonly scope: Scope;
}

interface DraftBlock {
  readonly rip: number;
  readonly record: number;
  readonly scope: Scope;
  readonly instructions: PlannedInstruction[];
  taken: Way | null;
  next: Way | null;
  guess: number | null;
}

/** Null if not even one instruction at `head` can be held. */
export function planRegion(source: PlanSource, head: number): RegionPlan | null {
  const { view } = source;
  const drafts: DraftBlock[] = [];
  const outermost = new Scope(ripOf(view, head), null, 0);
  const queue: Way[] = [];
  const heads = new Set<number>();
  let count = 0;

  enter(head);
  for (let way = queue.shift(); way; way = queue.shift()) {
    const { record, scope } = way;
    const rip = ripOf(view, record);
    if (scope.blockAt.has(rip)) continue;
    const inside = scope.places.get(rip);
    if (inside) {
      split(inside.block, inside.at);
      continue;
    }
    if (count >= MAX_INSTRUCTIONS) continue;
    const block: DraftBlock = { rip, record, scope, instructions: [], taken: null, next: null, guess: null };
    scan(block);
    if (block.instructions.length > 0) hold(block);
  }
  const entries = [...heads].flatMap((at) => {
    const block = outermost.blockAt.get(ripOf(view, at));
    return block === undefined ? [] : [{ head: at, block }];
  });
  if (entries[0]?.head !== head) return null;
  const blocks = drafts.map(({ rip, record, instructions, taken, next, guess }) => ({
    rip,
    record,
    instructions,
    taken: taken && settled(taken),
    next: next && settled(next),
    guess,
  }));
  copyShortLoops(blocks);
  const { isFramed, reachesHigh, control } = source;
  return { blocks, entries, instructions: count, isFramed, reachesHigh, control };

  function hold(block: DraftBlock): void {
    block.scope.blockAt.set(block.rip, drafts.length);
    drafts.push(block);
  }

  /** Lets control come in at a head. */
  function enter(at: number): void {
    if (at === 0 || heads.has(at) || heads.size >= MAX_ENTRIES) return;
    heads.add(at);
    enqueue(at, outermost);
  }

  function scan(block: DraftBlock): void {
    const { scope } = block;
    let record = block.record;
    for (;;) {
      record = follow(record);
      const form = view.getUint16(record + FORM, true);
      const rip = ripOf(view, record);
      if (form < SPECIAL_COUNT || count >= MAX_INSTRUCTIONS || scope.places.has(rip)) break;
      const instruction = new InstructionView(view, record, source.formSource(form));
      const traits = source.traits(instruction);
      if (traits.flow === 'unsupported' || (traits.flow === 'repeat' && block.instructions.length > 0)) break;
      scope.places.set(rip, { block, at: block.instructions.length });
      block.instructions.push({ view: instruction, traits });
      count++;
      if (traits.flow === 'next') {
        record += RECORD_BYTES;
        continue;
      }
      if (traits.calls) call(block, instruction, traits.flow === 'indirect');
      else if (traits.returns) comeBack(block);
      else if (traits.flow === 'indirect') jumpComputed(block, instruction);
      if (traits.flow === 'branch' || (traits.flow === 'jump' && !traits.calls)) block.taken = enqueue(instruction.link, scope);
      if (traits.flow === 'repeat') block.taken = enqueue(record, scope);
      if (traits.flow === 'branch' || traits.flow === 'repeat') block.next = enqueue(record + RECORD_BYTES, scope);
      return;
    }
    if (block.instructions.length > 0) block.next = enqueue(record, scope);
  }

  function call(block: DraftBlock, instruction: InstructionView, isComputed: boolean): void {
    const { scope } = block;
    const { link, nextRip } = instruction;
    const rip = isComputed ? instruction.usualTarget : ripOf(view, link);
    const target = source.recordAt(rip);
    const warmth = target === 0 ? 'cold' : source.warmth(target);
    const isInlined = warmth !== 'cold' && reaches(source.recordAt(nextRip)) && scope.depth < MAX_DEPTH && !scope.holds(rip);
    const inner = isInlined ? new Scope(rip, scope, nextRip) : outermost;
    if (!isInlined) enter(source.warmHead(nextRip));
    if (isComputed) {
      if (isInlined) guess(block, rip, inner);
    } else if (isInlined || warmth === 'warm') block.taken = enqueue(link, inner);
    // What is seldom called stays outside.
    else block.taken = { record: link, scope };
  }

  function comeBack(block: DraftBlock): void {
    const { caller, returnRip } = block.scope;
    if (caller) guess(block, returnRip, caller);
  }

  function jumpComputed(block: DraftBlock, instruction: InstructionView): void {
    const rip = instruction.usualTarget;
    if (rip === 0) for (const landing of source.landings()) enter(landing);
    const target = source.recordAt(rip);
    if (target !== 0 && source.warmth(target) !== 'cold') guess(block, rip, block.scope);
  }

  /** A guess stands for looking an address up, which heeds what is mapped there: only of pages that the region is proven to have. */
  function guess(block: DraftBlock, rip: number, scope: Scope): void {
    const record = source.recordAt(rip);
    if (!reaches(record)) return;
    block.guess = rip;
    block.next = enqueue(record, scope);
  }

  function reaches(record: number): boolean {
    return record !== 0 && source.resolve(record) !== 0;
  }

  /** The instruction that a record in a run of records stands for. */
  function follow(record: number): number {
    let at = record;
    while (PASSED.includes(view.getUint16(at + FORM, true))) at = view.getUint32(at + LINK, true);
    return at;
  }

  function enqueue(record: number, scope: Scope): Way {
    const target = source.resolve(record);
    if (target !== 0) queue.push({ record: target, scope });
    return { record, scope };
  }

  function split(block: DraftBlock, at: number): void {
    const rest = block.instructions.splice(at);
    const first = rest[0]!.view;
    const second: DraftBlock = { ...block, rip: first.rip, record: first.record, instructions: rest };
    for (const [i, { view: moved }] of rest.entries()) block.scope.places.set(moved.rip, { block: second, at: i });
    block.taken = null;
    block.next = { record: first.record, scope: block.scope };
    block.guess = null;
    hold(second);
  }

  function isUntaken(record: number): boolean {
    const form = view.getUint16(record + FORM, true);
    return form === SPECIAL.MISS || form === SPECIAL.LOOKUP;
  }

  /** To the block that there is for it now, or out of the region. */
  function settled({ record, scope }: Way): Edge {
    const target = source.resolve(record);
    const found = scope.blockAt.get(ripOf(view, target === 0 ? record : target));
    // A way that was never taken leaves, but for one that would come back at once.
    const isHeld = target !== 0 || (isUntaken(record) && entries.some(({ block }) => block === found));
    return found !== undefined && isHeld ? { block: found } : { leaves: source.leaving(record) };
  }
}
