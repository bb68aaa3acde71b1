// setitimer(2) and alarm(2): ITIMER_REAL on virtual time; ITIMER_VIRTUAL and ITIMER_PROF count a process's own time.

import { SI_KERNEL, SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { signalInformation } from '../signal/state.ts';
import { sendToProcess } from '../signal/generate.ts';
import type { Process } from '../task/process.ts';
import type { TimerTarget } from './kernel-timer.ts';
import { processCycles, usageTimerWait } from './process-time.ts';

const SIGNALS = [SIGNAL.SIGALRM, SIGNAL.SIGVTALRM, SIGNAL.SIGPROF] as const;

export type IntervalTimerKind = 0 | 1 | 2;

export class IntervalTimer implements TimerTarget {
  readonly process: Process;
  readonly which: IntervalTimerKind;
  /** On the timer's own clock, cycles. */
  dueAt: number;
  readonly interval: number;
  private handle = 0;

  constructor(process: Process, which: IntervalTimerKind, dueAt: number, interval: number) {
    this.process = process;
    this.which = which;
    this.dueAt = dueAt;
    this.interval = interval;
  }

  /** Virtual time, or cycles the process has used. */
  clockNow(kernel: Kernel): number {
    if (this.which === 0) return kernel.now;
    const used = processCycles(kernel, this.process);
    return this.which === 1 ? used.user : used.user + used.system;
  }

  start(kernel: Kernel): void {
    const left = Math.max(1, this.dueAt - this.clockNow(kernel));
    const wait = this.which === 0 ? left : usageTimerWait(kernel, this.process, left);
    this.handle = kernel.setTimer(kernel.now + wait, this, this.process.leader?.vcpu ?? 0);
  }

  stop(kernel: Kernel): void {
    kernel.cancelTimer(this.handle);
    this.handle = 0;
  }

  timerExpired(kernel: Kernel): void {
    this.handle = 0;
    if (this.process.exitStatus !== null) return;
    if (this.clockNow(kernel) < this.dueAt) {
      this.start(kernel);
      return;
    }
    sendToProcess(kernel, this.process, signalInformation(SIGNALS[this.which], SI_KERNEL));
    if (this.interval === 0) {
      this.process.intervalTimers[this.which] = null;
      return;
    }
    this.dueAt += this.interval;
    this.start(kernel);
  }
}
