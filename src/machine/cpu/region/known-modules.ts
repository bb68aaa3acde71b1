// Modules of regions that a thread has made, found by what they were made from: a machine that takes the path of an earlier one has its
// regions without emission, and compiled as well as they have become. Nothing but speed depends on what is here.

import { DISPLACEMENT, FORM, IMMEDIATE, LENGTH, RIP_48, SLOT_0 } from '../decode/record.ts';
import type { EmittedRegion } from './region-emitter.ts';
import type { Edge, PlannedInstruction, RegionPlan } from './region-plan.ts';

/** One takes some 40 KB, most of it machine code. */
const MOST_MODULES = 400;

export interface RegionModule extends EmittedRegion {
  readonly module: WebAssembly.Module;
  /** Of WebAssembly. */
  readonly bytes: number;
}

interface Known {
  /** Of the step module whose forms the records have. */
  readonly forms: Uint32Array;
  readonly description: Int32Array;
  readonly made: RegionModule;
}

/** The bound that all threads share. */
interface Room {
  hasRoom(): boolean;
  /** So many more are kept, or fewer. */
  add(count: number): void;
}

export class KnownModules {
  /** By hash of the description, in the order in which they were last asked for. */
  private readonly known = new Map<number, Known>();
  private readonly room: Room;

  constructor(room: Room) {
    this.room = room;
  }

  get size(): number {
    return this.known.size;
  }

  /** The module of this description, made by `make` if it is not here. */
  find(forms: Uint32Array, description: Int32Array, make: () => RegionModule): RegionModule {
    const hash = hashOf(description);
    const there = this.known.get(hash);
    const isIt = there !== undefined && there.forms === forms && isSame(there.description, description);
    const known = isIt ? there : { forms, description, made: make() };
    if (there) this.drop(hash);
    const [oldest] = this.known.keys();
    if (oldest !== undefined && (this.known.size >= MOST_MODULES || !this.room.hasRoom())) this.drop(oldest);
    if (this.room.hasRoom()) {
      this.known.set(hash, known);
      this.room.add(1);
    }
    return known.made;
  }

  private drop(hash: number): void {
    this.known.delete(hash);
    this.room.add(-1);
  }
}

const KINDS = { none: 0, block: 1, dispatches: 2, leaves: 3 } as const;
const CONTROLS = ['any', 'exact', 'inexact'] as const satisfies readonly RegionPlan['control'][];

/** All that the emission of a region depends on, given its forms. `view` is of the memory that its records are in. */
export function describeRegion(plan: RegionPlan, slot: number, view: DataView): Int32Array {
  const kind = (plan.isFramed ? 1 : 0) + (plan.reachesHigh ? 2 : 0);
  const words: number[] = [slot, kind, CONTROLS.indexOf(plan.control), plan.entries.length, plan.blocks.length];
  for (const { head, block } of plan.entries) words.push(head, block);
  for (const { record, taken, next, guess, instructions } of plan.blocks) {
    words.push(record, ...edgeWords(taken), ...edgeWords(next), ...(guess === null ? [0, 0] : [guess, guess / 0x1_0000_0000]));
    words.push(instructions.length);
    for (const instruction of instructions) words.push(...recordWords(instruction, view));
  }
  return Int32Array.from(words);
}

function edgeWords(edge: Edge | null): readonly [kind: number, to: number] {
  if (!edge) return [KINDS.none, 0];
  if ('block' in edge) return [KINDS.block, edge.block];
  return 'leaves' in edge ? [KINDS.leaves, edge.leaves] : [KINDS.dispatches, edge.dispatches];
}

/** Without LINK, and without what computed jumps and calls note in IMMEDIATE: edges and guesses say what these came to. */
function recordWords({ view: { record }, traits: { flow, returns } }: PlannedInstruction, view: DataView): number[] {
  const word = (at: number): number => view.getInt32(record + at, true);
  const immediate = flow === 'indirect' && !returns ? 0 : word(IMMEDIATE);
  return [record, word(FORM), word(SLOT_0), word(DISPLACEMENT), word(DISPLACEMENT + 4), immediate, word(LENGTH), word(RIP_48 + 2)];
}

function hashOf(words: Int32Array): number {
  let hash = words.length;
  for (const word of words) hash = Math.imul(hash ^ word ^ (hash >>> 15), 0x9e37_79b1);
  return hash;
}

function isSame(one: Int32Array, other: Int32Array): boolean {
  return one.length === other.length && one.every((word, i) => word === other[i]);
}
