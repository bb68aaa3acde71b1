// IPv4 packets that raw sockets may see, and ICMP (RFC 792): echoes are answered, and a protocol that nobody takes is unreachable.

import { ICMP_DEST_UNREACH, ICMP_ECHO, ICMP_ECHOREPLY, ICMP_PROT_UNREACH, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../abi/inet.ts';
import type { Kernel } from '../../kernel.ts';
import { countPacket } from '../loopback.ts';
import type { Host } from './inet-address.ts';
import { internetChecksum, ipv4Packet, parseIpv4 } from './ipv4-packet.ts';

const DEFAULT_TTL = 64;
/** Internetwork control. */
const ERROR_TOS = 0xc0;
/** An error quotes so much that it is 576 bytes long at most. */
const QUOTED = 548;
const ERROR_HEADER = 8;

/** A packet comes in on "lo": every raw socket that wants it has a copy, then its protocol takes it. */
export function arriveIpv4(kernel: Kernel, packet: Uint8Array): void {
  const fields = parseIpv4(packet);
  if (!fields) return;
  countPacket(kernel, fields.data.length);
  const isTaken = showToRaw(kernel, packet);
  const { protocol, from, to, data } = fields;
  if (protocol === IPPROTO_ICMP) answerEcho(kernel, data, to, from);
  else if (!isTaken && protocol !== IPPROTO_UDP && protocol !== IPPROTO_TCP) sendUnreachable(kernel, packet, ICMP_PROT_UNREACH);
}

/** Did a raw socket take it? */
export function showToRaw(kernel: Kernel, packet: Uint8Array): boolean {
  const { rawSockets } = kernel.network;
  if (rawSockets.length === 0) return false;
  const fields = parseIpv4(packet)!;
  const takers = rawSockets.filter((socket) => socket.wants(fields));
  for (const socket of takers) socket.take(kernel, packet, fields);
  return takers.length > 0;
}

/** Tells who sent `packet`, which came here, why it could not be taken. */
export function sendUnreachable(kernel: Kernel, packet: Uint8Array, code: number): void {
  const { from, to } = parseIpv4(packet)!;
  const message = new Uint8Array(ERROR_HEADER + Math.min(packet.length, QUOTED));
  message.set([ICMP_DEST_UNREACH, code]);
  message.set(packet.subarray(0, QUOTED), ERROR_HEADER);
  sendIcmp(kernel, message, to, from, ERROR_TOS);
}

function answerEcho(kernel: Kernel, message: Uint8Array, from: Host, to: Host): void {
  if (message.length < ERROR_HEADER || message[0] !== ICMP_ECHO || internetChecksum(message) !== 0) return;
  const reply = message.slice();
  reply[0] = ICMP_ECHOREPLY;
  sendIcmp(kernel, reply, from, to, 0);
}

function sendIcmp(kernel: Kernel, message: Uint8Array, from: Host, to: Host, tos: number): void {
  const view = new DataView(message.buffer);
  view.setUint16(2, 0);
  view.setUint16(2, internetChecksum(message));
  arriveIpv4(kernel, ipv4Packet({ from, to, protocol: IPPROTO_ICMP, tos, ttl: DEFAULT_TTL }, message));
}
