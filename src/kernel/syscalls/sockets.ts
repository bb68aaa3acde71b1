// Sockets: making, naming, connecting, options. Messages are in socket-messages.ts.

import { ERRNO } from '../abi/errno.ts';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_TYPE_MASK, SOCKADDR_MAX } from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import { createSocket } from '../net/create-socket.ts';
import { effectiveCredentials } from '../net/message.ts';
import { getSocketOption, OPTION_VALUE_MAX, refuseOption, setSocketOption } from '../net/options/table.ts';
import { Socket } from '../net/socket.ts';
import type { UnixSocket } from '../net/unix/unix-socket.ts';
import type { Task } from '../task/task.ts';
import { dropReference } from '../vfs/fd-table.ts';
import { putPair } from '../vfs/install-pair.ts';
import { fileOf } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** The socket behind a descriptor: -EBADF, -ENOTSOCK. */
export function socketOf(task: Task, fd: number): Socket | number {
  const file = fileOf(task, fd);
  if (!file) return -ERRNO.EBADF;
  return file instanceof Socket ? file : -ERRNO.ENOTSOCK;
}

/** A sockaddr argument. */
export function readAddress(task: Task, address: number, length: number): Uint8Array | number {
  if (length < 0 || length > SOCKADDR_MAX) return -ERRNO.EINVAL;
  return task.mm.user.copyIn(address, length) ?? -ERRNO.EFAULT;
}

/** Writes a sockaddr cut to the caller's room and its full length. 0, -EFAULT or -EINVAL. */
export function writeAddress(task: Task, bytes: Uint8Array, address: number, lengthAddress: number): number {
  const room = task.mm.user.readInt32(lengthAddress);
  if (room === null) return -ERRNO.EFAULT;
  if (room < 0) return -ERRNO.EINVAL;
  if (!task.mm.user.copyOut(address, bytes.subarray(0, room))) return -ERRNO.EFAULT;
  return task.mm.user.write32(lengthAddress, bytes.length) ? 0 : -ERRNO.EFAULT;
}

/** Splits a type argument; -EINVAL for flags there are not. */
function makeSocket(kernel: Kernel, task: Task, domain: number, typeAndFlags: number, protocol: number): Socket | number {
  if (typeAndFlags & ~(SOCK_TYPE_MASK | SOCK_NONBLOCK | SOCK_CLOEXEC)) return -ERRNO.EINVAL;
  return createSocket(kernel, task, domain, typeAndFlags & SOCK_TYPE_MASK, protocol, typeAndFlags & SOCK_NONBLOCK);
}

function socket(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const made = makeSocket(kernel, task, args.i32(0), args.u32(1), args.i32(2));
  if (typeof made === 'number') return made;
  const fd = task.files.allocate(made, (args.u32(1) & SOCK_CLOEXEC) !== 0);
  if (fd < 0) dropReference(kernel, made);
  return fd;
}

/** Can the numbers be told? Asked before there is anything to tell. */
function canWrite(task: Task, address: number, length: number): boolean {
  const old = task.mm.user.copyIn(address, length);
  return old !== null && task.mm.user.copyOut(address, old);
}

function socketpair(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [domain, type, protocol] = [args.i32(0), args.u32(1), args.i32(2)];
  if (type & ~(SOCK_TYPE_MASK | SOCK_NONBLOCK | SOCK_CLOEXEC)) return -ERRNO.EINVAL;
  if (!task.files.hasRoom(0, 2)) return task.files.fullError;
  if (!canWrite(task, args.number(3), 8)) return -ERRNO.EFAULT;
  const one = makeSocket(kernel, task, domain, type, protocol);
  if (typeof one === 'number') return one;
  const other = domain === AF_UNIX ? makeSocket(kernel, task, domain, type, protocol) : -ERRNO.EOPNOTSUPP;
  if (typeof other === 'number') {
    dropReference(kernel, one);
    return other;
  }
  (one as UnixSocket).pairWith(other as UnixSocket, effectiveCredentials(task));
  return putPair(kernel, task, args.number(3), one, other, (type & SOCK_CLOEXEC) !== 0);
}

function bind(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = socketOf(task, args.i32(0));
  if (typeof file === 'number') return file;
  const address = readAddress(task, args.number(1), args.i32(2));
  return typeof address === 'number' ? address : file.bind(kernel, task, address);
}

function connect(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (!fileOf(task, args.i32(0))) return -ERRNO.EBADF;
  const address = readAddress(task, args.number(1), args.i32(2));
  if (typeof address === 'number') return address;
  const file = socketOf(task, args.i32(0));
  return typeof file === 'number' ? file : file.connect(kernel, task, address);
}

function listen(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = socketOf(task, args.i32(0));
  return typeof file === 'number' ? file : file.listen(kernel, task, args.i32(1));
}

function acceptOn(kernel: Kernel, task: Task, args: SyscallArguments, flags: number): SyscallResult {
  if (!fileOf(task, args.i32(0))) return -ERRNO.EBADF;
  if (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) return -ERRNO.EINVAL;
  if (!task.files.hasRoom()) return task.files.fullError;
  const file = socketOf(task, args.i32(0));
  if (typeof file === 'number') return file;
  const accepted = file.accept(kernel, task, flags & SOCK_NONBLOCK);
  if (!(accepted instanceof Socket)) return accepted;
  accepted.inode!.uid = task.credentials.fsuid;
  accepted.inode!.gid = task.credentials.fsgid;
  const fd = task.files.allocate(accepted, (flags & SOCK_CLOEXEC) !== 0);
  if (args.number(1) === 0) return fd;
  const written = writeAddress(task, accepted.acceptedFrom(), args.number(1), args.number(2));
  if (written < 0) task.files.close(kernel, fd);
  return written < 0 ? written : fd;
}

function getsockname(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = socketOf(task, args.i32(0));
  return typeof file === 'number' ? file : writeAddress(task, file.name(), args.number(1), args.number(2));
}

function getpeername(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = socketOf(task, args.i32(0));
  if (typeof file === 'number') return file;
  const name = file.peerName();
  return typeof name === 'number' ? name : writeAddress(task, name, args.number(1), args.number(2));
}

function shutdown(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = socketOf(task, args.i32(0));
  return typeof file === 'number' ? file : file.shutdown(kernel, args.i32(1));
}

function setsockopt(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const length = args.i32(4);
  const file = socketOf(task, args.i32(0));
  if (typeof file === 'number') return file;
  const refused = refuseOption(file, args.i32(1), args.i32(2), length, 'set');
  if (length < 0 || refused < 0) return length < 0 ? -ERRNO.EINVAL : refused;
  const value = task.mm.user.copyIn(args.number(3), Math.min(length, OPTION_VALUE_MAX));
  return value ? setSocketOption({ kernel, task, socket: file }, args.i32(1), args.i32(2), value) : -ERRNO.EFAULT;
}

function getsockopt(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = socketOf(task, args.i32(0));
  if (typeof file === 'number') return file;
  const refused = refuseOption(file, args.i32(1), args.i32(2), 4, 'get');
  if (refused < 0) return refused;
  const room = task.mm.user.readInt32(args.number(4));
  if (room === null) return -ERRNO.EFAULT;
  if (room < 0) return -ERRNO.EINVAL;
  const value = getSocketOption({ kernel, task, socket: file }, args.i32(1), args.i32(2), room);
  if (typeof value === 'number') return value;
  const part = value.subarray(0, room);
  return task.mm.user.copyOut(args.number(3), part) && task.mm.user.write32(args.number(4), part.length) ? 0 : -ERRNO.EFAULT;
}

export const socketRows: readonly SyscallRow[] = [
  {
    number: 41,
    name: 'socket',
    arguments: ['i32', 'flags', 'i32'],
    handler: socket,
    deviation: 'there are AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK (routing), over loopback',
  },
  { number: 42, name: 'connect', arguments: ['fd', 'pointer', 'i32'], handler: connect },
  { number: 43, name: 'accept', arguments: ['fd', 'pointer', 'pointer'], handler: (k, t, a) => acceptOn(k, t, a, 0) },
  { number: 48, name: 'shutdown', arguments: ['fd', 'i32'], handler: shutdown },
  { number: 49, name: 'bind', arguments: ['fd', 'pointer', 'i32'], handler: bind },
  { number: 50, name: 'listen', arguments: ['fd', 'i32'], handler: listen },
  { number: 51, name: 'getsockname', arguments: ['fd', 'pointer', 'pointer'], handler: getsockname },
  { number: 52, name: 'getpeername', arguments: ['fd', 'pointer', 'pointer'], handler: getpeername },
  { number: 53, name: 'socketpair', arguments: ['i32', 'flags', 'i32', 'pointer'], handler: socketpair },
  {
    number: 54,
    name: 'setsockopt',
    arguments: ['fd', 'i32', 'i32', 'pointer', 'i32'],
    handler: setsockopt,
    deviation: 'options without a model are unknown (ENOPROTOOPT)',
  },
  {
    number: 55,
    name: 'getsockopt',
    arguments: ['fd', 'i32', 'i32', 'pointer', 'pointer'],
    handler: getsockopt,
    deviation: 'options without a model are unknown (ENOPROTOOPT)',
  },
  { number: 288, name: 'accept4', arguments: ['fd', 'pointer', 'pointer', 'flags'], handler: (k, t, a) => acceptOn(k, t, a, a.u32(3)) },
];
