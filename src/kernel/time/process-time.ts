// How many cycles tasks and processes have used, the stretch in progress included.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import type { Kernel } from '../kernel.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';

export interface CyclesUsed {
  user: number;
  system: number;
}

/** A task that executes user code is charged up to now, or to where its vCPU has got. */
export function taskCycles(kernel: Kernel, task: Task): CyclesUsed {
  const used = { user: task.usage.user, system: task.usage.system };
  if (!kernel.scheduler.isCurrent(task)) return used;
  const vcpu = kernel.hardware.vcpus[task.vcpu]!;
  const stretch = Math.max(0, Math.max(kernel.now, Math.floor(vcpu.clock)) - task.stretchStart);
  if (vcpu.mode === 'user') used.user += stretch;
  else used.system += stretch;
  return used;
}

/** All threads, the ones that have exited included. */
export function processCycles(kernel: Kernel, process: Process): CyclesUsed {
  const sum = { user: process.usage.user, system: process.usage.system };
  for (const task of process.threads) {
    const used = taskCycles(kernel, task);
    sum.user += used.user;
    sum.system += used.system;
  }
  return sum;
}

/** A stretch of user or kernel time ends now. */
export function endStretch(kernel: Kernel, task: Task, mode: 'user' | 'system'): void {
  const cycles = Math.max(0, kernel.now - task.stretchStart);
  if (mode === 'user') task.usage.user += cycles;
  else task.usage.system += cycles;
  kernel.scheduler.noteUse(task, mode, cycles);
  task.stretchStart = kernel.now;
}

/** An interrupt is about to take a vCPU out of user mode, if it is there. */
export function leaveUserMode(kernel: Kernel, vcpu: Vcpu): void {
  const task = kernel.current(vcpu);
  if (task && vcpu.mode === 'user') endStretch(kernel, task, 'user');
}

/** Timers on used time look again no sooner than this: each look takes a timer interrupt from the time they wait for. */
const LEAST_WAIT = 100_000;

/**
 * When to look whether a process has used `left` cycles more: it cannot use them faster than all its threads together.
 * The timer is late by LEAST_WAIT at most, where Linux is late by a tick.
 */
export function usageTimerWait(kernel: Kernel, process: Process, left: number): number {
  const rate = Math.max(1, Math.min(process.threads.length, kernel.hardware.vcpus.length));
  return Math.max(LEAST_WAIT, Math.ceil(left / rate));
}
