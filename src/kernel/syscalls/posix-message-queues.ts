// POSIX message queues: mq_open, mq_unlink, mq_timedsend, mq_timedreceive, mq_notify, mq_getsetattr. Names come without their slash.

import { ERRNO } from '../abi/errno.ts';
import { NAME_MAX, O_ACCMODE, O_CREAT, O_EXCL, O_NOCTTY, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../abi/fcntl.ts';
import { MQ_ATTRIBUTE_BYTES, MQ_PRIO_MAX, SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD, SIGEVENT_BYTES } from '../abi/ipc.ts';
import { SIGNAL_COUNT } from '../abi/signal.ts';
import { MAY_EXEC, MAY_READ, MAY_WRITE, S_IFREG } from '../abi/stat.ts';
import { MqueueFile } from '../ipc/mqueue/mqueue-file.ts';
import { defaultAttributes, type MqueueInode, type QueueAttributes } from '../ipc/mqueue/mqueue-inode.ts';
import { cancelNotification, COOKIE_BYTES } from '../ipc/mqueue/notification.ts';
import { type PosixMessage, QueueWait } from '../ipc/mqueue/posix-queue.ts';
import type { Kernel } from '../kernel.ts';
import { NetlinkSocket } from '../net/netlink/netlink-socket.ts';
import { Socket } from '../net/socket.ts';
import type { Task } from '../task/task.ts';
import { CLOCK, cyclesAt } from '../time/clocks.ts';
import { readExactTimespec } from '../time/timespec.ts';
import type { Dentry } from '../vfs/dentry.ts';
import { newNode } from '../vfs/open.ts';
import { checkPermission, identityOf, stickyForbids } from '../vfs/permission.ts';
import { touchModified } from '../vfs/timestamps.ts';
import { putBytes, readPath } from '../vfs/user-memory.ts';
import { canRead, canWrite, fileOf } from './file-arguments.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';

/** A name as the file system of queues takes it; -ENOENT, -EACCES, -ENAMETOOLONG. */
function readName(task: Task, address: number): string | number {
  const name = readPath(task, address);
  if (typeof name === 'number') return name;
  if (name === '') return -ERRNO.ENOENT;
  if (name === '.' || name === '..' || name.includes('/')) return -ERRNO.EACCES;
  return name.length > NAME_MAX ? -ERRNO.ENAMETOOLONG : name;
}

/** struct mq_attr of mq_open; null address: the defaults. */
function readAttributes(kernel: Kernel, task: Task, address: number): QueueAttributes | null {
  if (address === 0) return defaultAttributes(kernel);
  const raw = task.mm.user.copyIn(address, MQ_ATTRIBUTE_BYTES);
  if (!raw) return null;
  const [, maximum, messageSize] = new BigInt64Array(raw.buffer);
  return { maximum: Number(maximum), messageSize: Number(messageSize) };
}

function mqOpen(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(1);
  const attributes = readAttributes(kernel, task, args.number(3));
  if (!attributes) return -ERRNO.EFAULT;
  const name = readName(task, args.number(0));
  if (typeof name === 'number') return name;
  if (!task.files.hasRoom()) return task.files.fullError;
  const entry = findOrCreate(kernel, task, name, flags, args.u32(2), attributes);
  if (typeof entry === 'number') return entry;
  const kept = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
  return task.files.allocate(new MqueueFile(kept, entry.inode as MqueueInode, entry, false), true);
}

const RIGHTS: Readonly<Record<number, number>> = { [O_RDONLY]: MAY_READ, [O_WRONLY]: MAY_WRITE, [O_RDWR]: MAY_READ | MAY_WRITE };

function findOrCreate(kernel: Kernel, task: Task, name: string, flags: number, mode: number, attributes: QueueAttributes): Dentry | number {
  const { root, directory } = kernel.vfs.queues;
  const found = directory.lookup(kernel, task, root, name);
  if (!found) {
    if (!(flags & O_CREAT)) return -ERRNO.ENOENT;
    const denied = checkPermission(identityOf(task), directory, MAY_WRITE | MAY_EXEC);
    if (denied < 0) return denied;
    return directory.create(kernel, task, root, name, newNode(task, directory, S_IFREG | (mode & 0o7777)), attributes);
  }
  if (flags & O_CREAT && flags & O_EXCL) return -ERRNO.EEXIST;
  const rights = RIGHTS[flags & O_ACCMODE];
  if (rights === undefined) return -ERRNO.EINVAL;
  const denied = checkPermission(identityOf(task), found.inode, rights);
  return denied < 0 ? denied : found;
}

function mqUnlink(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const name = readName(task, args.number(0));
  if (typeof name === 'number') return name;
  const { root, directory } = kernel.vfs.queues;
  const entry = directory.lookup(kernel, task, root, name);
  if (!entry) return -ERRNO.ENOENT;
  const identity = identityOf(task);
  const denied = checkPermission(identity, directory, MAY_WRITE | MAY_EXEC);
  if (denied < 0) return denied;
  return stickyForbids(identity, directory, entry.inode) ? -ERRNO.EPERM : directory.remove(kernel, entry);
}

/** The absolute time of a call's last argument, nanoseconds of CLOCK_REALTIME; null without one; a negated errno. */
function readDeadline(task: Task, address: number): bigint | null | number {
  return address === 0 ? null : readExactTimespec(task, address);
}

function queueFile(task: Task, fd: number): MqueueFile | null {
  const file = fileOf(task, fd);
  return file instanceof MqueueFile ? file : null;
}

function mqTimedsend(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const deadline = readDeadline(task, args.number(4));
  if (typeof deadline === 'number') return deadline;
  const wait = task.ipcWait;
  if (wait instanceof QueueWait) return goOn(kernel, wait, deadline) ?? 0;
  const priority = args.u32(3);
  if (priority >= MQ_PRIO_MAX) return -ERRNO.EINVAL;
  const file = queueFile(task, args.i32(0));
  if (!file || !canWrite(file)) return -ERRNO.EBADF;
  const { queue } = file;
  const length = args.number(2);
  if (length > queue.messageSize) return -ERRNO.EMSGSIZE;
  const data = task.mm.user.copyIn(args.number(1), length);
  if (!data) return -ERRNO.EFAULT;
  kernel.chargeCopy(length);
  const message = { priority, data };
  if (queue.isFull) {
    if (file.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
    return begin(kernel, new QueueWait(task, queue, message), deadline);
  }
  kernel.charge(kernel.hardware.costs.message_operation);
  touchModified(kernel, file.inode!);
  return queue.send(kernel, task, message);
}

function mqTimedreceive(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const deadline = readDeadline(task, args.number(4));
  if (typeof deadline === 'number') return deadline;
  const wait = task.ipcWait;
  if (wait instanceof QueueWait) {
    const ended = goOn(kernel, wait, deadline);
    return ended ?? deliver(kernel, task, wait.outcome as PosixMessage, args);
  }
  const file = queueFile(task, args.i32(0));
  if (!file || !canRead(file)) return -ERRNO.EBADF;
  const { queue } = file;
  if (args.number(2) < queue.messageSize) return -ERRNO.EMSGSIZE;
  if (queue.count === 0) {
    if (file.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
    return begin(kernel, new QueueWait(task, queue, null), deadline);
  }
  touchModified(kernel, file.inode!);
  return deliver(kernel, task, queue.receive(kernel), args);
}

function deliver(kernel: Kernel, task: Task, { priority, data }: PosixMessage, args: SyscallArguments): number {
  const { user } = task.mm;
  kernel.charge(kernel.hardware.costs.message_operation);
  kernel.chargeCopy(data.length);
  if (args.number(3) !== 0 && !user.write32(args.number(3), priority)) return -ERRNO.EFAULT;
  return user.copyOut(args.number(1), data) ? data.length : -ERRNO.EFAULT;
}

function begin(kernel: Kernel, wait: QueueWait, deadline: bigint | null): SyscallResult {
  wait.begin();
  return sleep(kernel, wait, deadline);
}

/** Null when what was waited for has happened. */
function goOn(kernel: Kernel, wait: QueueWait, deadline: bigint | null): SyscallResult | null {
  if (!wait.isDone) return sleep(kernel, wait, deadline);
  wait.end();
  return null;
}

function sleep(kernel: Kernel, wait: QueueWait, until: bigint | null): SyscallResult {
  const { task } = wait;
  const deadline = until === null ? null : cyclesAt(kernel, CLOCK.REALTIME, until);
  if (deadline !== null && (task.timedOut || deadline <= kernel.now)) {
    wait.end();
    return -ERRNO.ETIMEDOUT;
  }
  const waitingFor = wait.message ? 'room in a message queue' : 'a message in a message queue';
  const result = kernel.block(task, { queues: [], deadline, waitingFor, onRealtime: true });
  if (result !== BLOCKED) wait.end();
  return result;
}

function mqNotify(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const event = readEvent(task, args.number(1));
  if (typeof event === 'number') return event;
  const file = queueFile(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  const { queue } = file;
  const { notification } = queue;
  if (event) {
    if (notification) return -ERRNO.EBUSY;
    if (event.socket) event.socket.references++;
    queue.notification = { owner: task.process, ...event };
  } else if (notification?.owner === task.process) {
    queue.notification = null;
    cancelNotification(kernel, notification);
  }
  return 0;
}

interface RequestedEvent {
  readonly kind: number;
  readonly signal: number;
  readonly value: bigint;
  readonly socket: NetlinkSocket | null;
  readonly cookie: Uint8Array;
}

/** struct sigevent; null for none. Of SIGEV_THREAD the signal is a netlink socket and the value points to the cookie. */
function readEvent(task: Task, address: number): RequestedEvent | null | number {
  if (address === 0) return null;
  const raw = task.mm.user.copyIn(address, SIGEVENT_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const [value, signal, kind] = [view.getBigUint64(0, true), view.getInt32(8, true), view.getInt32(12, true)];
  if (kind !== SIGEV_NONE && kind !== SIGEV_SIGNAL && kind !== SIGEV_THREAD) return -ERRNO.EINVAL;
  if (kind === SIGEV_SIGNAL && (signal < 0 || signal > SIGNAL_COUNT)) return -ERRNO.EINVAL;
  if (kind !== SIGEV_THREAD) return { kind, signal, value, socket: null, cookie: new Uint8Array(0) };
  const cookie = task.mm.user.copyIn(Number(value), COOKIE_BYTES);
  if (!cookie) return -ERRNO.EFAULT;
  const socket = fileOf(task, signal);
  if (!socket) return -ERRNO.EBADF;
  if (!(socket instanceof Socket)) return -ERRNO.ENOTSOCK;
  return socket instanceof NetlinkSocket ? { kind, signal, value, socket, cookie } : -ERRNO.EINVAL;
}

function mqGetsetattr(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { user } = task.mm;
  let wanted: number | null = null;
  if (args.number(1) !== 0) {
    const raw = user.copyIn(args.number(1), MQ_ATTRIBUTE_BYTES);
    if (!raw) return -ERRNO.EFAULT;
    const flags = new DataView(raw.buffer).getBigUint64(0, true);
    if (flags & ~BigInt(O_NONBLOCK)) return -ERRNO.EINVAL;
    wanted = Number(flags);
  }
  const file = queueFile(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  const { maximum, messageSize, count } = file.queue;
  const old = BigInt64Array.from([file.flags & O_NONBLOCK, maximum, messageSize, count, 0, 0, 0, 0], BigInt);
  if (wanted !== null) file.flags = (file.flags & ~O_NONBLOCK) | wanted;
  return args.number(2) === 0 ? 0 : putBytes(task, args.number(2), new Uint8Array(old.buffer));
}

export const POSIX_MESSAGE_QUEUE_ROWS: readonly SyscallRow[] = [
  { number: 240, name: 'mq_open', arguments: ['pointer', 'flags', 'u32', 'pointer'], handler: mqOpen },
  { number: 241, name: 'mq_unlink', arguments: ['pointer'], handler: mqUnlink },
  { number: 242, name: 'mq_timedsend', arguments: ['fd', 'pointer', 'size', 'u32', 'pointer'], handler: mqTimedsend },
  { number: 243, name: 'mq_timedreceive', arguments: ['fd', 'pointer', 'size', 'pointer', 'pointer'], handler: mqTimedreceive },
  { number: 244, name: 'mq_notify', arguments: ['fd', 'pointer'], handler: mqNotify },
  { number: 245, name: 'mq_getsetattr', arguments: ['fd', 'pointer', 'pointer'], handler: mqGetsetattr },
];
