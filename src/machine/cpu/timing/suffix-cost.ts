// How long a stretch of code takes from each of its instructions to its end, where nothing is known of what comes before and behind.
//
// Two bounds are certain. The core cannot issue and execute the stretch in less than its pressure P. Nor does it take longer than its
// critical path D (or P) where everything behind waits for its last result. Out-of-order execution of neighbours puts the truth anywhere
// between; the geometric mean of both is the estimate whose factor of error is bounded best. Both grow with the stretch, and so does it.

import { CARRY_SLOT, SLOTS } from './code-facts.ts';
import { BranchOnData } from './misprediction.ts';
import { Pressure } from './ports.ts';
import type { TimedInstruction } from './timed-instruction.ts';

/** From the data of a store to a load of them that renaming does not serve. */
export const FORWARDING = 5;

/**
 * What a repeated string instruction takes beyond its iterations. All of these cost the same, so the instruction in front of it pays.
 */
export const REPEAT_START = 12;

const NEVER = Number.NEGATIVE_INFINITY;

/** Longest ways from values to the end of the stretch, built from its end. */
class Heights {
  /** The longest way that begins at or behind the instruction met last. */
  longest = 0;
  private readonly of = new Float64Array(SLOTS);
  /** How often the register of a slot has been given an unrelated value since; what has been added to it. */
  private readonly version = new Int32Array(SLOTS);
  private readonly added = new Float64Array(SLOTS);
  /** Loads whose store has not been met: addresses, heights, and whether renaming serves them. */
  private readonly addresses: number[] = [];
  private readonly loads: { height: number; isRenamed: boolean }[] = [];

  clear(): void {
    this.longest = 0;
    this.of.fill(0);
    // Flags count only where they become a value.
    this.of.fill(NEVER, CARRY_SLOT);
    this.version.fill(0);
    this.added.fill(0);
    this.addresses.length = this.loads.length = 0;
  }

  meet(instruction: TimedInstruction): void {
    const { reads, writes, latency, added } = instruction;
    let height = NEVER;
    if (added >= 0) this.added[added]! += instruction.amount;
    for (let i = 0; i < writes.length; i++) {
      const slot = writes[i]!;
      if (this.of[slot]! > height) height = this.of[slot]!;
      this.of[slot] = NEVER;
      if (slot === added) continue;
      this.version[slot]!++;
      this.added[slot] = 0;
    }
    if (instruction.stores) height = Math.max(height, this.stored(instruction));
    if (height === NEVER) return;
    height += latency;
    for (let i = 0; i < reads.length; i++) this.raise(reads[i]!, height);
    if (instruction.loads) height = this.loaded(instruction, height);
    if (height > this.longest) this.longest = height;
  }

  private raise(slot: number, height: number): void {
    if (height > this.of[slot]!) this.of[slot] = height;
  }

  /** The height of a stored value: that of the loads which read it. */
  private stored(instruction: TimedInstruction): number {
    let height = 0;
    if (this.loads.length === 0) return height;
    const address = this.addressOf(instruction);
    for (let i = this.addresses.length - 1; i >= 0; i--) {
      if (this.addresses[i] !== address) continue;
      const load = this.loads[i]!;
      height = Math.max(height, load.height + (load.isRenamed && instruction.isRenamed ? 0 : FORWARDING));
      this.addresses.splice(i, 1);
      this.loads.splice(i, 1);
    }
    return height;
  }

  /** The height of a load's address, if that hangs on anything. */
  private loaded(instruction: TimedInstruction, height: number): number {
    this.addresses.push(this.addressOf(instruction));
    this.loads.push({ height, isRenamed: instruction.isRenamed });
    if (instruction.isEarly) return height;
    const { base, index, loadLatency } = instruction;
    if (base >= 0) this.raise(base, height + loadLatency);
    if (index >= 0) this.raise(index, height + loadLatency);
    return height + loadLatency;
  }

  /** A number that two instructions share if they address the same bytes for certain. */
  private addressOf({ base, index, scale, displacement }: TimedInstruction): number {
    let symbol = 0;
    let offset = displacement;
    if (base >= 0) {
      symbol = (base + 1) * 256 + (this.version[base]! & 255);
      offset -= this.added[base]!;
    }
    if (index >= 0) {
      symbol = Math.imul(symbol, 0x9e37) ^ ((index + 1) * 4096 + (this.version[index]! & 255) * 16 + scale);
      offset -= this.added[index]! * scale;
    }
    return (symbol & 0x1f_ffff) * 2 ** 32 + (offset % 2 ** 32);
  }
}

const heights = new Heights();
const branch = new BranchOnData();
let demand: Demand | null = null;

const LINE = 64;

/** What stretches of code ask of the core, instruction by instruction in one direction. */
export class Demand {
  readonly pressure = new Pressure();
  private store: TimedInstruction | null = null;

  clear(): void {
    this.pressure.clear();
    this.store = null;
  }

  /** `fused`: it is one micro-operation with the branch behind it. */
  add(instruction: TimedInstruction, fused: boolean): void {
    const { pressure } = this;
    if (!fused) {
      pressure.issue(instruction.issue);
      if (instruction.usesPorts) pressure.useAll(instruction.facts.ports);
    }
    if (instruction.loads) pressure.load();
    if (!instruction.stores) return;
    pressure.store(this.store !== null && isToSameLine(this.store, instruction));
    this.store = instruction;
  }
}

function isToSameLine(one: TimedInstruction, other: TimedInstruction): boolean {
  return one.base === other.base && one.index < 0 && other.index < 0 && Math.abs(one.displacement - other.displacement) < LINE;
}

export function isFused(instruction: TimedInstruction, next: TimedInstruction | undefined): boolean {
  return instruction.facts.fuses && next !== undefined && next.flow === 'conditional' && next.target >= 0;
}

/** One taken branch a cycle; of two branches in a cycle one may be taken. */
const TAKEN = 1;
const PERHAPS_TAKEN = 0.5;

/** Calls `each` from the last instruction of stretch[first..last] to the first with the cycles from there to the end. */
export function suffixCycles(
  stretch: readonly TimedInstruction[],
  first: number,
  last: number,
  each: (at: number, cycles: number) => void,
): void {
  demand ??= new Demand();
  demand.clear();
  heights.clear();
  const { pressure } = demand;
  let serial = 0;
  const { flow } = stretch[last]!;
  if (flow !== 'next') pressure.atLeast(flow === 'conditional' ? PERHAPS_TAKEN : TAKEN);
  branch.begin(stretch[last]!, [], false);
  for (let at = last; at >= first; at--) {
    const instruction = stretch[at]!;
    if (at < last) serial += branch.meet(instruction);
    demand.add(instruction, at < last && isFused(instruction, stretch[at + 1]));
    heights.meet(instruction);
    serial += instruction.serial + (at < last && stretch[at + 1]!.isRepeated ? REPEAT_START : 0);
    const { cycles } = pressure;
    each(at, serial + (heights.longest > cycles ? Math.sqrt(cycles * heights.longest) : cycles));
  }
}
