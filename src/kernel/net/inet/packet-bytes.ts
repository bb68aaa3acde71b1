// A packet as it passes the interface "lo", for those who are shown one: Ethernet, IP and transport header, then the data.
// Checksums are left to the receiver, as with an interface that offloads them: 0. Positions in a stream count from 0.

import { IPPROTO_TCP, IPPROTO_UDP } from '../../abi/inet.ts';
import { type Endpoint, in6Bytes } from './inet-address.ts';

const ETHERNET_HEADER = 14;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const UDP_HEADER = 8;
/** With the option for timestamps. */
const TCP_HEADER = 32;
const ETHERTYPE = { 4: 0x0800, 6: 0x86dd } as const;
const DONT_FRAGMENT = 0x4000;
const PUSH_ACK = 0x18;

export interface PacketPlace {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly ttl: number;
}

export function udpPacketBytes(place: PacketPlace, data: Uint8Array): Uint8Array {
  const [bytes, view, at] = packet(place, IPPROTO_UDP, UDP_HEADER, data);
  view.setUint16(at + 4, UDP_HEADER + data.length);
  return bytes;
}

/** `position`: of the first byte in the stream. */
export function tcpPacketBytes(place: PacketPlace, position: number, data: Uint8Array): Uint8Array {
  const [bytes, view, at] = packet(place, IPPROTO_TCP, TCP_HEADER, data);
  view.setUint32(at + 4, position >>> 0);
  view.setUint8(at + 12, (TCP_HEADER / 4) << 4);
  view.setUint8(at + 13, PUSH_ACK);
  return bytes;
}

function packet({ from, to, ttl }: PacketPlace, protocol: number, headerBytes: number, data: Uint8Array) {
  const ip = to.family === 4 ? IPV4_HEADER : IPV6_HEADER;
  const transport = ETHERNET_HEADER + ip;
  const bytes = new Uint8Array(transport + headerBytes + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(12, ETHERTYPE[to.family]);
  if (to.family === 4) {
    view.setUint8(ETHERNET_HEADER, 0x45);
    view.setUint16(ETHERNET_HEADER + 2, bytes.length - ETHERNET_HEADER);
    view.setUint16(ETHERNET_HEADER + 6, DONT_FRAGMENT);
    bytes.set([ttl, protocol], ETHERNET_HEADER + 8);
    view.setUint32(ETHERNET_HEADER + 12, from.host);
    view.setUint32(ETHERNET_HEADER + 16, to.host);
  } else {
    view.setUint8(ETHERNET_HEADER, 0x60);
    view.setUint16(ETHERNET_HEADER + 4, headerBytes + data.length);
    bytes.set([protocol, ttl], ETHERNET_HEADER + 6);
    bytes.set(in6Bytes(from), ETHERNET_HEADER + 8);
    bytes.set(in6Bytes(to), ETHERNET_HEADER + 24);
  }
  view.setUint16(transport, from.port);
  view.setUint16(transport + 2, to.port);
  bytes.set(data, transport + headerBytes);
  return [bytes, view, transport] as const;
}
