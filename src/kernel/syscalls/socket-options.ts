// getsockopt and setsockopt (socket(7)): those with an effect, and those that are only kept.

import { ERRNO } from '../abi/errno.ts';
import {
  AF_INET,
  SO_ACCEPTCONN,
  SO_BROADCAST,
  SO_DEBUG,
  SO_DOMAIN,
  SO_DONTROUTE,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_OOBINLINE,
  SO_PASSCRED,
  SO_PEERCRED,
  SO_PRIORITY,
  SO_PROTOCOL,
  SO_RCVBUF,
  SO_RCVLOWAT,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_SNDTIMEO,
  SO_TIMESTAMP,
  SO_TYPE,
  SOL_SOCKET,
  SOL_TCP,
} from '../abi/socket.ts';
import type { Socket } from '../net/socket.ts';

const SOL_IP = 0;
/** net.core.wmem_max, and the least Linux gives. */
const BUFFER_MAX = 212_992;
const BUFFER_MIN = 4608;

/** Options of SOL_SOCKET that are kept and change nothing (but bind's checks for the two REUSE ones). */
const KEPT = new Set([
  SO_DEBUG,
  SO_REUSEADDR,
  SO_DONTROUTE,
  SO_BROADCAST,
  SO_KEEPALIVE,
  SO_OOBINLINE,
  SO_PRIORITY,
  SO_REUSEPORT,
  SO_RCVLOWAT,
  SO_TIMESTAMP,
]);

const key = (level: number, option: number): string => `${level}:${option}`;
const int = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);

function timeOf(nanoseconds: number): Uint8Array {
  return new Uint8Array(BigInt64Array.of(BigInt(Math.floor(nanoseconds / 1e9)), BigInt(Math.floor((nanoseconds % 1e9) / 1000))).buffer);
}

export function getSocketOption(socket: Socket, level: number, option: number): Uint8Array | number {
  if (level !== SOL_SOCKET) {
    const known = socket.domain === AF_INET && (level === SOL_TCP || level === SOL_IP);
    return known ? int(socket.options.get(key(level, option)) ?? 0) : -ERRNO.EOPNOTSUPP;
  }
  switch (option) {
    case SO_TYPE:
      return int(socket.type);
    case SO_DOMAIN:
      return int(socket.domain);
    case SO_PROTOCOL:
      return int(socket.protocol);
    case SO_ERROR:
      return int(socket.takeError());
    case SO_ACCEPTCONN:
      return int(Number(socket.state === 'listening'));
    case SO_SNDBUF:
      return int(socket.sendBuffer);
    case SO_RCVBUF:
      return int(socket.receiveBuffer);
    case SO_PASSCRED:
      return int(Number(socket.passCredentials));
    case SO_PEERCRED: {
      const { pid, uid, gid } = socket.peerCredentials;
      return new Uint8Array(Int32Array.of(pid, uid, gid).buffer);
    }
    case SO_RCVTIMEO:
      return timeOf(socket.receiveTimeout);
    case SO_SNDTIMEO:
      return timeOf(socket.sendTimeout);
    case SO_LINGER:
      return new Uint8Array(8);
    default:
      return KEPT.has(option) ? int(socket.options.get(key(level, option)) ?? 0) : -ERRNO.ENOPROTOOPT;
  }
}

export function setSocketOption(socket: Socket, level: number, option: number, value: Uint8Array): number {
  if (level === SOL_SOCKET && (option === SO_RCVTIMEO || option === SO_SNDTIMEO)) return setTransferTimeout(socket, option, value);
  if (value.length < 4) return -ERRNO.EINVAL;
  const number = new DataView(value.buffer, value.byteOffset).getInt32(0, true);
  if (level !== SOL_SOCKET) {
    if (socket.domain !== AF_INET || (level !== SOL_TCP && level !== SOL_IP)) return -ERRNO.EOPNOTSUPP;
    socket.options.set(key(level, option), number);
    return 0;
  }
  switch (option) {
    case SO_SNDBUF:
      socket.sendBuffer = bufferSize(number);
      return 0;
    case SO_RCVBUF:
      socket.receiveBuffer = bufferSize(number);
      return 0;
    case SO_PASSCRED:
      socket.passCredentials = number !== 0;
      return 0;
    case SO_LINGER:
      return value.length < 8 ? -ERRNO.EINVAL : 0;
    default:
      if (!KEPT.has(option)) return -ERRNO.ENOPROTOOPT;
      socket.options.set(key(level, option), number);
      return 0;
  }
}

/** Linux doubles what is asked for, to pay for its own bookkeeping. */
function bufferSize(asked: number): number {
  return Math.max(Math.min(asked >>> 0, BUFFER_MAX) * 2, BUFFER_MIN);
}

function setTransferTimeout(socket: Socket, option: number, value: Uint8Array): number {
  if (value.length < 16) return -ERRNO.EINVAL;
  const view = new DataView(value.buffer, value.byteOffset);
  const [seconds, microseconds] = [Number(view.getBigInt64(0, true)), Number(view.getBigInt64(8, true))];
  if (microseconds < 0 || microseconds >= 1_000_000) return -ERRNO.EDOM;
  const nanoseconds = seconds < 0 ? 0 : seconds * 1e9 + microseconds * 1000;
  if (option === SO_RCVTIMEO) socket.receiveTimeout = nanoseconds;
  else socket.sendTimeout = nanoseconds;
  return 0;
}
