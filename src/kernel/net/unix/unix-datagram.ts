// AF_UNIX datagrams: to whoever an address names, or to the peer; a socket with a peer takes messages from nobody else.

import { ERRNO } from '../../abi/errno.ts';
import { AF_UNSPEC, SOCK_DGRAM } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import type { ByteSink, ByteSource } from '../../vfs/file.ts';
import type { WaitQueue } from '../../task/wait-queue.ts';
import type { Received, SendRequest } from '../message.ts';
import { parseUnixAddress } from './unix-address.ts';
import { UnixMessage } from './unix-message.ts';
import { findByName } from './unix-names.ts';
import { awaitSendRoom, isFullFor, receivePacket, sendPacket } from './unix-packets.ts';
import { UnixSocket } from './unix-socket.ts';

export class UnixDatagram extends UnixSocket {
  constructor(kernel: Kernel, flags: number) {
    super(kernel, flags, SOCK_DGRAM);
  }

  override get isConnectionBased(): boolean {
    return false;
  }

  override connect(kernel: Kernel, task: Task, address: Uint8Array): SyscallResult {
    if (address.length < 2) return -ERRNO.EINVAL;
    let other: UnixDatagram | null = null;
    if ((address[0]! | (address[1]! << 8)) !== AF_UNSPEC) {
      const named = this.bindForCredentials(kernel);
      if (named < 0) return named;
      const found = findByName(kernel, task, address, this.type);
      if (typeof found === 'number') return found;
      other = found as UnixDatagram;
      if (!other.acceptsFrom(this)) return -ERRNO.EPERM;
    }
    const old = this.peer as UnixDatagram | null;
    this.peer = other;
    this.state = other ? 'connected' : 'unconnected';
    if (old && old !== other) this.leave(kernel, old);
    this.wakeAll(kernel);
    return 0;
  }

  /** What the old peer sent is lost; if it still has this socket as its peer, it hears of that. */
  private leave(kernel: Kernel, old: UnixDatagram): void {
    if (this.incoming.length === 0) return;
    this.purge(kernel);
    kernel.wake(this.roomForPeers);
    if (!old.closed && old.peer === this) old.fail(kernel, ERRNO.ECONNRESET);
  }

  private acceptsFrom(sender: UnixDatagram): boolean {
    return this.peer === null || this.peer === sender;
  }

  override send(kernel: Kernel, task: Task, from: ByteSource, request: SendRequest): SyscallResult {
    const { to, flags } = request;
    let target = this.peer as UnixDatagram | null;
    const address = to ? parseUnixAddress(to) : null;
    if (typeof address === 'number') return address;
    if (address?.kind === 'unnamed') return -ERRNO.EINVAL;
    if (!to && !target) return -ERRNO.ENOTCONN;
    const waits = this.awaitRoom(kernel, task, from.length, flags);
    if (waits !== null) return waits;
    const data = from.take(from.length);
    if (data.length < from.length) return -ERRNO.EFAULT;
    if (to) {
      const found = findByName(kernel, task, to, this.type);
      if (typeof found === 'number') return found;
      target = found as UnixDatagram;
    }
    if (!target!.acceptsFrom(this)) return -ERRNO.EPERM;
    if (target!.closed) {
      this.peer = null;
      this.state = 'unconnected';
      this.leave(kernel, target!);
      return -ERRNO.ECONNREFUSED;
    }
    if (target!.readShut) return -ERRNO.EPIPE;
    const message = sendPacket(kernel, task, this, target!, data, request);
    if (!(message instanceof UnixMessage)) return message;
    target!.enqueue(kernel, message);
    return message.data.length;
  }

  private awaitRoom(kernel: Kernel, task: Task, length: number, flags: number): SyscallResult | null {
    const named = this.bindForCredentials(kernel);
    return named < 0 ? named : awaitSendRoom(kernel, task, this, length, flags);
  }

  override receive(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult {
    return receivePacket(kernel, task, this, to, flags);
  }

  /** FIONREAD is about the next message. */
  override get readableBytes(): number {
    return this.incoming[0]?.data.length ?? 0;
  }

  override poll(): number {
    const blocked = this.peer && isFullFor(this.peer, this);
    return this.pollBits() | (blocked ? 0 : this.pollWritable);
  }

  /** A full peer's queue is waited for too. */
  override pollQueues(events: number): readonly WaitQueue[] {
    const queues = super.pollQueues(events);
    return this.peer && this.peer.peer !== this ? [...queues, this.peer.roomForPeers] : queues;
  }
}
