// What TCP and UDP sockets have in common (ip(7), ipv6(7)): local and remote addresses, ports, errors that are kept.
// The only network is loopback: packets arrive in the call that sends them, in order, and never get lost on the way.

import { ERRNO } from '../../abi/errno.ts';
import { FIONREAD } from '../../abi/ioctl.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  SIOCGSTAMP_OLD,
  SIOCGSTAMPNS_OLD,
  SIOCOUTQ,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCKADDR_MAX,
  SOL_IP,
  SOL_IPV6,
} from '../../abi/socket.ts';
import { CAP } from '../../abi/capability.ts';
import { IP_BIND_ADDRESS_NO_PORT, IP_FREEBIND, IP_RECVERR, IPV6_RECVERR, IPV6_V6ONLY } from '../../abi/inet.ts';
import { SOF_TIMESTAMPING } from '../../abi/timestamping.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import { isCapable } from '../../task/credentials.ts';
import type { Task } from '../../task/task.ts';
import type { ByteSink } from '../../vfs/file.ts';
import { putUint32 } from '../../vfs/user-memory.ts';
import type { Ancillary, ControlMessage, Received } from '../message.ts';
import { Socket } from '../socket.ts';
import { ErrorQueue } from './error-queue.ts';
import {
  anyHost,
  encodeInetAddress,
  type Endpoint,
  type Host,
  type InetDomain,
  parseInetAddress,
  routeTo,
  isLimitedBroadcast,
  needsScope,
} from './inet-address.ts';
import type { PortRequest, PortTable } from './ports.ts';

const UNPRIVILEGED_PORT = 1024;

/** What a stamp comes with; no source where the packet has no header any more. */
export interface SeenPacket {
  readonly bytes: Uint8Array;
  readonly source: Endpoint | null;
}

export abstract class InetSocket extends Socket {
  readonly domain: InetDomain;
  local: Endpoint;
  /** Of a connected socket. */
  remote: Endpoint | null = null;
  readonly errors = new ErrorQueue();
  /** With SOF_TIMESTAMPING_OPT_ID: the number of the next datagram, or the position that a stream's numbers count from. */
  protected stampNumber = 0;
  /** What the program itself chose, which dissolving a connection leaves. */
  protected choseAddress = false;
  protected chosePort = false;

  constructor(kernel: Kernel, domain: InetDomain, flags: number, type: number) {
    super(kernel, flags, type);
    this.domain = domain;
    this.local = anyHost(domain);
  }

  abstract ports(kernel: Kernel): PortTable;

  get hasPort(): boolean {
    return this.local.port !== 0;
  }

  /** An IPv6 socket that takes IPv4 too. */
  get isDualStack(): boolean {
    return this.domain === AF_INET6 && this.option(SOL_IPV6, IPV6_V6ONLY) === 0;
  }

  /** IP_RECVERR: errors are kept, and told to sockets that are not connected too. */
  get keepsErrors(): boolean {
    return (this.domain === AF_INET ? this.option(SOL_IP, IP_RECVERR) : this.option(SOL_IPV6, IPV6_RECVERR)) !== 0;
  }

  get portRequest(): PortRequest {
    return {
      at: this.local,
      dualStack: this.isDualStack,
      reuseAddress: this.isSet(SO_REUSEADDR),
      reusePort: this.isSet(SO_REUSEPORT),
      uid: this.inode!.uid,
    };
  }

  override name(): Uint8Array {
    return encodeInetAddress(this.domain, this.local);
  }

  override peerName(): Uint8Array | number {
    return this.remote?.port ? encodeInetAddress(this.domain, this.remote) : -ERRNO.ENOTCONN;
  }

  override bind(kernel: Kernel, task: Task, raw: Uint8Array): number {
    const address = this.parseBindAddress(raw);
    if (typeof address === 'number') return address;
    if (address.family === 4 && this.domain === AF_INET6 && !this.isDualStack) return -ERRNO.EINVAL;
    const isForeign = routeTo(address) === 'unreachable';
    if (isForeign && !this.option(SOL_IP, IP_FREEBIND)) return -ERRNO.EADDRNOTAVAIL;
    if (address.port > 0 && address.port < UNPRIVILEGED_PORT && !isCapable(task.credentials, CAP.NET_BIND_SERVICE)) return -ERRNO.EACCES;
    if (this.isBusy || this.hasPort) return -ERRNO.EINVAL;
    const bound = this.takePort(kernel, address);
    if (bound < 0) return bound;
    this.choseAddress = address.host !== 0;
    this.chosePort = address.port !== 0;
    return 0;
  }

  /** AF_UNSPEC stands for AF_INET where the address is "any". */
  private parseBindAddress(raw: Uint8Array): Endpoint | number {
    const unspecified = this.domain === AF_INET && raw.length >= 16 && raw.length <= SOCKADDR_MAX && isUnspecified(raw);
    if (!unspecified) return parseInetAddress(this.domain, raw);
    if (raw.subarray(4, 8).some((byte) => byte !== 0)) return -ERRNO.EAFNOSUPPORT;
    return parseInetAddress(AF_INET, Uint8Array.of(AF_INET, 0, ...raw.subarray(2, 4), 0, 0, 0, 0, ...raw.subarray(8, 16)));
  }

  /** Connected, listening, or about to be. */
  protected abstract get isBusy(): boolean;

  /** Takes the port, or a free one for port 0. 0 or -EADDRINUSE. */
  protected takePort(kernel: Kernel, at: Endpoint): number {
    const ports = this.ports(kernel);
    const request = { ...this.portRequest, at };
    if (at.port === 0) {
      if (this.option(SOL_IP, IP_BIND_ADDRESS_NO_PORT)) {
        this.local = at;
        return 0;
      }
      const port = ports.ephemeral(kernel, request);
      if (port === 0) return -ERRNO.EADDRINUSE;
      this.local = { ...at, port };
    } else {
      if (ports.conflicts(kernel, request)) return -ERRNO.EADDRINUSE;
      this.local = at;
    }
    ports.add(this);
    return 0;
  }

  /** The port stays, what it is bound to becomes more particular. */
  protected setLocalHost({ family, host }: Host): void {
    this.local = { family, host, port: this.local.port };
  }

  /** After a connection is dissolved: what the kernel chose is given back. */
  protected resetNames(kernel: Kernel): void {
    this.remote = null;
    const port = this.chosePort ? this.local.port : 0;
    if (!this.chosePort && this.hasPort) this.ports(kernel).remove(this);
    this.local = this.choseAddress ? { ...this.local, port } : { ...anyHost(this.domain), port };
  }

  /** An address to send or connect to, with "any" taken for loopback; a negated errno where no packet can go. */
  protected parseDestination(raw: Uint8Array): Endpoint | number {
    const address = parseInetAddress(this.domain, raw);
    if (typeof address === 'number') return address;
    const wrongFamily = this.domain === AF_INET6 && address.family === 4 && !this.isDualStack;
    if (needsScope(address)) return -ERRNO.EINVAL;
    if (wrongFamily || isLimitedBroadcast(address) || routeTo(address) === 'unreachable') return -ERRNO.ENETUNREACH;
    return address;
  }

  /** Looked at behind the destination. */
  override readAncillary(_kernel: Kernel, _task: Task, messages: readonly ControlMessage[] | null): Ancillary {
    return { files: [], credentials: null, options: messages ?? [], malformed: messages === null };
  }

  override beginStampNumbers(_written: boolean): number {
    this.stampNumber = 0;
    return 0;
  }

  /** Something that was sent has come so far; `packet` makes it for those who want to see it, with where it is from. */
  protected stampSent(kernel: Kernel, flags: number, kind: number, key: number, packet: () => SeenPacket): void {
    const stamp = { kind, key: flags & SOF_TIMESTAMPING.OPT_ID ? key : 0, at: kernel.now };
    if (flags & SOF_TIMESTAMPING.OPT_TSONLY) this.errors.addStamp(stamp, null, null);
    else {
      const { bytes, source } = packet();
      const tells = this.domain === AF_INET6 || (flags & SOF_TIMESTAMPING.OPT_CMSG) !== 0;
      this.errors.addStamp(stamp, bytes, tells ? source : null);
    }
    kernel.wake(this.readable);
  }

  /** recvmsg with MSG_ERRQUEUE: what the next kept error is becomes the socket's. */
  protected receiveError(kernel: Kernel, to: ByteSink): Received | number {
    const wasIcmp = this.errors.nextError !== 0;
    const received = this.errors.receive(kernel, this, to);
    const next = this.errors.nextError;
    if (wasIcmp || next !== 0) this.pendingError = next;
    return received;
  }

  override ioctl(kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    if (request === SIOCGSTAMP_OLD || request === SIOCGSTAMPNS_OLD) return -ERRNO.ENOENT;
    if (request !== FIONREAD && request !== SIOCOUTQ) return super.ioctl(kernel, task, request, argument);
    const count = request === FIONREAD ? this.readableBytes : this.unsentBytes;
    return count < 0 ? count : putUint32(task, argument, count);
  }

  /** What FIONREAD says, or a negated errno. */
  abstract get readableBytes(): number;
  /** What SIOCOUTQ says, or a negated errno. */
  abstract get unsentBytes(): number;

  override release(kernel: Kernel): void {
    if (this.hasPort) this.ports(kernel).remove(this);
    super.release(kernel);
  }
}

export function isUnspecified(address: Uint8Array): boolean {
  return address.length >= 2 && (address[0]! | (address[1]! << 8)) === AF_UNSPEC;
}
