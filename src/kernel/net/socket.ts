// Sockets that talk within one machine: streams, datagrams and sequenced packets, connections and their ends (socket(7), unix(7)).
// Families differ in names alone; they are subclasses. Not modelled: out-of-band data, lingering, packet loss.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDWR } from '../abi/fcntl.ts';
import { FIONREAD } from '../abi/ioctl.ts';
import {
  DEFAULT_BUFFER,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_PEEK,
  MSG_WAITALL,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOMAXCONN,
} from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import { BLOCKED, type SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import { type ByteSink, type ByteSource, FileDescription, POLL } from '../vfs/file.ts';
import { dropReference } from '../vfs/fd-table.ts';
import { finishPartial, notePartial, partialDone } from '../vfs/partial.ts';
import { raiseSigpipe } from '../vfs/sigpipe.ts';
import { putUint32 } from '../vfs/user-memory.ts';
import {
  type Ancillary,
  credentialsOfTask,
  dropMessage,
  type Message,
  NO_ANCILLARY,
  type PeerCredentials,
  type Received,
} from './message.ts';

/** What a queued message costs of the send buffer beside its bytes. */
const MESSAGE_OVERHEAD = 256;
/** Largest chunk of a stream that is queued as one. */
const STREAM_CHUNK = 32_768;
export type SocketState = 'unconnected' | 'listening' | 'connected';

export abstract class Socket extends FileDescription {
  readonly type: number;
  state: SocketState = 'unconnected';
  peer: Socket | null = null;
  /** Nobody reads, nobody writes any more on this side. */
  readShut = false;
  writeShut = false;
  /** SO_ERROR: reported once. */
  pendingError = 0;
  passCredentials = false;
  sendBuffer = DEFAULT_BUFFER;
  receiveBuffer = DEFAULT_BUFFER;
  /** SO_RCVTIMEO and SO_SNDTIMEO, nanoseconds; 0 for ever. */
  receiveTimeout = 0;
  sendTimeout = 0;
  peerCredentials: PeerCredentials = { pid: 0, uid: 0xffff_ffff, gid: 0xffff_ffff };
  /** Other options that are kept and have no effect. */
  readonly options = new Map<string, number>();
  closed = false;
  private incoming: Message[] = [];
  /** Bytes and overheads in `incoming`. */
  private queued = 0;
  /** Connections that wait for accept. */
  private readonly backlog: Socket[] = [];
  private backlogLimit = 0;
  readonly readable = new WaitQueue('socket with data');
  readonly writable = new WaitQueue('socket with room');
  /** Woken when something was taken out of `incoming`. */
  private readonly drained = new WaitQueue('room in a socket');

  constructor(kernel: Kernel, flags: number, type: number) {
    super(O_RDWR | flags, kernel.vfs.sockets.newSocket(kernel));
    this.type = type;
  }

  abstract readonly domain: number;
  abstract readonly protocol: number;
  /** Another socket of the same family and type, for accept. */
  abstract sibling(kernel: Kernel): Socket;
  /** Gives the socket the name. 0 or a negated errno. */
  abstract bind(kernel: Kernel, task: Task, address: Uint8Array): number;
  /** Gives a nameless socket a name if the family needs one. */
  abstract bindAutomatically(kernel: Kernel): number;
  /** The socket an address names; a negated errno. */
  abstract find(kernel: Kernel, task: Task, address: Uint8Array): Socket | number;
  /** sockaddr of this socket; the family alone if it has no name. */
  abstract encodeName(): Uint8Array;
  /** True if the socket has been bound. */
  abstract get isNamed(): boolean;
  /** The name becomes free. */
  abstract unbind(kernel: Kernel): void;
  /** connect with an address of family AF_UNSPEC dissolves a datagram association. */
  abstract isUnspecified(address: Uint8Array): boolean;

  override describe(): string {
    return `socket:[${this.inode!.ino}]`;
  }

  /** sockaddr of the other side; null if there is none. */
  peerName(): Uint8Array | null {
    return this.state === 'connected' && this.peer ? this.peer.encodeName() : null;
  }

  get isConnectionBased(): boolean {
    return this.type !== SOCK_DGRAM;
  }

  // Connections

  connectPair(other: Socket, credentials: PeerCredentials): void {
    this.joinTo(other, credentials);
    other.joinTo(this, credentials);
  }

  private joinTo(peer: Socket, credentials: PeerCredentials): void {
    this.peer = peer;
    this.state = 'connected';
    this.peerCredentials = credentials;
  }

  listen(kernel: Kernel, task: Task, backlog: number): number {
    if (!this.isConnectionBased) return -ERRNO.EOPNOTSUPP;
    if (this.state === 'connected') return -ERRNO.EINVAL;
    if (!this.isNamed) {
      const named = this.bindAutomatically(kernel);
      if (named < 0) return named;
    }
    this.state = 'listening';
    this.peerCredentials = credentialsOfTask(task);
    this.backlogLimit = Math.min(backlog >>> 0, SOMAXCONN);
    kernel.wake(this.writable);
    return 0;
  }

  connect(kernel: Kernel, task: Task, address: Uint8Array): SyscallResult {
    if (this.isUnspecified(address)) {
      if (this.isConnectionBased) return -ERRNO.EINVAL;
      this.dissolve(kernel);
      return 0;
    }
    if (this.state === 'listening') return -ERRNO.EINVAL;
    if (this.isConnectionBased && this.state === 'connected') return -ERRNO.EISCONN;
    const found = this.find(kernel, task, address);
    if (typeof found === 'number') return found;
    if (found.type !== this.type) return -ERRNO.EPROTOTYPE;
    if (!this.isConnectionBased) {
      if (found.peer && found.peer !== this) return -ERRNO.EPERM;
      this.peer = found;
      this.state = 'connected';
      return 0;
    }
    if (found.state !== 'listening' || found.readShut) return -ERRNO.ECONNREFUSED;
    if (found.backlog.length > found.backlogLimit) {
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return kernel.block(task, { queues: [found.writable], waitingFor: 'room in the backlog of a listening socket' });
    }
    const accepted = found.sibling(kernel);
    accepted.connectPair(this, credentialsOfTask(task));
    this.peerCredentials = found.peerCredentials;
    found.backlog.push(accepted);
    kernel.wake(found.readable);
    kernel.wake(this.writable);
    return 0;
  }

  /** A connected socket with one reference. */
  accept(kernel: Kernel, task: Task, flags: number): Socket | SyscallResult {
    if (!this.isConnectionBased) return -ERRNO.EOPNOTSUPP;
    if (this.state !== 'listening') return -ERRNO.EINVAL;
    const accepted = this.backlog.shift();
    if (!accepted) {
      if (this.readShut) return -ERRNO.EINVAL;
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return this.waitOn(kernel, task, this.readable, 'a connection', this.receiveTimeout);
    }
    accepted.flags |= flags;
    kernel.wake(this.writable);
    return accepted;
  }

  shutdown(kernel: Kernel, how: number): number {
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -ERRNO.EINVAL;
    if (this.state === 'unconnected' && this.shutdownNeedsConnection) return -ERRNO.ENOTCONN;
    const [reads, writes] = [how !== SHUT_WR, how !== SHUT_RD];
    this.readShut ||= reads;
    this.writeShut ||= writes;
    const { peer } = this;
    if (peer && this.isConnectionBased) {
      peer.readShut ||= writes;
      peer.writeShut ||= reads && this.readShutStopsPeer;
      peer.wakeAll(kernel);
    }
    this.wakeAll(kernel);
    return 0;
  }

  /** Does shutdown of an unconnected socket fail? */
  protected get shutdownNeedsConnection(): boolean {
    return false;
  }

  /** Does SHUT_RD make the peer's writes fail? */
  protected get readShutStopsPeer(): boolean {
    return true;
  }

  // Data

  /** Bytes sent, a negated errno, or BLOCKED; `to` is an encoded address or null. */
  send(
    kernel: Kernel,
    task: Task,
    from: ByteSource,
    flags: number,
    to: Uint8Array | null,
    ancillary: Ancillary = NO_ANCILLARY,
  ): SyscallResult {
    return this.type === SOCK_STREAM
      ? this.sendStream(kernel, task, from, flags, to, ancillary)
      : this.sendPacket(kernel, task, from, flags, to, ancillary);
  }

  private sendStream(
    kernel: Kernel,
    task: Task,
    from: ByteSource,
    flags: number,
    to: Uint8Array | null,
    ancillary: Ancillary,
  ): SyscallResult {
    if (to) return this.state === 'connected' ? -ERRNO.EISCONN : this.sendToUnconnected;
    if (this.pendingError) return finishPartial(task, -this.takeError());
    if (this.state !== 'connected') return this.sendUnconnected(kernel, task, flags);
    const peer = this.peer!;
    if (this.writeShut || peer.closed) return finishPartial(task, this.brokenPipe(kernel, task, flags));
    let done = 0;
    let { files } = ancillary;
    if (partialDone(task) > 0) files = [];
    while (done < from.length) {
      const room = this.sendBuffer - peer.queued - MESSAGE_OVERHEAD;
      if (room <= 0) break;
      const data = from.take(Math.min(from.length - done, room, STREAM_CHUNK));
      if (data.length === 0) return finishPartial(task, done > 0 ? done : -ERRNO.EFAULT);
      // Before the peer is woken: what it takes is a part of the way to it.
      this.chargeSend(kernel, data.length);
      peer.enqueue(kernel, this.message(task, data, files, ancillary));
      files = [];
      done += data.length;
    }
    if (from.length === 0) this.chargeSend(kernel, 0);
    if (done === from.length) return finishPartial(task, done);
    if (this.isNonblocking(flags)) return finishPartial(task, done > 0 ? done : -ERRNO.EAGAIN);
    notePartial(task, done);
    return this.waitOn(kernel, task, peer.drained, 'room in a socket', this.sendTimeout);
  }

  private sendPacket(
    kernel: Kernel,
    task: Task,
    from: ByteSource,
    flags: number,
    to: Uint8Array | null,
    ancillary: Ancillary,
  ): SyscallResult {
    if (this.type === SOCK_SEQPACKET && to && this.state !== 'connected') return -ERRNO.ENOTCONN;
    if (this.pendingError) return -this.takeError();
    const target = to && this.type === SOCK_DGRAM ? this.find(kernel, task, to) : this.peer;
    if (target === -ERRNO.ECONNREFUSED) return this.sendToNobody(from.length);
    if (typeof target === 'number') return target;
    if (!target) return this.notConnected;
    if (this.writeShut) return this.brokenPipe(kernel, task, flags);
    if (target.type !== this.type) return -ERRNO.EPROTOTYPE;
    if (target.closed) {
      if (this.type === SOCK_SEQPACKET) return this.brokenPipe(kernel, task, flags);
      if (!to) this.dissolve(kernel);
      return this.sendToNobody(from.length);
    }
    if (target.peer && target.peer !== this && this.type === SOCK_DGRAM && this.refusesStrangers) return -ERRNO.EPERM;
    if (target.readShut) return this.brokenPipe(kernel, task, flags);
    if (from.length > this.sendBuffer - MESSAGE_OVERHEAD) return -ERRNO.EMSGSIZE;
    const tooMany = target.peer !== this && target.incoming.length > this.datagramBacklog;
    if (tooMany || target.queued + from.length + MESSAGE_OVERHEAD > this.sendBuffer) {
      if (this.dropsOverflow) return from.length;
      if (this.isNonblocking(flags)) return -ERRNO.EAGAIN;
      return this.waitOn(kernel, task, target.drained, 'room in a socket', this.sendTimeout);
    }
    const data = from.take(from.length);
    if (data.length < from.length) return -ERRNO.EFAULT;
    this.chargeSend(kernel, data.length);
    target.enqueue(kernel, this.message(task, data, ancillary.files, ancillary));
    return data.length;
  }

  /** What arrived, a negated errno, or BLOCKED. */
  receive(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult {
    if (this.type === SOCK_STREAM && this.state !== 'connected') return this.receiveUnconnected;
    if (this.incoming.length === 0) {
      if (this.pendingError) return -this.takeError();
      const isEnd = this.readShut || (this.isConnectionBased && (this.peer?.closed ?? false));
      if (isEnd) return { bytes: 0, fullLength: 0, files: [], credentials: null, from: null, endOfRecord: false };
      if (this.type === SOCK_SEQPACKET && this.state !== 'connected') return -ERRNO.ENOTCONN;
      if (this.isNonblocking(flags)) return -ERRNO.EAGAIN;
      return this.waitOn(kernel, task, this.readable, 'data in a socket', this.receiveTimeout);
    }
    kernel.charge(kernel.hardware.costs.socket_operation);
    return this.type === SOCK_STREAM ? this.receiveStream(kernel, task, to, flags) : this.receivePacket(kernel, to, flags);
  }

  private receiveStream(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult {
    const wanted = to.length;
    const peeks = (flags & MSG_PEEK) !== 0;
    const waitsForAll = (flags & MSG_WAITALL) !== 0 && !peeks && !this.isNonblocking(flags);
    const ends = this.readShut || (this.peer?.closed ?? false);
    const available = this.incoming.reduce((sum, message) => sum + message.data.length - message.consumed, 0);
    const hasFiles = this.incoming.some((message) => message.files.length > 0);
    if (waitsForAll && available < wanted && !ends && !hasFiles && this.queued < this.receiveBuffer / 2) {
      const waited = this.waitOn(kernel, task, this.readable, 'data in a socket', this.receiveTimeout);
      if (waited === BLOCKED) return waited;
    }
    let done = 0;
    let files: FileDescription[] = [];
    const first = this.incoming[0]!;
    for (const message of [...this.incoming]) {
      if (done === wanted) break;
      if (this.passCredentials && !sameCredentials(message.credentials, first.credentials)) break;
      const part = message.data.subarray(message.consumed, message.consumed + wanted - done);
      const accepted = to.put(part);
      if (accepted < part.length && done + accepted === 0) return -ERRNO.EFAULT;
      const carries = message.files.length > 0;
      if (carries) files = this.takeFiles(message, peeks);
      done += accepted;
      if (!peeks) this.consume(kernel, message, accepted);
      if (accepted < part.length || carries) break;
    }
    return {
      bytes: done,
      fullLength: done,
      files,
      credentials: this.passCredentials ? first.credentials : null,
      from: null,
      endOfRecord: false,
    };
  }

  private receivePacket(kernel: Kernel, to: ByteSink, flags: number): Received | number {
    const message = this.incoming[0]!;
    const part = message.data.subarray(0, to.length);
    const accepted = to.put(part);
    const peeks = (flags & MSG_PEEK) !== 0;
    const files = this.takeFiles(message, peeks);
    if (!peeks) this.consume(kernel, message, message.data.length);
    if (accepted < part.length) return -ERRNO.EFAULT;
    return {
      bytes: accepted,
      fullLength: message.data.length,
      files,
      credentials: this.passCredentials ? message.credentials : null,
      from: message.from,
      endOfRecord: this.type === SOCK_SEQPACKET,
    };
  }

  /** The receiver gets references of its own; without MSG_PEEK they are those that were in flight. */
  private takeFiles(message: Message, peeks: boolean): FileDescription[] {
    const { files } = message;
    if (!peeks) message.files = [];
    else for (const file of files) file.references++;
    return [...files];
  }

  private consume(kernel: Kernel, message: Message, count: number): void {
    message.consumed += count;
    this.queued -= count;
    if (message.consumed >= message.data.length) {
      this.incoming.splice(this.incoming.indexOf(message), 1);
      this.queued -= MESSAGE_OVERHEAD;
    }
    kernel.wake(this.drained);
    if (this.peer) kernel.wake(this.peer.writable);
  }

  private enqueue(kernel: Kernel, message: Message): void {
    this.incoming.push(message);
    this.queued += message.data.length + MESSAGE_OVERHEAD;
    kernel.wake(this.readable);
  }

  private message(task: Task, data: Uint8Array, files: readonly FileDescription[], ancillary: Ancillary): Message {
    for (const file of files) file.references++;
    const from = this.isNamed ? this.encodeName() : null;
    return { data, consumed: 0, files: [...files], credentials: ancillary.credentials ?? credentialsOfTask(task), from };
  }

  /** What sending takes beside copying the bytes. */
  protected chargeSend(kernel: Kernel, _bytes: number): void {
    kernel.charge(kernel.hardware.costs.socket_operation);
  }

  // What families answer differently

  protected sendUnconnected(_kernel: Kernel, _task: Task, _flags: number): number {
    return -ERRNO.ENOTCONN;
  }
  protected get sendToUnconnected(): number {
    return -ERRNO.EOPNOTSUPP;
  }
  protected get notConnected(): number {
    return -ERRNO.ENOTCONN;
  }
  protected get receiveUnconnected(): number {
    return -ERRNO.EINVAL;
  }
  protected sendToNobody(_length: number): number {
    return -ERRNO.ECONNREFUSED;
  }
  /** Datagrams that may wait at a socket the sender is not the peer of. */
  protected get datagramBacklog(): number {
    return Number.POSITIVE_INFINITY;
  }
  /** Is a datagram that finds no room lost? */
  protected get dropsOverflow(): boolean {
    return false;
  }
  /** Does a socket that is connected elsewhere refuse datagrams of others? */
  protected get refusesStrangers(): boolean {
    return true;
  }

  // As a file

  override read(kernel: Kernel, task: Task, to: ByteSink, offset: number | null): SyscallResult {
    if (offset !== null) return -ERRNO.ESPIPE;
    const received = this.receive(kernel, task, to, 0);
    if (typeof received !== 'object') return received;
    for (const file of received.files) dropReference(kernel, file);
    return received.bytes;
  }

  override write(kernel: Kernel, task: Task, from: ByteSource, offset: number | null): SyscallResult {
    return offset !== null ? -ERRNO.ESPIPE : this.send(kernel, task, from, 0, null);
  }

  override ioctl(_kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    if (request !== FIONREAD) return -ERRNO.ENOTTY;
    if (this.state === 'listening') return -ERRNO.EINVAL;
    const sizes = this.incoming.map((message) => message.data.length - message.consumed);
    return putUint32(task, argument, this.type === SOCK_STREAM ? sizes.reduce((sum, size) => sum + size, 0) : (sizes[0] ?? 0));
  }

  override get canSignal(): boolean {
    return true;
  }

  override poll(): number {
    if (this.state === 'listening') return this.backlog.length > 0 ? POLL.IN | POLL.RDNORM : 0;
    let ready = 0;
    const peerGone = this.isConnectionBased && (this.peer?.closed ?? false);
    if (this.pendingError) ready |= POLL.ERR;
    if ((this.readShut && this.writeShut) || peerGone) ready |= POLL.HUP;
    if (this.readShut || peerGone) ready |= POLL.RDHUP | POLL.IN | POLL.RDNORM;
    if (this.incoming.length > 0) ready |= POLL.IN | POLL.RDNORM;
    if (this.isConnectionBased && this.state === 'unconnected') return ready | this.pollUnconnected;
    const target = this.peer;
    const isFull = target !== null && target.queued > this.sendBuffer / 2;
    if (!isFull) ready |= POLL.OUT | POLL.WRNORM | POLL.WRBAND;
    return ready;
  }

  /** A connection-based socket that is not connected is ready for this. */
  protected get pollUnconnected(): number {
    return POLL.HUP | POLL.OUT | POLL.WRNORM;
  }

  override pollQueues(events: number): readonly WaitQueue[] {
    const queues = [this.readable];
    if (events & POLL.OUT) queues.push(this.writable);
    return queues;
  }

  override release(kernel: Kernel): void {
    this.closed = true;
    this.unbind(kernel);
    const unread = this.incoming.length > 0;
    const dropped = this.incoming;
    this.incoming = [];
    this.queued = 0;
    for (const waiting of this.backlog.splice(0)) waiting.abort(kernel);
    const { peer } = this;
    if (peer && this.isConnectionBased && !peer.closed) {
      peer.readShut = true;
      peer.writeShut = true;
      if (unread) peer.pendingError = ERRNO.ECONNRESET;
      peer.wakeAll(kernel);
    }
    this.wakeAll(kernel);
    kernel.wake(this.drained);
    for (const message of dropped) dropMessage(kernel, message);
  }

  takeError(): number {
    const error = this.pendingError;
    this.pendingError = 0;
    return error;
  }

  /** A connection nobody accepted. */
  private abort(kernel: Kernel): void {
    if (this.peer) this.peer.pendingError = ERRNO.ECONNRESET;
    this.release(kernel);
  }

  private dissolve(kernel: Kernel): void {
    this.peer = null;
    this.state = 'unconnected';
    for (const message of this.incoming) dropMessage(kernel, message);
    this.incoming = [];
    this.queued = 0;
    this.wakeAll(kernel);
  }

  private brokenPipe(kernel: Kernel, task: Task, flags: number): number {
    return flags & MSG_NOSIGNAL ? -ERRNO.EPIPE : raiseSigpipe(kernel, task);
  }

  private isNonblocking(flags: number): boolean {
    return (this.flags & O_NONBLOCK) !== 0 || (flags & MSG_DONTWAIT) !== 0;
  }

  private wakeAll(kernel: Kernel): void {
    kernel.wake(this.readable);
    kernel.wake(this.writable);
    kernel.wake(this.drained);
  }

  /** Waits, at most for `timeout` nanoseconds where that is not 0: then -EAGAIN, or what was done. */
  private waitOn(kernel: Kernel, task: Task, queue: WaitQueue, what: string, timeout: number): SyscallResult {
    const done = partialDone(task);
    if (timeout > 0) {
      if (task.timedOut) return done > 0 ? done : -ERRNO.EAGAIN;
      task.progress = { ...task.progress, deadline: task.progress?.['deadline'] ?? kernel.now + kernel.clock.cycles(timeout) };
    }
    const deadline = timeout > 0 ? Number(task.progress!['deadline']) : null;
    const request = { queues: [queue], deadline, waitingFor: what };
    if (done > 0) return kernel.block(task, { ...request, interrupted: done });
    return kernel.block(task, timeout > 0 ? { ...request, interrupted: -ERRNO.EINTR } : request);
  }
}

function sameCredentials(a: PeerCredentials, b: PeerCredentials): boolean {
  return a.pid === b.pid && a.uid === b.uid && a.gid === b.gid;
}
