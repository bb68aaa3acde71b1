// A queue as a file: its identity and permissions, and what its creation is charged.

import { ERRNO } from '../../abi/errno.ts';
import { CAP } from '../../abi/capability.ts';
import { MQ_HARD_BYTES_MAX, MQ_HARD_MESSAGES_MAX, MQ_PRIO_MAX } from '../../abi/ipc.ts';
import type { Kernel } from '../../kernel.ts';
import { isCapable } from '../../task/credentials.ts';
import { RLIMIT } from '../../task/limits.ts';
import type { Task } from '../../task/task.ts';
import type { Dentry } from '../../vfs/dentry.ts';
import { Inode, type NewNode } from '../../vfs/inode.ts';
import { MqueueFile } from './mqueue-file.ts';
import type { MqueueFileSystem } from './mqueue-file-system.ts';
import { PosixQueue } from './posix-queue.ts';

/** st_size: the status text is shorter, but Linux says so. */
const FILE_SIZE = 80;
/** What Linux keeps for a message and for a priority in use, which RLIMIT_MSGQUEUE counts. */
const [MESSAGE_NODE, PRIORITY_NODE] = [48, 48];

export interface QueueAttributes {
  readonly maximum: number;
  readonly messageSize: number;
}

/** Of a queue that names none: not more than anybody may ask for. */
export function defaultAttributes({ ipc }: Kernel): QueueAttributes {
  const { mqDefaultMessages, mqMessagesMax, mqDefaultBytes, mqBytesMax } = ipc.limits;
  return { maximum: Math.min(mqDefaultMessages, mqMessagesMax), messageSize: Math.min(mqDefaultBytes, mqBytesMax) };
}

export class MqueueInode extends Inode {
  static readonly transient = ['kernel'];

  readonly queue: PosixQueue;
  private readonly kernel: Kernel;
  private readonly chargedUser: number;
  private readonly chargedBytes: number;

  /** A queue for `task`, not yet linked; a negated errno if it asks for too much. */
  static create(kernel: Kernel, task: Task, node: NewNode, attributes: QueueAttributes): MqueueInode | number {
    const fileSystem = kernel.vfs.queues;
    const mayExceed = isCapable(task.credentials, CAP.SYS_RESOURCE);
    const { limits } = kernel.ipc;
    if (fileSystem.queues >= limits.mqQueuesMax && !mayExceed) return -ERRNO.ENOSPC;
    const { maximum, messageSize } = attributes;
    if (maximum <= 0 || messageSize <= 0) return -ERRNO.EINVAL;
    if (maximum > (mayExceed ? MQ_HARD_MESSAGES_MAX : limits.mqMessagesMax)) return -ERRNO.EINVAL;
    if (messageSize > (mayExceed ? MQ_HARD_BYTES_MAX : limits.mqBytesMax)) return -ERRNO.EINVAL;
    const bytes = maximum * (messageSize + MESSAGE_NODE) + Math.min(maximum, MQ_PRIO_MAX) * PRIORITY_NODE;
    const { uid } = task.credentials;
    if (!fileSystem.charge(uid, bytes, task.process.limits[RLIMIT.MSGQUEUE]!.soft)) return -ERRNO.EMFILE;
    return new MqueueInode(kernel, node, attributes, uid, bytes);
  }

  private constructor(kernel: Kernel, node: NewNode, { maximum, messageSize }: QueueAttributes, uid: number, bytes: number) {
    const fileSystem = kernel.vfs.queues;
    super(fileSystem, fileSystem.allocateInode(), node.mode, kernel.realtime());
    this.uid = node.uid;
    this.gid = node.gid;
    this.kernel = kernel;
    this.chargedUser = uid;
    this.chargedBytes = bytes;
    this.queue = new PosixQueue(maximum, messageSize);
    fileSystem.queues++;
  }

  override get size(): number {
    return FILE_SIZE;
  }

  override open(_kernel: Kernel, _task: Task | null, at: Dentry, flags: number): MqueueFile {
    return new MqueueFile(flags, this, at, true);
  }

  protected override free(): void {
    const fileSystem = this.fileSystem as MqueueFileSystem;
    this.queue.clear(this.kernel);
    fileSystem.refund(this.chargedUser, this.chargedBytes);
    fileSystem.queues--;
  }
}
