// timerfd_create(2): a timer whose expirations are read from a descriptor. A periodic one stands still after an expiration until
// somebody looks, and is told then how many periods have passed, so that a fast one costs no more than a slow one.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDWR } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import type { TimerTarget } from '../time/kernel-timer.ts';
import type { RealtimeTimer } from '../time/realtime.ts';
import { type ByteSink, FileDescription, POLL } from '../vfs/file.ts';

const BILLION = 1_000_000_000;

/** Nanoseconds; value 0 is disarmed. */
export interface TimerSetting {
  readonly value: number;
  readonly interval: number;
}

export interface TimerRequest {
  /** Virtual time of the first expiration, cycles; null to disarm. */
  readonly dueAt: number | null;
  /** Nanoseconds. */
  readonly interval: number;
  /** TFD_TIMER_*. */
  readonly flags: number;
  /** A time of CLOCK_REALTIME, which may be set. */
  readonly followsRealtime: boolean;
  /** TFD_TIMER_CANCEL_ON_SET: setting that clock ends the wait. */
  readonly isCancelledBySet: boolean;
}

export class TimerFile extends FileDescription implements TimerTarget, RealtimeTimer {
  readonly clock: number;
  private ticks = 0n;
  /** Cycles of the expiration to come, or of the one since which nobody has looked; null while disarmed. */
  private dueAt: number | null = null;
  /** It is due and a periodic timer has not gone on yet. */
  private isExpired = false;
  private interval = 0;
  private settingFlags = 0;
  private isCancelledBySet = false;
  private isCancelled = false;
  private handle = 0;
  private readonly queue = new WaitQueue('timerfd');

  constructor(kernel: Kernel, flags: number, clock: number) {
    super(O_RDWR | flags, kernel.vfs.objects.newObject(kernel.realtime()));
    this.clock = clock;
  }

  override describe(): string {
    return 'anon_inode:[timerfd]';
  }

  /** What is left until the next expiration, and the interval. */
  setting(kernel: Kernel): TimerSetting {
    this.goOn(kernel);
    return { value: this.remaining(kernel), interval: this.interval };
  }

  private remaining(kernel: Kernel): number {
    return this.dueAt === null ? 0 : kernel.clock.nanoseconds(Math.max(0, this.dueAt - kernel.now));
  }

  set(kernel: Kernel, request: TimerRequest): void {
    kernel.cancelTimer(this.handle);
    this.handle = 0;
    this.ticks = 0n;
    this.isExpired = false;
    this.dueAt = request.dueAt;
    this.interval = request.interval;
    this.settingFlags = request.flags;
    this.isCancelledBySet = request.isCancelledBySet;
    if (request.followsRealtime && request.dueAt !== null) kernel.realtimeTimers.add(this);
    else kernel.realtimeTimers.remove(this);
    this.arm(kernel);
  }

  /** True once after the clock was set under a timer that asked to hear of it. */
  takeCancellation(): boolean {
    const was = this.isCancelled;
    this.isCancelled = false;
    return was;
  }

  timerExpired(kernel: Kernel): void {
    this.handle = 0;
    this.isExpired = true;
    this.ticks++;
    if (this.interval === 0) this.dueAt = null;
    kernel.wake(this.queue);
  }

  clockStepped(kernel: Kernel, cycles: number): void {
    if (this.isCancelledBySet && !this.isCancelled) {
      this.isCancelled = true;
      this.ticks++;
      kernel.wake(this.queue);
    }
    if (this.dueAt === null) return;
    this.dueAt = Math.max(0, this.dueAt - cycles);
    if (this.handle === 0) return;
    kernel.cancelTimer(this.handle);
    this.arm(kernel);
  }

  /** A periodic timer that is due counts what has passed and waits for the next time. */
  private goOn(kernel: Kernel): void {
    if (!this.isExpired || this.interval === 0 || this.dueAt === null) return;
    this.isExpired = false;
    const period = Math.max(1, kernel.clock.cycles(this.interval));
    const passed = Math.floor(Math.max(0, kernel.now - this.dueAt) / period) + 1;
    this.ticks += BigInt(passed - 1);
    this.dueAt += passed * period;
    this.arm(kernel);
  }

  private arm(kernel: Kernel): void {
    if (this.dueAt !== null) this.handle = kernel.setTimer(Math.max(kernel.now, this.dueAt), this);
  }

  override read(kernel: Kernel, task: Task, to: ByteSink): SyscallResult {
    if (to.length < 8) return -ERRNO.EINVAL;
    if (this.takeCancellation()) {
      this.ticks = 0n;
      this.isExpired = false;
      return -ERRNO.ECANCELED;
    }
    if (this.ticks === 0n) {
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return kernel.block(task, { queues: [this.queue], waitingFor: 'timerfd' });
    }
    this.goOn(kernel);
    const count = this.ticks;
    this.ticks = 0n;
    return to.put(new Uint8Array(BigUint64Array.of(count).buffer)) === 8 ? 8 : -ERRNO.EFAULT;
  }

  override seek(): number {
    return 0;
  }

  override poll(): number {
    return this.ticks > 0n ? POLL.IN : 0;
  }

  override pollQueues(): readonly WaitQueue[] {
    return [this.queue];
  }

  override fdinfo(kernel: Kernel): string {
    const { clock, ticks, settingFlags, interval } = this;
    const times = `it_value: (${split(this.remaining(kernel))})\nit_interval: (${split(interval)})\n`;
    return `clockid: ${clock}\nticks: ${ticks}\nsettime flags: 0${settingFlags.toString(8)}\n${times}`;
  }

  override release(kernel: Kernel): void {
    kernel.cancelTimer(this.handle);
    kernel.realtimeTimers.remove(this);
    this.handle = 0;
  }
}

function split(nanoseconds: number): string {
  return `${Math.floor(nanoseconds / BILLION)}, ${nanoseconds % BILLION}`;
}
