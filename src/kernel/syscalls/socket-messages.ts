// Sending and receiving: sendto, recvfrom, sendmsg, recvmsg and their plural forms.

import { ERRNO } from '../abi/errno.ts';
import {
  AF_INET,
  MMSGHDR_BYTES,
  MSG_CMSG_CLOEXEC,
  MSG_CMSG_COMPAT,
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSG_TRUNC,
  MSG_WAITFORONE,
  MSGHDR_BYTES,
  SOCK_DGRAM,
  SOCK_STREAM,
} from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import { NO_ANCILLARY, type Received } from '../net/message.ts';
import type { Socket } from '../net/socket.ts';
import type { Task } from '../task/task.ts';
import { dropReference } from '../vfs/fd-table.ts';
import { partialDone } from '../vfs/partial.ts';
import { chargeCopy, MAX_RW_COUNT, type Segment, singleSegment, UserSink, UserSource } from '../vfs/user-memory.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';
import { type MessageHeader, readControl, readHeader, writeControl } from './socket-control.ts';
import { readAddress, socketOf, writeAddress } from './sockets.ts';
import { deadlineOf, isOver, readTimeout, writeRemaining } from './waiting.ts';

const MMSG_MAX = 1024;

function sendHeader(kernel: Kernel, task: Task, socket: Socket, header: MessageHeader, flags: number): SyscallResult {
  const to = header.nameLength > 0 ? readAddress(task, header.name, header.nameLength) : null;
  if (typeof to === 'number') return to;
  const messages = readControl(task, header);
  if (typeof messages === 'number') return messages;
  const ancillary = messages === null || messages.length > 0 ? socket.readAncillary(kernel, task, messages) : NO_ANCILLARY;
  if (typeof ancillary === 'number') return ancillary;
  const sent = socket.send(kernel, task, new UserSource(task, header.segments, partialDone(task)), { flags, to, ancillary });
  if (typeof sent === 'number') chargeCopy(kernel, sent);
  return sent;
}

function sendmsg(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(2) & MSG_CMSG_COMPAT) return -ERRNO.EINVAL;
  const socket = socketOf(task, args.i32(0));
  if (typeof socket === 'number') return socket;
  const header = readHeader(task, args.number(1));
  return typeof header === 'number' ? header : sendHeader(kernel, task, socket, header, args.u32(2));
}

function sendto(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const segments = singleSegment(task, args.number(1), Math.min(args.number(2), MAX_RW_COUNT));
  if (typeof segments === 'number') return segments;
  const socket = socketOf(task, args.i32(0));
  if (typeof socket === 'number') return socket;
  const to = args.number(4) === 0 ? null : readAddress(task, args.number(4), args.i32(5));
  if (typeof to === 'number') return to;
  const source = new UserSource(task, segments, partialDone(task));
  // Only datagrams of AF_INET mind an address that is there and empty.
  const minds = socket.domain === AF_INET && socket.type === SOCK_DGRAM;
  const request = { flags: args.u32(3), to: to?.length === 0 && !minds ? null : to, ancillary: NO_ANCILLARY };
  const sent = socket.send(kernel, task, source, request);
  if (typeof sent === 'number') chargeCopy(kernel, sent);
  return sent;
}

function receive(kernel: Kernel, task: Task, socket: Socket, segments: readonly Segment[], flags: number): Received | SyscallResult {
  const received = socket.receive(kernel, task, new UserSink(task, segments, partialDone(task)), flags);
  if (typeof received === 'object') chargeCopy(kernel, received.bytes);
  return received;
}

/** With MSG_TRUNC a datagram's full length is told. */
function lengthOf(received: Received, socket: Socket, flags: number): number {
  return flags & MSG_TRUNC && socket.type !== SOCK_STREAM ? received.fullLength : received.bytes;
}

function recvfrom(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const segments = singleSegment(task, args.number(1), Math.min(args.number(2), MAX_RW_COUNT));
  if (typeof segments === 'number') return segments;
  const socket = socketOf(task, args.i32(0));
  if (typeof socket === 'number') return socket;
  const flags = args.u32(3);
  const received = receive(kernel, task, socket, segments, flags);
  if (typeof received !== 'object') return received;
  for (const file of received.files) dropReference(kernel, file);
  if (args.number(4) !== 0) {
    const written = writeAddress(task, received.from ?? new Uint8Array(0), args.number(4), args.number(5));
    if (written < 0) return written;
  }
  return lengthOf(received, socket, flags);
}

function receiveHeader(kernel: Kernel, task: Task, socket: Socket, header: MessageHeader, flags: number): SyscallResult {
  const received = receive(kernel, task, socket, header.segments, flags);
  if (typeof received !== 'object') return received;
  const control = writeControl(kernel, task, header, received, (flags & MSG_CMSG_CLOEXEC) !== 0);
  const { user } = task.mm;
  if (header.name !== 0) {
    const from = received.from ?? new Uint8Array(0);
    if (!user.copyOut(header.name, from.subarray(0, header.nameLength)) || !user.write32(header.address + 8, from.length))
      return -ERRNO.EFAULT;
  }
  const result = control.flags | received.flags | (flags & MSG_CMSG_CLOEXEC);
  if (!user.write64(header.address + 40, control.length) || !user.write32(header.address + 48, result)) return -ERRNO.EFAULT;
  return lengthOf(received, socket, flags);
}

function recvmsg(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(2) & MSG_CMSG_COMPAT) return -ERRNO.EINVAL;
  const socket = socketOf(task, args.i32(0));
  if (typeof socket === 'number') return socket;
  const header = readHeader(task, args.number(1));
  return typeof header === 'number' ? header : receiveHeader(kernel, task, socket, header, args.u32(2));
}

type One = (kernel: Kernel, task: Task, socket: Socket, header: MessageHeader, flags: number) => SyscallResult;

/** Messages done by earlier runs of a plural call are in task.progress.messages; a deadline ends it after a message. */
function plural(kernel: Kernel, task: Task, args: SyscallArguments, flags: number, one: One, deadline: number | null): SyscallResult {
  const socket = socketOf(task, args.i32(0));
  if (typeof socket === 'number') return socket;
  const count = Math.min(args.u32(2), MMSG_MAX);
  let done = Number(task.progress?.['messages'] ?? 0);
  if (one === receiveHeader && done === 0 && socket.pendingError && !(flags & MSG_ERRQUEUE)) return -socket.takeError();
  while (done < count) {
    const address = args.number(1) + done * MMSGHDR_BYTES;
    const header = readHeader(task, address);
    if (typeof header === 'number') return done > 0 ? done : header;
    const dontWait = done > 0 && (flags & MSG_WAITFORONE) !== 0 ? MSG_DONTWAIT : 0;
    const result = one(kernel, task, socket, header, (flags & ~MSG_WAITFORONE) | dontWait);
    if (result === BLOCKED) {
      task.progress = { ...task.progress, messages: done };
      return result;
    }
    if (typeof result !== 'number' || result < 0) return done > 0 ? keepError(socket, one, done, result) : result;
    task.progress = deadline === null ? null : { deadline };
    if (!task.mm.user.write32(address + MSGHDR_BYTES, result)) return done > 0 ? done : -ERRNO.EFAULT;
    done++;
    if (isOver(kernel, task, deadline)) break;
  }
  return done;
}

/** recvmmsg reports an error that comes after some messages at the next call. */
function keepError(socket: Socket, one: One, done: number, result: SyscallResult): number {
  if (one === receiveHeader && typeof result === 'number' && result !== -ERRNO.EAGAIN && result > -512) socket.pendingError = -result;
  return done;
}

function sendmmsg(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return args.u32(3) & MSG_CMSG_COMPAT ? -ERRNO.EINVAL : plural(kernel, task, args, args.u32(3), sendHeader, null);
}

/** The timeout is looked at after each message only, as on Linux. */
function recvmmsg(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(3) & MSG_CMSG_COMPAT) return -ERRNO.EINVAL;
  const timeout = readTimeout(task, args.number(4), 1);
  if (timeout !== null && timeout < 0) return timeout;
  const deadline = deadlineOf(kernel, task, timeout);
  const got = plural(kernel, task, args, args.u32(3), receiveHeader, deadline);
  if (typeof got === 'number' && got > 0) writeRemaining(kernel, task, args.number(4), deadline, 1);
  return got;
}

export const socketMessageRows: readonly SyscallRow[] = [
  { number: 44, name: 'sendto', arguments: ['fd', 'pointer', 'size', 'flags', 'pointer', 'i32'], handler: sendto },
  { number: 45, name: 'recvfrom', arguments: ['fd', 'pointer', 'size', 'flags', 'pointer', 'pointer'], handler: recvfrom },
  { number: 46, name: 'sendmsg', arguments: ['fd', 'pointer', 'flags'], handler: sendmsg },
  { number: 47, name: 'recvmsg', arguments: ['fd', 'pointer', 'flags'], handler: recvmsg },
  { number: 299, name: 'recvmmsg', arguments: ['fd', 'pointer', 'u32', 'flags', 'pointer'], handler: recvmmsg },
  { number: 307, name: 'sendmmsg', arguments: ['fd', 'pointer', 'u32', 'flags'], handler: sendmmsg },
];
