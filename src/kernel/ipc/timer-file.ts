// timerfd_create(2): a timer whose expirations are read from a descriptor.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDWR } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import type { TimerTarget } from '../time/kernel-timer.ts';
import { type ByteSink, FileDescription, POLL } from '../vfs/file.ts';

export const TFD_TIMER_ABSTIME = 1;

/** Nanoseconds; value 0 is disarmed. */
export interface TimerSetting {
  readonly value: number;
  readonly interval: number;
}

export class TimerFile extends FileDescription implements TimerTarget {
  readonly clock: number;
  private expirations = 0n;
  /** Virtual nanoseconds of the next expiration; 0 while disarmed. */
  private next = 0;
  private interval = 0;
  private settingFlags = 0;
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
    if (this.next === 0) return { value: 0, interval: this.interval };
    return { value: Math.max(1, this.next - kernel.clock.nanoseconds(kernel.now)), interval: this.interval };
  }

  /** `next`: virtual nanoseconds of the first expiration, 0 to disarm. */
  set(kernel: Kernel, next: number, interval: number, flags: number): void {
    kernel.cancelTimer(this.handle);
    this.handle = 0;
    this.expirations = 0n;
    this.next = next;
    this.interval = interval;
    this.settingFlags = flags;
    if (next > 0) this.arm(kernel);
  }

  timerExpired(kernel: Kernel): void {
    this.handle = 0;
    const now = kernel.clock.nanoseconds(kernel.now);
    if (this.interval > 0) {
      const elapsed = Math.max(1, Math.floor((now - this.next) / this.interval) + 1);
      this.expirations += BigInt(elapsed);
      this.next += elapsed * this.interval;
      this.arm(kernel);
    } else {
      this.expirations++;
      this.next = 0;
    }
    kernel.wake(this.queue);
  }

  override read(kernel: Kernel, task: Task, to: ByteSink): SyscallResult {
    if (to.length < 8) return -ERRNO.EINVAL;
    if (this.expirations === 0n) {
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return kernel.block(task, { queues: [this.queue], waitingFor: 'timerfd' });
    }
    const count = this.expirations;
    this.expirations = 0n;
    return to.put(new Uint8Array(BigUint64Array.of(count).buffer)) === 8 ? 8 : -ERRNO.EFAULT;
  }

  /** noop_llseek: a position without meaning. */
  override seek(): number {
    return 0;
  }

  override poll(): number {
    return this.expirations > 0n ? POLL.IN : 0;
  }

  override pollQueues(): readonly WaitQueue[] {
    return [this.queue];
  }

  override fdinfo(): string {
    const ticks = this.expirations;
    return `clockid: ${this.clock}\nticks: ${ticks}\nsettime flags: 0${this.settingFlags.toString(8)}\nit_interval: (${split(this.interval)})\n`;
  }

  override release(kernel: Kernel): void {
    kernel.cancelTimer(this.handle);
    this.handle = 0;
  }

  private arm(kernel: Kernel): void {
    this.handle = kernel.setTimer(Math.max(kernel.now, kernel.clock.cycles(this.next)), this);
  }
}

function split(nanoseconds: number): string {
  return `${Math.floor(nanoseconds / 1e9)}, ${nanoseconds % 1e9}`;
}
