// SIGIO (fcntl(2), "Managing signals"): a file open with O_ASYNC sends its owner a signal when it becomes ready.

import { SI_KERNEL, SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { sendToProcess, sendToTask } from '../signal/generate.ts';
import { signalInformation, type SignalInformation } from '../signal/state.ts';
import type { Task } from '../task/task.ts';
import type { QueueListener, WaitQueue } from '../task/wait-queue.ts';
import { type FileDescription, POLL } from './file.ts';

/** F_OWNER_*. */
export const OWNER_THREAD = 0;
export const OWNER_PROCESS = 1;
export const OWNER_GROUP = 2;

/** Who gets the signal, and on whose authority. */
export interface FileOwner {
  readonly type: typeof OWNER_THREAD | typeof OWNER_PROCESS | typeof OWNER_GROUP;
  readonly id: number;
  /** User ids of the task that set the owner. */
  readonly uid: number;
  readonly euid: number;
}

const POLL_IN = 1;
const POLL_OUT = 2;
/** si_band by POLL_*. */
const BANDS = new Map([
  [POLL_IN, POLL.IN | POLL.RDNORM],
  [POLL_OUT, POLL.OUT | POLL.WRNORM | POLL.WRBAND],
]);

export class AsyncNotice implements QueueListener {
  private readonly file: FileDescription;
  /** The number by which O_ASYNC was asked for: si_fd. */
  private readonly fd: number;
  private readonly queues: readonly WaitQueue[];

  constructor(file: FileDescription, fd: number, task: Task) {
    this.file = file;
    this.fd = fd;
    this.queues = file.pollQueues(-1, task);
    for (const queue of this.queues) queue.listen(this);
  }

  stop(): void {
    for (const queue of this.queues) queue.ignore(this);
  }

  queueWoken(kernel: Kernel): void {
    const { file } = this;
    const ready = file.poll(kernel);
    if (ready === 0 || !file.owner) return;
    const code = ready & (POLL.IN | POLL.HUP | POLL.RDHUP) ? POLL_IN : POLL_OUT;
    const signal = file.ownerSignal;
    const information =
      signal === 0 ? signalInformation(SIGNAL.SIGIO, SI_KERNEL) : signalInformation(signal, code, { band: BANDS.get(code)!, fd: this.fd });
    tellOwner(kernel, file.owner, information);
  }
}

/** Sends a signal to the owner, where it may be told. */
export function tellOwner(kernel: Kernel, owner: FileOwner, information: SignalInformation): void {
  if (owner.type === OWNER_GROUP) {
    for (const process of kernel.pids.group(owner.id)) if (mayTell(owner, process.leader)) sendToProcess(kernel, process, information);
    return;
  }
  const task = owner.type === OWNER_THREAD ? kernel.pids.tasks.get(owner.id) : kernel.pids.processes.get(owner.id)?.leader;
  if (!task || !mayTell(owner, task)) return;
  if (owner.type === OWNER_THREAD) sendToTask(kernel, task, information);
  else sendToProcess(kernel, task.process, information);
}

function mayTell(owner: FileOwner, task: Task | null): boolean {
  if (!task) return false;
  const { uid, suid } = task.credentials;
  return owner.euid === 0 || [owner.uid, owner.euid].some((id) => id === uid || id === suid);
}

/** Sets or clears O_ASYNC of a file that can signal. */
export function setAsync(file: FileDescription, fd: number, task: Task, on: boolean): void {
  if (on === (file.notice !== null)) return;
  file.notice?.stop();
  if (on) file.owner ??= file.defaultOwner(task);
  file.notice = on ? new AsyncNotice(file, fd, task) : null;
}
