// Options of IPv4 and IPv6 (ip(7), ipv6(7)). Groups of IPv6 have no interface to be on.

import { ERRNO } from '../../abi/errno.ts';
import {
  IP_ADD_MEMBERSHIP,
  IP_BIND_ADDRESS_NO_PORT,
  IP_DROP_MEMBERSHIP,
  IP_FREEBIND,
  IP_HDRINCL,
  IP_LOCAL_PORT_RANGE,
  IP_MINTTL,
  IP_MTU,
  IP_MTU_DISCOVER,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_TTL,
  IP_OPTIONS,
  IP_PKTINFO,
  IP_RECVERR,
  IP_RECVOPTS,
  IP_RECVORIGDSTADDR,
  IP_RECVTOS,
  IP_RECVTTL,
  IP_RETOPTS,
  IP_ROUTER_ALERT,
  IP_TOS,
  IP_TRANSPARENT,
  IP_TTL,
  IP_UNICAST_IF,
  IPV6_ADD_MEMBERSHIP,
  IPV6_DONTFRAG,
  IPV6_FREEBIND,
  IPV6_MTU,
  IPV6_MTU_DISCOVER,
  IPV6_MULTICAST_HOPS,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  IPV6_RECVERR,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVPKTINFO,
  IPV6_RECVTCLASS,
  IPV6_TCLASS,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
} from '../../abi/inet.ts';
import { CAP } from '../../abi/capability.ts';
import { AF_INET, SOCK_STREAM, SOL_IP, SOL_IPV6 } from '../../abi/socket.ts';
import { isCapable } from '../../task/credentials.ts';
import { InetSocket } from '../inet/inet-socket.ts';
import { parseMembership } from '../inet/multicast.ts';
import { RawSocket } from '../inet/raw-socket.ts';
import { UdpSocket } from '../inet/udp-socket.ts';
import { LOOPBACK } from '../loopback.ts';
import { int32s } from '../message.ts';
import { flag, kept, type OptionCall, type OptionRow, readOnly, tableOf } from './option.ts';

const DEFAULT_HOPS = 64;
/** ECN bits, which a TCP connection keeps for itself. */
const ECN = 3;

const typeOfService: OptionRow = {
  ...kept(SOL_IP, IP_TOS),
  set: ({ socket }, value) => {
    socket.setOption(SOL_IP, IP_TOS, socket.type === SOCK_STREAM ? value & 0xff & ~ECN : value & 0xff);
    return 0;
  },
};

/** A number of hops, where -1 is the system's choice. */
function hops(level: number, option: number, initial: number, least: number): OptionRow {
  return {
    level,
    option,
    get: ({ socket }) => {
      const value = socket.options.get(level * 0x10000 + option) ?? -1;
      return int32s(value < 0 ? initial : value);
    },
    set: ({ socket }, value) => {
      if (value !== -1 && (value < least || value > 255)) return -ERRNO.EINVAL;
      socket.setOption(level, option, value);
      return 0;
    },
  };
}

/** Streams have no use for it. */
function datagramsOnly(row: OptionRow, error: number): OptionRow {
  return { ...row, set: (call, value, raw) => (call.socket.type === SOCK_STREAM ? -error : row.set!(call, value, raw)) };
}

function pathMtu({ socket }: OptionCall): Uint8Array | number {
  return socket instanceof InetSocket && socket.remote ? int32s(LOOPBACK.mtu - Number(socket.domain === AF_INET)) : -ERRNO.ENOTCONN;
}

/** IPV6_V6ONLY can be chosen until there is a port. */
const onlySix: OptionRow = {
  ...flag(SOL_IPV6, IPV6_V6ONLY),
  set: ({ socket }, value) => {
    if (socket instanceof InetSocket && socket.hasPort) return -ERRNO.EINVAL;
    socket.setOption(SOL_IPV6, IPV6_V6ONLY, Number(value !== 0));
    return 0;
  },
};

const trafficClass: OptionRow = {
  ...hops(SOL_IPV6, IPV6_TCLASS, 0, 0),
  set: ({ socket }, value) => {
    if (value < -1 || value > 255) return -ERRNO.EINVAL;
    socket.setOption(SOL_IPV6, IPV6_TCLASS, value < 0 || socket.type !== SOCK_STREAM ? value : value & ~ECN);
    return 0;
  },
};

const noInterface = (level: number, option: number): OptionRow => ({ level, option, set: () => -ERRNO.ENODEV });

/** Options that pad and end the list: the only ones there are. */
function isPadding(raw: Uint8Array): boolean {
  const end = raw.indexOf(0);
  return raw.length <= 40 && (end < 0 ? raw : raw.subarray(0, end)).every((byte) => byte === 1);
}

/** struct in_addr, ip_mreq or ip_mreqn: the address of the interface. */
const multicastInterface: OptionRow = {
  level: SOL_IP,
  option: IP_MULTICAST_IF,
  get: ({ socket }) => Uint8Array.of(...(socket.option(SOL_IP, IP_MULTICAST_IF) ? [127, 0, 0, 1] : [0, 0, 0, 0])),
  set: ({ socket }, _value, raw) => {
    if (raw.length < 4) return -ERRNO.EINVAL;
    const host = new DataView(raw.buffer, raw.byteOffset).getUint32(raw.length >= 8 ? 4 : 0);
    if (host !== 0 && host >>> 24 !== 127) return -ERRNO.EADDRNOTAVAIL;
    socket.setOption(SOL_IP, IP_MULTICAST_IF, host === 0 ? 0 : LOOPBACK.index);
    return 0;
  },
};

function membership(option: number, change: 'join' | 'leave'): OptionRow {
  return {
    level: SOL_IP,
    option,
    set: ({ kernel, socket }, _value, raw) => {
      const group = parseMembership(raw);
      if (group < 0) return group;
      return socket instanceof UdpSocket ? socket.memberships[change](kernel, group) : -ERRNO.EPROTO;
    },
  };
}

const IP_ROWS: readonly OptionRow[] = [
  typeOfService,
  hops(SOL_IP, IP_TTL, DEFAULT_HOPS, 1),
  { level: SOL_IP, option: IP_OPTIONS, get: () => new Uint8Array(0), set: (_call, _value, raw) => (isPadding(raw) ? 0 : -ERRNO.EINVAL) },
  { level: SOL_IP, option: IP_ROUTER_ALERT, get: () => int32s(0), set: () => -ERRNO.EINVAL },
  {
    ...flag(SOL_IP, IP_HDRINCL),
    set: ({ socket }, value) => {
      if (!(socket instanceof RawSocket)) return -ERRNO.ENOPROTOOPT;
      socket.setOption(SOL_IP, IP_HDRINCL, Number(value !== 0));
      return 0;
    },
  },
  flag(SOL_IP, IP_RECVOPTS),
  flag(SOL_IP, IP_RETOPTS),
  flag(SOL_IP, IP_PKTINFO),
  kept(SOL_IP, IP_MTU_DISCOVER, { initial: 1, least: 0, most: 5 }),
  flag(SOL_IP, IP_RECVERR),
  flag(SOL_IP, IP_RECVTTL),
  flag(SOL_IP, IP_RECVTOS),
  readOnly(SOL_IP, IP_MTU, pathMtu),
  flag(SOL_IP, IP_FREEBIND),
  kept(SOL_IP, IP_TRANSPARENT, { mayBeSet: ({ credentials }) => isCapable(credentials, CAP.NET_ADMIN) }),
  flag(SOL_IP, IP_RECVORIGDSTADDR),
  kept(SOL_IP, IP_MINTTL, { least: 0, most: 255 }),
  flag(SOL_IP, IP_BIND_ADDRESS_NO_PORT),
  kept(SOL_IP, IP_LOCAL_PORT_RANGE),
  datagramsOnly(multicastInterface, ERRNO.EINVAL),
  datagramsOnly(hops(SOL_IP, IP_MULTICAST_TTL, 1, 0), ERRNO.EINVAL),
  flag(SOL_IP, IP_MULTICAST_LOOP, 1),
  flag(SOL_IP, IP_MULTICAST_ALL, 1),
  kept(SOL_IP, IP_UNICAST_IF),
  membership(IP_ADD_MEMBERSHIP, 'join'),
  membership(IP_DROP_MEMBERSHIP, 'leave'),
];

/** IPv4 takes one byte for most of its numbers. */
export const IP_LEVEL = tableOf(IP_ROWS.map((row) => ({ ...row, anyLength: true })));

export const IPV6_LEVEL = tableOf([
  onlySix,
  hops(SOL_IPV6, IPV6_UNICAST_HOPS, DEFAULT_HOPS, 0),
  datagramsOnly(hops(SOL_IPV6, IPV6_MULTICAST_HOPS, 1, 0), ERRNO.ENOPROTOOPT),
  datagramsOnly(kept(SOL_IPV6, IPV6_MULTICAST_IF), ERRNO.ENOPROTOOPT),
  flag(SOL_IPV6, IPV6_MULTICAST_LOOP, 1),
  noInterface(SOL_IPV6, IPV6_ADD_MEMBERSHIP),
  kept(SOL_IPV6, IPV6_MTU_DISCOVER, { initial: 1, least: 0, most: 5 }),
  { ...readOnly(SOL_IPV6, IPV6_MTU, pathMtu), set: (_call, value) => (value !== 0 && value < 1280 ? -ERRNO.EINVAL : 0) },
  flag(SOL_IPV6, IPV6_RECVERR),
  flag(SOL_IPV6, IPV6_RECVPKTINFO),
  flag(SOL_IPV6, IPV6_RECVHOPLIMIT),
  flag(SOL_IPV6, IPV6_RECVTCLASS),
  trafficClass,
  flag(SOL_IPV6, IPV6_DONTFRAG),
  flag(SOL_IPV6, IPV6_FREEBIND),
]);
