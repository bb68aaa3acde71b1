// ioprio_get(2) and ioprio_set(2): priorities of input and output are kept and told; files lie in RAM, where there is nothing to order.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { isCapable } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const WHO = { process: 1, group: 2, user: 3 } as const;
const CLASS = { none: 0, realTime: 1, bestEffort: 2, idle: 3 } as const;
const CLASS_SHIFT = 13;
const LEVELS = 8;
const LEVEL_MASK = 7;

/** 0, or why a priority cannot be set. */
function check(task: Task, priority: number): number {
  const kind = priority >>> CLASS_SHIFT;
  const privileged = isCapable(task.credentials, CAP.SYS_ADMIN) || isCapable(task.credentials, CAP.SYS_NICE);
  if (kind === CLASS.realTime) return !privileged ? -ERRNO.EPERM : 0;
  if (kind === CLASS.bestEffort || kind === CLASS.idle) return 0;
  return kind === CLASS.none && (priority & LEVEL_MASK) === 0 ? 0 : -ERRNO.EINVAL;
}

/** Null for an unknown kind of targets. */
function targets(kernel: Kernel, task: Task, which: number, who: number): Task[] | null {
  const all = [...kernel.pids.tasks.values()];
  if (which === WHO.process) return who === 0 ? [task] : all.filter((other) => other.tid === who);
  if (which === WHO.group) return all.filter((other) => other.process.group === (who || task.process.group));
  return which === WHO.user ? all.filter((other) => other.credentials.uid === (who || task.credentials.uid)) : null;
}

function ioprioSet(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const priority = args.u32(2);
  const wrong = check(task, priority);
  if (wrong < 0) return wrong;
  const found = targets(kernel, task, args.i32(0), args.i32(1));
  if (!found) return -ERRNO.EINVAL;
  let result: number = -ERRNO.ESRCH;
  for (const target of found) {
    const { uid, euid } = task.credentials;
    const other = target.credentials;
    if (other.uid !== euid && other.uid !== uid && !isCapable(task.credentials, CAP.SYS_NICE)) return -ERRNO.EPERM;
    target.ioPriority = priority;
    result = 0;
  }
  return result;
}

/** Of a task that has set none: what its scheduling makes of it. */
function effective({ ioPriority, scheduling }: Task): number {
  if (ioPriority >>> CLASS_SHIFT !== CLASS.none) return ioPriority;
  return defaultPriority(scheduling.policy, scheduling.nice);
}

function defaultPriority(policy: number, nice: number): number {
  const kind = policy === 5 ? CLASS.idle : policy === 1 || policy === 2 ? CLASS.realTime : CLASS.bestEffort;
  return (kind << CLASS_SHIFT) | Math.floor(((nice + 20) * LEVELS) / 40);
}

function ioprioGet(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const which = args.i32(0);
  const found = targets(kernel, task, which, args.i32(1));
  if (!found) return -ERRNO.EINVAL;
  if (found.length === 0) return -ERRNO.ESRCH;
  // One task is told what it has set; of several, the best of what they get.
  if (which === WHO.process) return found[0]!.ioPriority;
  return Math.min(...found.map(effective));
}

export const IO_PRIORITY_ROWS: readonly SyscallRow[] = [
  { number: 251, name: 'ioprio_set', arguments: ['i32', 'i32', 'u32'], handler: ioprioSet },
  { number: 252, name: 'ioprio_get', arguments: ['i32', 'i32'], handler: ioprioGet },
];
