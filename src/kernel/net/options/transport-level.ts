// Options of TCP and UDP (tcp(7), udp(7)). What concerns a network that loses or delays packets is kept and changes nothing.

import { ERRNO } from '../../abi/errno.ts';
import {
  TCP_CONGESTION,
  TCP_CORK,
  TCP_DEFER_ACCEPT,
  TCP_FASTOPEN,
  TCP_FASTOPEN_CONNECT,
  TCP_FASTOPEN_NO_COOKIE,
  TCP_INFO,
  TCP_INQ,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_LINGER2,
  TCP_MAXSEG,
  TCP_MD5SIG,
  TCP_THIN_DUPACK,
  TCP_REPAIR,
  TCP_REPAIR_QUEUE,
  TCP_NODELAY,
  TCP_NOTSENT_LOWAT,
  TCP_QUICKACK,
  TCP_SAVE_SYN,
  TCP_STATE,
  TCP_SYNCNT,
  TCP_THIN_LINEAR_TIMEOUTS,
  TCP_TIMESTAMP,
  TCP_USER_TIMEOUT,
  TCP_WINDOW_CLAMP,
  TCP_TX_DELAY,
  UDP_CORK,
  UDP_GRO,
  UDP_SEGMENT,
} from '../../abi/inet.ts';
import { SOL_TCP, SOL_UDP } from '../../abi/socket.ts';
import { byteString, bytesOf } from '../../vfs/byte-streams.ts';
import { tcpInformation } from '../inet/tcp-information.ts';
import { TcpSocket } from '../inet/tcp-socket.ts';
import { UdpSocket } from '../inet/udp-socket.ts';
import { LOOPBACK_SEGMENT } from '../loopback.ts';
import { int32s } from '../message.ts';
import { flag, kept, type OptionCall, type OptionRow, readOnly, tableOf } from './option.ts';

/** The only congestion control: there is no congestion. */
const CONGESTION_CONTROL = 'cubic';
const CONGESTION_NAME_BYTES = 16;
const UNCONNECTED_SEGMENT = 536;
/** net.ipv4.tcp_fin_timeout, and the most it can be. */
const FIN_TIMEOUT = 60;
const FIN_TIMEOUT_MAX = 120;

const tcpState = ({ socket }: OptionCall): number => (socket instanceof TcpSocket ? socket.state : TCP_STATE.CLOSE);

const cork: OptionRow = {
  ...flag(SOL_TCP, TCP_CORK),
  set: ({ socket, kernel }, value) => {
    socket.setOption(SOL_TCP, TCP_CORK, Number(value !== 0));
    if (value === 0 && socket instanceof TcpSocket) socket.releaseHeld(kernel);
    return 0;
  },
};

/** Turning it on sends what a cork holds back. */
const noDelay: OptionRow = {
  ...flag(SOL_TCP, TCP_NODELAY),
  set: ({ socket, kernel }, value) => {
    socket.setOption(SOL_TCP, TCP_NODELAY, Number(value !== 0));
    if (value !== 0 && socket instanceof TcpSocket && !socket.option(SOL_TCP, TCP_CORK)) socket.releaseHeld(kernel);
    return 0;
  },
};

const maximumSegment: OptionRow = {
  level: SOL_TCP,
  option: TCP_MAXSEG,
  get: (call) => {
    const set = call.socket.option(SOL_TCP, TCP_MAXSEG);
    const isOpen = tcpState(call) !== TCP_STATE.CLOSE && tcpState(call) !== TCP_STATE.LISTEN;
    if (isOpen) return int32s(set > 0 ? Math.min(set, LOOPBACK_SEGMENT) : LOOPBACK_SEGMENT);
    return int32s(set || UNCONNECTED_SEGMENT);
  },
  set: ({ socket }, value) => {
    if (value !== 0 && (value < 88 || value > 32_767)) return -ERRNO.EINVAL;
    socket.setOption(SOL_TCP, TCP_MAXSEG, value);
    return 0;
  },
};

const congestion: OptionRow = {
  level: SOL_TCP,
  option: TCP_CONGESTION,
  anyLength: true,
  get: () => {
    const name = new Uint8Array(CONGESTION_NAME_BYTES);
    name.set(bytesOf(CONGESTION_CONTROL));
    return name;
  },
  set: (_call, _value, raw) => {
    if (raw.length === 0) return -ERRNO.EINVAL;
    const end = raw.indexOf(0);
    return byteString(raw.subarray(0, end < 0 ? raw.length : end)) === CONGESTION_CONTROL ? 0 : -ERRNO.ENOENT;
  },
};

/** Seconds an end without descriptor is kept; -1 for not at all, 0 for what is usual. */
const finTimeout: OptionRow = {
  ...kept(SOL_TCP, TCP_LINGER2, { initial: FIN_TIMEOUT }),
  set: ({ socket }, seconds) => {
    socket.setOption(SOL_TCP, TCP_LINGER2, seconds < 0 ? -1 : Math.min(seconds, FIN_TIMEOUT_MAX) || FIN_TIMEOUT);
    return 0;
  },
};

/** Seconds, rounded up to what retransmissions of a SYN-ACK add up to: 1, 3, 7, ... */
const deferAccept: OptionRow = {
  ...kept(SOL_TCP, TCP_DEFER_ACCEPT),
  set: ({ socket }, seconds) => {
    let rounded = seconds > 0 ? 1 : 0;
    while (rounded > 0 && rounded < seconds && rounded < 255) rounded = rounded * 2 + 1;
    socket.setOption(SOL_TCP, TCP_DEFER_ACCEPT, rounded);
    return 0;
  },
};

/** Data in SYNs is for servers that have it turned on (net.ipv4.tcp_fastopen is 1: clients only), so none comes; a queue can be asked for. */
const fastOpen: OptionRow = {
  ...kept(SOL_TCP, TCP_FASTOPEN),
  set: (call, value) => {
    const isEarly = tcpState(call) === TCP_STATE.CLOSE || tcpState(call) === TCP_STATE.LISTEN;
    if (value < 0 || !isEarly) return -ERRNO.EINVAL;
    call.socket.setOption(SOL_TCP, TCP_FASTOPEN, value);
    return 0;
  },
};

export const TCP_LEVEL = tableOf([
  noDelay,
  maximumSegment,
  cork,
  kept(SOL_TCP, TCP_KEEPIDLE, { initial: 7200, least: 1, most: 32_767 }),
  kept(SOL_TCP, TCP_KEEPINTVL, { initial: 75, least: 1, most: 32_767 }),
  kept(SOL_TCP, TCP_KEEPCNT, { initial: 9, least: 1, most: 127 }),
  kept(SOL_TCP, TCP_SYNCNT, { initial: 6, least: 1, most: 127 }),
  finTimeout,
  deferAccept,
  kept(SOL_TCP, TCP_WINDOW_CLAMP, { least: 0 }),
  readOnly(SOL_TCP, TCP_INFO, ({ kernel, socket }) => (socket instanceof TcpSocket ? tcpInformation(kernel, socket) : -ERRNO.ENOPROTOOPT)),
  flag(SOL_TCP, TCP_QUICKACK, 1),
  congestion,
  flag(SOL_TCP, TCP_THIN_LINEAR_TIMEOUTS),
  flag(SOL_TCP, TCP_THIN_DUPACK),
  { level: SOL_TCP, option: TCP_MD5SIG, set: () => -ERRNO.EINVAL },
  { level: SOL_TCP, option: TCP_REPAIR, get: () => int32s(0), set: () => -ERRNO.EPERM },
  { level: SOL_TCP, option: TCP_REPAIR_QUEUE, get: () => -ERRNO.EINVAL, set: () => -ERRNO.EPERM },
  kept(SOL_TCP, TCP_USER_TIMEOUT, { least: 0 }),
  fastOpen,
  kept(SOL_TCP, TCP_TIMESTAMP),
  kept(SOL_TCP, TCP_NOTSENT_LOWAT),
  kept(SOL_TCP, TCP_SAVE_SYN, { least: 0, most: 2 }),
  kept(SOL_TCP, TCP_FASTOPEN_CONNECT, { least: 0, most: 1 }),
  kept(SOL_TCP, TCP_FASTOPEN_NO_COOKIE, { least: 0, most: 1 }),
  kept(SOL_TCP, TCP_INQ, { least: 0, most: 1 }),
  kept(SOL_TCP, TCP_TX_DELAY),
]);

export const UDP_LEVEL = tableOf([
  {
    ...flag(SOL_UDP, UDP_CORK),
    set: ({ socket, kernel }, value) => {
      socket.setOption(SOL_UDP, UDP_CORK, Number(value !== 0));
      if (value === 0 && socket instanceof UdpSocket) socket.uncork(kernel);
      return 0;
    },
  },
  kept(SOL_UDP, UDP_SEGMENT, { least: 0, most: 65_535 }),
  flag(SOL_UDP, UDP_GRO),
]);
