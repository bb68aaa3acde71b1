// The tasks that wait for one vCPU, in the order in which they run: SCHED_FIFO and SCHED_RR by priority and arrival, then the others
// by weighted run time, so that each gets its share (sched(7)).

import type { Scheduling, Task } from './task.ts';

const NICE_0_WEIGHT = 1024;
const STEP = 1.25;
/** Of SCHED_IDLE, whatever the nice level. */
const IDLE_WEIGHT = 3;

/** Share of a task in proportion to others; each nice level is a factor of 1.25 (sched(7)). */
export function weightOf(nice: number): number {
  let weight = NICE_0_WEIGHT;
  for (let i = 0; i < nice; i++) weight /= STEP;
  for (let i = 0; i > nice; i--) weight *= STEP;
  return weight;
}

export function isRealTime(task: Task): boolean {
  return urgencyOf(task.scheduling) > 0;
}

/** Real-time priority, its own or one that is lent to it; 0 for tasks that share by weight. */
export function urgencyOf({ policy, priority, lentPriority }: Scheduling): number {
  return Math.max(policy === 1 || policy === 2 ? priority : 0, lentPriority);
}

/** Counts cycles a task has run towards its share. */
export function addRuntime(task: Task, cycles: number): void {
  const { policy, nice } = task.scheduling;
  const weight = policy === 5 ? IDLE_WEIGHT : nice === 0 ? NICE_0_WEIGHT : weightOf(nice);
  task.scheduling.virtualRuntime += (cycles * NICE_0_WEIGHT) / weight;
}

/** Negative if `a` should run rather than `b`, both runnable on one vCPU; 0 if who came first does. */
export function compareTasks(a: Task, b: Task): number {
  const urgency = urgencyOf(a.scheduling);
  const difference = urgencyOf(b.scheduling) - urgency;
  if (difference !== 0) return difference;
  return urgency > 0 ? 0 : a.scheduling.virtualRuntime - b.scheduling.virtualRuntime;
}

export class RunQueue {
  /** The vCPU it belongs to. */
  readonly vcpu: number;
  /** First to run first. What decides the order changes for no task while it is here. */
  readonly tasks: Task[] = [];
  /** Grows with the run time of what runs here: where newcomers start. */
  floor = 0;

  constructor(vcpu: number) {
    this.vcpu = vcpu;
  }

  get length(): number {
    return this.tasks.length;
  }

  /** Behind its equals; `first`: before them. */
  add(task: Task, first = false): void {
    let low = 0;
    let high = this.tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compareTasks(task, this.tasks[middle]!);
      if (first ? order <= 0 : order < 0) high = middle;
      else low = middle + 1;
    }
    this.tasks.splice(low, 0, task);
    task.scheduling.queuedOn = this.vcpu;
  }

  remove(task: Task): void {
    this.tasks.splice(this.tasks.indexOf(task), 1);
    task.scheduling.queuedOn = -1;
  }

  /** The task to run next, left in the queue; null if empty. */
  best(): Task | null {
    return this.tasks[0] ?? null;
  }

  /** The first that may run on `vcpu`. */
  firstFor(vcpu: number): Task | null {
    return this.tasks.find((task) => (task.affinity >>> vcpu) & 1) ?? null;
  }
}
