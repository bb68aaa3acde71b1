// The breakpoints of a machine. They are no part of its state: with or without them it does the same.

import type { Process } from '../../kernel/task/process.ts';
import type { Task } from '../../kernel/task/task.ts';

export interface Breakpoint {
  readonly id: number;
  readonly process: Process;
  readonly address: number;
  hits: number;
}

/** Which breakpoint a thread stands at, and since when. */
export interface BreakpointHit {
  readonly breakpoint: Breakpoint;
  readonly tid: number;
  readonly cycle: number;
}

export class Breakpoints {
  private all: Breakpoint[] = [];
  private readonly addresses = new Set<number>();
  private lastId = 0;
  /** Threads that have been stopped and have yet to execute the instruction there. */
  private readonly stopped = new Map<Task, number>();

  /** Those of living processes, by ascending id. */
  get list(): readonly Breakpoint[] {
    return this.all.filter(({ process }) => process.exitStatus === null);
  }

  get isEmpty(): boolean {
    return this.addresses.size === 0;
  }

  isAny(address: number): boolean {
    return this.addresses.has(address);
  }

  find(process: Process, address: number): Breakpoint | null {
    return this.all.find((breakpoint) => breakpoint.address === address && breakpoint.process === process) ?? null;
  }

  add(process: Process, address: number): Breakpoint {
    this.forgetEnded();
    const breakpoint = { id: ++this.lastId, process, address, hits: 0 };
    this.all.push(breakpoint);
    this.addresses.add(address);
    return breakpoint;
  }

  /** False if there is none of that number. */
  remove(id: number): boolean {
    this.forgetEnded();
    const left = this.all.filter((breakpoint) => breakpoint.id !== id);
    if (left.length === this.all.length) return false;
    this.keep(left);
    return true;
  }

  /** `task` is about to execute the instruction at `address`. */
  mustStop(task: Task, address: number): boolean {
    return this.stopped.get(task) !== address && this.find(task.process, address) !== null;
  }

  hit(task: Task, address: number, cycle: number): BreakpointHit | null {
    const breakpoint = this.find(task.process, address);
    if (!breakpoint) return null;
    breakpoint.hits++;
    this.stopped.set(task, address);
    return { breakpoint, tid: task.tid, cycle };
  }

  /** `task` has executed the instruction at `address`. */
  passed(task: Task, address: number): void {
    if (this.stopped.get(task) === address) this.stopped.delete(task);
  }

  /** `task` was put elsewhere: it stops at the next one in any case. */
  forget(task: Task): void {
    this.stopped.delete(task);
  }

  private forgetEnded(): void {
    this.keep(this.all.filter(({ process }) => process.exitStatus === null));
    for (const task of this.stopped.keys()) if (task.state === 'dead' || task.state === 'zombie') this.stopped.delete(task);
  }

  private keep(breakpoints: Breakpoint[]): void {
    this.all = breakpoints;
    this.addresses.clear();
    for (const { address } of breakpoints) this.addresses.add(address);
  }
}
