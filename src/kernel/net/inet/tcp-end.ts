// TCP over loopback (tcp(7)): the states of a connection, its two streams, and how it ends. Segments arrive in the call that sends them and
// are acknowledged at once, so there is nothing to retransmit but a SYN that a full backlog has dropped. tcp-socket.ts makes connections.

import { ERRNO } from '../../abi/errno.ts';
import { IPPROTO_TCP, TCP_CM_INQ, TCP_CORK, TCP_INQ, TCP_STATE } from '../../abi/inet.ts';
import {
  MSG_ERRQUEUE,
  MSG_FASTOPEN,
  MSG_MORE,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  MSG_ZEROCOPY,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SIOCATMARK,
  SIOCOUTQNSD,
  SO_OOBINLINE,
  SO_ZEROCOPY,
  SOCK_STREAM,
  SOL_TCP,
} from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { type ByteSink, type ByteSource, POLL } from '../../vfs/file.ts';
import { finishPartial, notePartial, partialDone } from '../../vfs/partial.ts';
import { putUint32 } from '../../vfs/user-memory.ts';
import { countPacket, LOOPBACK_SEGMENT } from '../loopback.ts';
import { type ControlMessage, int32s, plainReceived, type Received, type SendRequest } from '../message.ts';
import { ByteStream } from './byte-stream.ts';
import { encodeInetAddress, type InetDomain } from './inet-address.ts';
import { InetSocket } from './inet-socket.ts';
import type { PortTable, TimeWait } from './ports.ts';
import { CorkTimer } from './tcp-timers.ts';
import { timestampControl } from './udp-control.ts';

/** net.ipv4.tcp_wmem, tcp_rmem: a new socket's buffers, and what the send buffer has grown to when a connection stands. */
const NEW_SEND_BUFFER = 16_384;
export const CONNECTED_SEND_BUFFER = 2_626_560;
const NEW_RECEIVE_BUFFER = 131_072;
/** A TCP header with timestamps. */
const TCP_HEADER = 32;
const TAKE_AT_ONCE = 65_536;

export abstract class TcpEnd extends InetSocket {
  state: number = TCP_STATE.CLOSE;
  /** The other end while the connection stands, or half of it. */
  peer: TcpEnd | null = null;
  readonly stream = new ByteStream();
  /** The other end has sent its FIN. */
  finReceived = false;
  /** Bytes at the end of `stream` that the sender holds back (TCP_CORK, MSG_MORE). */
  heldBack = 0;
  readonly cork = new CorkTimer(this);
  /** The place its port keeps after it was closed first. */
  private timeWait: TimeWait | null = null;
  /** For TCP_INFO. */
  bytesSent = 0;
  segmentsSent = 0;
  segmentsReceived = 0;
  lastSentAt = 0;
  lastReceivedAt = 0;

  override readonly protocol = IPPROTO_TCP;

  constructor(kernel: Kernel, domain: InetDomain, flags: number) {
    super(kernel, domain, flags, SOCK_STREAM);
    this.sendBuffer = NEW_SEND_BUFFER;
    this.receiveBuffer = NEW_RECEIVE_BUFFER;
  }

  override ports(kernel: Kernel): PortTable {
    return kernel.network.tcpPorts;
  }

  override get isListening(): boolean {
    return this.state === TCP_STATE.LISTEN;
  }

  protected override get isBusy(): boolean {
    return this.state !== TCP_STATE.CLOSE;
  }

  override peerName(): Uint8Array | number {
    return this.state === TCP_STATE.CLOSE || this.state === TCP_STATE.SYN_SENT ? -ERRNO.ENOTCONN : super.peerName();
  }

  override acceptedFrom(): Uint8Array {
    return encodeInetAddress(this.domain, this.remote!);
  }

  /** What the other end may send without its send buffer filling up. */
  get window(): number {
    return this.receiveBuffer >> 1;
  }

  private get canSend(): boolean {
    return this.state === TCP_STATE.ESTABLISHED || this.state === TCP_STATE.CLOSE_WAIT;
  }

  /** Bytes that wait in the send buffer, because the window is full or they are held back. */
  get unacknowledged(): number {
    const { peer } = this;
    return peer ? Math.max(0, peer.stream.length - peer.window, peer.heldBack) : 0;
  }

  protected override get hasGoodRoom(): boolean {
    return this.unacknowledged * 3 <= this.sendBuffer * 2;
  }

  /** What a reader may have now. */
  get available(): number {
    return this.stream.length - this.heldBack;
  }

  // Sending

  override send(kernel: Kernel, task: Task, from: ByteSource, { flags }: SendRequest): SyscallResult {
    if (flags & MSG_FASTOPEN) return -ERRNO.EOPNOTSUPP;
    const before = partialDone(task);
    if (!this.canSend && before === 0) {
      if (this.pendingError) return this.sendError(kernel, task, flags);
      if (this.state !== TCP_STATE.SYN_SENT) return this.brokenPipe(kernel, task, flags);
      if (this.isNonblocking(flags)) return -ERRNO.EAGAIN;
      return this.waitOn(kernel, task, this.writable, 'a connection', this.sendTimeout);
    }
    let done = 0;
    do {
      const { peer } = this;
      if (this.pendingError || this.writeShut || !peer) return finishPartial(task, done > 0 ? done : this.sendError(kernel, task, flags));
      if (from.length === 0) break;
      const room = peer.window + this.sendBuffer - peer.stream.length;
      const wanted = Math.min(from.length - done, room, TAKE_AT_ONCE);
      if (wanted <= 0) return this.waitForRoom(kernel, task, flags, done);
      if (!kernel.memory.hasRoom(wanted)) return finishPartial(task, done > 0 ? done : -ERRNO.ENOBUFS);
      const data = from.take(wanted);
      if (data.length > 0) this.transmit(kernel, data);
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
    return finishPartial(task, done);
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
      if (peer.timeWait) this.ports(kernel).forget(peer.timeWait);
      this.takeReset(kernel);
      return;
    }
    peer.stream.append(data);
    peer.lastReceivedAt = kernel.now;
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

  /** What was held back arrives. */
  releaseHeld(kernel: Kernel): void {
    this.cork.stop(kernel);
    const { peer } = this;
    if (!peer) return;
    peer.heldBack = 0;
    kernel.wake(peer.readable);
  }

  /** Data has come; an end that waits to be accepted until then may have more to do. */
  protected dataArrived(_kernel: Kernel): void {}

  // Receiving

  override receive(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult {
    if (flags & MSG_ERRQUEUE) return this.receiveError(to);
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
    if (wasFull && peer.hasGoodRoom) kernel.wake(peer.writable);
  }

  private received(kernel: Kernel, bytes: number): Received {
    const control: ControlMessage[] = bytes > 0 ? timestampControl(this, kernel, this.lastReceivedAt) : [];
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

  // Ending

  override shutdown(kernel: Kernel, how: number): number {
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -ERRNO.EINVAL;
    const [reads, writes] = [how !== SHUT_WR, how !== SHUT_RD];
    if (this.state === TCP_STATE.LISTEN || this.state === TCP_STATE.SYN_SENT) {
      if (this.state === TCP_STATE.SYN_SENT || reads) this.disconnect(kernel);
      return 0;
    }
    this.readShut ||= reads;
    this.writeShut ||= writes;
    const isClosed = this.state === TCP_STATE.CLOSE;
    if (writes && !isClosed) this.sendFin(kernel);
    this.wakeAll(kernel);
    return isClosed ? -ERRNO.ENOTCONN : 0;
  }

  /** Back to a socket that is not connected; a connection is reset. */
  abstract disconnect(kernel: Kernel): void;

  /** No more data from this end. */
  protected sendFin(kernel: Kernel): void {
    const { peer } = this;
    if (!peer || !this.canSend) return;
    this.releaseHeld(kernel);
    countPacket(kernel, TCP_HEADER);
    countPacket(kernel, TCP_HEADER);
    const isLast = this.state === TCP_STATE.CLOSE_WAIT;
    peer.finReceived = true;
    peer.readShut = true;
    if (isLast) {
      peer.enterTimeWait(kernel);
      this.endConnection(kernel);
    } else {
      this.state = TCP_STATE.FIN_WAIT2;
      if (!peer.closed) peer.state = TCP_STATE.CLOSE_WAIT;
    }
    peer.wakeAll(kernel);
  }

  /** Both ends have sent their FIN, and this one was the first. */
  private enterTimeWait(kernel: Kernel): void {
    const ports = this.ports(kernel);
    if (this.timeWait) ports.forget(this.timeWait);
    this.timeWait = ports.wait(kernel, this, true);
    this.endConnection(kernel);
  }

  private endConnection(kernel: Kernel): void {
    this.state = TCP_STATE.CLOSE;
    this.readShut = true;
    this.writeShut = true;
    this.peer = null;
    this.cork.stop(kernel);
    this.wakeAll(kernel);
  }

  /** The other end has reset the connection; what came before can still be read. */
  takeReset(kernel: Kernel): void {
    const { state } = this;
    if (state === TCP_STATE.CLOSE) return;
    const refused = state === TCP_STATE.SYN_SENT;
    this.pendingError = refused ? ERRNO.ECONNREFUSED : state === TCP_STATE.CLOSE_WAIT ? ERRNO.EPIPE : ERRNO.ECONNRESET;
    this.endConnection(kernel);
  }

  /** Ends the connection at once. */
  protected sendReset(kernel: Kernel): void {
    const { peer } = this;
    this.endConnection(kernel);
    if (!peer || peer === this) return;
    countPacket(kernel, TCP_HEADER);
    if (peer.closed) peer.endConnection(kernel);
    else peer.takeReset(kernel);
  }

  override release(kernel: Kernel): void {
    const unread = this.stream.length > 0;
    kernel.memory.release(this.stream.length);
    if (this.peer && (unread || this.linger === 0)) {
      this.stream.drop(this.stream.length);
      this.sendReset(kernel);
    } else {
      this.stream.drop(this.stream.length);
      this.closed = true;
      if (this.canSend) this.sendFin(kernel);
      if (this.state === TCP_STATE.FIN_WAIT2) this.timeWait = this.ports(kernel).wait(kernel, this, false);
    }
    this.cork.stop(kernel);
    super.release(kernel);
  }

  // As a file

  override ioctl(kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    if (request === SIOCATMARK) return putUint32(task, argument, Number(this.stream.urgentAt === this.stream.position));
    if (request === SIOCOUTQNSD) return this.isListening ? -ERRNO.EINVAL : putUint32(task, argument, this.unacknowledged);
    return super.ioctl(kernel, task, request, argument);
  }

  override get readableBytes(): number {
    if (this.isListening) return -ERRNO.EINVAL;
    const { stream } = this;
    return stream.urgentAt >= 0 && !this.isSet(SO_OOBINLINE) ? stream.urgentAt - stream.position : this.available;
  }

  override get unsentBytes(): number {
    return this.isListening ? -ERRNO.EINVAL : this.unacknowledged;
  }

  override poll(): number {
    let ready = 0;
    if ((this.readShut && this.writeShut) || this.state === TCP_STATE.CLOSE) ready |= POLL.HUP;
    if (this.readShut) ready |= POLL.IN | POLL.RDNORM | POLL.RDHUP;
    if (this.pendingError || !this.errors.isEmpty) ready |= POLL.ERR;
    if (this.state === TCP_STATE.SYN_SENT) return ready;
    const hasUrgent = this.stream.urgentAt >= 0;
    const target = this.receiveLowWater + Number(hasUrgent && this.stream.urgentAt === this.stream.position && !this.isSet(SO_OOBINLINE));
    if (this.available >= target) ready |= POLL.IN | POLL.RDNORM;
    if (this.writeShut || this.hasGoodRoom) ready |= POLL.OUT | POLL.WRNORM;
    if (hasUrgent && !this.stream.urgentTaken) ready |= POLL.PRI;
    return ready;
  }
}
