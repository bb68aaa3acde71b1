// System calls on scheduling: policies, priorities, affinity, giving way.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { mayReschedule } from '../task/access.ts';
import { isCapable } from '../task/credentials.ts';
import { lendOn } from '../task/futex-pi.ts';
import { RLIMIT } from '../task/limits.ts';
import type { Scheduling, Task } from '../task/task.ts';
import { writeTimespec } from '../time/timespec.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const FIFO = 1;
const RR = 2;
const IDLE = 5;
const POLICIES: readonly number[] = [0, FIFO, RR, 3, 5];
/** SCHED_DEADLINE and SCHED_EXT: their priorities are known, and nobody gets them. */
const UNMODELLED_POLICIES: readonly number[] = [6, 7];
const RESET_ON_FORK = 0x4000_0000;

/** Thread by tid, 0 = the caller. */
function find(kernel: Kernel, task: Task, tid: number): Task | null {
  return tid === 0 ? task : (kernel.pids.tasks.get(tid) ?? null);
}

/** RLIMIT_NICE says how far down, counted from 20, a nice level may be brought. */
function mayBeNicer(task: Task, target: Task, nice: number): boolean {
  return 20 - nice <= target.process.limits[RLIMIT.NICE]!.soft || isCapable(task.credentials, CAP.SYS_NICE);
}

/** Whether a change of policy needs no privilege: RLIMIT_RTPRIO bounds what a real-time priority may be raised to. */
function isModest(task: Task, target: Task, wanted: Pick<Scheduling, 'policy' | 'priority' | 'resetOnFork'>): boolean {
  const { policy, priority, nice, resetOnFork } = target.scheduling;
  if (wanted.policy === FIFO || wanted.policy === RR) {
    const limit = target.process.limits[RLIMIT.RTPRIO]!.soft;
    if (wanted.policy !== policy && limit === 0) return false;
    const now = policy === FIFO || policy === RR ? priority : 0;
    if (wanted.priority > now && wanted.priority > limit) return false;
  }
  if (policy === IDLE && wanted.policy !== IDLE && !mayBeNicer(task, target, nice)) return false;
  return !resetOnFork || wanted.resetOnFork;
}

function schedYield(kernel: Kernel, task: Task): SyscallResult {
  kernel.scheduler.yield(kernel, task);
  return 0;
}

function getAffinity(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const size = args.u32(1);
  // The size in bits is computed in 32 bits, where the largest become none.
  if ((size * 8) >>> 0 < 8 || size % 8 !== 0) return -ERRNO.EINVAL;
  const target = find(kernel, task, args.i32(0));
  if (!target) return -ERRNO.ESRCH;
  const mask = BigInt((target.affinity & kernel.scheduler.everywhere) >>> 0);
  return task.mm.user.write64(args.number(2), mask) ? 8 : -ERRNO.EFAULT;
}

function setAffinity(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const raw = task.mm.user.copyIn(args.number(2), Math.min(args.u32(1), 128));
  if (!raw) return -ERRNO.EFAULT;
  const target = find(kernel, task, args.i32(0));
  if (!target) return -ERRNO.ESRCH;
  if (!mayReschedule(task, target)) return -ERRNO.EPERM;
  let mask = 0;
  for (let i = 0; i < Math.min(4, raw.length); i++) mask |= raw[i]! << (8 * i);
  mask = (mask & kernel.scheduler.everywhere) >>> 0;
  if (mask === 0) return -ERRNO.EINVAL;
  target.affinity = mask;
  kernel.scheduler.affinityChanged(kernel, target);
  return 0;
}

function applyPolicy(kernel: Kernel, task: Task, target: Task | null, policy: number, priority: number): number {
  if (!target) return -ERRNO.ESRCH;
  const kind = policy & ~RESET_ON_FORK;
  if (!POLICIES.includes(kind)) return -ERRNO.EINVAL;
  const isRealTime = kind === FIFO || kind === RR;
  if (isRealTime ? priority < 1 || priority > 99 : priority !== 0) return -ERRNO.EINVAL;
  const wanted = { policy: kind, priority, resetOnFork: (policy & RESET_ON_FORK) !== 0 };
  if (!mayReschedule(task, target)) return -ERRNO.EPERM;
  if (!isCapable(task.credentials, CAP.SYS_NICE) && !isModest(task, target, wanted)) return -ERRNO.EPERM;
  kernel.scheduler.change(kernel, target, wanted);
  lendOn(kernel, target);
  return 0;
}

function setScheduler(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(2) === 0 || args.i32(0) < 0 || args.i32(1) < 0) return -ERRNO.EINVAL;
  const priority = task.mm.user.readInt32(args.number(2));
  return priority === null ? -ERRNO.EFAULT : applyPolicy(kernel, task, find(kernel, task, args.i32(0)), args.i32(1), priority);
}

function setParameter(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(1) === 0 || args.i32(0) < 0) return -ERRNO.EINVAL;
  const priority = task.mm.user.readInt32(args.number(1));
  const target = find(kernel, task, args.i32(0));
  if (priority === null) return -ERRNO.EFAULT;
  return applyPolicy(kernel, task, target, target?.scheduling.policy ?? 0, priority);
}

function getScheduler(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.i32(0) < 0) return -ERRNO.EINVAL;
  const target = find(kernel, task, args.i32(0));
  return target ? target.scheduling.policy | (target.scheduling.resetOnFork ? RESET_ON_FORK : 0) : -ERRNO.ESRCH;
}

function getParameter(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(1) === 0 || args.i32(0) < 0) return -ERRNO.EINVAL;
  const target = find(kernel, task, args.i32(0));
  if (!target) return -ERRNO.ESRCH;
  return task.mm.user.write32(args.number(1), target.scheduling.priority) ? 0 : -ERRNO.EFAULT;
}

function priorityMax(_kernel: Kernel, _task: Task, args: SyscallArguments): SyscallResult {
  return priorityLimit(args.i32(0), 99);
}

function priorityMin(_kernel: Kernel, _task: Task, args: SyscallArguments): SyscallResult {
  return priorityLimit(args.i32(0), 1);
}

function priorityLimit(policy: number, realTime: number): number {
  if (!POLICIES.includes(policy) && !UNMODELLED_POLICIES.includes(policy)) return -ERRNO.EINVAL;
  return policy === FIFO || policy === RR ? realTime : 0;
}

function getInterval(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.i32(0) < 0) return -ERRNO.EINVAL;
  const target = find(kernel, task, args.i32(0));
  if (!target) return -ERRNO.ESRCH;
  return writeTimespec(task, args.number(1), kernel.scheduler.sliceOf(target));
}

/** struct sched_attr: what is known, and what its first version had. */
const ATTRIBUTE_BYTES = 56;
const LEAST_ATTRIBUTE_BYTES = 48;
const SCHED_FLAG_RESET_ON_FORK = 1;
const SCHED_FLAG_KEEP_POLICY = 8;
const SCHED_FLAG_KEEP_PARAMS = 16;
const SCHED_FLAGS = 0x7fn;

/** A copy of a struct sched_attr; -E2BIG, with the size that would do, for one that is too small, or longer than known and not zero. */
function readAttributes(task: Task, address: number): DataView | number {
  const { user } = task.mm;
  const given = user.read32(address);
  if (given === null) return -ERRNO.EFAULT;
  const size = given === 0 ? LEAST_ATTRIBUTE_BYTES : given;
  const isSized = size >= LEAST_ATTRIBUTE_BYTES && size <= 4096;
  const raw = isSized ? user.copyIn(address, size) : new Uint8Array(0);
  if (!raw) return -ERRNO.EFAULT;
  if (!isSized || raw.subarray(ATTRIBUTE_BYTES).some((byte) => byte !== 0)) {
    user.write32(address, ATTRIBUTE_BYTES);
    return -ERRNO.E2BIG;
  }
  const known = new Uint8Array(ATTRIBUTE_BYTES);
  known.set(raw.subarray(0, ATTRIBUTE_BYTES));
  return new DataView(known.buffer);
}

function setAttributes(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(1) === 0 || args.i32(0) < 0 || args.u32(2) !== 0) return -ERRNO.EINVAL;
  const view = readAttributes(task, args.number(1));
  if (typeof view === 'number') return view;
  if (view.getInt32(4, true) < 0) return -ERRNO.EINVAL;
  const target = find(kernel, task, args.i32(0));
  if (!target) return -ERRNO.ESRCH;
  const flags = view.getBigUint64(8, true);
  if (flags & ~SCHED_FLAGS) return -ERRNO.EINVAL;
  const keeps = (flag: number): boolean => (flags & BigInt(flag)) !== 0n;
  const policy = keeps(SCHED_FLAG_KEEP_POLICY) ? target.scheduling.policy : view.getUint32(4, true);
  const priority = keeps(SCHED_FLAG_KEEP_PARAMS) ? target.scheduling.priority : view.getUint32(20, true);
  const nice = keeps(SCHED_FLAG_KEEP_PARAMS) ? target.scheduling.nice : clampNice(view.getInt32(16, true));
  if (nice < target.scheduling.nice && policy !== FIFO && policy !== RR && !mayBeNicer(task, target, nice)) return -ERRNO.EPERM;
  const reset = keeps(SCHED_FLAG_RESET_ON_FORK) ? RESET_ON_FORK : 0;
  const result = applyPolicy(kernel, task, target, policy | reset, priority);
  if (result === 0) kernel.scheduler.change(kernel, target, { nice });
  return result;
}

function getAttributes(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const size = args.u32(2);
  if (args.number(1) === 0 || args.i32(0) < 0 || size < LEAST_ATTRIBUTE_BYTES || size > 4096 || args.u32(3) !== 0) return -ERRNO.EINVAL;
  const target = find(kernel, task, args.i32(0));
  if (!target) return -ERRNO.ESRCH;
  const { policy, priority, nice, resetOnFork } = target.scheduling;
  const bytes = new Uint8Array(Math.min(size, ATTRIBUTE_BYTES));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint32(4, policy, true);
  view.setBigUint64(8, resetOnFork ? 1n : 0n, true);
  view.setInt32(16, nice, true);
  view.setUint32(20, priority, true);
  return task.mm.user.copyOut(args.number(1), bytes) ? 0 : -ERRNO.EFAULT;
}

const PRIO_PROCESS = 0;
const PRIO_PGRP = 1;
const PRIO_USER = 2;

function clampNice(nice: number): number {
  return Math.max(-20, Math.min(19, nice));
}

/** The threads getpriority and setpriority speak of; null for an unknown kind. */
function priorityTargets(kernel: Kernel, task: Task, which: number, who: number): Task[] | null {
  const all = [...kernel.pids.tasks.values()];
  if (which === PRIO_PROCESS) {
    const target = find(kernel, task, who);
    return target ? [target] : [];
  }
  if (which === PRIO_PGRP) return all.filter((other) => other.process.group === (who || task.process.group));
  return which === PRIO_USER ? all.filter((other) => other.credentials.uid === (who || task.credentials.uid)) : null;
}

/** 20 - nice, so that it is never negative. */
function getPriority(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const targets = priorityTargets(kernel, task, args.i32(0), args.i32(1));
  if (!targets) return -ERRNO.EINVAL;
  return targets.length === 0 ? -ERRNO.ESRCH : 20 - Math.min(...targets.map((target) => target.scheduling.nice));
}

function setPriority(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const targets = priorityTargets(kernel, task, args.i32(0), args.i32(1));
  if (!targets) return -ERRNO.EINVAL;
  if (targets.length === 0) return -ERRNO.ESRCH;
  const nice = clampNice(args.i32(2));
  let result = 0;
  for (const target of targets) {
    if (!mayReschedule(task, target)) result = -ERRNO.EPERM;
    else if (nice < target.scheduling.nice && !mayBeNicer(task, target, nice)) result = -ERRNO.EACCES;
    else kernel.scheduler.change(kernel, target, { nice });
  }
  return result;
}

function getcpu(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { user } = task.mm;
  if (args.number(0) !== 0 && !user.write32(args.number(0), task.vcpu)) return -ERRNO.EFAULT;
  return args.number(1) !== 0 && !user.write32(args.number(1), 0) ? -ERRNO.EFAULT : 0;
}

export const SCHEDULING_ROWS: readonly SyscallRow[] = [
  { number: 24, name: 'sched_yield', arguments: [], handler: schedYield },
  { number: 140, name: 'getpriority', arguments: ['i32', 'i32'], handler: getPriority },
  { number: 141, name: 'setpriority', arguments: ['i32', 'i32', 'i32'], handler: setPriority },
  { number: 142, name: 'sched_setparam', arguments: ['i32', 'pointer'], handler: setParameter },
  { number: 143, name: 'sched_getparam', arguments: ['i32', 'pointer'], handler: getParameter },
  { number: 144, name: 'sched_setscheduler', arguments: ['i32', 'i32', 'pointer'], handler: setScheduler },
  { number: 145, name: 'sched_getscheduler', arguments: ['i32'], handler: getScheduler },
  { number: 146, name: 'sched_get_priority_max', arguments: ['i32'], handler: priorityMax },
  { number: 147, name: 'sched_get_priority_min', arguments: ['i32'], handler: priorityMin },
  { number: 148, name: 'sched_rr_get_interval', arguments: ['i32', 'pointer'], handler: getInterval },
  { number: 203, name: 'sched_setaffinity', arguments: ['i32', 'size', 'pointer'], handler: setAffinity },
  { number: 204, name: 'sched_getaffinity', arguments: ['i32', 'size', 'pointer'], handler: getAffinity },
  { number: 309, name: 'getcpu', arguments: ['pointer', 'pointer'], handler: getcpu },
  {
    number: 314,
    name: 'sched_setattr',
    arguments: ['i32', 'pointer', 'flags'],
    handler: setAttributes,
    deviation: 'there is no SCHED_DEADLINE; utilization clamps are ignored',
  },
  { number: 315, name: 'sched_getattr', arguments: ['i32', 'pointer', 'size', 'flags'], handler: getAttributes },
];
