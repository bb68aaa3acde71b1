// Bytes through a TCP connection (tcp(7)): sending into the other end's stream, receiving from one's own, urgent bytes, corks.

import { ERRNO } from '../../abi/errno.ts';
import { TCP_CM_INQ, TCP_CORK, TCP_INQ, TCP_STATE } from '../../abi/inet.ts';
import {
  MSG_ERRQUEUE,
  MSG_FASTOPEN,
  MSG_MORE,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  MSG_ZEROCOPY,
  SO_OOBINLINE,
  SO_ZEROCOPY,
  SOL_SOCKET,
  SOL_TCP,
} from '../../abi/socket.ts';
import { SOF_TIMESTAMPING_TX_RECORD_MASK } from '../../abi/timestamping.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { type ByteSink, type ByteSource } from '../../vfs/file.ts';
import { finishPartial, notePartial, partialDone } from '../../vfs/partial.ts';
import { arrivalControl, arrivalStamp } from '../arrival-stamps.ts';
import { countPacket, LOOPBACK_SEGMENT } from '../loopback.ts';
import { type ControlMessage, int32s, plainReceived, type Received, type SendRequest } from '../message.ts';
import { isUnspecified } from './inet-socket.ts';
import { checkSocketControl, sendStamps } from './send-stamps.ts';
import { TCP_HEADER, TcpEnd } from './tcp-end.ts';

const NOTHING = new Uint8Array(0);
const TAKE_AT_ONCE = 65_536;
/** Where a buffer is full is looked at as often as a segment begins: what is begun in the last one fits in whole, up to this. */
const SEGMENT = 32_768;

export abstract class TcpTransfer extends TcpEnd {
  // Sending

  override send(kernel: Kernel, task: Task, from: ByteSource, { flags, to, ancillary }: SendRequest): SyscallResult {
    if (flags & MSG_FASTOPEN && !task.progress?.['fastOpened']) {
      const opened = this.openFast(kernel, task, to);
      if (opened !== 0) return opened;
      task.progress = { ...task.progress, fastOpened: true };
    }
    const before = partialDone(task);
    if (!this.canSend && before === 0) {
      if (this.pendingError) return this.sendError(kernel, task, flags);
      if (this.state !== TCP_STATE.SYN_SENT) return this.brokenPipe(kernel, task, flags);
      if (this.isNonblocking(flags)) return -ERRNO.EAGAIN;
      return this.waitOn(kernel, task, this.writable, 'a connection', this.sendTimeout);
    }
    if (ancillary.malformed || !this.takesControl(ancillary.options)) return -ERRNO.EINVAL;
    const stamps = sendStamps(this, ancillary.options);
    let sent: Uint8Array = NOTHING;
    let done = 0;
    do {
      const { peer } = this;
      if (this.pendingError || this.writeShut || !peer) return finishPartial(task, done > 0 ? done : this.sendError(kernel, task, flags));
      if (from.length === 0) break;
      const room = peer.window + this.sendBuffer - peer.stream.length;
      if (room <= 0) return this.waitForRoom(kernel, task, flags, done);
      const wanted = Math.min(from.length - done, Math.max(room, SEGMENT), TAKE_AT_ONCE);
      if (!kernel.memory.hasRoom(wanted)) return finishPartial(task, done > 0 ? done : -ERRNO.ENOBUFS);
      const data = from.take(wanted);
      if (data.length > 0) this.transmit(kernel, data);
      sent = data;
      done += data.length;
      if (data.length < wanted) return finishPartial(task, done > 0 ? done : -ERRNO.EFAULT);
    } while (done < from.length);
    this.segmentsOut(kernel, done);
    const { peer } = this;
    if (flags & MSG_OOB && done > 0 && peer) {
      kernel.memory.release(peer.stream.markUrgent(peer.isSet(SO_OOBINLINE)));
      peer.signalUrgent(kernel);
    }
    if (peer && done > 0) this.holdBack(kernel, peer, (flags & MSG_MORE) !== 0 || this.option(SOL_TCP, TCP_CORK) !== 0, done);
    if (flags & MSG_ZEROCOPY && this.isSet(SO_ZEROCOPY) && from.length > 0) this.errors.zeroCopyDone();
    if (sent.length > 0 && stamps.flags & SOF_TIMESTAMPING_TX_RECORD_MASK) this.stampData(kernel, stamps, sent);
    return finishPartial(task, done);
  }

  /** Of control messages only those of the socket level are looked at; a stream's positions are its numbers. */
  private takesControl(messages: readonly ControlMessage[]): boolean {
    return messages.every((message) => message.level !== SOL_SOCKET || checkSocketControl(this, message, false) === 0);
  }

  /** MSG_FASTOPEN: connects first. */
  private openFast(kernel: Kernel, task: Task, to: Uint8Array | null): SyscallResult {
    if (to) return isUnspecified(to) ? -ERRNO.EOPNOTSUPP : this.connect(kernel, task, to);
    return this.canSend ? -ERRNO.EISCONN : -ERRNO.EINVAL;
  }

  /** The error of a send that cannot be: what is pending, else EPIPE with SIGPIPE. */
  private sendError(kernel: Kernel, task: Task, flags: number): number {
    const error = this.takeError();
    return error === 0 || error === ERRNO.EPIPE ? this.brokenPipe(kernel, task, flags) : -error;
  }

  private waitForRoom(kernel: Kernel, task: Task, flags: number, done: number): SyscallResult {
    if (done > 0) this.segmentsOut(kernel, done);
    if (this.peer) this.holdBack(kernel, this.peer, false, done);
    if (this.isNonblocking(flags)) return finishPartial(task, done > 0 ? done : -ERRNO.EAGAIN);
    notePartial(task, done);
    return this.waitOn(kernel, task, this.writable, 'room in a socket', this.sendTimeout);
  }

  /** Bytes go into the other end's stream; an end that is closed answers with a reset. */
  private transmit(kernel: Kernel, data: Uint8Array): void {
    const peer = this.peer!;
    this.bytesSent += data.length;
    if (peer.closed) {
      peer.vanish(kernel);
      this.takeReset(kernel);
      return;
    }
    peer.stream.append(data);
    peer.lastReceivedAt = kernel.now;
    peer.arrivedAt = arrivalStamp(kernel);
    this.lastSentAt = kernel.now;
    kernel.memory.charge(data.length);
    peer.dataArrived(kernel);
  }

  /** What a send costs beside the copy: every segment goes through the interface, and so does its acknowledgement. */
  private segmentsOut(kernel: Kernel, bytes: number): void {
    kernel.charge(kernel.hardware.costs.socket_operation);
    for (let left = bytes; left > 0; left -= LOOPBACK_SEGMENT) {
      countPacket(kernel, Math.min(left, LOOPBACK_SEGMENT) + TCP_HEADER);
      countPacket(kernel, TCP_HEADER);
      this.segmentsSent++;
      if (this.peer) this.peer.segmentsReceived++;
    }
  }

  /** A corked sender keeps what does not fill a segment, for 200 ms at most. */
  private holdBack(kernel: Kernel, peer: TcpEnd, corked: boolean, sent: number): void {
    if (!corked) {
      if (peer.heldBack > 0 || this.cork.isSet) this.releaseHeld(kernel);
      else kernel.wake(peer.readable);
      return;
    }
    const before = peer.heldBack;
    peer.heldBack = (before + sent) % LOOPBACK_SEGMENT;
    if (before + sent >= LOOPBACK_SEGMENT) kernel.wake(peer.readable);
    this.cork.start(kernel);
  }

  // Receiving

  override receive(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult {
    if (flags & MSG_ERRQUEUE) return this.receiveError(kernel, to);
    if (this.state === TCP_STATE.LISTEN) return -ERRNO.ENOTCONN;
    if (flags & MSG_OOB) return this.receiveUrgent(to, flags);
    const before = partialDone(task);
    const peeks = (flags & MSG_PEEK) !== 0;
    const wanted = before + to.length;
    const target = flags & MSG_WAITALL ? wanted : Math.min(this.receiveLowWater, wanted) || 1;
    const sink = flags & MSG_TRUNC ? null : to;
    const peekStart = peeks ? before + Math.max(0, this.peekOffset) : 0;
    const copied = this.readInto(kernel, sink, peeks, peekStart, to.length);
    if (copied === -ERRNO.EFAULT && before === 0) return copied;
    const total = before + Math.max(0, copied);
    if (copied > 0) kernel.charge(kernel.hardware.costs.socket_operation);
    if (peeks && this.peekOffset >= 0 && total >= target) this.peekOffset += total;
    else if (!peeks && this.peekOffset >= 0) this.peekOffset = Math.max(0, this.peekOffset - Math.max(0, copied));
    const stopped = copied < 0 || (this.stream.urgentAt === this.stream.position + (peeks ? peekStart + copied : 0) && total > 0);
    if (total >= target || stopped || (to.length === 0 && this.available > 0)) return this.received(kernel, total);
    if (total > 0 && (this.pendingError || this.state === TCP_STATE.CLOSE || this.readShut)) return this.received(kernel, total);
    if (total === 0) {
      if (this.finReceived) return this.received(kernel, 0);
      if (this.pendingError) return -this.takeError();
      if (this.readShut) return this.received(kernel, 0);
      if (this.state === TCP_STATE.CLOSE) return -ERRNO.ENOTCONN;
    }
    if (this.isNonblocking(flags)) return total > 0 ? this.received(kernel, total) : -ERRNO.EAGAIN;
    notePartial(task, Math.max(0, copied));
    const waited = this.waitOn(kernel, task, this.readable, 'data in a socket', this.receiveTimeout);
    return typeof waited === 'number' && waited > 0 ? this.received(kernel, waited) : waited;
  }

  /** Moves what is there, up to the urgent byte; a read that begins there passes over it. Bytes, or -EFAULT. */
  private readInto(kernel: Kernel, to: ByteSink | null, peeks: boolean, peekStart: number, wanted: number): number {
    const { stream } = this;
    const inline = this.isSet(SO_OOBINLINE);
    let copied = 0;
    let hole = 0;
    while (copied < wanted) {
      const skip = peeks ? peekStart + copied + hole : 0;
      let count = Math.min(wanted - copied, this.available - skip);
      if (count <= 0) break;
      const untilUrgent = stream.urgentAt < 0 ? -1 : stream.urgentAt - stream.position - skip;
      if (untilUrgent === 0) {
        if (copied > 0) break;
        if (!inline) {
          if (peeks) hole = 1;
          else this.dropRead(kernel, 1);
          continue;
        }
      } else if (untilUrgent > 0) count = Math.min(count, untilUrgent);
      const moved = stream.copy(to, count, skip);
      copied += moved;
      if (!peeks) this.dropRead(kernel, moved);
      if (moved < count) return copied > 0 ? copied : -ERRNO.EFAULT;
    }
    return copied;
  }

  private dropRead(kernel: Kernel, count: number): void {
    if (count === 0) return;
    const { peer } = this;
    const wasFull = peer !== null && peer.unacknowledged > 0;
    this.stream.drop(count);
    kernel.memory.release(count);
    if (!wasFull) return;
    peer.stampAcknowledged(kernel);
    if (peer.hasGoodRoom) kernel.wake(peer.writable);
  }

  private received(kernel: Kernel, bytes: number): Received {
    const control: ControlMessage[] = bytes > 0 ? arrivalControl(kernel, this, this.arrivedAt, false) : [];
    if (this.option(SOL_TCP, TCP_INQ)) control.push({ level: SOL_TCP, type: TCP_CM_INQ, data: int32s(this.available) });
    return { ...plainReceived(bytes), control };
  }

  private receiveUrgent(to: ByteSink, flags: number): Received | number {
    const { stream } = this;
    if (this.isSet(SO_OOBINLINE) || stream.urgentAt < 0 || stream.urgentTaken) return -ERRNO.EINVAL;
    if (this.state === TCP_STATE.CLOSE && !this.finReceived) return -ERRNO.ENOTCONN;
    const byte = Uint8Array.of(stream.byteAt(stream.urgentAt));
    if (!(flags & MSG_PEEK)) stream.urgentTaken = true;
    if (to.length === 0) return plainReceived(0, 0, MSG_OOB | MSG_TRUNC);
    if (!(flags & MSG_TRUNC) && to.put(byte) < 1) return -ERRNO.EFAULT;
    return plainReceived(1, 1, MSG_OOB);
  }
}
