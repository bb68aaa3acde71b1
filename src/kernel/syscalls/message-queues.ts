// System V message queues: msgget, msgsnd, msgrcv, msgctl.

import { CAP } from '../abi/capability.ts';
import { ERRNO, RESTART } from '../abi/errno.ts';
import {
  IPC_INFO,
  IPC_NOWAIT,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  MSG_COPY,
  MSG_EXCEPT,
  MSG_INFO,
  MSG_NOERROR,
  MSG_STAT,
  MSG_STAT_ANY,
  MSGMNB,
  MSGMNI,
} from '../abi/ipc.ts';
import { type Message, MessageQueue, QUEUE_BYTES, ReceiverWait, type Selection, SenderWait } from '../ipc/sysv/message-queue.ts';
import { secondsNow } from '../ipc/sysv/seconds.ts';
import type { Kernel } from '../kernel.ts';
import { isCapable } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { controlled, getObject, readStatus, writeStatus, writeStatusAt } from './ipc-objects.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';

const STATUS_BYTES = 120;
const LONG_MAX = 0x7fff_ffff_ffff_ffffn;

function msgget(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [key, flags] = [args.u32(0), args.i32(1)];
  return getObject(task, kernel.ipc.queues, {
    key,
    flags,
    limit: kernel.ipc.limits.msgmni,
    make: () => (kernel.memory.charge(QUEUE_BYTES) ? new MessageQueue(kernel, task, key, flags, kernel.ipc.limits.msgmnb) : -ERRNO.ENOMEM),
    isTooSmall: () => false,
  });
}

/** msgsnd: takes the message from user memory once, however often it has to try. */
function msgsnd(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const wait = task.ipcWait;
  if (wait instanceof SenderWait) {
    const { queue, message } = wait;
    wait.end();
    return sendOrWait(kernel, task, queue, message, args.i32(3));
  }
  const [address, length] = [args.number(1), args.i64(2)];
  const type = task.mm.user.read64(address);
  if (type === null) return -ERRNO.EFAULT;
  if (length > kernel.ipc.limits.msgmax || length < 0 || args.i32(0) < 0) return -ERRNO.EINVAL;
  if (type < 1n || type > LONG_MAX) return -ERRNO.EINVAL;
  if (!kernel.memory.hasRoom(length)) return -ERRNO.ENOMEM;
  const data = task.mm.user.copyIn(address + 8, length);
  if (!data) return -ERRNO.EFAULT;
  kernel.chargeCopy(length);
  const queue = kernel.ipc.queues.withId(args.i32(0));
  return queue ? sendOrWait(kernel, task, queue, { type, data }, args.i32(3)) : -ERRNO.EINVAL;
}

function sendOrWait(kernel: Kernel, task: Task, queue: MessageQueue, message: Message, flags: number): SyscallResult {
  if (queue.isRemoved) return -ERRNO.EIDRM;
  if (!queue.mayWrite(task)) return -ERRNO.EACCES;
  if (queue.hasRoomFor(message.data.length)) {
    kernel.charge(kernel.hardware.costs.message_operation);
    return queue.send(kernel, task, message);
  }
  if (flags & IPC_NOWAIT) return -ERRNO.EAGAIN;
  return sleep(kernel, new SenderWait(task, queue, message), `room in message queue ${queue.id}`);
}

function sleep(kernel: Kernel, wait: SenderWait | ReceiverWait, waitingFor: string): SyscallResult {
  wait.begin();
  const result = kernel.block(wait.task, { queues: [], waitingFor, interrupted: -RESTART.ERESTARTNOHAND });
  if (result !== BLOCKED) wait.end();
  return result;
}

function msgrcv(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [address, room, flags] = [args.number(1), args.i64(2), args.i32(4)];
  const wait = task.ipcWait;
  if (wait instanceof ReceiverWait) {
    wait.end();
    const { queue, outcome } = wait;
    if (outcome !== null && outcome !== -ERRNO.EAGAIN)
      return typeof outcome === 'number' ? outcome : deliver(kernel, task, outcome, address, room);
    return receiveOrWait(kernel, task, queue, wait.selection, args);
  }
  if (args.i32(0) < 0 || room < 0) return -ERRNO.EINVAL;
  if (flags & MSG_COPY && (flags & MSG_EXCEPT || !(flags & IPC_NOWAIT))) return -ERRNO.EINVAL;
  const queue = kernel.ipc.queues.withId(args.i32(0));
  return queue ? receiveOrWait(kernel, task, queue, selectionOf(BigInt.asIntN(64, args.u64(3)), flags), args) : -ERRNO.EINVAL;
}

function selectionOf(type: bigint, flags: number): Selection {
  if (flags & MSG_COPY) return { kind: 'at', index: type < 0n ? Number.POSITIVE_INFINITY : Number(type) };
  if (type === 0n) return { kind: 'any' };
  if (type < 0n) return { kind: 'most', type: type === -LONG_MAX - 1n ? LONG_MAX : -type };
  return { kind: flags & MSG_EXCEPT ? 'not' : 'equal', type };
}

function receiveOrWait(kernel: Kernel, task: Task, queue: MessageQueue, selection: Selection, args: SyscallArguments): SyscallResult {
  const [address, room, flags] = [args.number(1), args.i64(2), args.i32(4)];
  if (queue.isRemoved) return -ERRNO.EIDRM;
  if (!queue.mayRead(task)) return -ERRNO.EACCES;
  const at = queue.find(selection);
  if (at >= 0) {
    const found = queue.messages[at]!;
    if (found.data.length > room && !(flags & MSG_NOERROR)) return -ERRNO.E2BIG;
    return deliver(kernel, task, selection.kind === 'at' ? found : queue.take(kernel, task, at), address, room);
  }
  if (flags & IPC_NOWAIT) return -ERRNO.ENOMSG;
  const most = flags & MSG_NOERROR ? Number.POSITIVE_INFINITY : room;
  return sleep(kernel, new ReceiverWait(task, queue, selection, most), `a message in queue ${queue.id}`);
}

/** Into user memory: a message that cannot be stored is lost, as on Linux. */
function deliver(kernel: Kernel, task: Task, { type, data }: Message, address: number, room: number): number {
  kernel.charge(kernel.hardware.costs.message_operation);
  const part = data.length > room ? data.subarray(0, room) : data;
  kernel.chargeCopy(part.length);
  const { user } = task.mm;
  return user.write64(address, type) && user.copyOut(address + 8, part) ? part.length : -ERRNO.EFAULT;
}

type Command = (kernel: Kernel, task: Task, id: number, address: number) => number;

/** struct msginfo, where the fields of historic limits tell what is in use with MSG_INFO. */
function information(inUse: boolean): Command {
  return (kernel, task, _id, address) => {
    const { queues, queuedMessages, queuedBytes, limits } = kernel.ipc;
    const pool = inUse ? queues.size : (MSGMNI * MSGMNB) / 1024;
    const [messages, bytes] = inUse ? [queuedMessages, queuedBytes] : [MSGMNB, MSGMNB];
    const fields = [pool, messages, limits.msgmax, limits.msgmnb, limits.msgmni, 16, bytes, 0xffff];
    const put = putBytes(task, address, new Uint8Array(Int32Array.from(fields).buffer));
    return put < 0 ? put : queues.highest;
  };
}

function set(kernel: Kernel, task: Task, id: number, address: number): number {
  const view = readStatus(task, address, STATUS_BYTES);
  if (!view) return -ERRNO.EFAULT;
  const queue = controlled(task, kernel.ipc.queues, id);
  if (typeof queue === 'number') return queue;
  const capacity = Number(view.getBigUint64(88, true));
  if (capacity > kernel.ipc.limits.msgmnb && !isCapable(task.credentials, CAP.SYS_RESOURCE)) return -ERRNO.EPERM;
  if (!queue.setPermission(view, secondsNow(kernel))) return -ERRNO.EINVAL;
  queue.capacity = capacity;
  queue.reconsider(kernel);
  return 0;
}

function remove(kernel: Kernel, task: Task, id: number): number {
  const queue = controlled(task, kernel.ipc.queues, id);
  if (typeof queue === 'number') return queue;
  queue.destroy(kernel);
  return 0;
}

const COMMANDS: Readonly<Record<number, Command>> = {
  [IPC_INFO]: information(false),
  [MSG_INFO]: information(true),
  [IPC_STAT]: (kernel, task, id, address) => writeStatus(task, kernel.ipc.queues, kernel.ipc.queues.withId(id), address),
  [MSG_STAT]: (kernel, task, id, address) => writeStatusAt(task, kernel.ipc.queues, id, address, false),
  [MSG_STAT_ANY]: (kernel, task, id, address) => writeStatusAt(task, kernel.ipc.queues, id, address, true),
  [IPC_SET]: set,
  [IPC_RMID]: remove,
};

function msgctl(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [id, command] = [args.i32(0), COMMANDS[args.i32(1)]];
  return id < 0 || !command ? -ERRNO.EINVAL : command(kernel, task, id, args.number(2));
}

export const MESSAGE_QUEUE_ROWS: readonly SyscallRow[] = [
  { number: 68, name: 'msgget', arguments: ['u32', 'flags'], handler: msgget },
  { number: 69, name: 'msgsnd', arguments: ['i32', 'pointer', 'size', 'flags'], handler: msgsnd },
  { number: 70, name: 'msgrcv', arguments: ['i32', 'pointer', 'size', 'i64', 'flags'], handler: msgrcv },
  { number: 71, name: 'msgctl', arguments: ['i32', 'i32', 'pointer'], handler: msgctl },
];
