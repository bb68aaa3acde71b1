// AF_UNIX sequenced packets: connections that keep the boundaries of messages.

import { ERRNO } from '../../abi/errno.ts';
import { SOCK_SEQPACKET } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import type { ByteSink, ByteSource } from '../../vfs/file.ts';
import type { Received, SendRequest } from '../message.ts';
import { UnixConnection } from './unix-connection.ts';
import { UnixMessage } from './unix-message.ts';
import { awaitSendRoom, receivePacket, sendPacket } from './unix-packets.ts';

export class UnixSeqpacket extends UnixConnection {
  constructor(kernel: Kernel, flags: number) {
    super(kernel, flags, SOCK_SEQPACKET);
  }

  protected override sibling(kernel: Kernel): UnixSeqpacket {
    return new UnixSeqpacket(kernel, 0);
  }

  /** An address is not looked at. A broken connection is EPIPE without SIGPIPE, as on Linux. */
  override send(kernel: Kernel, task: Task, from: ByteSource, request: SendRequest): SyscallResult {
    if (this.pendingError) return -this.takeError();
    if (this.state !== 'connected') return -ERRNO.ENOTCONN;
    const waits = awaitSendRoom(kernel, task, this, from.length, request.flags);
    if (waits !== null) return waits;
    const data = from.take(from.length);
    if (data.length < from.length) return -ERRNO.EFAULT;
    const peer = this.peer as UnixSeqpacket;
    if (peer.closed || peer.readShut) return -ERRNO.EPIPE;
    const message = sendPacket(kernel, task, this, peer, data, request);
    if (!(message instanceof UnixMessage)) return message;
    peer.enqueue(kernel, message);
    return message.data.length;
  }

  override receive(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult {
    return this.state === 'connected' ? receivePacket(kernel, task, this, to, flags) : -ERRNO.ENOTCONN;
  }
}
