// AF_UNIX sockets that are connected: listen, connect, accept, and what the end of one side means for the other.
// Subclasses: streams and sequenced packets.

import { ERRNO } from '../../abi/errno.ts';
import { O_NONBLOCK } from '../../abi/fcntl.ts';
import { SO_PASSCRED, SO_PASSPIDFD, SOL_SOCKET } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { POLL } from '../../vfs/file.ts';
import { effectiveCredentials } from '../message.ts';
import { SOCKET_BYTES } from '../socket.ts';
import { findByName } from './unix-names.ts';
import { UnixSocket } from './unix-socket.ts';

/** Options that an accepted socket has from the listening one. */
const INHERITED = [SO_PASSCRED, SO_PASSPIDFD];

export abstract class UnixConnection extends UnixSocket {
  private backlog: UnixConnection[] = [];
  private backlogLimit = 10;

  /** Another socket of the same type. */
  protected abstract sibling(kernel: Kernel): UnixConnection;

  override get waitingConnections(): readonly UnixConnection[] {
    return this.backlog;
  }

  override listen(kernel: Kernel, task: Task, backlog: number): number {
    if (!this.isNamed || this.state === 'connected') return -ERRNO.EINVAL;
    this.state = 'listening';
    this.peerCredentials = effectiveCredentials(task);
    if (backlog > this.backlogLimit) kernel.wake(this.roomForPeers);
    this.backlogLimit = backlog;
    return 0;
  }

  override connect(kernel: Kernel, task: Task, address: Uint8Array): SyscallResult {
    const named = this.bindForCredentials(kernel);
    if (named < 0) return named;
    const found = findByName(kernel, task, address, this.type);
    if (typeof found === 'number') return found;
    const listener = found as UnixConnection;
    if (listener.state !== 'listening' || listener.readShut) return -ERRNO.ECONNREFUSED;
    if (listener.backlog.length > listener.backlogLimit) {
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return this.waitOn(kernel, task, listener.roomForPeers, 'room in the backlog of a listening socket', this.sendTimeout);
    }
    if (this.state === 'connected') return -ERRNO.EISCONN;
    if (this.state === 'listening') return -ERRNO.EINVAL;
    if (!kernel.memory.hasRoom(SOCKET_BYTES)) return -ERRNO.ENOMEM;
    const accepted = listener.sibling(kernel);
    accepted.setName(listener.address, null);
    for (const option of INHERITED) accepted.setOption(SOL_SOCKET, option, listener.option(SOL_SOCKET, option));
    accepted.join(this, effectiveCredentials(task));
    this.join(accepted, listener.peerCredentials);
    listener.backlog.push(accepted);
    kernel.wake(listener.readable);
    kernel.wake(this.writable);
    return 0;
  }

  override accept(kernel: Kernel, task: Task, flags: number): UnixConnection | SyscallResult {
    if (this.state !== 'listening') return -ERRNO.EINVAL;
    const accepted = this.backlog.shift();
    if (!accepted) {
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      if (this.readShut) return -ERRNO.EINVAL;
      return this.waitOn(kernel, task, this.readable, 'a connection', this.receiveTimeout);
    }
    accepted.flags |= flags;
    kernel.wake(this.roomForPeers);
    return accepted;
  }

  override poll(): number {
    const ready = this.pollBits() | this.pollWritable;
    return this.backlog.length > 0 ? ready | POLL.IN | POLL.RDNORM : ready;
  }

  /** The other side hears of it; what this side has not read, or not accepted, makes that an error. */
  override release(kernel: Kernel): void {
    const { peer } = this;
    if (peer && !peer.closed) {
      peer.readShut = true;
      peer.writeShut = true;
      if (this.hasUnread || this.wasNeverAccepted) peer.pendingError = ERRNO.ECONNRESET;
      peer.wakeAll(kernel);
    }
    const { backlog } = this;
    this.backlog = [];
    super.release(kernel);
    for (const waiting of backlog) {
      waiting.wasNeverAccepted = true;
      waiting.release(kernel);
    }
  }

  private wasNeverAccepted = false;

  protected get hasUnread(): boolean {
    return this.incoming.some((message) => message.remaining > 0 || message.data.length === 0);
  }
}
