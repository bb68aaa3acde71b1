// What a conditional branch costs on average because it is sometimes predicted wrongly. Nothing of a predictor's state is modelled: a
// branch on data that the code has just fetched (not a variable of the stack, not a constant) pays an expected value by what it asks.

import { CARRY_SLOT, FLAGS_SLOT } from './code-facts.ts';
import type { TimedInstruction } from './timed-instruction.ts';

/** From the fetch of a branch to that of the right path (Golden Cove). */
const PENALTY = 17;
/** Which of two values is less: as good as random in sorting and searching, well predicted in scans for a maximum (assumed). */
const WRONG_ORDER = 2 / 5;
/** A bit of a value that the loop makes of itself by more than adding a constant: as good as random, unless the one before says (assumed). */
const WRONG_BIT = 1 / 3;
/** Whether data equal something, or what a constant says of them: mostly the same answer (assumed). */
const WRONG_OTHERWISE = 1 / 16;

export class BranchOnData {
  /** Slots whose value the branch hangs on; bit n is slot n of the general and vector registers. */
  private wanted = 0;
  private wantsFlags = false;
  private asksOrder = false;
  private isClosing = false;

  private loop: readonly TimedInstruction[] = [];

  /** `loop`: that which it is in, if it is known; `isClosing`: it leads to the head of that, which ends only once. */
  begin(branch: TimedInstruction, loop: readonly TimedInstruction[], isClosing: boolean): void {
    this.loop = loop;
    this.wanted = 0;
    this.wantsFlags = branch.flow === 'conditional' && branch.target >= 0;
    this.asksOrder = branch.facts.asksOrder;
    this.isClosing = isClosing;
  }

  /** The instruction before the one met last. The expected cycles, if it is what fetches the data. */
  meet(instruction: TimedInstruction): number {
    const { writes, reads, facts } = instruction;
    if (this.wantsFlags) {
      if (!writes.includes(FLAGS_SLOT) && !writes.includes(CARRY_SLOT)) return 0;
      this.wantsFlags = false;
      this.asksOrder &&= !facts.hasImmediate && facts.compares;
      if (facts.asksBits && this.isEvolving(instruction.first)) return PENALTY * WRONG_BIT;
      return this.follow(instruction);
    }
    if (this.wanted === 0) return 0;
    let isWanted = false;
    for (const slot of writes) if (slot < 32 && (this.wanted >>> slot) & 1) isWanted = true;
    if (!isWanted) return 0;
    for (const slot of writes) if (slot < 32 && !reads.includes(slot)) this.wanted &= ~(1 << slot);
    return this.follow(instruction);
  }

  /** The loop computes the register from itself, as sequences, shifts and random numbers do: no counter, and no place in a ring. */
  private isEvolving(slot: number): boolean {
    if (slot < 0) return false;
    return this.loop.some(
      ({ writes, reads, added, loads, facts }) => writes.includes(slot) && reads.includes(slot) && added !== slot && !loads && !facts.masks,
    );
  }

  private follow(instruction: TimedInstruction): number {
    if (instruction.loads && !instruction.isEarly) {
      this.wanted = 0;
      if (this.asksOrder) return PENALTY * WRONG_ORDER;
      return this.isClosing ? 0 : PENALTY * WRONG_OTHERWISE;
    }
    for (const slot of instruction.reads) if (slot < 32) this.wanted |= 1 << slot;
    return 0;
  }
}
