// What can stop the run loop at an exact place: the conditions that a call brings, asked by the board while they are there.
// A place is named by how many instructions have been executed and how many turns have been taken, both counted over all
// vCPUs in the one order in which the loop lets them act; so it is the same however time is sliced.

import type { Task } from '../../kernel/task/task.ts';
import type { Vcpu } from '../cpu/vcpu.ts';

export interface StopCondition {
  /** Instructions that `task` may execute on `vcpu` before isReached() must be asked; at least 1. */
  allowance(vcpu: Vcpu, task: Task): number;
  executed(vcpu: Vcpu, task: Task, instructions: number): void;
  /** Asked after everything the loop does, and before it begins. */
  isReached(): boolean;
}

export interface Place {
  readonly instructions: number;
  /** Whatever the loop does that is no instruction: events fired, kernel work finished, deliveries, faults, breakpoints met. */
  readonly turns: number;
}

/** What the conditions here see of the board. */
export interface Progress {
  readonly place: Place;
}

/** So many instructions of all vCPUs together. */
export class InstructionCount implements StopCondition {
  private readonly board: Progress;
  private readonly goal: number;

  constructor(board: Progress, count: number) {
    this.board = board;
    this.goal = board.place.instructions + count;
  }

  allowance(): number {
    return Math.max(1, this.goal - this.board.place.instructions);
  }

  executed(): void {}

  isReached(): boolean {
    return this.board.place.instructions >= this.goal;
  }
}

/** A place where the machine has been before, in the run that is replayed. */
export class PlaceReached implements StopCondition {
  private readonly board: Progress;
  private readonly goal: Place;

  constructor(board: Progress, goal: Place) {
    this.board = board;
    this.goal = goal;
  }

  allowance(): number {
    return Math.max(1, this.goal.instructions - this.board.place.instructions);
  }

  executed(): void {}

  isReached(): boolean {
    const { instructions, turns } = this.board.place;
    return instructions >= this.goal.instructions && turns >= this.goal.turns;
  }
}
