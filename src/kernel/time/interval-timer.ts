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
  private dueAt: number;
  /** Nanoseconds. */
  readonly interval: number;
  /** ITIMER_REAL is due and goes on when its signal is taken. */
  private waitsForSignal = false;
  private handle = 0;

  /** Armed, to be due in `value` nanoseconds. */
  constructor(kernel: Kernel, process: Process, which: IntervalTimerKind, value: number, interval: number) {
    this.process = process;
    this.which = which;
    this.interval = interval;
    this.dueAt = this.clockNow(kernel) + kernel.clock.cycles(value);
    this.start(kernel);
  }

  /** Virtual time, or cycles the process has used. */
  private clockNow(kernel: Kernel): number {
    if (this.which === 0) return kernel.now;
    const used = processCycles(kernel, this.process);
    return this.which === 1 ? used.user : used.user + used.system;
  }

  /** Nanoseconds until it is due; 0 while its signal waits. */
  remaining(kernel: Kernel): number {
    if (this.waitsForSignal) return 0;
    return kernel.clock.nanoseconds(Math.max(1, this.dueAt - this.clockNow(kernel)));
  }

  private start(kernel: Kernel): void {
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
    if (this.interval === 0) this.process.intervalTimers[this.which] = null;
    else if (this.which === 0) this.waitsForSignal = true;
    else this.goOn(kernel);
    sendToProcess(kernel, this.process, signalInformation(SIGNALS[this.which], SI_KERNEL));
  }

  /** SIGALRM is taken. */
  signalTaken(kernel: Kernel): void {
    if (!this.waitsForSignal) return;
    this.waitsForSignal = false;
    this.goOn(kernel);
  }

  private goOn(kernel: Kernel): void {
    const period = Math.max(1, kernel.clock.cycles(this.interval));
    const missed = Math.floor(Math.max(0, this.clockNow(kernel) - this.dueAt) / period);
    this.dueAt += (missed + 1) * period;
    this.start(kernel);
  }
}
