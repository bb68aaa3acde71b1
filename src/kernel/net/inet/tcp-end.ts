// One end of a TCP connection over loopback (tcp(7)): its state, what it has received, and how it ends. Segments arrive in the call that
// sends them and are acknowledged at once, so there is nothing to retransmit but a SYN that a full backlog has dropped.

import { ERRNO } from '../../abi/errno.ts';
import { IPPROTO_TCP, TCP_STATE } from '../../abi/inet.ts';
import { SHUT_RD, SHUT_RDWR, SHUT_WR, SIOCATMARK, SIOCOUTQNSD, SO_OOBINLINE, SOCK_STREAM } from '../../abi/socket.ts';
import { SCM_TSTAMP, SOF_TIMESTAMPING } from '../../abi/timestamping.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { POLL } from '../../vfs/file.ts';
import { putUint32 } from '../../vfs/user-memory.ts';
import { UNSTAMPED } from '../arrival-stamps.ts';
import { countPacket } from '../loopback.ts';
import { ByteStream } from './byte-stream.ts';
import { encodeInetAddress, type InetDomain } from './inet-address.ts';
import { InetSocket, type SeenPacket } from './inet-socket.ts';
import { tcpPacketBytes } from './packet-bytes.ts';
import { type SendStamps, stampsOf, wantsAcknowledged } from './send-stamps.ts';
import type { PortTable, TimeWait } from './ports.ts';
import { CorkTimer } from './tcp-timers.ts';

/** net.ipv4.tcp_wmem, tcp_rmem: a new socket's buffers, and what the send buffer has grown to when a connection stands. */
const NEW_SEND_BUFFER = 16_384;
export const CONNECTED_SEND_BUFFER = 2_626_560;
const NEW_RECEIVE_BUFFER = 131_072;
/** A TCP header with timestamps. */
export const TCP_HEADER = 32;

const NOTHING = new Uint8Array(0);
const DEFAULT_TTL = 64;

interface StreamStamps {
  readonly stamps: SendStamps;
  /** Position behind the last byte. */
  readonly end: number;
  /** What was sent, if the stamps come with it. */
  readonly data: Uint8Array;
}

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
  /** When the last data came, for those who want it stamped. */
  arrivedAt = UNSTAMPED;
  /** Sent data whose stamps wait until it is out, or acknowledged. */
  private readonly unstamped: StreamStamps[] = [];

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

  protected get canSend(): boolean {
    return this.state === TCP_STATE.ESTABLISHED || this.state === TCP_STATE.CLOSE_WAIT;
  }

  /** Bytes that wait in the send buffer, because the window is full or they are held back. */
  get unacknowledged(): number {
    const { peer } = this;
    return peer ? Math.max(0, peer.stream.length - peer.window, peer.heldBack) : 0;
  }

  override get hasGoodRoom(): boolean {
    return this.unacknowledged * 3 <= this.sendBuffer * 2;
  }

  /** What a reader may have now. */
  get available(): number {
    return this.stream.length - this.heldBack;
  }

  override beginStampNumbers(written: boolean): number {
    if (this.state === TCP_STATE.CLOSE || this.isListening) return -ERRNO.EINVAL;
    this.stampNumber = written ? this.bytesSent : this.bytesSent - this.unacknowledged;
    return 0;
  }

  /** The `data` that was just sent is to be stamped when its last byte is out, and acknowledged. */
  protected stampData(kernel: Kernel, stamps: SendStamps, data: Uint8Array): void {
    this.unstamped.push({ stamps, end: this.bytesSent, data: stamps.flags & SOF_TIMESTAMPING.OPT_TSONLY ? NOTHING : data });
    this.stampAcknowledged(kernel);
  }

  /** What the other end has room for is out and acknowledged at once. */
  stampAcknowledged(kernel: Kernel): void {
    const acknowledged = this.bytesSent - this.unacknowledged;
    while (this.unstamped.length > 0 && this.unstamped[0]!.end <= acknowledged) {
      const { stamps, end, data } = this.unstamped.shift()!;
      const key = (end - 1 - this.stampNumber) >>> 0;
      const [from, to] = [this.local, this.remote!];
      const packet = (): SeenPacket => ({ bytes: tcpPacketBytes({ from, to, ttl: DEFAULT_TTL }, end - data.length, data), source: from });
      for (const kind of stampsOf(stamps)) this.stampSent(kernel, stamps.flags, kind, key, packet);
      if (wantsAcknowledged(stamps)) this.stampSent(kernel, stamps.flags, SCM_TSTAMP.ACK, key, () => ({ bytes: data, source: null }));
    }
  }

  /** What was held back arrives. */
  releaseHeld(kernel: Kernel): void {
    this.cork.stop(kernel);
    const { peer } = this;
    if (!peer) return;
    peer.heldBack = 0;
    this.stampAcknowledged(kernel);
    kernel.wake(peer.readable);
  }

  /** Data has come; an end that waits to be accepted until then may have more to do. */
  dataArrived(_kernel: Kernel): void {}

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

  /** This end has no descriptor any more and hears that the other goes on: it is gone, and its port free. */
  vanish(kernel: Kernel): void {
    if (this.timeWait) this.ports(kernel).forget(this.timeWait);
    this.timeWait = null;
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
