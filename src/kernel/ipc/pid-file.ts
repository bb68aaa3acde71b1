// A process or thread as a descriptor (pidfd_open(2)): it names one process for ever, whatever becomes of the number.

import { O_RDWR } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';
import type { WaitQueue } from '../task/wait-queue.ts';
import { FileDescription, POLL } from '../vfs/file.ts';

export class PidFile extends FileDescription {
  readonly process: Process;
  /** PIDFD_THREAD: this thread alone. */
  readonly thread: Task | null;

  constructor(kernel: Kernel, process: Process, thread: Task | null, flags: number) {
    super(O_RDWR | flags, kernel.vfs.objects.newObject(kernel.realtime()));
    this.process = process;
    this.thread = thread;
  }

  override describe(): string {
    return 'anon_inode:[pidfd]';
  }

  /** A thread but the leader leaves nothing to wait for. */
  private get isGone(): boolean {
    if (this.process.reaped) return true;
    return this.thread !== null && this.thread.state === 'dead' && this.thread.tid !== this.process.pid;
  }

  /** Readable from the end on, hung up when it has been waited for. */
  override poll(): number {
    if (this.isGone) return POLL.IN | POLL.RDNORM | POLL.HUP;
    const ended = this.thread ? this.thread.state === 'dead' : this.process.exitStatus !== null;
    return ended ? POLL.IN | POLL.RDNORM : 0;
  }

  override pollQueues(): readonly WaitQueue[] {
    return [this.process.endEvents];
  }

  override fdinfo(): string {
    const number = this.isGone ? -1 : (this.thread?.tid ?? this.process.pid);
    return `Pid:\t${number}\nNSpid:\t${number}\n`;
  }
}

/** A descriptor of a process for `task`, closed on execve; -EMFILE. */
export function openProcess(kernel: Kernel, task: Task, process: Process): number {
  const file = new PidFile(kernel, process, null, 0);
  const fd = task.files.allocate(file, true);
  if (fd < 0) file.release(kernel);
  return fd;
}
