// Process and thread identifiers: one space, ascending, wrapping at PID_MAX.

import { ERRNO } from '../abi/errno.ts';
import type { Process } from './process.ts';
import type { Task } from './task.ts';

export const PID_MAX = 4_194_304;
/** After a wrap the low identifiers stay with the machine's first processes. */
const RESERVED = 300;

export class PidTable {
  /** Live processes and zombies by pid, oldest first. */
  readonly processes = new Map<number, Process>();
  /** Live threads by tid, oldest first. */
  readonly tasks = new Map<number, Task>();
  private last = 0;

  /** A number nobody uses; -1 if there is none. */
  allocate(): number {
    for (let tries = 0; tries < PID_MAX; tries++) {
      this.last = this.last + 1 >= PID_MAX ? RESERVED : this.last + 1;
      if (!this.processes.has(this.last) && !this.tasks.has(this.last)) return this.last;
    }
    return -1;
  }

  /** `wanted`, if nobody uses it: -EEXIST; -EINVAL for what is no number of a process (clone3's set_tid). */
  claim(wanted: number): number {
    if (wanted < 1 || wanted >= PID_MAX) return -ERRNO.EINVAL;
    return this.processes.has(wanted) || this.tasks.has(wanted) ? -ERRNO.EEXIST : wanted;
  }

  /** Threads, and processes that wait to be waited for. */
  get count(): number {
    let count = this.tasks.size;
    for (const process of this.processes.values()) if (process.exitStatus !== null) count++;
    return count;
  }

  /** As `count`, of one real user. */
  countOf(uid: number): number {
    let count = 0;
    for (const task of this.tasks.values()) if (task.credentials.uid === uid) count++;
    for (const process of this.processes.values()) if (process.exitStatus !== null && process.uid === uid) count++;
    return count;
  }

  get lastAllocated(): number {
    return this.last;
  }

  /** execve by another thread than the leader: the survivor takes on the tid of the process. */
  rename(task: Task, process: Process): void {
    if (task.tid === process.pid) return;
    this.tasks.delete(task.tid);
    task.tid = process.pid;
    this.tasks.set(task.tid, task);
  }

  group(group: number): Process[] {
    return [...this.processes.values()].filter((process) => process.group === group && process.exitStatus === null);
  }

  /** True if any process, zombie or not, is in the group. */
  hasGroup(group: number): boolean {
    for (const process of this.processes.values()) if (process.group === group) return true;
    return false;
  }
}
