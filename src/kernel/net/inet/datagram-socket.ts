// Sockets that take packets one by one: what has arrived, how it is received, and how much of it fits (udp(7), raw(7)).

import { ERRNO } from '../../abi/errno.ts';
import { MSG_ERRQUEUE, MSG_PEEK, MSG_TRUNC } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { type ByteSink, POLL } from '../../vfs/file.ts';
import { plainReceived, type Received } from '../message.ts';
import { encodeInetAddress, type Endpoint } from './inet-address.ts';
import { InetSocket } from './inet-socket.ts';
import { packetControl, type PacketFacts } from './udp-control.ts';

export interface Datagram extends PacketFacts {
  readonly data: Uint8Array;
  readonly from: Endpoint;
  readonly charge: number;
}

export abstract class DatagramSocket extends InetSocket {
  private incoming: Datagram[] = [];
  /** Of the receive buffer. */
  private receiveAllocated = 0;

  override get isListening(): boolean {
    return false;
  }

  /** It is lost where the receive buffer has no room. */
  deliver(kernel: Kernel, packet: Datagram): void {
    if (this.receiveAllocated + packet.charge > this.receiveBuffer || !kernel.memory.hasRoom(packet.charge)) return;
    this.receiveAllocated += packet.charge;
    kernel.memory.charge(packet.charge);
    this.incoming.push(packet);
    kernel.wake(this.readable);
  }

  override receive(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult {
    if (flags & MSG_ERRQUEUE) return this.receiveError(kernel, to);
    if (this.pendingError) return -this.takeError();
    const peeks = (flags & MSG_PEEK) !== 0;
    let skip = peeks ? Math.max(0, this.peekOffset) : 0;
    let at = 0;
    while (skip > 0 && this.incoming[at] && skip >= this.incoming[at]!.data.length) skip -= this.incoming[at++]!.data.length;
    const packet = this.incoming[at];
    if (!packet) {
      if (this.isNonblocking(flags)) return -ERRNO.EAGAIN;
      if (this.readShut) return plainReceived(0);
      return this.waitOn(kernel, task, this.readable, 'a datagram', this.receiveTimeout);
    }
    kernel.charge(kernel.hardware.costs.socket_operation);
    const whole = packet.data.subarray(skip);
    const part = whole.subarray(0, to.length);
    const accepted = to.put(part);
    if (!peeks) this.remove(kernel, at);
    if (this.peekOffset >= 0) this.peekOffset = peeks ? this.peekOffset + accepted : Math.max(0, this.peekOffset - packet.data.length);
    if (accepted < part.length) return -ERRNO.EFAULT;
    return {
      bytes: accepted,
      fullLength: whole.length,
      flags: whole.length > accepted ? MSG_TRUNC : 0,
      from: encodeInetAddress(this.domain, packet.from),
      control: packetControl(this, kernel, packet),
      files: [],
      pidfdOf: null,
    };
  }

  private remove(kernel: Kernel, at: number): void {
    const packet = at === 0 ? this.incoming.shift()! : this.incoming.splice(at, 1)[0]!;
    this.receiveAllocated -= packet.charge;
    kernel.memory.release(packet.charge);
  }

  override get readableBytes(): number {
    return this.incoming[0]?.data.length ?? 0;
  }

  /** For /proc/net/udp. */
  get receiveQueueBytes(): number {
    return this.receiveAllocated;
  }

  override poll(): number {
    let ready = POLL.OUT | POLL.WRNORM | POLL.WRBAND;
    if (this.pendingError || !this.errors.isEmpty) ready |= POLL.ERR;
    if (this.readShut) ready |= POLL.RDHUP | POLL.IN | POLL.RDNORM;
    if (this.readShut && this.writeShut) ready |= POLL.HUP;
    if (this.incoming.length > 0) ready |= POLL.IN | POLL.RDNORM;
    return ready;
  }

  override release(kernel: Kernel): void {
    super.release(kernel);
    kernel.memory.release(this.receiveAllocated);
    this.receiveAllocated = 0;
    this.incoming = [];
  }
}
