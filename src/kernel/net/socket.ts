// What every socket is (socket(7)): an open file with two directions, buffers, an error to report, options and timeouts.
// Families are subclasses: unix/, inet/, netlink/.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDWR } from '../abi/fcntl.ts';
import { SIGNAL } from '../abi/signal.ts';
import { DEFAULT_BUFFER, MSG_DONTWAIT, MSG_NOSIGNAL, SOL_SOCKET } from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import { kernelSignal } from '../signal/generate.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import { tellOwner } from '../vfs/async-notice.ts';
import { dropReference } from '../vfs/fd-table.ts';
import { type ByteSink, type ByteSource, FileDescription, POLL } from '../vfs/file.ts';
import { partialDone } from '../vfs/partial.ts';
import { raiseSigpipe } from '../vfs/sigpipe.ts';
import { interfaceRequest } from './interface-requests.ts';
import { type Ancillary, type ControlMessage, NO_ANCILLARY, PLAIN_SEND, type Received, type SendRequest } from './message.ts';
import { ownerRequest } from './owner-requests.ts';

/** What a socket takes of the kernel's memory while it exists, before any data. */
export const SOCKET_BYTES = 2048;

const optionKey = (level: number, option: number): number => level * 0x10000 + option;

export abstract class Socket extends FileDescription {
  readonly type: number;
  /** Nobody reads (writes) any more on this side. */
  readShut = false;
  writeShut = false;
  /** SO_ERROR: reported once. */
  pendingError = 0;
  sendBuffer = DEFAULT_BUFFER;
  receiveBuffer = DEFAULT_BUFFER;
  /** SO_BUF_LOCK: which of the two buffers the program has set (1 send, 2 receive). */
  bufferLocks = 0;
  /** What of the send buffer is in use: sent, and not yet taken by a receiver. */
  sendAllocated = 0;
  /** SO_RCVTIMEO and SO_SNDTIMEO, nanoseconds; 0 for ever. */
  receiveTimeout = 0;
  sendTimeout = 0;
  receiveLowWater = 1;
  /** SO_PEEK_OFF; negative: peeks are at the front. */
  peekOffset = -1;
  /** Seconds of SO_LINGER; negative when off. */
  linger = -1;
  /** Options that were set and are only looked at where they matter, by level and number. */
  readonly options = new Map<number, number>();
  closed = false;
  /** Counted in the network's arrivalStamps. */
  stampsArrivals = false;
  readonly cookie: number;
  readonly readable = new WaitQueue('socket with data');
  readonly writable = new WaitQueue('socket with room');

  constructor(kernel: Kernel, flags: number, type: number) {
    super(O_RDWR | flags, kernel.vfs.sockets.newSocket(kernel));
    this.type = type;
    this.cookie = kernel.network.nextCookie();
    kernel.network.sockets.set(this.inode!.ino, this);
    kernel.memory.charge(SOCKET_BYTES);
  }

  abstract readonly domain: number;
  abstract readonly protocol: number;
  abstract bind(kernel: Kernel, task: Task, address: Uint8Array): number;
  abstract connect(kernel: Kernel, task: Task, address: Uint8Array): SyscallResult;
  abstract shutdown(kernel: Kernel, how: number): number;
  /** Bytes sent, a negated errno, or BLOCKED. */
  abstract send(kernel: Kernel, task: Task, from: ByteSource, request: SendRequest): SyscallResult;
  /** What arrived, a negated errno, or BLOCKED. */
  abstract receive(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult;
  /** sockaddr of this socket. */
  abstract name(): Uint8Array;
  /** sockaddr of the other side, or -ENOTCONN. */
  abstract peerName(): Uint8Array | number;
  /** What accept tells of an accepted socket's peer: its name even if the connection has been reset. */
  acceptedFrom(): Uint8Array {
    const name = this.peerName();
    return typeof name === 'number' ? new Uint8Array(0) : name;
  }
  /** For SO_ACCEPTCONN. */
  abstract get isListening(): boolean;

  listen(_kernel: Kernel, _task: Task, _backlog: number): number {
    return -ERRNO.EOPNOTSUPP;
  }

  /** A connected socket with one reference. */
  accept(_kernel: Kernel, _task: Task, _flags: number): Socket | SyscallResult {
    return -ERRNO.EOPNOTSUPP;
  }

  /** SOF_TIMESTAMPING_OPT_ID was set: stamps of what is sent are numbered from here. 0 or a negated errno. */
  beginStampNumbers(_written: boolean): number {
    return 0;
  }

  /** What the family makes of a sender's control messages (null: they are malformed); a negated errno for those it refuses. */
  readAncillary(_kernel: Kernel, _task: Task, messages: readonly ControlMessage[] | null): Ancillary | number {
    return messages ? NO_ANCILLARY : -ERRNO.EINVAL;
  }

  override describe(): string {
    return `socket:[${this.inode!.ino}]`;
  }

  option(level: number, option: number): number {
    return this.options.get(optionKey(level, option)) ?? 0;
  }

  setOption(level: number, option: number, value: number): void {
    this.options.set(optionKey(level, option), value);
  }

  /** An option of SOL_SOCKET that is on or off. */
  isSet(option: number): boolean {
    return this.option(SOL_SOCKET, option) !== 0;
  }

  takeError(): number {
    const error = this.pendingError;
    this.pendingError = 0;
    return error;
  }

  fail(kernel: Kernel, error: number): void {
    this.pendingError = error;
    this.wakeAll(kernel);
  }

  /** Memory of `charge` bytes of what this socket sent is held until uncharge; false where the machine has no more for sockets. */
  charge(kernel: Kernel, charge: number): boolean {
    if (!kernel.memory.charge(charge)) return false;
    this.sendAllocated += charge;
    return true;
  }

  /** A receiver has taken what was charged; whoever waits for room hears of it once a good part is free. */
  uncharge(kernel: Kernel, charge: number): void {
    kernel.memory.release(charge);
    this.sendAllocated -= charge;
    if (this.hasGoodRoom) kernel.wake(this.writable);
  }

  /** When poll says POLLOUT and waiting senders go on: a quarter is in use at most. */
  get hasGoodRoom(): boolean {
    return this.sendAllocated * 4 <= this.sendBuffer;
  }

  /** SO_SNDBUF has changed. */
  sendBufferChanged(kernel: Kernel): void {
    kernel.wake(this.writable);
  }

  /** SIGURG to the owner of F_SETOWN. */
  signalUrgent(kernel: Kernel): void {
    if (this.owner) tellOwner(kernel, this.owner, kernelSignal(SIGNAL.SIGURG));
  }

  // As a file

  override read(kernel: Kernel, task: Task, to: ByteSink, offset: number | null): SyscallResult {
    if (offset !== null) return -ERRNO.ESPIPE;
    if (to.length === 0 && partialDone(task) === 0) return 0;
    const received = this.receive(kernel, task, to, 0);
    if (typeof received !== 'object') return received;
    for (const file of received.files) dropReference(kernel, file);
    return received.bytes;
  }

  override write(kernel: Kernel, task: Task, from: ByteSource, offset: number | null): SyscallResult {
    return offset !== null ? -ERRNO.ESPIPE : this.send(kernel, task, from, PLAIN_SEND);
  }

  override ioctl(kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    return ownerRequest(kernel, task, this, request, argument) ?? interfaceRequest(kernel, task, request, argument) ?? -ERRNO.ENOTTY;
  }

  override get canSignal(): boolean {
    return true;
  }

  override pollQueues(events: number): readonly WaitQueue[] {
    return events & POLL.OUT ? [this.readable, this.writable] : [this.readable];
  }

  /** Subclasses end what they have with others, then call this. */
  override release(kernel: Kernel): void {
    this.closed = true;
    if (this.stampsArrivals) kernel.network.arrivalStamps--;
    this.stampsArrivals = false;
    kernel.network.sockets.delete(this.inode!.ino);
    kernel.memory.release(SOCKET_BYTES);
    this.wakeAll(kernel);
  }

  isNonblocking(flags: number): boolean {
    return (this.flags & O_NONBLOCK) !== 0 || (flags & MSG_DONTWAIT) !== 0;
  }

  wakeAll(kernel: Kernel): void {
    kernel.wake(this.readable);
    kernel.wake(this.writable);
  }

  /** The result of a stream's send where nobody can read any more: with SIGPIPE, if nothing was sent and the caller wants it. */
  protected brokenPipe(kernel: Kernel, task: Task, flags: number): number {
    return flags & MSG_NOSIGNAL || partialDone(task) > 0 ? -ERRNO.EPIPE : raiseSigpipe(kernel, task);
  }

  /** Waits, at most for `timeout` nanoseconds where that is not 0: then `late`, or what was done. */
  waitOn(kernel: Kernel, task: Task, queue: WaitQueue, what: string, timeout: number, late: number = -ERRNO.EAGAIN): SyscallResult {
    const done = partialDone(task);
    if (timeout > 0) {
      if (task.timedOut) return done > 0 ? done : late;
      task.progress = { ...task.progress, deadline: task.progress?.['deadline'] ?? kernel.now + kernel.clock.cycles(timeout) };
    }
    const deadline = timeout > 0 ? Number(task.progress!['deadline']) : null;
    const request = { queues: [queue], deadline, waitingFor: what };
    if (done > 0) return kernel.block(task, { ...request, interrupted: done });
    return kernel.block(task, timeout > 0 ? { ...request, interrupted: -ERRNO.EINTR } : request);
  }
}
