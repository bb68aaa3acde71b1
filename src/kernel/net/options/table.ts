// getsockopt and setsockopt: which table an option of a level is in, for a socket of a family.

import { ERRNO } from '../../abi/errno.ts';
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_UNIX,
  SO_PEERGROUPS,
  SO_PEERNAME,
  SOCK_RAW,
  SOL_IP,
  SOL_IPV6,
  SOL_NETLINK,
  SOL_RAW,
  SOL_SOCKET,
  SOL_TCP,
  SOL_UDP,
} from '../../abi/socket.ts';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../abi/inet.ts';
import type { Socket } from '../socket.ts';
import { IP_LEVEL, IPV6_LEVEL } from './ip-level.ts';
import { RAW_LEVEL } from './raw-level.ts';
import { NETLINK_LEVEL } from './netlink-level.ts';
import type { OptionCall, OptionRow, OptionTable } from './option.ts';
import { SOCKET_LEVEL } from './socket-level.ts';
import { TCP_LEVEL, UDP_LEVEL } from './transport-level.ts';

interface Level {
  readonly table: OptionTable;
  readonly applies: (socket: Socket) => boolean;
}

const LEVELS: ReadonlyMap<number, Level> = new Map<number, Level>([
  [SOL_SOCKET, { table: SOCKET_LEVEL, applies: () => true }],
  [SOL_IP, { table: IP_LEVEL, applies: ({ domain }) => domain === AF_INET || domain === AF_INET6 }],
  [SOL_IPV6, { table: IPV6_LEVEL, applies: ({ domain }) => domain === AF_INET6 }],
  [SOL_TCP, { table: TCP_LEVEL, applies: ({ protocol }) => protocol === IPPROTO_TCP }],
  [SOL_UDP, { table: UDP_LEVEL, applies: ({ protocol }) => protocol === IPPROTO_UDP }],
  [SOL_RAW, { table: RAW_LEVEL, applies: ({ type, domain }) => type === SOCK_RAW && domain === AF_INET }],
  [SOL_NETLINK, { table: NETLINK_LEVEL, applies: ({ domain }) => domain === AF_NETLINK }],
]);

/** Longest value that is read from a caller. */
export const OPTION_VALUE_MAX = 256;

/** `unknown`: the errno, where AF_INET's protocols differ, for a level a socket does not have. */
function find(socket: Socket, level: number, option: number, unknown: number): OptionRow | number {
  const found = LEVELS.get(level);
  if (!found?.applies(socket))
    return socket.domain === AF_UNIX ? -ERRNO.EOPNOTSUPP : socket.domain === AF_INET ? -unknown : -ERRNO.ENOPROTOOPT;
  return found.table.get(option) ?? -ERRNO.ENOPROTOOPT;
}

/** What is said before a value is looked at: a level the socket does not have, a value that is too short. 0 or a negated errno. */
export function refuseOption(socket: Socket, level: number, option: number, length: number, does: 'get' | 'set'): number {
  if (!LEVELS.get(level)?.applies(socket)) {
    const row = find(socket, level, option, does === 'get' ? ERRNO.EOPNOTSUPP : ERRNO.ENOPROTOOPT);
    return typeof row === 'number' ? row : 0;
  }
  if (level !== SOL_SOCKET && level !== SOL_TCP) return 0;
  const row = LEVELS.get(level)!.table.get(option);
  return length < 4 && !row?.anyLength ? -ERRNO.EINVAL : 0;
}

/** The value in full, or a negated errno. `room` is what the caller has for it. */
export function getSocketOption(call: OptionCall, level: number, option: number, room: number): Uint8Array | number {
  const row = find(call.socket, level, option, ERRNO.EOPNOTSUPP);
  if (typeof row === 'number') return row;
  if (!row.get) return -ERRNO.ENOPROTOOPT;
  const value = row.get(call);
  if (typeof value === 'number') return value;
  if (level === SOL_SOCKET && option === SO_PEERNAME && value.length < room) return -ERRNO.EINVAL;
  if (level === SOL_SOCKET && option === SO_PEERGROUPS && value.length > room) return -ERRNO.ERANGE;
  if (level === SOL_IP && value.length === 4 && room > 0 && room < 4) return oneByte(value) ?? value;
  return value;
}

/** IPv4 answers in one byte where there is no room for four and the value fits. */
function oneByte(value: Uint8Array): Uint8Array | null {
  return value[1] === 0 && value[2] === 0 && value[3] === 0 ? value.subarray(0, 1) : null;
}

/** 0 or a negated errno. */
export function setSocketOption(call: OptionCall, level: number, option: number, raw: Uint8Array): number {
  const row = find(call.socket, level, option, ERRNO.ENOPROTOOPT);
  if (typeof row === 'number') return raw.length < 4 && level === SOL_SOCKET ? -ERRNO.EINVAL : row;
  if (raw.length < 4 && !row.anyLength) return -ERRNO.EINVAL;
  if (!row.set) return -ERRNO.ENOPROTOOPT;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  return row.set(call, raw.length >= 4 ? view.getInt32(0, true) : (raw[0] ?? 0), raw);
}
