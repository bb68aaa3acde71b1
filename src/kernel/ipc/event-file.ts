// eventfd(2): a 64-bit counter that can be waited for.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDWR } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import { type ByteSink, type ByteSource, FileDescription, POLL } from '../vfs/file.ts';

const MAXIMUM = 0xffff_ffff_ffff_ffffn;

export class EventFile extends FileDescription {
  count: bigint;
  /** A read takes 1 instead of everything. */
  readonly isSemaphore: boolean;
  private readonly readable = new WaitQueue('eventfd');
  private readonly writable = new WaitQueue('eventfd with room');

  constructor(kernel: Kernel, flags: number, initial: number, isSemaphore: boolean) {
    super(O_RDWR | flags, kernel.vfs.objects.newObject(kernel.realtime()));
    this.count = BigInt(initial);
    this.isSemaphore = isSemaphore;
  }

  override describe(): string {
    return 'anon_inode:[eventfd]';
  }

  override read(kernel: Kernel, task: Task, to: ByteSink): SyscallResult {
    if (to.length < 8) return -ERRNO.EINVAL;
    if (this.count === 0n) {
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return kernel.block(task, { queues: [this.readable], waitingFor: 'eventfd' });
    }
    kernel.charge(kernel.hardware.costs.eventfd_operation);
    const value = this.isSemaphore ? 1n : this.count;
    this.count -= value;
    kernel.wake(this.writable);
    return to.put(new Uint8Array(BigUint64Array.of(value).buffer)) === 8 ? 8 : -ERRNO.EFAULT;
  }

  override write(kernel: Kernel, task: Task, from: ByteSource): SyscallResult {
    if (from.length !== 8) return -ERRNO.EINVAL;
    const data = from.take(8);
    if (data.length < 8) return -ERRNO.EFAULT;
    const value = new DataView(data.buffer, data.byteOffset).getBigUint64(0, true);
    if (value === MAXIMUM) return -ERRNO.EINVAL;
    if (MAXIMUM - this.count <= value) {
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return kernel.block(task, { queues: [this.writable], waitingFor: 'eventfd with room' });
    }
    kernel.charge(kernel.hardware.costs.eventfd_operation);
    this.add(kernel, value);
    return 8;
  }

  /** What a write does, for the kernel's own users: saturates. */
  add(kernel: Kernel, value: bigint): void {
    const sum = this.count + value;
    this.count = sum > MAXIMUM ? MAXIMUM : sum;
    kernel.wake(this.readable);
  }

  /** noop_llseek: a position without meaning. */
  override seek(): number {
    return 0;
  }

  override poll(): number {
    let ready = 0;
    if (this.count > 0n) ready |= POLL.IN;
    if (this.count === MAXIMUM) ready |= POLL.ERR;
    if (this.count < MAXIMUM - 1n) ready |= POLL.OUT;
    return ready;
  }

  override pollQueues(events: number): readonly WaitQueue[] {
    const queues = events & POLL.OUT ? [this.writable] : [];
    return events & POLL.IN || queues.length === 0 ? [this.readable, ...queues] : queues;
  }

  override fdinfo(): string {
    return `eventfd-count: ${this.count.toString(16).padStart(16)}\neventfd-semaphore: ${Number(this.isSemaphore)}\n`;
  }
}
