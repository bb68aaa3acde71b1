// timer_create(2): a timer of a process that sends a signal, or only counts. It has one signal in flight at most: a periodic timer
// goes on when that is taken, which is told how many expirations it stands for.

import { SIGEV_NONE, SIGEV_THREAD_ID } from '../abi/ipc.ts';
import { SI_TIMER } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { sendToProcess, sendToTask, wouldBeIgnored } from '../signal/generate.ts';
import { signalInformation } from '../signal/state.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';
import type { TimerTarget } from './kernel-timer.ts';
import { processCycles, taskCycles, usageTimerWait } from './process-time.ts';
import type { RealtimeTimer } from './realtime.ts';

const INT_MAX = 0x7fff_ffff;

/** How expiry is told (sigevent): SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD_ID. */
export interface TimerNotification {
  readonly kind: number;
  readonly signal: number;
  readonly value: bigint;
  readonly tid: number;
}

/** What the timer counts: virtual time, the cycles of a process, or one thread's. */
export type TimerClock = 'time' | { readonly pid: number } | { readonly tid: number };

export interface TimerSetting {
  /** On the timer's own clock, cycles. */
  readonly dueAt: number;
  /** Nanoseconds; 0: a single shot. */
  readonly interval: number;
  /** A time of CLOCK_REALTIME, which may be set. */
  readonly followsRealtime: boolean;
}

export class PosixTimer implements TimerTarget, RealtimeTimer {
  readonly process: Process;
  readonly id: number;
  readonly clockId: number;
  readonly clock: TimerClock;
  readonly notification: TimerNotification;
  /** On the timer's own clock, cycles; null when disarmed. */
  private dueAt: number | null = null;
  /** Nanoseconds. */
  interval = 0;
  /** Expirations that the last signal stood for, beside its own. */
  lastOverrun = 0;
  /** How often it has been set: a signal of an earlier setting is dropped. */
  private settings = 0;
  private signalPending = false;
  /** A periodic timer whose signal was ignored goes on when it no longer is. */
  private signalIgnored = false;
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
    const used = 'tid' in this.clock ? this.threadCycles(kernel, this.clock.tid) : this.processCycles(kernel, this.clock.pid);
    return used.user + used.system;
  }

  private threadCycles(kernel: Kernel, tid: number): { user: number; system: number } {
    const thread = kernel.pids.tasks.get(tid);
    return thread ? taskCycles(kernel, thread) : { user: 0, system: 0 };
  }

  private processCycles(kernel: Kernel, pid: number): { user: number; system: number } {
    return processCycles(kernel, kernel.pids.processes.get(pid) ?? this.process);
  }

  set(kernel: Kernel, setting: TimerSetting): void {
    this.disarm(kernel);
    this.dueAt = setting.dueAt;
    this.interval = setting.interval;
    if (setting.followsRealtime) kernel.realtimeTimers.add(this);
    this.schedule(kernel);
  }

  /** A signal of it that waits is dropped when it would be taken. */
  disarm(kernel: Kernel): void {
    kernel.cancelTimer(this.handle);
    kernel.realtimeTimers.remove(this);
    this.handle = 0;
    this.dueAt = null;
    this.interval = 0;
    this.settings++;
    this.signalPending = false;
    this.signalIgnored = false;
    this.lastOverrun = 0;
  }

  /** Cycles until the next expiration; 0 when disarmed, or over and not periodic. */
  remaining(kernel: Kernel): number {
    if (this.dueAt === null) return 0;
    const left = this.dueAt - this.clockNow(kernel);
    if (left > 0) return left;
    if (this.interval > 0) return left + this.expirationsBy(kernel) * this.period(kernel);
    return this.notification.kind === SIGEV_NONE ? 0 : 1;
  }

  private period(kernel: Kernel): number {
    return Math.max(1, kernel.clock.cycles(this.interval));
  }

  /** How many of a periodic timer are due since dueAt, at least one. */
  private expirationsBy(kernel: Kernel): number {
    return Math.floor(Math.max(0, this.clockNow(kernel) - this.dueAt!) / this.period(kernel)) + 1;
  }

  private schedule(kernel: Kernel): void {
    if (this.notification.kind === SIGEV_NONE) return;
    const left = Math.max(0, this.dueAt! - this.clockNow(kernel));
    const wait = this.clock === 'time' ? left : usageTimerWait(kernel, this.process, left);
    this.handle = kernel.setTimer(kernel.now + wait, this, this.process.leader?.vcpu ?? 0);
  }

  timerExpired(kernel: Kernel): void {
    this.handle = 0;
    if (this.process.exitStatus !== null || this.dueAt === null) return;
    if (this.clockNow(kernel) < this.dueAt) {
      this.schedule(kernel);
      return;
    }
    if (this.interval === 0) this.dueAt = null;
    this.tell(kernel);
  }

  clockStepped(kernel: Kernel, cycles: number): void {
    if (this.dueAt === null) return;
    this.dueAt = Math.max(0, this.dueAt - cycles);
    if (this.handle === 0) return;
    kernel.cancelTimer(this.handle);
    this.schedule(kernel);
  }

  private tell(kernel: Kernel): void {
    const { process, notification } = this;
    const { kind, signal, value, tid } = notification;
    const thread: Task | null = kind === SIGEV_THREAD_ID ? (kernel.pids.tasks.get(tid) ?? null) : null;
    if (kind === SIGEV_THREAD_ID && thread?.process !== process) return;
    if (wouldBeIgnored(process, thread, signal)) {
      this.signalIgnored = this.interval > 0;
      return;
    }
    this.signalPending = true;
    const expiry = { timer: this, setting: this.settings };
    const information = signalInformation(signal, SI_TIMER, { timer: this.id, value, expiry });
    if (thread) sendToTask(kernel, thread, information);
    else sendToProcess(kernel, process, information);
  }

  /** Its signal is taken: what si_overrun says, and a periodic timer goes on. Null if the timer has been set anew since. */
  signalTaken(kernel: Kernel, setting: number): number | null {
    if (setting !== this.settings) return null;
    this.signalPending = false;
    this.lastOverrun = 0;
    if (this.interval > 0 && this.dueAt !== null) {
      const expirations = this.expirationsBy(kernel);
      this.lastOverrun = Math.min(expirations - 1, INT_MAX);
      this.dueAt += expirations * this.period(kernel);
      this.schedule(kernel);
    }
    return this.lastOverrun;
  }

  /** Its signal has been thrown away because it became ignored. */
  signalDiscarded(setting: number): void {
    if (setting !== this.settings || !this.signalPending) return;
    this.signalPending = false;
    this.signalIgnored = this.interval > 0;
  }

  /** Its signal is no longer ignored. */
  signalHeeded(kernel: Kernel): void {
    if (!this.signalIgnored) return;
    this.signalIgnored = false;
    this.tell(kernel);
  }
}
