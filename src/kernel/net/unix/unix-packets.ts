// Whole messages between AF_UNIX sockets: what datagrams and sequenced packets have in common.

import { ERRNO } from '../../abi/errno.ts';
import { MSG_OOB, MSG_PEEK, MSG_TRUNC, SO_PASSCRED, SO_PASSPIDFD } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import type { ByteSink } from '../../vfs/file.ts';
import { arrivalControl, UNSTAMPED } from '../arrival-stamps.ts';
import { chargeOfDatagram } from '../buffer-charge.ts';
import { plainReceived, type Received, type SendRequest } from '../message.ts';
import { credentialsMessage, UnixMessage } from './unix-message.ts';
import type { UnixSocket } from './unix-socket.ts';

/** net.unix.max_dgram_qlen: above this many messages strangers wait. */
export const MAX_DATAGRAMS = 10;

/** Too much waits at `target` for anyone but its peer to add to it. */
export function isFullFor(target: UnixSocket, sender: UnixSocket): boolean {
  return target !== sender && target.peer !== sender && target.incoming.length > MAX_DATAGRAMS;
}

/** Checks that come before the destination is looked at: null if a message of `length` may be sent now, else the call's result. */
export function awaitSendRoom(kernel: Kernel, task: Task, socket: UnixSocket, length: number, flags: number): SyscallResult | null {
  if (flags & MSG_OOB) return -ERRNO.EOPNOTSUPP;
  if (length > socket.sendBuffer - 32) return -ERRNO.EMSGSIZE;
  if (socket.pendingError) return -socket.takeError();
  if (socket.writeShut) return -ERRNO.EPIPE;
  if (socket.sendAllocated >= socket.sendBuffer) {
    if (socket.isNonblocking(flags)) return -ERRNO.EAGAIN;
    return socket.waitOn(kernel, task, socket.writable, 'room in a socket', socket.sendTimeout);
  }
  return kernel.memory.hasRoom(chargeOfDatagram(length)) ? null : -ERRNO.ENOBUFS;
}

/** The destination has been found fit; it may have to be waited for. The message is made, and `deliver` puts it into the queue. */
export function sendPacket(
  kernel: Kernel,
  task: Task,
  socket: UnixSocket,
  target: UnixSocket,
  data: Uint8Array,
  { flags, ancillary }: SendRequest,
): UnixMessage | SyscallResult {
  if (isFullFor(target, socket)) {
    if (socket.isNonblocking(flags)) return -ERRNO.EAGAIN;
    return socket.waitOn(kernel, task, target.roomForPeers, 'room in a socket', socket.sendTimeout);
  }
  if (ancillary.files.length > 0 && target.refusesFiles) return -ERRNO.EPERM;
  const charge = chargeOfDatagram(data.length);
  socket.charge(kernel, charge);
  kernel.charge(kernel.hardware.costs.socket_operation);
  const message = new UnixMessage(data, socket, charge);
  message.load(kernel, task, ancillary, true, target);
  return message;
}

/** Takes the first message, or with MSG_PEEK the one at the peek offset. */
export function receivePacket(kernel: Kernel, task: Task, socket: UnixSocket, to: ByteSink, flags: number): Received | SyscallResult {
  if (flags & MSG_OOB) return -ERRNO.EOPNOTSUPP;
  if (socket.pendingError) return -socket.takeError();
  const peeks = (flags & MSG_PEEK) !== 0;
  let skip = peeks ? Math.max(0, socket.peekOffset) : 0;
  let at = 0;
  while (skip > 0 && socket.incoming[at] && skip >= socket.incoming[at]!.data.length) skip -= socket.incoming[at++]!.data.length;
  const message = socket.incoming[at];
  if (!message) return awaitPacket(kernel, task, socket, flags);
  kernel.charge(kernel.hardware.costs.socket_operation);
  const whole = message.data.subarray(skip);
  const part = whole.subarray(0, to.length);
  const accepted = to.put(part);
  if (!peeks) {
    if (at === 0) socket.incoming.shift();
    else socket.incoming.splice(at, 1);
  }
  const files = accepted < part.length ? [] : peeks ? message.peekFiles() : message.takeFiles(kernel);
  if (socket.peekOffset >= 0)
    socket.peekOffset = peeks ? socket.peekOffset + accepted : Math.max(0, socket.peekOffset - message.data.length);
  if (!peeks) {
    message.free(kernel);
    kernel.wake(socket.roomForPeers);
  }
  if (accepted < part.length) return -ERRNO.EFAULT;
  return {
    bytes: accepted,
    fullLength: whole.length,
    flags: whole.length > accepted ? MSG_TRUNC : 0,
    from: message.sender.isNamed ? message.sender.name() : null,
    control: [
      ...arrivalControl(kernel, socket, UNSTAMPED, true),
      ...(socket.isSet(SO_PASSCRED) ? [credentialsMessage(message.credentials)] : []),
    ],
    files,
    pidfdOf: socket.isSet(SO_PASSPIDFD) ? message.credentials.process : null,
  };
}

function awaitPacket(kernel: Kernel, task: Task, socket: UnixSocket, flags: number): Received | SyscallResult {
  const nonblocking = socket.isNonblocking(flags);
  if (socket.readShut && (socket.isConnectionBased || !nonblocking)) return plainReceived(0);
  if (nonblocking) return -ERRNO.EAGAIN;
  return socket.waitOn(kernel, task, socket.readable, 'data in a socket', socket.receiveTimeout);
}
