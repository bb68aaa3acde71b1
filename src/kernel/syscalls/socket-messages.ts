// Sending and receiving: sendto, recvfrom, sendmsg, recvmsg and their plural forms, with control messages (cmsg(3)).

import { ERRNO } from '../abi/errno.ts';
import {
  CMSGHDR_BYTES,
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_EOR,
  MSG_ERRQUEUE,
  MSG_OOB,
  MSG_TRUNC,
  MSGHDR_BYTES,
  SCM_CREDENTIALS,
  SCM_MAX_FD,
  SCM_RIGHTS,
  SOCK_STREAM,
  SOCKADDR_MAX,
  SOL_SOCKET,
} from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import type { Ancillary, PeerCredentials, Received } from '../net/message.ts';
import type { Socket } from '../net/socket.ts';
import type { Task } from '../task/task.ts';
import { dropReference } from '../vfs/fd-table.ts';
import type { FileDescription } from '../vfs/file.ts';
import { partialDone } from '../vfs/partial.ts';
import { chargeCopy, readSegments, type Segment, singleSegment, UserSink, UserSource } from '../vfs/user-memory.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';
import { readAddress, socketOf, writeAddress } from './sockets.ts';
import { deadlineOf, isOver, readTimeout } from './waiting.ts';

const CONTROL_MAX = 0x10000;
const MMSGHDR_BYTES = 64;
const MMSG_MAX = 1024;
const MSG_WAITFORONE = 0x10000;

const align8 = (length: number): number => Math.ceil(length / 8) * 8;

/** struct msghdr. */
interface MessageHeader {
  readonly address: number;
  readonly name: number;
  readonly nameLength: number;
  readonly segments: readonly Segment[];
  readonly control: number;
  readonly controlLength: number;
}

function readHeader(task: Task, address: number): MessageHeader | number {
  const raw = task.mm.user.copyIn(address, MSGHDR_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const number = (at: number): number => Number(view.getBigUint64(at, true));
  const nameLength = view.getInt32(8, true);
  if (nameLength < 0) return -ERRNO.EINVAL;
  if (number(24) > 1024) return -ERRNO.EMSGSIZE;
  const segments = readSegments(task, number(16), number(24));
  if (typeof segments === 'number') return segments;
  const name = number(0);
  return {
    address,
    name,
    nameLength: name === 0 ? 0 : Math.min(nameLength, SOCKADDR_MAX),
    segments,
    control: number(32),
    controlLength: number(40),
  };
}

/** Control messages of a sender: descriptors and credentials. */
function readControl(task: Task, header: MessageHeader): Ancillary | number {
  const { control, controlLength } = header;
  if (control === 0 || controlLength === 0) return { files: [], credentials: null };
  if (controlLength > CONTROL_MAX) return -ERRNO.ENOBUFS;
  const raw = task.mm.user.copyIn(control, controlLength);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const files: FileDescription[] = [];
  let credentials: PeerCredentials | null = null;
  for (let at = 0; at + CMSGHDR_BYTES <= raw.length; ) {
    const length = Number(view.getBigUint64(at, true));
    if (length < CMSGHDR_BYTES || at + length > raw.length) return -ERRNO.EINVAL;
    const [level, type] = [view.getInt32(at + 8, true), view.getInt32(at + 12, true)];
    const data = new DataView(raw.buffer, at + CMSGHDR_BYTES, length - CMSGHDR_BYTES);
    if (level === SOL_SOCKET && type === SCM_RIGHTS) {
      for (let i = 0; i + 4 <= data.byteLength; i += 4) {
        const file = task.files.get(data.getInt32(i, true));
        if (!file) return -ERRNO.EBADF;
        files.push(file);
      }
      if (files.length > SCM_MAX_FD) return -ERRNO.EINVAL;
    } else if (level === SOL_SOCKET && type === SCM_CREDENTIALS) {
      if (data.byteLength !== 12) return -ERRNO.EINVAL;
      const claimed = { pid: data.getInt32(0, true), uid: data.getUint32(4, true), gid: data.getUint32(8, true) };
      if (!mayClaim(task, claimed)) return -ERRNO.EPERM;
      credentials = claimed;
    } else if (level === SOL_SOCKET) return -ERRNO.EINVAL;
    at += align8(length);
  }
  return { files, credentials };
}

/** A sender may name itself by any of its identities; root may name anyone. */
function mayClaim(task: Task, { pid, uid, gid }: PeerCredentials): boolean {
  const own = task.credentials;
  if (own.euid === 0) return true;
  return pid === task.process.pid && [own.uid, own.euid, own.suid].includes(uid) && [own.gid, own.egid, own.sgid].includes(gid);
}

function sendHeader(kernel: Kernel, task: Task, socket: Socket, header: MessageHeader, flags: number): SyscallResult {
  if (flags & MSG_OOB) return -ERRNO.EOPNOTSUPP;
  const to = header.nameLength > 0 ? readAddress(task, header.name, header.nameLength) : null;
  if (typeof to === 'number') return to;
  const ancillary = readControl(task, header);
  if (typeof ancillary === 'number') return ancillary;
  const sent = socket.send(kernel, task, new UserSource(task, header.segments, partialDone(task)), flags, to, ancillary);
  if (typeof sent === 'number') chargeCopy(kernel, sent);
  return sent;
}

function sendmsg(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const socket = socketOf(task, args.i32(0));
  if (typeof socket === 'number') return socket;
  const header = readHeader(task, args.number(1));
  return typeof header === 'number' ? header : sendHeader(kernel, task, socket, header, args.u32(2));
}

function sendto(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const segments = singleSegment(task, args.number(1), args.number(2));
  if (typeof segments === 'number') return segments;
  const socket = socketOf(task, args.i32(0));
  if (typeof socket === 'number') return socket;
  const flags = args.u32(3);
  if (flags & MSG_OOB) return -ERRNO.EOPNOTSUPP;
  const to = args.number(4) === 0 ? null : readAddress(task, args.number(4), args.i32(5));
  if (typeof to === 'number') return to;
  const sent = socket.send(kernel, task, new UserSource(task, segments, partialDone(task)), flags, to);
  if (typeof sent === 'number') chargeCopy(kernel, sent);
  return sent;
}

function receive(kernel: Kernel, task: Task, socket: Socket, segments: readonly Segment[], flags: number): Received | SyscallResult {
  if (flags & MSG_OOB) return -ERRNO.EOPNOTSUPP;
  if (flags & MSG_ERRQUEUE) return -ERRNO.EAGAIN;
  const received = socket.receive(kernel, task, new UserSink(task, segments), flags);
  if (typeof received === 'object') chargeCopy(kernel, received.bytes);
  return received;
}

function recvfrom(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const segments = singleSegment(task, args.number(1), args.number(2));
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
  return flags & MSG_TRUNC && socket.type !== SOCK_STREAM ? received.fullLength : received.bytes;
}

/** Fills a msghdr's control buffer; returns its used length and MSG_ flags. */
function writeControl(
  kernel: Kernel,
  task: Task,
  header: MessageHeader,
  received: Received,
  closeOnExec: boolean,
): { length: number; flags: number } | number {
  const room = header.control === 0 ? 0 : header.controlLength;
  let used = 0;
  let flags = 0;
  const put = (type: number, data: Uint8Array): boolean => {
    const length = CMSGHDR_BYTES + data.length;
    const bytes = new Uint8Array(Math.min(align8(length), room - used));
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(length), true);
    view.setInt32(8, SOL_SOCKET, true);
    view.setInt32(12, type, true);
    bytes.set(data, CMSGHDR_BYTES);
    const ok = task.mm.user.copyOut(header.control + used, bytes);
    used += bytes.length;
    return ok;
  };
  if (received.credentials) {
    const { pid, uid, gid } = received.credentials;
    if (room >= CMSGHDR_BYTES + 12) put(SCM_CREDENTIALS, new Uint8Array(Int32Array.of(pid, uid, gid).buffer));
    else flags |= MSG_CTRUNC;
  }
  const fit = Math.max(0, Math.min(received.files.length, Math.floor((room - used - CMSGHDR_BYTES) / 4)));
  const numbers: number[] = [];
  for (const file of received.files) {
    const fd = numbers.length < fit ? task.files.allocate(file, closeOnExec) : -1;
    if (fd >= 0) numbers.push(fd);
    else {
      dropReference(kernel, file);
      flags |= MSG_CTRUNC;
    }
  }
  if (numbers.length > 0 && !put(SCM_RIGHTS, new Uint8Array(Int32Array.from(numbers).buffer))) return -ERRNO.EFAULT;
  return { length: used, flags };
}

function receiveHeader(kernel: Kernel, task: Task, socket: Socket, header: MessageHeader, flags: number): SyscallResult {
  const received = receive(kernel, task, socket, header.segments, flags);
  if (typeof received !== 'object') return received;
  const control = writeControl(kernel, task, header, received, (flags & MSG_CMSG_CLOEXEC) !== 0);
  if (typeof control === 'number') return control;
  const { user } = task.mm;
  if (header.name !== 0) {
    const from = received.from ?? new Uint8Array(0);
    if (!user.copyOut(header.name, from.subarray(0, header.nameLength)) || !user.write32(header.address + 8, from.length))
      return -ERRNO.EFAULT;
  }
  const isCut = received.fullLength > received.bytes;
  const result = control.flags | (isCut ? MSG_TRUNC : 0) | (received.endOfRecord && !isCut ? MSG_EOR : 0) | (flags & MSG_CMSG_CLOEXEC);
  if (!user.write64(header.address + 40, control.length) || !user.write32(header.address + 48, result)) return -ERRNO.EFAULT;
  return flags & MSG_TRUNC && socket.type !== SOCK_STREAM ? received.fullLength : received.bytes;
}

function recvmsg(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const socket = socketOf(task, args.i32(0));
  if (typeof socket === 'number') return socket;
  const header = readHeader(task, args.number(1));
  return typeof header === 'number' ? header : receiveHeader(kernel, task, socket, header, args.u32(2));
}

/** Messages done by earlier runs of a plural call are in task.progress.messages. */
function plural(
  kernel: Kernel,
  task: Task,
  args: SyscallArguments,
  flags: number,
  one: (kernel: Kernel, task: Task, socket: Socket, header: MessageHeader, flags: number) => SyscallResult,
): SyscallResult {
  const socket = socketOf(task, args.i32(0));
  if (typeof socket === 'number') return socket;
  const count = Math.min(args.u32(2), MMSG_MAX);
  let done = Number(task.progress?.['messages'] ?? 0);
  while (done < count) {
    const address = args.number(1) + done * MMSGHDR_BYTES;
    const header = readHeader(task, address);
    if (typeof header === 'number') return done > 0 ? done : header;
    const dontWait = done > 0 && (flags & MSG_WAITFORONE) !== 0 ? 0x40 : 0;
    const result = one(kernel, task, socket, header, (flags & ~MSG_WAITFORONE) | dontWait);
    if (result === BLOCKED) {
      task.progress = { ...task.progress, messages: done };
      return result;
    }
    if (typeof result !== 'number' || result < 0) return done > 0 ? done : result;
    task.progress = null;
    if (!task.mm.user.write32(address + MSGHDR_BYTES, result)) return done > 0 ? done : -ERRNO.EFAULT;
    done++;
  }
  return done;
}

function sendmmsg(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return plural(kernel, task, args, args.u32(3), sendHeader);
}

/** The timeout is looked at after each message only, as on Linux. */
function recvmmsg(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timeout = readTimeout(task, args.number(4), 1);
  if (timeout !== null && timeout < 0) return timeout;
  const deadline = deadlineOf(kernel, task, timeout);
  const got = Number(task.progress?.['messages'] ?? 0);
  if (got > 0 && isOver(kernel, task, deadline)) return got;
  return plural(kernel, task, args, args.u32(3), receiveHeader);
}

export const socketMessageRows: readonly SyscallRow[] = [
  { number: 44, name: 'sendto', arguments: ['fd', 'pointer', 'size', 'flags', 'pointer', 'i32'], handler: sendto },
  { number: 45, name: 'recvfrom', arguments: ['fd', 'pointer', 'size', 'flags', 'pointer', 'pointer'], handler: recvfrom },
  { number: 46, name: 'sendmsg', arguments: ['fd', 'pointer', 'flags'], handler: sendmsg },
  { number: 47, name: 'recvmsg', arguments: ['fd', 'pointer', 'flags'], handler: recvmsg },
  { number: 299, name: 'recvmmsg', arguments: ['fd', 'pointer', 'u32', 'flags', 'pointer'], handler: recvmmsg },
  { number: 307, name: 'sendmmsg', arguments: ['fd', 'pointer', 'u32', 'flags'], handler: sendmmsg },
];
