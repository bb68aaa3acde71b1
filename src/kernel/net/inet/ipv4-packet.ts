// IPv4 packets as raw sockets see them (RFC 791): a header of 20 bytes with its checksum, then the data.

import type { Host } from './inet-address.ts';

export const IPV4_HEADER = 20;
const DONT_FRAGMENT = 0x4000;

export interface Ipv4Fields {
  readonly from: Host;
  readonly to: Host;
  readonly protocol: number;
  readonly tos: number;
  readonly ttl: number;
}

/** RFC 1071. */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export function ipv4Packet({ from, to, protocol, tos, ttl }: Ipv4Fields, data: Uint8Array): Uint8Array {
  const packet = new Uint8Array(IPV4_HEADER + data.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45;
  packet[1] = tos;
  view.setUint16(2, packet.length);
  view.setUint16(6, DONT_FRAGMENT);
  packet[8] = ttl;
  packet[9] = protocol;
  view.setUint32(12, from.host);
  view.setUint32(16, to.host);
  view.setUint16(10, internetChecksum(packet.subarray(0, IPV4_HEADER)));
  packet.set(data, IPV4_HEADER);
  return packet;
}

/** What a header says; null where it is none. */
export function parseIpv4(packet: Uint8Array): (Ipv4Fields & { readonly data: Uint8Array }) | null {
  if (packet.length < IPV4_HEADER) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const header = (packet[0]! & 0xf) * 4;
  if (packet[0]! >> 4 !== 4 || header < IPV4_HEADER || header > packet.length) return null;
  const host = (at: number): Host => ({ family: 4, host: view.getUint32(at) });
  return { from: host(12), to: host(16), protocol: packet[9]!, tos: packet[1]!, ttl: packet[8]!, data: packet.subarray(header) };
}
