// Options of SOL_SOCKET (socket(7), unix(7)).

import { ERRNO } from '../../abi/errno.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  BUFFER_MAX,
  RECEIVE_BUFFER_MIN,
  SEND_BUFFER_MIN,
  SO_ACCEPTCONN,
  SO_ATTACH_BPF,
  SO_ATTACH_FILTER,
  SO_BSDCOMPAT,
  SO_PASSSEC,
  SO_WIFI_STATUS,
  SO_BPF_EXTENSIONS,
  SO_RCVTIMEO_NEW,
  SO_SNDTIMEO_NEW,
  SO_PREFER_BUSY_POLL,
  SO_BUSY_POLL_BUDGET,
  SO_BINDTODEVICE,
  SO_BINDTOIFINDEX,
  SO_BROADCAST,
  SO_BUF_LOCK,
  SO_BUSY_POLL,
  SO_COOKIE,
  SO_DEBUG,
  SO_DETACH_FILTER,
  SO_DOMAIN,
  SO_DONTROUTE,
  SO_ERROR,
  SO_INCOMING_CPU,
  SO_INCOMING_NAPI_ID,
  SO_INQ,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_LOCK_FILTER,
  SO_MARK,
  SO_MAX_PACING_RATE,
  SO_MEMINFO,
  SO_NO_CHECK,
  SO_NOFCS,
  SO_OOBINLINE,
  SO_PASSCRED,
  SO_PASSPIDFD,
  SO_PASSRIGHTS,
  SO_PEEK_OFF,
  SO_PEERCRED,
  SO_PEERGROUPS,
  SO_PEERNAME,
  SO_PEERPIDFD,
  SO_PRIORITY,
  SO_PROTOCOL,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_RCVLOWAT,
  SO_RCVMARK,
  SO_RCVPRIORITY,
  SO_RCVTIMEO,
  SO_RESERVE_MEM,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_RXQ_OVFL,
  SO_SELECT_ERR_QUEUE,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SO_SNDLOWAT,
  SO_SNDTIMEO,
  SO_TXREHASH,
  SO_TYPE,
  SO_ZEROCOPY,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../abi/socket.ts';
import { openProcess } from '../../ipc/pid-file.ts';
import { CAP } from '../../abi/capability.ts';
import { isCapable } from '../../task/credentials.ts';
import type { Task } from '../../task/task.ts';
import { byteString, bytesOf } from '../../vfs/byte-streams.ts';
import { int32s } from '../message.ts';
import { LOOPBACK } from '../loopback.ts';
import type { Socket } from '../socket.ts';
import { UnixSocket } from '../unix/unix-socket.ts';
import { flag, kept, type OptionCall, type OptionRow, readOnly, tableOf } from './option.ts';
import { TIMESTAMP_ROWS } from './timestamping.ts';

const LEVEL = SOL_SOCKET;
const INT_MAX = 0x7fff_ffff;
/** The last of net.ipv4.tcp_rmem. */
const TCP_RECEIVE_BUFFER_MAX = 6_291_456;
const NAME_MAX = 16;
const SOCK_FPROG_BYTES = 16;

const isInet = ({ socket }: OptionCall): boolean => socket.domain === AF_INET || socket.domain === AF_INET6;

/** What only some families have: EOPNOTSUPP elsewhere. */
function where(applies: (call: OptionCall) => boolean, row: OptionRow, error: number = ERRNO.EOPNOTSUPP): OptionRow {
  return {
    ...row,
    set: (call, value, raw) => (applies(call) ? row.set!(call, value, raw) : -error),
    get: (call) => (applies(call) ? row.get!(call) : -error),
  };
}

/** Linux doubles what is asked for, to pay for its own bookkeeping. */
function bufferRow(option: number, which: 'send' | 'receive', forced: boolean): OptionRow {
  const set = ({ kernel, task, socket }: OptionCall, asked: number): number => {
    if (forced && !isCapable(task.credentials, CAP.NET_ADMIN)) return -ERRNO.EPERM;
    const most = forced ? INT_MAX >> 1 : BUFFER_MAX;
    const size = Math.min(forced ? Math.max(asked, 0) : asked >>> 0, most) * 2;
    if (which === 'send') {
      socket.sendBuffer = Math.max(size, SEND_BUFFER_MIN);
      socket.bufferLocks |= 1;
      socket.sendBufferChanged(kernel);
    } else {
      socket.receiveBuffer = Math.max(size, RECEIVE_BUFFER_MIN);
      socket.bufferLocks |= 2;
    }
    return 0;
  };
  if (forced) return { level: LEVEL, option, set };
  return { level: LEVEL, option, set, get: ({ socket }) => int32s(which === 'send' ? socket.sendBuffer : socket.receiveBuffer) };
}

function timeoutRow(option: number, which: 'receiveTimeout' | 'sendTimeout'): OptionRow {
  return {
    level: LEVEL,
    option,
    get: ({ socket }) => {
      const nanoseconds = socket[which];
      return new Uint8Array(BigInt64Array.of(BigInt(Math.floor(nanoseconds / 1e9)), BigInt(Math.floor((nanoseconds % 1e9) / 1000))).buffer);
    },
    set: ({ socket }, _value, raw) => {
      if (raw.length < 16) return -ERRNO.EINVAL;
      const view = new DataView(raw.buffer, raw.byteOffset);
      const [seconds, microseconds] = [Number(view.getBigInt64(0, true)), Number(view.getBigInt64(8, true))];
      if (microseconds < 0 || microseconds >= 1_000_000) return -ERRNO.EDOM;
      socket[which] = seconds < 0 ? 1 : Math.min(seconds * 1e9 + microseconds * 1000, Number.MAX_SAFE_INTEGER);
      return 0;
    },
  };
}

const linger: OptionRow = {
  level: LEVEL,
  option: SO_LINGER,
  get: ({ socket }) => int32s(Number(socket.linger >= 0), Math.max(0, socket.linger)),
  set: ({ socket }, on, raw) => {
    if (raw.length < 8) return -ERRNO.EINVAL;
    socket.linger = on ? new DataView(raw.buffer, raw.byteOffset).getUint32(4, true) : -1;
    return 0;
  },
};

/** Priorities and marks are for those who may shape packets at all. */
function mayAdminister({ credentials }: Task): boolean {
  return isCapable(credentials, CAP.NET_ADMIN) || isCapable(credentials, CAP.NET_RAW);
}

const priority: OptionRow = {
  ...kept(LEVEL, SO_PRIORITY),
  set: ({ socket, task }, value) => {
    if ((value < 0 || value > 6) && !mayAdminister(task)) return -ERRNO.EPERM;
    socket.setOption(LEVEL, SO_PRIORITY, value);
    return 0;
  },
};

/** TCP waits for no more than half of what its receive buffer may be. */
function largestLowWater(socket: Socket): number {
  return (socket.bufferLocks & 2 ? socket.receiveBuffer : TCP_RECEIVE_BUFFER_MAX) >> 1;
}

const lowWater: OptionRow = {
  level: LEVEL,
  option: SO_RCVLOWAT,
  get: ({ socket }) => int32s(socket.receiveLowWater),
  set: ({ socket, kernel }, value) => {
    const most = socket.type === SOCK_STREAM && socket.protocol !== 0 ? largestLowWater(socket) : INT_MAX;
    socket.receiveLowWater = Math.min(value < 0 ? INT_MAX : value || 1, most);
    kernel.wake(socket.readable);
    return 0;
  },
};

const peekOffset: OptionRow = {
  level: LEVEL,
  option: SO_PEEK_OFF,
  get: ({ socket }) => int32s(socket.peekOffset),
  set: ({ socket }, value) => {
    socket.peekOffset = value;
    return 0;
  },
};

const bindToDevice: OptionRow = {
  level: LEVEL,
  option: SO_BINDTODEVICE,
  anyLength: true,
  get: ({ socket }) => (socket.option(LEVEL, SO_BINDTOIFINDEX) ? bytesOf(`${LOOPBACK.name}\0`) : new Uint8Array(0)),
  set: ({ socket }, _value, raw) => {
    const end = raw.indexOf(0);
    const name = byteString(raw.subarray(0, Math.min(end < 0 ? raw.length : end, NAME_MAX - 1)));
    if (name !== '' && name !== LOOPBACK.name) return -ERRNO.ENODEV;
    socket.setOption(LEVEL, SO_BINDTOIFINDEX, name === '' ? 0 : LOOPBACK.index);
    return 0;
  },
};

const bindToIndex: OptionRow = {
  ...kept(LEVEL, SO_BINDTOIFINDEX),
  set: ({ socket }, index) => {
    if (index < 0) return -ERRNO.EINVAL;
    if (index > LOOPBACK.index) return -ERRNO.ENODEV;
    socket.setOption(LEVEL, SO_BINDTOIFINDEX, index);
    return 0;
  },
};

function peerGroups({ socket }: OptionCall): Uint8Array | number {
  if (!(socket instanceof UnixSocket) || socket.peerCredentials.uid === 0xffff_ffff) return -ERRNO.ENODATA;
  return int32s(...socket.peerCredentials.groups);
}

function peerProcess({ kernel, task, socket }: OptionCall): Uint8Array | number {
  if (!(socket instanceof UnixSocket) || !socket.peerCredentials.process) return -ERRNO.ENODATA;
  const fd = openProcess(kernel, task, socket.peerCredentials.process);
  return fd < 0 ? fd : int32s(fd);
}

/** SK_MEMINFO_*: receive queue and buffer, send queue and buffer, and five that are 0 here. */
function memoryInformation({ socket }: OptionCall): Uint8Array {
  return int32s(0, socket.receiveBuffer, socket.sendAllocated, socket.sendBuffer, 0, 0, 0, 0, 0);
}

const isUnix = ({ socket }: OptionCall): boolean => socket.domain === AF_UNIX;

/** Turning it on is for administrators. */
function debug({ socket, task }: OptionCall, value: number): number {
  if (value !== 0 && !isCapable(task.credentials, CAP.NET_ADMIN)) return -ERRNO.EACCES;
  socket.setOption(LEVEL, SO_DEBUG, Number(value !== 0));
  return 0;
}

const administered = { mayBeSet: ({ credentials }: Task): boolean => isCapable(credentials, CAP.NET_ADMIN) };

/** Filters are not modelled: there is none to read back, and a well-formed struct sock_fprog is refused. */
const attachFilter: OptionRow = {
  level: LEVEL,
  option: SO_ATTACH_FILTER,
  get: () => new Uint8Array(0),
  set: (_call, _value, raw) => (raw.length === SOCK_FPROG_BYTES ? -ERRNO.EOPNOTSUPP : -ERRNO.EINVAL),
};

/** What classic filters can ask of a packet (SKF_AD_MAX). */
const FILTER_EXTENSIONS = 64;

const zeroCopy = kept(LEVEL, SO_ZEROCOPY, { least: 0, most: 1 });

export const SOCKET_LEVEL = tableOf([
  { ...flag(LEVEL, SO_DEBUG), set: debug },
  flag(LEVEL, SO_REUSEADDR),
  readOnly(LEVEL, SO_TYPE, ({ socket }) => int32s(socket.type)),
  readOnly(LEVEL, SO_ERROR, ({ socket }) => int32s(socket.takeError())),
  flag(LEVEL, SO_DONTROUTE),
  flag(LEVEL, SO_BROADCAST),
  bufferRow(SO_SNDBUF, 'send', false),
  bufferRow(SO_RCVBUF, 'receive', false),
  bufferRow(SO_SNDBUFFORCE, 'send', true),
  bufferRow(SO_RCVBUFFORCE, 'receive', true),
  flag(LEVEL, SO_KEEPALIVE),
  flag(LEVEL, SO_OOBINLINE),
  flag(LEVEL, SO_NO_CHECK),
  priority,
  linger,
  { level: LEVEL, option: SO_BSDCOMPAT, get: () => int32s(0), set: () => 0 },
  {
    ...flag(LEVEL, SO_REUSEPORT),
    set: (call, value) => (value && !isInet(call) ? -ERRNO.EOPNOTSUPP : flag(LEVEL, SO_REUSEPORT).set!(call, value, new Uint8Array(4))),
  },
  where(isUnix, flag(LEVEL, SO_PASSCRED)),
  where(isUnix, flag(LEVEL, SO_PASSPIDFD)),
  where(isUnix, flag(LEVEL, SO_PASSSEC)),
  where(isUnix, flag(LEVEL, SO_PASSRIGHTS, 1)),
  where(({ socket }) => isUnix({ socket } as OptionCall) && socket.type === SOCK_STREAM, flag(LEVEL, SO_INQ), ERRNO.ENOPROTOOPT),
  readOnly(LEVEL, SO_PEERCRED, ({ socket }) => {
    const { pid, uid, gid } = socket instanceof UnixSocket ? socket.peerCredentials : { pid: 0, uid: -1, gid: -1 };
    return int32s(pid, uid, gid);
  }),
  readOnly(LEVEL, SO_PEERGROUPS, peerGroups),
  readOnly(LEVEL, SO_PEERPIDFD, peerProcess),
  readOnly(LEVEL, SO_PEERNAME, ({ socket }) => socket.peerName()),
  lowWater,
  readOnly(LEVEL, SO_SNDLOWAT, () => int32s(1)),
  timeoutRow(SO_RCVTIMEO, 'receiveTimeout'),
  timeoutRow(SO_SNDTIMEO, 'sendTimeout'),
  timeoutRow(SO_RCVTIMEO_NEW, 'receiveTimeout'),
  timeoutRow(SO_SNDTIMEO_NEW, 'sendTimeout'),
  bindToDevice,
  bindToIndex,
  attachFilter,
  { level: LEVEL, option: SO_ATTACH_BPF, set: () => -ERRNO.EINVAL },
  { level: LEVEL, option: SO_DETACH_FILTER, set: () => -ERRNO.ENOENT },
  ...TIMESTAMP_ROWS,
  readOnly(LEVEL, SO_ACCEPTCONN, ({ socket }) => int32s(Number(socket.isListening))),
  kept(LEVEL, SO_MARK, { mayBeSet: mayAdminister }),
  readOnly(LEVEL, SO_PROTOCOL, ({ socket }) => int32s(socket.protocol)),
  readOnly(LEVEL, SO_DOMAIN, ({ socket }) => int32s(socket.domain)),
  flag(LEVEL, SO_RXQ_OVFL),
  flag(LEVEL, SO_WIFI_STATUS),
  readOnly(LEVEL, SO_BPF_EXTENSIONS, () => int32s(FILTER_EXTENSIONS)),
  kept(LEVEL, SO_PREFER_BUSY_POLL, administered),
  kept(LEVEL, SO_BUSY_POLL_BUDGET, { ...administered, least: 0, most: 0xffff }),
  peekOffset,
  flag(LEVEL, SO_NOFCS),
  flag(LEVEL, SO_LOCK_FILTER),
  flag(LEVEL, SO_SELECT_ERR_QUEUE),
  kept(LEVEL, SO_BUSY_POLL, { least: 0 }),
  kept(LEVEL, SO_MAX_PACING_RATE, { initial: -1 }),
  kept(LEVEL, SO_INCOMING_CPU, { initial: -1 }),
  readOnly(LEVEL, SO_INCOMING_NAPI_ID, () => int32s(0)),
  readOnly(LEVEL, SO_MEMINFO, memoryInformation),
  readOnly(LEVEL, SO_COOKIE, ({ socket }) => int32s(socket.cookie, 0)),
  { ...zeroCopy, set: (call, value, raw) => (isInet(call) ? zeroCopy.set!(call, value, raw) : -ERRNO.EOPNOTSUPP) },
  kept(LEVEL, SO_BUF_LOCK, { least: 0, most: 3 }),
  kept(LEVEL, SO_RESERVE_MEM, { least: 0 }),
  kept(LEVEL, SO_TXREHASH, { initial: 1, least: -1, most: 1 }),
  flag(LEVEL, SO_RCVMARK),
  flag(LEVEL, SO_RCVPRIORITY),
]);
