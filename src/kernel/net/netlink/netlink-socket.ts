// Netlink sockets (netlink(7)): a request is answered in the call that sends it; answers wait to be received. Nothing ever changes that
// groups could hear of.

import { ERRNO } from '../../abi/errno.ts';
import { NETLINK_ROUTE, NLM_F_ACK, NLM_F_REQUEST, NLMSG_MIN_TYPE, SOCKADDR_NL_BYTES } from '../../abi/netlink.ts';
import { AF_NETLINK, AF_UNSPEC, MSG_OOB, MSG_PEEK, MSG_TRUNC } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { type ByteSink, type ByteSource, POLL } from '../../vfs/file.ts';
import { plainReceived, type Received, type SendRequest } from '../message.ts';
import { Socket } from '../socket.ts';
import { errorMessage, type NetlinkRequest, parseRequests } from './netlink-message.ts';
import { answerRoute } from './route-requests.ts';

const OVERHEAD = 768;

export class NetlinkSocket extends Socket {
  private port = 0;
  private groups = 0;
  private incoming: Uint8Array[] = [];
  private receiveAllocated = 0;

  override readonly domain = AF_NETLINK;
  override readonly protocol = NETLINK_ROUTE;

  override get isListening(): boolean {
    return false;
  }

  override bind(kernel: Kernel, task: Task, raw: Uint8Array): number {
    if (raw.length < SOCKADDR_NL_BYTES) return -ERRNO.EINVAL;
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
    if (view.getUint16(0, true) !== AF_NETLINK) return -ERRNO.EINVAL;
    const port = view.getInt32(4, true);
    if (this.port !== 0 && port !== this.port) return -ERRNO.EINVAL;
    if (this.port === 0) {
      if (port === 0) this.bindAutomatically(kernel, task);
      else if (isTaken(kernel, port)) return -ERRNO.EADDRINUSE;
      else this.port = port;
    }
    this.groups = view.getUint32(8, true);
    return 0;
  }

  /** The process's number, or if another socket has that, one of the kernel's choice. */
  private bindAutomatically(kernel: Kernel, task: Task): void {
    const { pid } = task.process;
    this.port = isTaken(kernel, pid) ? kernel.network.nextNetlinkPort() : pid;
  }

  override connect(kernel: Kernel, task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length < 2) return -ERRNO.EINVAL;
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
    const family = view.getUint16(0, true);
    if (family === AF_UNSPEC) return 0;
    if (family !== AF_NETLINK || raw.length < SOCKADDR_NL_BYTES) return -ERRNO.EINVAL;
    if (view.getInt32(4, true) !== 0) return -ERRNO.ECONNREFUSED;
    if (this.port === 0) this.bindAutomatically(kernel, task);
    return 0;
  }

  override shutdown(): number {
    return -ERRNO.EOPNOTSUPP;
  }

  override send(kernel: Kernel, task: Task, from: ByteSource, { flags, to }: SendRequest): SyscallResult {
    if (flags & MSG_OOB) return -ERRNO.EOPNOTSUPP;
    if (to) {
      if (to.length < SOCKADDR_NL_BYTES) return -ERRNO.EINVAL;
      const view = new DataView(to.buffer, to.byteOffset, to.length);
      if (view.getUint16(0, true) !== AF_NETLINK) return -ERRNO.EINVAL;
      if (view.getInt32(4, true) !== 0) return -ERRNO.ECONNREFUSED;
    }
    if (from.length > this.sendBuffer - 32) return -ERRNO.EMSGSIZE;
    if (this.port === 0) this.bindAutomatically(kernel, task);
    const data = from.take(from.length);
    if (data.length < from.length) return -ERRNO.EFAULT;
    kernel.charge(kernel.hardware.costs.socket_operation);
    for (const request of parseRequests(data)) this.answer(kernel, request);
    return data.length;
  }

  private answer(kernel: Kernel, request: NetlinkRequest): void {
    const isRequest = (request.flags & NLM_F_REQUEST) !== 0 && request.type >= NLMSG_MIN_TYPE;
    const answer = isRequest ? answerRoute(kernel, this.port, request) : [];
    const failed = typeof answer === 'number';
    if (!failed) for (const datagram of answer) this.deliver(kernel, datagram);
    const isDump = !failed && answer.length > 1;
    if (failed || (request.flags & NLM_F_ACK && !isDump)) this.deliver(kernel, errorMessage(this.port, request, failed ? answer : 0));
  }

  /** A datagram from the kernel. */
  deliver(kernel: Kernel, datagram: Uint8Array): void {
    const charge = datagram.length + OVERHEAD;
    if (this.receiveAllocated + charge > this.receiveBuffer || !kernel.memory.hasRoom(charge)) {
      this.fail(kernel, ERRNO.ENOBUFS);
      return;
    }
    this.receiveAllocated += charge;
    kernel.memory.charge(charge);
    this.incoming.push(datagram);
    kernel.wake(this.readable);
  }

  override receive(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult {
    if (flags & MSG_OOB) return -ERRNO.EOPNOTSUPP;
    if (this.pendingError) return -this.takeError();
    const [datagram] = this.incoming;
    if (!datagram) {
      if (this.isNonblocking(flags)) return -ERRNO.EAGAIN;
      return this.waitOn(kernel, task, this.readable, 'a netlink message', this.receiveTimeout);
    }
    kernel.charge(kernel.hardware.costs.socket_operation);
    const part = datagram.subarray(0, to.length);
    const accepted = to.put(part);
    if (!(flags & MSG_PEEK)) {
      this.incoming.shift();
      this.receiveAllocated -= datagram.length + OVERHEAD;
      kernel.memory.release(datagram.length + OVERHEAD);
    }
    if (accepted < part.length) return -ERRNO.EFAULT;
    return plainReceived(accepted, datagram.length, accepted < datagram.length ? MSG_TRUNC : 0, encodeName(0, 0));
  }

  override name(): Uint8Array {
    return encodeName(this.port, this.groups);
  }

  override peerName(): Uint8Array {
    return encodeName(0, 0);
  }

  /** For /proc/net/netlink and the search for a free port. */
  get boundPort(): number {
    return this.port;
  }

  override poll(): number {
    let ready = POLL.OUT | POLL.WRNORM | POLL.WRBAND;
    if (this.incoming.length > 0) ready |= POLL.IN | POLL.RDNORM;
    return this.pendingError ? ready | POLL.ERR : ready;
  }

  override release(kernel: Kernel): void {
    super.release(kernel);
    kernel.memory.release(this.receiveAllocated);
    this.receiveAllocated = 0;
    this.incoming = [];
  }
}

function isTaken(kernel: Kernel, port: number): boolean {
  return [...kernel.network.sockets.values()].some((socket) => socket instanceof NetlinkSocket && socket.boundPort === port);
}

/** struct sockaddr_nl. */
function encodeName(port: number, groups: number): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_NL_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_NETLINK, true);
  view.setInt32(4, port, true);
  view.setUint32(8, groups, true);
  return bytes;
}
