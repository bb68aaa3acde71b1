// A POSIX message queue (mq_overview(7)): messages by priority and then age. Who waits is served by the priority of the task and then
// in order of arrival; what it waits for is handed over, so that nobody else can take it first.

import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel.ts';
import { urgencyOf } from '../../task/run-queue.ts';
import type { Task } from '../../task/task.ts';
import { WaitQueue } from '../../task/wait-queue.ts';
import { IpcWait } from '../ipc-wait.ts';
import { type Notification, notify } from './notification.ts';

/** What a message keeps beside its bytes. */
const MESSAGE_OVERHEAD = 256;

export interface PosixMessage {
  readonly priority: number;
  readonly data: Uint8Array;
}

/** A sender with its message, or a receiver without. `outcome`: what a receiver is handed, or 0 for a sender whose message is in. */
export class QueueWait extends IpcWait {
  readonly queue: PosixQueue;
  readonly message: PosixMessage | null;
  outcome: PosixMessage | 0 | null = null;

  constructor(task: Task, queue: PosixQueue, message: PosixMessage | null) {
    super(task);
    this.queue = queue;
    this.message = message;
  }

  get isDone(): boolean {
    return this.outcome !== null;
  }

  private get line(): QueueWait[] {
    return this.message ? this.queue.senders : this.queue.receivers;
  }

  /** Behind those that are as urgent, before those that are less. */
  override begin(): void {
    super.begin();
    const rank = rankOf(this.task);
    const { line } = this;
    let at = line.length;
    while (at > 0 && rankOf(line[at - 1]!.task) > rank) at--;
    line.splice(at, 0, this);
  }

  protected override leave(): void {
    const at = this.line.indexOf(this);
    if (at >= 0) this.line.splice(at, 1);
  }

  complete(kernel: Kernel, outcome: PosixMessage | 0): void {
    this.outcome = outcome;
    kernel.wakeTask(this.task, 'mqueue');
  }
}

/** The smaller, the sooner: real-time tasks by their priority, the others by their nice level. */
function rankOf({ scheduling }: Task): number {
  const urgency = urgencyOf(scheduling);
  return urgency > 0 ? 99 - urgency : 120 + scheduling.nice;
}

export class PosixQueue {
  readonly maximum: number;
  /** Most bytes of a message. */
  readonly messageSize: number;
  /** Messages of equal priority, oldest first; priorities ascending. */
  private readonly levels: { readonly priority: number; readonly messages: PosixMessage[] }[] = [];
  count = 0;
  bytes = 0;
  readonly senders: QueueWait[] = [];
  readonly receivers: QueueWait[] = [];
  notification: Notification | null = null;
  /** For poll: a message has come or gone. */
  readonly changed = new WaitQueue('message queue');

  constructor(maximum: number, messageSize: number) {
    this.maximum = maximum;
    this.messageSize = messageSize;
  }

  get isFull(): boolean {
    return this.count >= this.maximum;
  }

  /** Takes a message that there is room for: into the hands of a receiver, or into the queue. 0, or -ENOMEM. */
  send(kernel: Kernel, task: Task, message: PosixMessage): number {
    const receiver = this.receivers.shift();
    if (receiver) {
      receiver.complete(kernel, message);
      return 0;
    }
    if (!this.insert(kernel, message)) return -ERRNO.ENOMEM;
    if (this.notification && this.count === 1) {
      const { notification } = this;
      this.notification = null;
      notify(kernel, task, notification);
    }
    kernel.wake(this.changed);
    return 0;
  }

  /** Takes the first message out of a queue that has one; a waiting sender's takes its room. */
  receive(kernel: Kernel): PosixMessage {
    const level = this.levels.at(-1)!;
    const message = level.messages.shift()!;
    if (level.messages.length === 0) this.levels.pop();
    this.forget(kernel, message);
    const sender = this.senders[0];
    if (!sender) kernel.wake(this.changed);
    else if (this.insert(kernel, sender.message!)) {
      this.senders.shift();
      sender.complete(kernel, 0);
    }
    return message;
  }

  private insert(kernel: Kernel, message: PosixMessage): boolean {
    if (!kernel.memory.charge(message.data.length + MESSAGE_OVERHEAD)) return false;
    let at = this.levels.length;
    while (at > 0 && this.levels[at - 1]!.priority > message.priority) at--;
    const level = this.levels[at - 1];
    if (level?.priority === message.priority) level.messages.push(message);
    else this.levels.splice(at, 0, { priority: message.priority, messages: [message] });
    this.count++;
    this.bytes += message.data.length;
    return true;
  }

  private forget(kernel: Kernel, message: PosixMessage): void {
    this.count--;
    this.bytes -= message.data.length;
    kernel.memory.release(message.data.length + MESSAGE_OVERHEAD);
  }

  /** Nobody can reach the queue any more. */
  clear(kernel: Kernel): void {
    for (const { messages } of this.levels.splice(0)) for (const message of messages) this.forget(kernel, message);
  }
}
