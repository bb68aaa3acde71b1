// What a person sees of the threads: state, place, and what each waits for.

import type { Kernel } from '../kernel.ts';
import type { Task } from './task.ts';

export interface TaskListing {
  readonly tid: number;
  readonly pid: number;
  readonly name: string;
  /** "running", "runnable", "blocked", "uninterruptible", "stopped". */
  readonly state: string;
  readonly vcpu: number;
  /** Where the thread is, or will go on, in user mode. */
  readonly rip: bigint;
  /** "main+0x1c", or "" without symbols. */
  readonly symbol: string;
  readonly waitingFor: string;
}

export function listTasks(kernel: Kernel): TaskListing[] {
  return [...kernel.pids.tasks.values()].map((task) => ({
    tid: task.tid,
    pid: task.process.pid,
    name: task.name,
    state: task.state === 'runnable' && kernel.scheduler.isCurrent(task) ? 'running' : task.state,
    vcpu: task.vcpu,
    rip: task.context.rip,
    symbol: symbolOf(task, task.context.rip),
    waitingFor: task.blocked?.waitingFor ?? '',
  }));
}

/** The program's name for an address, "" if it has none. */
export function symbolOf(task: Task, address: bigint): string {
  return task.process.symbols?.describe(address) ?? '';
}
