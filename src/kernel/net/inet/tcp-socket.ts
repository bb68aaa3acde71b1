// TCP sockets as programs make them: listening, connecting and accepting (tcp(7)). The handshake is done in the call of connect; what a
// non-blocking one hears of it is told by the next call, by poll and by SO_ERROR.

import { ERRNO } from '../../abi/errno.ts';
import { O_NONBLOCK } from '../../abi/fcntl.ts';
import { TCP_DEFER_ACCEPT, TCP_STATE, TCP_SYNCNT } from '../../abi/inet.ts';
import { AF_INET6, SOL_TCP, SOMAXCONN } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { POLL } from '../../vfs/file.ts';
import { countPacket } from '../loopback.ts';
import { SOCKET_BYTES } from '../socket.ts';
import { encodeInetAddress, type Endpoint, loopbackOf, routeTo, sameEndpoint, sourceFor } from './inet-address.ts';
import { isUnspecified } from './inet-socket.ts';
import { bestMatch } from './ports.ts';
import { CONNECTED_SEND_BUFFER } from './tcp-end.ts';
import { TcpTransfer } from './tcp-transfer.ts';
import { DeferTimer, SynTimer } from './tcp-timers.ts';

/** A SYN with options. */
const SYN_BYTES = 40;
const ACK_BYTES = 32;
const RST_BYTES = 20;
/** net.ipv4.tcp_syn_retries. */
const SYN_RETRIES = 6;

export class TcpSocket extends TcpTransfer {
  /** What the program has been told: a connection that stands may still be "in progress" for it. */
  private progress: 'unconnected' | 'connecting' | 'connected' = 'unconnected';
  /** Established connections that wait for accept, and those that wait for their first data (TCP_DEFER_ACCEPT). */
  private backlog: TcpSocket[] = [];
  private deferred: TcpSocket[] = [];
  private backlogLimit = 0;
  /** The listening socket in whose `deferred` this one is. */
  private deferredBy: TcpSocket | null = null;
  private formerPort = 0;
  private readonly syn = new SynTimer(this);
  private readonly defer = new DeferTimer(this);

  override listen(kernel: Kernel, _task: Task, backlog: number): number {
    const isOpen = this.state === TCP_STATE.CLOSE || this.state === TCP_STATE.LISTEN;
    if (!isOpen || this.progress !== 'unconnected') return -ERRNO.EINVAL;
    this.backlogLimit = Math.min(backlog >>> 0, SOMAXCONN);
    if (this.state === TCP_STATE.LISTEN) return 0;
    const ports = this.ports(kernel);
    if (this.hasPort) {
      if (ports.conflicts(kernel, this.portRequest, this)) return -ERRNO.EADDRINUSE;
    } else {
      const taken = this.takePort(kernel, this.local);
      if (taken < 0) return taken;
    }
    this.state = TCP_STATE.LISTEN;
    ports.startListening(this);
    return 0;
  }

  get backlogRoom(): { readonly waiting: number; readonly limit: number } {
    return { waiting: this.backlog.length, limit: this.backlogLimit };
  }

  override connect(kernel: Kernel, task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length < 2) return -ERRNO.EINVAL;
    if (isUnspecified(raw)) {
      this.disconnect(kernel);
      return 0;
    }
    if (this.progress === 'connected') return -ERRNO.EISCONN;
    const nonblocking = (this.flags & O_NONBLOCK) !== 0;
    let error: number = task.progress?.['connecting'] ? -ERRNO.EINPROGRESS : -ERRNO.EALREADY;
    if (this.progress === 'unconnected') {
      if (this.state !== TCP_STATE.CLOSE) return -ERRNO.EISCONN;
      const started = this.start(kernel, raw);
      if (started < 0) return started;
      this.progress = 'connecting';
      if (nonblocking) return -ERRNO.EINPROGRESS;
      error = -ERRNO.EINPROGRESS;
    }
    if (this.state === TCP_STATE.SYN_SENT) {
      if (nonblocking) return error;
      if (error === -ERRNO.EINPROGRESS) task.progress = { ...task.progress, connecting: true };
      return this.waitOn(kernel, task, this.writable, 'a connection', this.sendTimeout, error);
    }
    if (this.state !== TCP_STATE.CLOSE) {
      this.progress = 'connected';
      return 0;
    }
    const failed = this.takeError() || ERRNO.ECONNABORTED;
    this.disconnect(kernel);
    return -failed;
  }

  /** Sends the first SYN. 0 once it is on its way, whatever becomes of it. */
  private start(kernel: Kernel, raw: Uint8Array): number {
    const address = this.parseDestination(raw);
    if (typeof address === 'number') return this.domain === AF_INET6 && raw[8] === 0xff ? -ERRNO.ENETUNREACH : address;
    const route = routeTo(address);
    if (route === 'multicast' || route === 'broadcast') return -ERRNO.ENETUNREACH;
    const remote = loopbackOf(address);
    const ports = this.ports(kernel);
    const before = this.local;
    if (this.local.host === 0) this.setLocalHost(sourceFor(remote));
    if (this.hasPort) {
      if (ports.isTalking(this.local, remote)) {
        this.local = before;
        return -ERRNO.EADDRNOTAVAIL;
      }
    } else {
      const port = ports.ephemeral(kernel, this.portRequest) || ports.ephemeralTo(kernel, this.local, remote);
      if (port === 0) {
        this.local = before;
        return -ERRNO.EADDRNOTAVAIL;
      }
      this.local = { ...this.local, port };
      ports.add(this);
    }
    this.remote = remote;
    this.state = TCP_STATE.SYN_SENT;
    this.finReceived = false;
    this.syn.retries = 0;
    this.tryHandshake(kernel, remote);
    return 0;
  }

  private tryHandshake(kernel: Kernel, remote: Endpoint): void {
    countPacket(kernel, SYN_BYTES);
    const listener = bestMatch(this.ports(kernel).listeners(remote.port), remote, this.local) as TcpSocket | null;
    if (listener) {
      if (listener.backlog.length > listener.backlogLimit || !kernel.memory.hasRoom(SOCKET_BYTES)) this.syn.start(kernel);
      else listener.establish(kernel, this);
    } else if (sameEndpoint(this.local, remote)) {
      this.peer = this;
      this.established(kernel);
    } else {
      countPacket(kernel, RST_BYTES);
      this.takeReset(kernel);
    }
  }

  /** The SYN was dropped, and some time has passed. */
  synAgain(kernel: Kernel): void {
    if (this.state !== TCP_STATE.SYN_SENT) return;
    if (this.syn.retries <= (this.option(SOL_TCP, TCP_SYNCNT) || SYN_RETRIES)) {
      this.tryHandshake(kernel, this.remote!);
      return;
    }
    this.state = TCP_STATE.CLOSE;
    this.readShut = true;
    this.writeShut = true;
    this.fail(kernel, ERRNO.ETIMEDOUT);
  }

  /** This listening socket answers `client`. */
  private establish(kernel: Kernel, client: TcpSocket): void {
    countPacket(kernel, SYN_BYTES);
    countPacket(kernel, ACK_BYTES);
    const child = this.makeChild(kernel, client);
    child.peer = client;
    client.peer = child;
    child.established(kernel);
    client.established(kernel);
    if (child.writeShut) child.sendFin(kernel);
    const seconds = this.option(SOL_TCP, TCP_DEFER_ACCEPT);
    if (seconds > 0) {
      child.deferredBy = this;
      this.deferred.push(child);
      child.defer.start(kernel, seconds);
      return;
    }
    this.backlog.push(child);
    kernel.wake(this.readable);
  }

  /** An accepted socket has the options of the listening one. */
  private makeChild(kernel: Kernel, client: TcpSocket): TcpSocket {
    const child = new TcpSocket(kernel, this.domain, 0);
    for (const [key, value] of this.options) child.options.set(key, value);
    child.local = client.remote!;
    child.remote = client.local;
    child.progress = 'connected';
    child.inode!.uid = this.inode!.uid;
    child.bufferLocks = this.bufferLocks;
    child.sendBuffer = this.sendBuffer;
    child.receiveBuffer = this.receiveBuffer;
    child.receiveTimeout = this.receiveTimeout;
    child.sendTimeout = this.sendTimeout;
    child.receiveLowWater = this.receiveLowWater;
    child.linger = this.linger;
    child.readShut = this.readShut;
    child.writeShut = this.writeShut;
    this.ports(kernel).add(child);
    return child;
  }

  private established(kernel: Kernel): void {
    this.syn.stop(kernel);
    this.state = TCP_STATE.ESTABLISHED;
    if (!(this.bufferLocks & 1)) this.sendBuffer = CONNECTED_SEND_BUFFER;
    this.wakeAll(kernel);
  }

  override dataArrived(kernel: Kernel): void {
    if (this.deferredBy) this.acceptAnyway(kernel);
  }

  acceptAnyway(kernel: Kernel): void {
    const listener = this.deferredBy;
    if (!listener) return;
    this.defer.stop(kernel);
    this.deferredBy = null;
    listener.deferred.splice(listener.deferred.indexOf(this), 1);
    listener.backlog.push(this);
    kernel.wake(listener.readable);
  }

  override accept(kernel: Kernel, task: Task, flags: number): TcpSocket | SyscallResult {
    if (this.state !== TCP_STATE.LISTEN) return -ERRNO.EINVAL;
    const accepted = this.backlog.shift();
    if (!accepted) {
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return this.waitOn(kernel, task, this.readable, 'a connection', this.receiveTimeout);
    }
    accepted.flags |= flags;
    return accepted;
  }

  /** Back to a new socket, but for its name. */
  override disconnect(kernel: Kernel): void {
    this.syn.stop(kernel);
    if (this.state === TCP_STATE.LISTEN) this.stopListening(kernel);
    else if (this.peer) this.sendReset(kernel);
    kernel.memory.release(this.stream.length);
    this.stream.drop(this.stream.length);
    this.state = TCP_STATE.CLOSE;
    this.progress = 'unconnected';
    this.pendingError = 0;
    this.readShut = false;
    this.writeShut = false;
    this.finReceived = false;
    this.formerPort = this.local.port;
    this.resetNames(kernel);
    this.wakeAll(kernel);
  }

  /** A socket that was disconnected has no port any more, but goes on telling the one it had. */
  override name(): Uint8Array {
    return this.hasPort ? super.name() : encodeInetAddress(this.domain, { ...this.local, port: this.formerPort });
  }

  private stopListening(kernel: Kernel): void {
    this.ports(kernel).stopListening(this);
    const { backlog, deferred } = this;
    this.backlog = [];
    this.deferred = [];
    for (const child of [...backlog, ...deferred]) {
      child.deferredBy = null;
      child.linger = 0;
      child.release(kernel);
    }
  }

  override poll(): number {
    if (this.state !== TCP_STATE.LISTEN) return super.poll();
    return this.backlog.length > 0 ? POLL.IN | POLL.RDNORM : 0;
  }

  override release(kernel: Kernel): void {
    this.syn.stop(kernel);
    this.defer.stop(kernel);
    if (this.state === TCP_STATE.LISTEN) this.stopListening(kernel);
    super.release(kernel);
  }
}
