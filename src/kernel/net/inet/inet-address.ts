// struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)), and what the addresses in them are to a machine whose only network is loopback.

import { ERRNO } from '../../abi/errno.ts';
import { SOCKADDR_IN6_BYTES, SOCKADDR_IN6_MIN, SOCKADDR_IN_BYTES } from '../../abi/inet.ts';
import { AF_INET, AF_INET6 } from '../../abi/socket.ts';

/** An address of either protocol. IPv4-mapped IPv6 addresses are IPv4's. */
export interface Host {
  readonly family: 4 | 6;
  /** IPv4: host byte order. IPv6: 0 is "::", 1 "::1", -1 one that needs a scope, -2 any other. */
  readonly host: number;
}

export interface Endpoint extends Host {
  readonly port: number;
}

export type InetDomain = typeof AF_INET | typeof AF_INET6;

/** What a packet to an address would do. */
export type Route = 'any' | 'local' | 'broadcast' | 'multicast' | 'unreachable';

const SCOPED = -1;
const FOREIGN = -2;
const LOOPBACK_4 = 0x7f00_0001;
const LOOPBACK_NET_BROADCAST = 0x7fff_ffff;
const MAPPED_PREFIX = 0xffff;
/** fe80::/10 and ff02::/16. */
const LINK_LOCAL = 0xfe80;
const LINK_GROUPS = 0xff02;

export function needsScope({ family, host }: Host): boolean {
  return family === 6 && host === SCOPED;
}

/** 255.255.255.255 can be bound to, but no interface has a broadcast address for it. */
export function isLimitedBroadcast({ family, host }: Host): boolean {
  return family === 4 && host === 0xffff_ffff;
}

export function anyHost(domain: InetDomain): Endpoint {
  return { family: domain === AF_INET ? 4 : 6, host: 0, port: 0 };
}

export function routeTo({ family, host }: Host): Route {
  if (host === 0) return 'any';
  if (family === 6) return host === 1 ? 'local' : 'unreachable';
  if (host === LOOPBACK_NET_BROADCAST || host === 0xffff_ffff) return 'broadcast';
  if (host >>> 28 === 0xe) return 'multicast';
  return host >>> 24 === 127 ? 'local' : 'unreachable';
}

/** Where packets to "any" go. */
export function loopbackOf({ family, host, port }: Endpoint): Endpoint {
  return host === 0 ? { family, host: family === 4 ? LOOPBACK_4 : 1, port } : { family, host, port };
}

/** The address packets to `remote` come from, unless the socket has one. */
export function sourceFor({ family }: Host): Host {
  return { family, host: family === 4 ? LOOPBACK_4 : 1 };
}

/** An address of the family itself: -EINVAL if it is too short, -EAFNOSUPPORT if it is another's. */
export function parseInetAddress(domain: InetDomain, raw: Uint8Array): Endpoint | number {
  if (raw.length < (domain === AF_INET ? SOCKADDR_IN_BYTES : SOCKADDR_IN6_MIN)) return -ERRNO.EINVAL;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  if (view.getUint16(0, true) !== domain) return -ERRNO.EAFNOSUPPORT;
  const port = view.getUint16(2);
  if (domain === AF_INET) return { family: 4, host: view.getUint32(4), port };
  const words = [view.getUint32(8), view.getUint32(12), view.getUint32(16), view.getUint32(20)] as const;
  if (words[0] === 0 && words[1] === 0 && words[2] === MAPPED_PREFIX) return { family: 4, host: words[3], port };
  const isSmall = words[0] === 0 && words[1] === 0 && words[2] === 0 && words[3] <= 1;
  const isScoped = words[0] >>> 22 === LINK_LOCAL >>> 6 || words[0] >>> 16 === LINK_GROUPS;
  return { family: 6, host: isSmall ? words[3] : isScoped ? SCOPED : FOREIGN, port };
}

export function encodeInetAddress(domain: InetDomain, { family, host, port }: Endpoint): Uint8Array {
  const bytes = new Uint8Array(domain === AF_INET ? SOCKADDR_IN_BYTES : SOCKADDR_IN6_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, domain, true);
  view.setUint16(2, port);
  if (domain === AF_INET) {
    view.setUint32(4, host);
    return bytes;
  }
  if (family === 4) view.setUint32(16, MAPPED_PREFIX);
  view.setUint32(20, host);
  return bytes;
}

/** The 16 bytes of an in6_addr. */
export function in6Bytes({ family, host }: Host): Uint8Array {
  return encodeInetAddress(AF_INET6, { family, host, port: 0 }).subarray(8, 24);
}

export function sameHost(a: Host, b: Host): boolean {
  return a.family === b.family && a.host === b.host;
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && sameHost(a, b);
}
