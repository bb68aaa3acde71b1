// A System V message queue (msgop(2)): messages in order of arrival, receivers that are handed what they wait for, senders that try
// again when there is room.

import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { IpcWait } from '../ipc-wait.ts';
import { newStatus, SystemVObject } from './object.ts';
import { secondsNow } from './seconds.ts';

/** sizeof(struct msqid64_ds). */
const STATUS_BYTES = 120;
/** What a queue keeps, and a message beside its bytes. */
export const QUEUE_BYTES = 512;
const MESSAGE_OVERHEAD = 256;

export interface Message {
  readonly type: bigint;
  readonly data: Uint8Array;
}

/** Which message a receiver wants. 'at': the nth of the queue (MSG_COPY). */
export type Selection =
  | { readonly kind: 'any' }
  | { readonly kind: 'equal' | 'not' | 'most'; readonly type: bigint }
  | { readonly kind: 'at'; readonly index: number };

/** A receiver that sleeps. `outcome`: the message it is handed, or the errno its call ends with; -EAGAIN: look again. */
export class ReceiverWait extends IpcWait {
  readonly queue: MessageQueue;
  readonly selection: Selection;
  /** Bytes it has room for; more is E2BIG. Infinity with MSG_NOERROR. */
  readonly room: number;
  outcome: Message | number | null = null;

  constructor(task: Task, queue: MessageQueue, selection: Selection, room: number) {
    super(task);
    this.queue = queue;
    this.selection = selection;
    this.room = room;
  }

  get isDone(): boolean {
    return this.outcome !== null;
  }

  override begin(): void {
    super.begin();
    this.queue.receivers.push(this);
  }

  protected override leave(): void {
    const at = this.queue.receivers.indexOf(this);
    if (at >= 0) this.queue.receivers.splice(at, 1);
  }
}

/** A sender that sleeps with the message it has taken from user memory. It stays in its place until its call has run again. */
export class SenderWait extends IpcWait {
  readonly queue: MessageQueue;
  readonly message: Message;

  constructor(task: Task, queue: MessageQueue, message: Message) {
    super(task);
    this.queue = queue;
    this.message = message;
  }

  get isDone(): boolean {
    return false;
  }

  override begin(): void {
    super.begin();
    this.queue.senders.push(this);
  }

  protected override leave(): void {
    const at = this.queue.senders.indexOf(this);
    if (at >= 0) this.queue.senders.splice(at, 1);
  }
}

export class MessageQueue extends SystemVObject {
  readonly messages: Message[] = [];
  receivers: ReceiverWait[] = [];
  senders: SenderWait[] = [];
  /** Bytes in the queue, and how many there may be; also how many messages. */
  bytes = 0;
  capacity: number;
  sentAt = 0;
  receivedAt = 0;
  lastSender = 0;
  lastReceiver = 0;

  constructor(kernel: Kernel, task: Task, key: number, flags: number, capacity: number) {
    super(task, key, flags, secondsNow(kernel));
    this.capacity = capacity;
  }

  hasRoomFor(length: number): boolean {
    return this.bytes + length <= this.capacity && this.messages.length + 1 <= this.capacity;
  }

  /** Takes a message that there is room for. 0, or -ENOMEM. */
  send(kernel: Kernel, task: Task, message: Message): number {
    if (!this.handOver(kernel, message)) {
      const { ipc } = kernel;
      if (!kernel.memory.charge(message.data.length + MESSAGE_OVERHEAD)) return -ERRNO.ENOMEM;
      this.messages.push(message);
      this.bytes += message.data.length;
      ipc.queuedMessages++;
      ipc.queuedBytes += message.data.length;
    }
    this.lastSender = task.process.pid;
    this.sentAt = secondsNow(kernel);
    return 0;
  }

  /** Gives the message to the first receiver that wants it; one with too little room is sent away with E2BIG. */
  private handOver(kernel: Kernel, message: Message): boolean {
    for (let i = 0; i < this.receivers.length; ) {
      const receiver = this.receivers[i]!;
      if (!selects(receiver.selection, message)) {
        i++;
        continue;
      }
      this.receivers.splice(i, 1);
      const fits = message.data.length <= receiver.room;
      receiver.outcome = fits ? message : -ERRNO.E2BIG;
      if (fits) this.noteReceiver(kernel, receiver.task);
      kernel.wakeTask(receiver.task, 'msgsnd');
      if (fits) return true;
    }
    return false;
  }

  /** Index of the message that `selection` means, -1 if there is none. */
  find(selection: Selection): number {
    if (selection.kind === 'at') return selection.index < this.messages.length ? selection.index : -1;
    if (selection.kind !== 'most') return this.messages.findIndex((message) => selects(selection, message));
    let found = -1;
    let least = selection.type;
    for (const [i, { type }] of this.messages.entries()) {
      if (type > least || (found >= 0 && type === least)) continue;
      found = i;
      least = type;
      if (type === 1n) break;
    }
    return found;
  }

  /** Removes a message for `task`, and lets senders try again. */
  take(kernel: Kernel, task: Task, index: number): Message {
    const message = index === 0 ? this.messages.shift()! : this.messages.splice(index, 1)[0]!;
    this.forget(kernel, message);
    this.noteReceiver(kernel, task);
    this.wakeSenders(kernel);
    return message;
  }

  private forget(kernel: Kernel, message: Message): void {
    const { ipc } = kernel;
    this.bytes -= message.data.length;
    ipc.queuedMessages--;
    ipc.queuedBytes -= message.data.length;
    kernel.memory.release(message.data.length + MESSAGE_OVERHEAD);
  }

  private noteReceiver(kernel: Kernel, task: Task): void {
    this.lastReceiver = task.process.pid;
    this.receivedAt = secondsNow(kernel);
  }

  /** Wakes senders whose message fits now; those whose does not go to the end of the line. */
  private wakeSenders(kernel: Kernel): void {
    if (this.senders.length === 0) return;
    const [ready, unfit]: [SenderWait[], SenderWait[]] = [[], []];
    for (const sender of this.senders) (this.hasRoomFor(sender.message.data.length) ? ready : unfit).push(sender);
    this.senders = [...ready, ...unfit];
    for (const sender of ready) kernel.wakeTask(sender.task, 'msgrcv');
  }

  /** Permissions or the capacity have changed: whoever waits looks again. */
  reconsider(kernel: Kernel): void {
    this.dismissReceivers(kernel, -ERRNO.EAGAIN);
    this.wakeSenders(kernel);
  }

  /** IPC_RMID. */
  destroy(kernel: Kernel): void {
    kernel.ipc.queues.remove(this);
    kernel.memory.release(QUEUE_BYTES);
    this.dismissReceivers(kernel, -ERRNO.EIDRM);
    for (const sender of this.senders) kernel.wakeTask(sender.task, 'msgctl');
    for (const message of this.messages.splice(0)) this.forget(kernel, message);
  }

  private dismissReceivers(kernel: Kernel, outcome: number): void {
    const dismissed = this.receivers;
    this.receivers = [];
    for (const receiver of dismissed) {
      receiver.outcome = outcome;
      kernel.wakeTask(receiver.task, 'msgctl');
    }
  }

  /** struct msqid64_ds. */
  encode(sequence: number): Uint8Array {
    const view = newStatus(STATUS_BYTES);
    this.encodePermission(view, sequence);
    const words = [this.sentAt, this.receivedAt, this.changed, this.bytes, this.messages.length, this.capacity];
    words.forEach((value, i) => view.setBigUint64(48 + i * 8, BigInt(value), true));
    view.setInt32(96, this.lastSender, true);
    view.setInt32(100, this.lastReceiver, true);
    return new Uint8Array(view.buffer);
  }
}

function selects(selection: Selection, { type }: Message): boolean {
  if (selection.kind === 'any' || selection.kind === 'at') return true;
  if (selection.kind === 'equal') return type === selection.type;
  return selection.kind === 'not' ? type !== selection.type : type <= selection.type;
}
