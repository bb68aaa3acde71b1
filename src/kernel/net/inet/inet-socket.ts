// AF_INET sockets over the loopback interface, the only network there is: TCP as a stream, UDP as datagrams (ip(7), tcp(7), udp(7)).
// Packets never get lost, so there are no segments, timers or windows; a connection is made at once.

import { ERRNO } from '../../abi/errno.ts';
import { O_NONBLOCK } from '../../abi/fcntl.ts';
import {
  AF_INET,
  IPPROTO_TCP,
  IPPROTO_UDP,
  MSG_NOSIGNAL,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { type ByteSource, POLL } from '../../vfs/file.ts';
import { raiseSigpipe } from '../../vfs/sigpipe.ts';
import type { Ancillary } from '../message.ts';
import { Socket } from '../socket.ts';
import { ANY_ADDRESS, encodeInetAddress, type InetAddress, isLocal, LOOPBACK_ADDRESS, parseInetAddress } from './inet-address.ts';

/** net.ipv4.ip_local_port_range. */
const FIRST_EPHEMERAL = 32768;
const LAST_EPHEMERAL = 60999;
/** Largest TCP segment of an interface with an MTU of 65536. */
const LOOPBACK_SEGMENT = 65_483;
const UNPRIVILEGED_PORT = 1024;

export class InetSocket extends Socket {
  private local: InetAddress = { host: ANY_ADDRESS, port: 0 };
  /** What getpeername says after a datagram socket's connect. */
  private remote: InetAddress | null = null;
  /** A non-blocking connect has been done; the next connect reports it. */
  private connectReported = true;

  override readonly domain = AF_INET;

  override get protocol(): number {
    return this.type === SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
  }

  override sibling(kernel: Kernel): InetSocket {
    const socket = new InetSocket(kernel, 0, this.type);
    socket.local = { host: this.local.host === ANY_ADDRESS ? LOOPBACK_ADDRESS : this.local.host, port: this.local.port };
    return socket;
  }

  override get isNamed(): boolean {
    return this.local.port !== 0;
  }

  override encodeName(): Uint8Array {
    return encodeInetAddress(this.local);
  }

  override isUnspecified(address: Uint8Array): boolean {
    return address.length >= 2 && address[0] === 0 && address[1] === 0;
  }

  override bind(kernel: Kernel, task: Task, raw: Uint8Array): number {
    const address = parseInetAddress(raw);
    if (typeof address === 'number') return address;
    if (!isLocal(address.host)) return -ERRNO.EADDRNOTAVAIL;
    if (address.port > 0 && address.port < UNPRIVILEGED_PORT && task.credentials.euid !== 0) return -ERRNO.EACCES;
    if (this.isNamed) return -ERRNO.EINVAL;
    if (address.port === 0) return this.takeEphemeral(kernel, address.host);
    if (this.isTaken(kernel, address)) return -ERRNO.EADDRINUSE;
    this.take(kernel, address);
    return 0;
  }

  override bindAutomatically(kernel: Kernel): number {
    return this.takeEphemeral(kernel, ANY_ADDRESS);
  }

  override find(kernel: Kernel, _task: Task, raw: Uint8Array): Socket | number {
    const address = parseInetAddress(raw);
    if (typeof address === 'number') return address;
    if (!isLocal(address.host)) return -ERRNO.ENETUNREACH;
    if (address.port === 0 && this.type === SOCK_DGRAM) return -ERRNO.EINVAL;
    const host = address.host === ANY_ADDRESS ? LOOPBACK_ADDRESS : address.host;
    const bound = kernel.vfs.inetSockets.filter((socket) => socket.type === this.type && socket.local.port === address.port);
    const match = bound.find((socket) => socket.local.host === host) ?? bound.find((socket) => socket.local.host === ANY_ADDRESS);
    return match ?? -ERRNO.ECONNREFUSED;
  }

  override connect(kernel: Kernel, task: Task, raw: Uint8Array): SyscallResult {
    if (!this.connectReported) {
      this.connectReported = true;
      return this.pendingError ? -this.takeError() : 0;
    }
    const nonblocking = (this.flags & O_NONBLOCK) !== 0 && this.isConnectionBased;
    if (!this.isNamed && !this.isUnspecified(raw)) this.takeEphemeral(kernel, LOOPBACK_ADDRESS);
    const before = this.state;
    const result = super.connect(kernel, task, raw);
    const address = parseInetAddress(raw);
    if (!this.isConnectionBased) return this.connectDatagram(result, address);
    if (before !== 'unconnected') return result;
    if (result === 0 && nonblocking) this.connectReported = false;
    if (result === -ERRNO.ECONNREFUSED && nonblocking) {
      this.pendingError = ERRNO.ECONNREFUSED;
      this.connectReported = false;
      return -ERRNO.EINPROGRESS;
    }
    return result === 0 && nonblocking ? -ERRNO.EINPROGRESS : result;
  }

  /** Connecting a datagram socket to where nobody listens works: the first datagram tells. */
  private connectDatagram(result: SyscallResult, address: InetAddress | number): SyscallResult {
    if (typeof address === 'number') return result === 0 ? 0 : address;
    if (result !== 0 && result !== -ERRNO.ECONNREFUSED) return result;
    this.remote = { host: address.host === ANY_ADDRESS ? LOOPBACK_ADDRESS : address.host, port: address.port };
    if (this.local.host === ANY_ADDRESS) this.local = { host: LOOPBACK_ADDRESS, port: this.local.port };
    this.state = 'connected';
    return 0;
  }

  /** A datagram leaves from a port of its own, and goes to whoever has the destination's port now. */
  override send(kernel: Kernel, task: Task, from: ByteSource, flags: number, to: Uint8Array | null, ancillary?: Ancillary): SyscallResult {
    if (this.isConnectionBased) return super.send(kernel, task, from, flags, to, ancillary);
    if (!this.isNamed) this.takeEphemeral(kernel, LOOPBACK_ADDRESS);
    const target = to ?? (this.remote && encodeInetAddress(this.remote));
    return super.send(kernel, task, from, flags, target, ancillary);
  }

  /** sockaddr of the other side; null if there is none. */
  override peerName(): Uint8Array | null {
    if (this.remote) return encodeInetAddress(this.remote);
    return this.peer ? this.peer.encodeName() : null;
  }

  override unbind(kernel: Kernel): void {
    const { inetSockets } = kernel.vfs;
    const at = inetSockets.indexOf(this);
    if (at >= 0) inetSockets.splice(at, 1);
  }

  /** Every packet goes through the loopback interface; a TCP segment's acknowledgement is one more. */
  protected override chargeSend(kernel: Kernel, bytes: number): void {
    super.chargeSend(kernel, bytes);
    const packets = Math.max(1, Math.ceil(bytes / LOOPBACK_SEGMENT)) * (this.isConnectionBased ? 2 : 1);
    kernel.charge(packets * kernel.hardware.costs.loopback_packet);
  }

  protected override sendUnconnected(kernel: Kernel, task: Task, flags: number): number {
    return flags & MSG_NOSIGNAL ? -ERRNO.EPIPE : raiseSigpipe(kernel, task);
  }
  protected override get sendToUnconnected(): number {
    return -ERRNO.EPIPE;
  }
  protected override get notConnected(): number {
    return -ERRNO.EDESTADDRREQ;
  }
  protected override get dropsOverflow(): boolean {
    return true;
  }
  protected override get receiveUnconnected(): number {
    return -ERRNO.ENOTCONN;
  }
  protected override get refusesStrangers(): boolean {
    return false;
  }
  /** The datagram is lost; a connected socket hears of it at its next call (ICMP port unreachable). */
  protected override sendToNobody(length: number): number {
    if (this.remote) this.pendingError = ERRNO.ECONNREFUSED;
    return length;
  }
  protected override get shutdownNeedsConnection(): boolean {
    return true;
  }
  protected override get readShutStopsPeer(): boolean {
    return false;
  }
  protected override get pollUnconnected(): number {
    return POLL.HUP | POLL.OUT | POLL.WRNORM;
  }

  private isTaken(kernel: Kernel, { host, port }: InetAddress): boolean {
    return kernel.vfs.inetSockets.some((other) => {
      if (other.type !== this.type || other.local.port !== port) return false;
      if (other.local.host !== host && other.local.host !== ANY_ADDRESS && host !== ANY_ADDRESS) return false;
      const bothReuse = (option: number): boolean => [this, other].every((socket) => socket.options.get(`${SOL_SOCKET}:${option}`));
      if (bothReuse(SO_REUSEPORT)) return false;
      return !(bothReuse(SO_REUSEADDR) && other.state !== 'listening');
    });
  }

  private takeEphemeral(kernel: Kernel, host: number): number {
    for (let port = FIRST_EPHEMERAL; port <= LAST_EPHEMERAL; port++) {
      if (this.isTaken(kernel, { host, port })) continue;
      this.take(kernel, { host, port });
      return 0;
    }
    return -ERRNO.EADDRINUSE;
  }

  private take(kernel: Kernel, address: InetAddress): void {
    this.local = address;
    kernel.vfs.inetSockets.push(this);
  }
}
