// What NETLINK_ROUTE answers (rtnetlink(7)): the interface "lo", its addresses, the routes of the table "local". Nothing can be changed.

import { ERRNO } from '../../abi/errno.ts';
import { ARPHRD_LOOPBACK, IFF_LOOPBACK, IFF_LOWER_UP, IFF_RUNNING, IFF_UP } from '../../abi/interface.ts';
import {
  IFA,
  IFA_F_PERMANENT,
  IFINFOMSG_BYTES,
  IFLA,
  NLM_F_DUMP,
  NLM_F_MULTI,
  NLMSGHDR_BYTES,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  RTA,
  RTM_GETADDR,
  RTM_GETLINK,
  RTM_GETNEIGH,
  RTM_GETROUTE,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWROUTE,
  RTMSG_BYTES,
  RTN_BROADCAST,
  RTN_LOCAL,
  RTNL_KIND_GET,
  RTPROT_KERNEL,
} from '../../abi/netlink.ts';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import { byteString } from '../../vfs/byte-streams.ts';
import { LOOPBACK } from '../loopback.ts';
import { type Attribute, byte, doneMessage, encodeMessage, type NetlinkRequest, parseAttributes, text, word } from './netlink-message.ts';

/** Datagrams of an answer, or a negated errno. */
type Answer = readonly Uint8Array[] | number;

interface Part {
  readonly fixed: Uint8Array;
  readonly attributes: readonly Attribute[];
}

interface RequestKind {
  readonly reply: number;
  readonly list: (kernel: Kernel, family: number) => readonly Part[];
  readonly one?: (kernel: Kernel, request: NetlinkRequest) => Part | number;
}

const KINDS = new Map<number, RequestKind>([
  [RTM_GETLINK, { reply: RTM_NEWLINK, list: (kernel) => [link(kernel)], one: oneLink }],
  [RTM_GETADDR, { reply: RTM_NEWADDR, list: (_kernel, family) => addresses(family) }],
  [RTM_GETROUTE, { reply: RTM_NEWROUTE, list: (_kernel, family) => routes(family), one: oneRoute }],
  [RTM_GETNEIGH, { reply: 0, list: () => [] }],
]);

export function answerRoute(kernel: Kernel, port: number, request: NetlinkRequest): Answer {
  if ((request.type & 3) !== RTNL_KIND_GET) return -ERRNO.EPERM;
  const kind = KINDS.get(request.type);
  if (!kind) return -ERRNO.EOPNOTSUPP;
  if (request.raw.length <= NLMSGHDR_BYTES) return [];
  const { sequence } = request;
  if (!(request.flags & NLM_F_DUMP)) {
    const part = kind.one?.(kernel, request) ?? -ERRNO.EOPNOTSUPP;
    if (typeof part === 'number') return part;
    return [encodeMessage({ type: kind.reply, flags: 0, port, sequence }, part.fixed, part.attributes)];
  }
  const family = request.raw[NLMSGHDR_BYTES]!;
  const parts = kind
    .list(kernel, family)
    .map(({ fixed, attributes }) => encodeMessage({ type: kind.reply, flags: NLM_F_MULTI, port, sequence }, fixed, attributes));
  const done = doneMessage(port, sequence);
  return parts.length > 0 ? [joined(parts), done] : [done];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** struct ifinfomsg and attributes of "lo". */
function link(kernel: Kernel): Part {
  const fixed = new Uint8Array(IFINFOMSG_BYTES);
  const view = new DataView(fixed.buffer);
  view.setUint16(2, ARPHRD_LOOPBACK, true);
  view.setInt32(4, LOOPBACK.index, true);
  view.setUint32(8, IFF_UP | IFF_LOOPBACK | IFF_RUNNING | IFF_LOWER_UP, true);
  const { packets, bytes } = kernel.network.loopback;
  const counters = [packets, packets, bytes, bytes];
  const wide = new BigUint64Array(24);
  const narrow = new Uint32Array(24);
  counters.forEach((value, i) => {
    wide[i] = BigInt(value);
    narrow[i] = value;
  });
  const noAddress = new Uint8Array(6);
  const attributes = [
    text(IFLA.IFNAME, LOOPBACK.name),
    word(IFLA.TXQLEN, LOOPBACK.queueLength),
    byte(IFLA.OPERSTATE, 0),
    byte(IFLA.LINKMODE, 0),
    word(IFLA.MTU, LOOPBACK.mtu),
    word(IFLA.MIN_MTU, 0),
    word(IFLA.MAX_MTU, 0),
    word(IFLA.GROUP, 0),
    word(IFLA.NUM_TX_QUEUES, 1),
    word(IFLA.NUM_RX_QUEUES, 1),
    byte(IFLA.CARRIER, 1),
    text(IFLA.QDISC, 'noqueue'),
    { type: IFLA.ADDRESS, data: noAddress },
    { type: IFLA.BROADCAST, data: noAddress },
    { type: IFLA.STATS64, data: new Uint8Array(wide.buffer) },
    { type: IFLA.STATS, data: new Uint8Array(narrow.buffer) },
  ];
  return { fixed, attributes };
}

/** By index, or by name. */
function oneLink(kernel: Kernel, request: NetlinkRequest): Part | number {
  if (request.raw.length < NLMSGHDR_BYTES + IFINFOMSG_BYTES) return -ERRNO.EINVAL;
  const index = new DataView(request.raw.buffer, request.raw.byteOffset).getInt32(NLMSGHDR_BYTES + 4, true);
  const name = parseAttributes(request, IFINFOMSG_BYTES).find(({ type }) => type === IFLA.IFNAME);
  if (index === 0 && !name) return -ERRNO.EINVAL;
  const isIt = index !== 0 ? index === LOOPBACK.index : byteString(name!.data).split('\0')[0] === LOOPBACK.name;
  return isIt ? link(kernel) : -ERRNO.ENODEV;
}

const LOCALHOST = Uint8Array.of(127, 0, 0, 1);
const LOCALHOST_6 = new Uint8Array(16);
LOCALHOST_6[15] = 1;

/** struct ifaddrmsg and attributes of the addresses of a family. */
function addresses(family: number): Part[] {
  const forEver = new Uint8Array(Uint32Array.of(0xffff_ffff, 0xffff_ffff, 0, 0).buffer);
  const part = (of: number, prefix: number, attributes: readonly Attribute[]): Part => ({
    fixed: Uint8Array.of(of, prefix, IFA_F_PERMANENT, RT_SCOPE_HOST, LOOPBACK.index, 0, 0, 0),
    attributes: [...attributes, word(IFA.FLAGS, IFA_F_PERMANENT), { type: IFA.CACHEINFO, data: forEver }],
  });
  const four = part(AF_INET, LOOPBACK.prefix, [
    { type: IFA.ADDRESS, data: LOCALHOST },
    { type: IFA.LOCAL, data: LOCALHOST },
    text(IFA.LABEL, LOOPBACK.name),
  ]);
  const six = part(AF_INET6, 128, [{ type: IFA.ADDRESS, data: LOCALHOST_6 }]);
  if (family === AF_UNSPEC) return [four, six];
  return family === AF_INET ? [four] : family === AF_INET6 ? [six] : [];
}

/** struct rtmsg and attributes. */
function route(
  family: number,
  prefix: number,
  kind: number,
  scope: number,
  destination: Uint8Array,
  source: Uint8Array | null,
  table = RT_TABLE_LOCAL,
): Part {
  const fixed = new Uint8Array(RTMSG_BYTES);
  fixed.set([family, prefix, 0, 0, table, table === RT_TABLE_LOCAL ? RTPROT_KERNEL : 0, scope, kind]);
  const attributes = [word(RTA.TABLE, table), { type: RTA.DST, data: destination }];
  if (source) attributes.push({ type: RTA.PREFSRC, data: source });
  return { fixed, attributes: [...attributes, word(RTA.OIF, LOOPBACK.index)] };
}

function routes(family: number): Part[] {
  const four = [
    route(AF_INET, LOOPBACK.prefix, RTN_LOCAL, RT_SCOPE_HOST, Uint8Array.of(127, 0, 0, 0), LOCALHOST),
    route(AF_INET, 32, RTN_LOCAL, RT_SCOPE_HOST, LOCALHOST, LOCALHOST),
    route(AF_INET, 32, RTN_BROADCAST, RT_SCOPE_LINK, Uint8Array.of(127, 255, 255, 255), LOCALHOST),
  ];
  const six = [route(AF_INET6, 128, RTN_LOCAL, 0, LOCALHOST_6, null)];
  if (family === AF_UNSPEC) return [...four, ...six];
  return family === AF_INET ? four : family === AF_INET6 ? six : [];
}

/** The route to one address, which names the main table, wherever it is. */
function oneRoute(_kernel: Kernel, request: NetlinkRequest): Part | number {
  if (request.raw.length < NLMSGHDR_BYTES + RTMSG_BYTES) return -ERRNO.EINVAL;
  const destination = parseAttributes(request, RTMSG_BYTES).find(({ type }) => type === RTA.DST)?.data;
  if (request.raw[NLMSGHDR_BYTES] === AF_INET6) {
    const isLocal = destination?.length === 16 && destination.every((value, i) => value === LOCALHOST_6[i]);
    return isLocal ? route(AF_INET6, 128, RTN_LOCAL, 0, LOCALHOST_6, LOCALHOST_6, RT_TABLE_MAIN) : -ERRNO.ENETUNREACH;
  }
  if (destination?.length !== 4 || destination[0] !== 127) return -ERRNO.ENETUNREACH;
  return route(AF_INET, 32, RTN_LOCAL, 0, destination, LOCALHOST, RT_TABLE_MAIN);
}
