// signalfd(2): signals that are blocked, read as structures. What waits is that of whoever reads, not of whoever made the descriptor.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDWR } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import { takeSignal } from '../signal/take.ts';
import type { SignalInformation } from '../signal/state.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import { type ByteSink, FileDescription, POLL } from '../vfs/file.ts';

/** sizeof(struct signalfd_siginfo). */
const INFORMATION_BYTES = 128;

export class SignalFile extends FileDescription {
  /** Signals it delivers, bit n - 1 for signal n. */
  mask: bigint;
  private readonly changed = new WaitQueue('signalfd');

  constructor(kernel: Kernel, flags: number, mask: bigint) {
    super(O_RDWR | flags, kernel.vfs.objects.newObject(kernel.realtime()));
    this.mask = mask;
  }

  override describe(): string {
    return 'anon_inode:[signalfd]';
  }

  setMask(kernel: Kernel, mask: bigint): void {
    this.mask = mask;
    kernel.wake(this.changed);
  }

  override read(kernel: Kernel, task: Task, to: ByteSink): SyscallResult {
    const room = Math.floor(to.length / INFORMATION_BYTES);
    if (room === 0) return -ERRNO.EINVAL;
    let done = 0;
    while (done < room) {
      const information = takeSignal(kernel, task, this.mask);
      if (!information) break;
      if (to.put(encode(information)) < INFORMATION_BYTES) return done > 0 ? done * INFORMATION_BYTES : -ERRNO.EFAULT;
      done++;
    }
    if (done > 0) return done * INFORMATION_BYTES;
    if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
    return kernel.block(task, { queues: [task.process.signalEvents, this.changed], waitingFor: 'signalfd' });
  }

  /** noop_llseek: a position without meaning. */
  override seek(): number {
    return 0;
  }

  override poll(kernel: Kernel): number {
    const task = kernel.cpu && kernel.current(kernel.cpu);
    if (!task) return 0;
    return ((task.signals.pending.mask | task.process.pending.mask) & this.mask) !== 0n ? POLL.IN : 0;
  }

  override pollQueues(_events: number, task?: Task): readonly WaitQueue[] {
    return task ? [task.process.signalEvents, this.changed] : [this.changed];
  }

  override fdinfo(): string {
    return `sigmask:\t${this.mask.toString(16).padStart(16, '0')}\n`;
  }
}

function encode(information: SignalInformation): Uint8Array {
  const bytes = new Uint8Array(INFORMATION_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, information.signal, true);
  view.setInt32(8, information.code, true);
  view.setUint32(12, information.pid, true);
  view.setUint32(16, information.uid, true);
  view.setInt32(20, information.fd, true);
  view.setUint32(24, information.timer, true);
  view.setUint32(28, information.band, true);
  view.setUint32(32, information.overrun, true);
  view.setInt32(40, information.status, true);
  view.setInt32(44, Number(BigInt.asIntN(32, information.value)), true);
  view.setBigUint64(48, BigInt.asUintN(64, information.value), true);
  view.setBigUint64(72, BigInt.asUintN(64, information.address), true);
  return bytes;
}
