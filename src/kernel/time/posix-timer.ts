// timer_create(2): a timer of a process that sends a signal, or only counts.

import { SI_TIMER } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { sendToProcess, sendToTask } from '../signal/generate.ts';
import { signalInformation } from '../signal/state.ts';
import type { Process } from '../task/process.ts';
import type { TimerTarget } from './kernel-timer.ts';
import { processCycles, taskCycles, usageTimerWait } from './process-time.ts';

/** How expiry is told (sigevent): SIGEV_SIGNAL 0, SIGEV_NONE 1, SIGEV_THREAD_ID 4. */
export interface TimerNotification {
  readonly kind: number;
  readonly signal: number;
  readonly value: bigint;
  readonly tid: number;
}

/** What the timer counts: virtual time, the process's cycles, or one thread's. */
export type TimerClock = 'time' | 'process' | { readonly tid: number };

export class PosixTimer implements TimerTarget {
  readonly process: Process;
  readonly id: number;
  readonly clockId: number;
  readonly clock: TimerClock;
  readonly notification: TimerNotification;
  /** On the timer's own clock, cycles; 0 when disarmed. */
  dueAt = 0;
  interval = 0;
  /** Expiries since the last signal that was taken. */
  overrun = 0;
  private handle = 0;

  constructor(process: Process, id: number, clockId: number, clock: TimerClock, notification: TimerNotification) {
    this.process = process;
    this.id = id;
    this.clockId = clockId;
    this.clock = clock;
    this.notification = notification;
  }

  clockNow(kernel: Kernel): number {
    if (this.clock === 'time') return kernel.now;
    const thread = this.clock === 'process' ? null : kernel.pids.tasks.get(this.clock.tid);
    const used = thread ? taskCycles(kernel, thread) : processCycles(kernel, this.process);
    return used.user + used.system;
  }

  arm(kernel: Kernel, dueAt: number, interval: number): void {
    this.disarm(kernel);
    this.dueAt = Math.max(1, dueAt);
    this.interval = interval;
    this.overrun = 0;
    this.schedule(kernel);
  }

  disarm(kernel: Kernel): void {
    kernel.cancelTimer(this.handle);
    this.handle = 0;
    this.dueAt = 0;
  }

  private schedule(kernel: Kernel): void {
    const left = Math.max(0, this.dueAt - this.clockNow(kernel));
    const wait = this.clock === 'time' ? left : usageTimerWait(kernel, this.process, left);
    this.handle = kernel.setTimer(kernel.now + wait, this, this.process.leader?.vcpu ?? 0);
  }

  timerExpired(kernel: Kernel): void {
    this.handle = 0;
    if (this.process.exitStatus !== null || this.dueAt === 0) return;
    const now = this.clockNow(kernel);
    if (now < this.dueAt) {
      this.schedule(kernel);
      return;
    }
    this.notify(kernel);
    if (this.interval === 0) {
      this.dueAt = 0;
      return;
    }
    this.dueAt += this.interval;
    this.schedule(kernel);
  }

  private notify(kernel: Kernel): void {
    const { kind, signal, value, tid } = this.notification;
    if (kind === 1) return;
    const thread = kind === 4 ? (kernel.pids.tasks.get(tid) ?? null) : null;
    const queue = thread ? thread.signals.pending : this.process.pending;
    if (queue.entries.some((entry) => entry.code === SI_TIMER && entry.timer === this.id)) {
      this.overrun++;
      return;
    }
    const information = signalInformation(signal, SI_TIMER, { timer: this.id, overrun: this.overrun, value });
    this.overrun = 0;
    if (thread) sendToTask(kernel, thread, information);
    else sendToProcess(kernel, this.process, information);
  }
}
