// Control messages of UDP: what a sender asks of one packet, and what a receiver wants to know of one (ip(7), ipv6(7), udp(7), socket(7)).

import { ERRNO } from '../../abi/errno.ts';
import {
  IP_PKTINFO,
  IP_RECVORIGDSTADDR,
  IP_RECVTOS,
  IP_RECVTTL,
  IP_TOS,
  IP_TTL,
  IPV6_HOPLIMIT,
  IPV6_PKTINFO,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVPKTINFO,
  IPV6_RECVTCLASS,
  IPV6_TCLASS,
  UDP_SEGMENT,
} from '../../abi/inet.ts';
import { AF_INET, SOL_IP, SOL_IPV6, SOL_SOCKET, SOL_UDP } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import { arrivalControl } from '../arrival-stamps.ts';
import { type ControlMessage, int32s } from '../message.ts';
import type { Socket } from '../socket.ts';
import { LOOPBACK } from '../loopback.ts';
import { encodeInetAddress, type Endpoint, in6Bytes } from './inet-address.ts';
import { checkSocketControl } from './send-stamps.ts';

/** A packet as its receiver sees it. */
export interface PacketFacts {
  readonly to: Endpoint;
  readonly tos: number;
  readonly ttl: number;
  /** When it arrived, cycles; UNSTAMPED if nobody wanted to know. */
  readonly arrived: number;
}

interface SendRule {
  readonly level: number;
  readonly type: number;
  readonly lengths: readonly number[];
  readonly least?: number;
  readonly most?: number;
}

const SEND_RULES: readonly SendRule[] = [
  { level: SOL_IP, type: IP_PKTINFO, lengths: [12] },
  { level: SOL_IP, type: IP_TTL, lengths: [4], least: 1, most: 255 },
  { level: SOL_IP, type: IP_TOS, lengths: [1, 4], least: 0, most: 255 },
  { level: SOL_IPV6, type: IPV6_PKTINFO, lengths: [20] },
  { level: SOL_IPV6, type: IPV6_HOPLIMIT, lengths: [4], least: -1, most: 255 },
  { level: SOL_IPV6, type: IPV6_TCLASS, lengths: [4], least: -1, most: 255 },
  { level: SOL_UDP, type: UDP_SEGMENT, lengths: [2] },
];

/** 0, or -EINVAL for one that is malformed or unknown. */
export function checkSendControl(socket: Socket, messages: readonly ControlMessage[]): number {
  for (const message of messages) {
    const { level, type, data } = message;
    if (level === SOL_SOCKET) {
      const checked = checkSocketControl(socket, message, true);
      if (checked < 0) return checked;
      continue;
    }
    if (level !== SOL_IP && level !== SOL_IPV6 && level !== SOL_UDP) continue;
    const rule = SEND_RULES.find((candidate) => candidate.level === level && candidate.type === type);
    if (!rule?.lengths.includes(data.length)) return -ERRNO.EINVAL;
    if (rule.least === undefined) continue;
    const value = valueOf(data);
    if (value < rule.least || value > rule.most!) return -ERRNO.EINVAL;
  }
  return 0;
}

function valueOf(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (data.length === 1) return data[0]!;
  return data.length === 2 ? view.getUint16(0, true) : view.getInt32(0, true);
}

/** The value of a sender's control message; null without one. */
export function sendOption(messages: readonly ControlMessage[], level: number, type: number): number | null {
  const found = messages.find((message) => message.level === level && message.type === type);
  return found ? valueOf(found.data) : null;
}

/** What the receiver of a packet has asked to be told. */
export function packetControl(socket: Socket, kernel: Kernel, facts: PacketFacts): ControlMessage[] {
  const control = arrivalControl(kernel, socket, facts.arrived, true);
  const { to, tos, ttl } = facts;
  const wants = (level: number, option: number): boolean => socket.option(level, option) !== 0;
  if (to.family === 4 || socket.domain === AF_INET) {
    if (wants(SOL_IP, IP_PKTINFO)) control.push({ level: SOL_IP, type: IP_PKTINFO, data: packetInformation(to.host) });
    if (wants(SOL_IP, IP_RECVTTL)) control.push({ level: SOL_IP, type: IP_TTL, data: int32s(ttl) });
    if (wants(SOL_IP, IP_RECVTOS)) control.push({ level: SOL_IP, type: IP_TOS, data: Uint8Array.of(tos) });
    if (wants(SOL_IP, IP_RECVORIGDSTADDR)) control.push({ level: SOL_IP, type: IP_RECVORIGDSTADDR, data: encodeInetAddress(AF_INET, to) });
  }
  if (socket.domain === AF_INET) return control;
  if (wants(SOL_IPV6, IPV6_RECVPKTINFO)) {
    const data = new Uint8Array([...in6Bytes(to), LOOPBACK.index, 0, 0, 0]);
    control.push({ level: SOL_IPV6, type: IPV6_PKTINFO, data });
  }
  if (to.family === 4) return control;
  if (wants(SOL_IPV6, IPV6_RECVHOPLIMIT)) control.push({ level: SOL_IPV6, type: IPV6_HOPLIMIT, data: int32s(ttl) });
  if (wants(SOL_IPV6, IPV6_RECVTCLASS)) control.push({ level: SOL_IPV6, type: IPV6_TCLASS, data: int32s(tos) });
  return control;
}

/** struct in_pktinfo: interface, local address, destination of the header. */
function packetInformation(host: number): Uint8Array {
  const data = new Uint8Array(12);
  const view = new DataView(data.buffer);
  view.setInt32(0, LOOPBACK.index, true);
  view.setUint32(4, host);
  view.setUint32(8, host);
  return data;
}
