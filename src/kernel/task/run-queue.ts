// The tasks that wait for one vCPU, and which goes next.
// SCHED_FIFO and SCHED_RR by priority, then SCHED_OTHER by weighted run time, so that each gets its share.

import type { Task } from './task.ts';

const NICE_0_WEIGHT = 1024;
const STEP = 1.25;

/** Share of a task in proportion to others; each nice level is a factor of 1.25 (sched(7)). */
export function weightOf(nice: number): number {
  let weight = NICE_0_WEIGHT;
  for (let i = 0; i < nice; i++) weight /= STEP;
  for (let i = 0; i > nice; i--) weight *= STEP;
  return weight;
}

export function isRealTime(task: Task): boolean {
  return task.scheduling.policy === 1 || task.scheduling.policy === 2;
}

/** Counts cycles a task has run towards its share. */
export function addRuntime(task: Task, cycles: number): void {
  const nice = task.scheduling.policy === 5 ? 19 : task.scheduling.nice;
  task.scheduling.virtualRuntime += nice === 0 ? cycles : (cycles * NICE_0_WEIGHT) / weightOf(nice);
}

/** True if `a` should run rather than `b`, both runnable on one vCPU. */
export function precedes(a: Task, b: Task): boolean {
  const realTime = isRealTime(a);
  if (realTime !== isRealTime(b)) return realTime;
  if (realTime) return a.scheduling.priority > b.scheduling.priority;
  return a.scheduling.virtualRuntime < b.scheduling.virtualRuntime;
}

export class RunQueue {
  /** In order of arrival; ties go to the first. */
  readonly tasks: Task[] = [];
  /** Grows with the run time of what runs here: where newcomers start. */
  floor = 0;

  get length(): number {
    return this.tasks.length;
  }

  add(task: Task): void {
    task.scheduling.queued = true;
    this.tasks.push(task);
  }

  remove(task: Task): void {
    const at = this.tasks.indexOf(task);
    if (at >= 0) this.tasks.splice(at, 1);
    task.scheduling.queued = false;
  }

  /** The task to run next, left in the queue; null if empty. */
  best(allowed: (task: Task) => boolean = () => true): Task | null {
    let best: Task | null = null;
    for (const task of this.tasks) if (allowed(task) && (best === null || precedes(task, best))) best = task;
    return best;
  }
}
