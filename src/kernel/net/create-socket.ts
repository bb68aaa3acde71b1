// socket(2): which family, type and protocol make which socket, and the errors of those there are none for.

import { ERRNO } from '../abi/errno.ts';
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_MAX, IPPROTO_RAW, IPPROTO_TCP, IPPROTO_UDP } from '../abi/inet.ts';
import { NETLINK_MAX, NETLINK_ROUTE } from '../abi/netlink.ts';
import {
  AF_INET,
  AF_INET6,
  AF_MAX,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  SOCK_DGRAM,
  SOCK_MAX,
  SOCK_PACKET,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from '../abi/socket.ts';
import { CAP } from '../abi/capability.ts';
import type { Kernel } from '../kernel.ts';
import { isCapable } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import type { InetDomain } from './inet/inet-address.ts';
import { RawSocket } from './inet/raw-socket.ts';
import { TcpSocket } from './inet/tcp-socket.ts';
import { UdpSocket } from './inet/udp-socket.ts';
import { NetlinkSocket } from './netlink/netlink-socket.ts';
import { type Socket, SOCKET_BYTES } from './socket.ts';
import { UnixDatagram } from './unix/unix-datagram.ts';
import { UnixSeqpacket } from './unix/unix-seqpacket.ts';
import type { UnixSocket } from './unix/unix-socket.ts';
import { UnixStream } from './unix/unix-stream.ts';

type Maker = (kernel: Kernel, flags: number, type: number, protocol: number, task: Task) => Socket | number;

const FAMILIES = new Map<number, Maker>([
  [AF_UNIX, makeUnix],
  [
    AF_INET,
    (kernel, flags, type, protocol, task) =>
      makeRaw(kernel, flags, type, protocol, task) ?? makeInet(kernel, AF_INET, flags, type, protocol),
  ],
  [AF_INET6, (kernel, flags, type, protocol) => makeInet(kernel, AF_INET6, flags, type, protocol)],
  [AF_NETLINK, makeNetlink],
  /** Needs CAP_NET_RAW, which nobody has. */
  [AF_PACKET, () => -ERRNO.EPERM],
]);

/** A socket with one reference, or a negated errno. `flags`: O_NONBLOCK. */
export function createSocket(kernel: Kernel, task: Task, domain: number, type: number, protocol: number, flags: number): Socket | number {
  if (domain < 0 || domain >= AF_MAX) return -ERRNO.EAFNOSUPPORT;
  if (type >= SOCK_MAX) return -ERRNO.EINVAL;
  const family = domain === AF_INET && type === SOCK_PACKET ? AF_PACKET : domain;
  const make = FAMILIES.get(family);
  if (!make) return -ERRNO.EAFNOSUPPORT;
  if (!kernel.memory.hasRoom(SOCKET_BYTES)) return domain === AF_UNIX ? -ERRNO.ENOMEM : -ERRNO.ENOBUFS;
  return make(kernel, flags, type, protocol, task);
}

/** SOCK_RAW of AF_UNIX is a datagram socket. */
function makeUnix(kernel: Kernel, flags: number, type: number, protocol: number): UnixSocket | number {
  if (protocol !== 0 && protocol !== AF_UNIX) return -ERRNO.EPROTONOSUPPORT;
  if (type === SOCK_STREAM) return new UnixStream(kernel, flags);
  if (type === SOCK_SEQPACKET) return new UnixSeqpacket(kernel, flags);
  return type === SOCK_DGRAM || type === SOCK_RAW ? new UnixDatagram(kernel, flags) : -ERRNO.ESOCKTNOSUPPORT;
}

/** Null where it is not asked for, or may not be had. */
function makeRaw(kernel: Kernel, flags: number, type: number, protocol: number, task: Task): Socket | null {
  const isRaw = type === SOCK_RAW && protocol > 0 && protocol <= IPPROTO_RAW;
  return isRaw && isCapable(task.credentials, CAP.NET_RAW) ? new RawSocket(kernel, flags, protocol) : null;
}

/** Raw sockets need CAP_NET_RAW, and there are none of IPv6; ping sockets a group of net.ipv4.ping_group_range, which nobody has. */
function makeInet(kernel: Kernel, domain: InetDomain, flags: number, type: number, protocol: number): Socket | number {
  if (protocol < 0 || protocol >= IPPROTO_MAX) return -ERRNO.EINVAL;
  if (type === SOCK_RAW) return protocol === 0 ? -ERRNO.EPROTONOSUPPORT : -ERRNO.EPERM;
  if (type === SOCK_STREAM)
    return protocol === 0 || protocol === IPPROTO_TCP ? new TcpSocket(kernel, domain, flags) : -ERRNO.EPROTONOSUPPORT;
  if (type !== SOCK_DGRAM) return -ERRNO.ESOCKTNOSUPPORT;
  if (protocol === (domain === AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6)) return -ERRNO.EACCES;
  return protocol === 0 || protocol === IPPROTO_UDP ? new UdpSocket(kernel, domain, flags) : -ERRNO.EPROTONOSUPPORT;
}

function makeNetlink(kernel: Kernel, flags: number, type: number, protocol: number): Socket | number {
  if (type !== SOCK_RAW && type !== SOCK_DGRAM) return -ERRNO.ESOCKTNOSUPPORT;
  if (protocol < 0 || protocol >= NETLINK_MAX || protocol !== NETLINK_ROUTE) return -ERRNO.EPROTONOSUPPORT;
  return new NetlinkSocket(kernel, flags, type);
}
