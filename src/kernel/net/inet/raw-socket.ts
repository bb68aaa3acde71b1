// Raw IPv4 sockets (raw(7)): whole packets of a protocol, headers included, copied to every socket that wants them.
// Not modelled: segments of TCP are no packets here, and what a raw socket makes of UDP or TCP reaches raw sockets alone.

import { ERRNO } from '../../abi/errno.ts';
import { ICMP_FILTER, IP_HDRINCL, IP_TOS, IP_TTL, IPPROTO_ICMP, IPPROTO_RAW } from '../../abi/inet.ts';
import { AF_INET, MSG_OOB, SHUT_RD, SHUT_RDWR, SHUT_WR, SO_BROADCAST, SOCK_RAW, SOL_IP, SOL_RAW } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import type { ByteSource } from '../../vfs/file.ts';
import { arrivalStamp } from '../arrival-stamps.ts';
import { chargeOfUdp } from '../buffer-charge.ts';
import type { SendRequest } from '../message.ts';
import { DatagramSocket } from './datagram-socket.ts';
import { arriveIpv4 } from './icmp.ts';
import { type Endpoint, loopbackOf, routeTo, sourceFor } from './inet-address.ts';
import { isUnspecified } from './inet-socket.ts';
import { internetChecksum, IPV4_HEADER, type Ipv4Fields, ipv4Packet, parseIpv4 } from './ipv4-packet.ts';
import type { PortTable } from './ports.ts';
import { checkSendControl } from './udp-control.ts';

const LARGEST = 0xffff;
const DEFAULT_TTL = 64;

export class RawSocket extends DatagramSocket {
  override readonly protocol: number;

  constructor(kernel: Kernel, flags: number, protocol: number) {
    super(kernel, AF_INET, flags, SOCK_RAW);
    this.protocol = protocol;
    this.local = { ...this.local, port: protocol };
    if (protocol === IPPROTO_RAW) this.setOption(SOL_IP, IP_HDRINCL, 1);
    kernel.network.rawSockets.push(this);
  }

  /** It has none: ports mean nothing to it. */
  override ports(kernel: Kernel): PortTable {
    return kernel.network.udpPorts;
  }

  override get hasPort(): boolean {
    return false;
  }

  protected override get isBusy(): boolean {
    return this.remote !== null;
  }

  protected override takePort(_kernel: Kernel, at: Endpoint): number {
    this.local = { ...at, port: this.protocol };
    return 0;
  }

  override get unsentBytes(): number {
    return 0;
  }

  override connect(_kernel: Kernel, _task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length < 2) return -ERRNO.EINVAL;
    if (isUnspecified(raw)) {
      this.remote = null;
      if (!this.choseAddress) this.local = { ...this.local, host: 0 };
      return 0;
    }
    const address = this.parseDestination(raw);
    if (typeof address === 'number') return address;
    if (routeTo(address) === 'broadcast' && !this.isSet(SO_BROADCAST)) return -ERRNO.EACCES;
    this.remote = loopbackOf(address);
    if (this.local.host === 0) this.setLocalHost(sourceFor(this.remote));
    return 0;
  }

  override shutdown(kernel: Kernel, how: number): number {
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -ERRNO.EINVAL;
    if (!this.remote) return -ERRNO.ENOTCONN;
    this.readShut ||= how !== SHUT_WR;
    this.writeShut ||= how !== SHUT_RD;
    this.wakeAll(kernel);
    return 0;
  }

  override send(kernel: Kernel, _task: Task, from: ByteSource, request: SendRequest): SyscallResult {
    if (from.length > LARGEST) return -ERRNO.EMSGSIZE;
    if (request.flags & MSG_OOB) return -ERRNO.EOPNOTSUPP;
    const to = this.destination(request);
    if (typeof to === 'number') return to;
    if (request.ancillary.malformed || checkSendControl(this, request.ancillary.options) < 0) return -ERRNO.EINVAL;
    const brings = this.option(SOL_IP, IP_HDRINCL) !== 0;
    if (!brings && from.length > LARGEST - IPV4_HEADER) return -ERRNO.EMSGSIZE;
    if (brings && from.length < IPV4_HEADER) return -ERRNO.EINVAL;
    if (this.pendingError) return -this.takeError();
    if (this.writeShut) return -ERRNO.EPIPE;
    const data = from.take(from.length);
    if (data.length < from.length) return -ERRNO.EFAULT;
    const source = this.local.host === 0 ? sourceFor(to) : this.local;
    const packet = brings ? completed(data, source.host) : ipv4Packet({ ...this.fields(), from: source, to }, data);
    if (!packet) return -ERRNO.EINVAL;
    kernel.charge(kernel.hardware.costs.socket_operation);
    arriveIpv4(kernel, packet);
    return data.length;
  }

  private fields(): Omit<Ipv4Fields, 'from' | 'to'> {
    const ttl = this.option(SOL_IP, IP_TTL);
    return { protocol: this.protocol, tos: this.option(SOL_IP, IP_TOS), ttl: ttl > 0 ? ttl : DEFAULT_TTL };
  }

  private destination({ to }: SendRequest): Endpoint | number {
    if (!to) return this.remote ?? -ERRNO.EDESTADDRREQ;
    const own = isUnspecified(to) ? Uint8Array.of(AF_INET, 0, ...to.subarray(2)) : to;
    const address = this.parseDestination(own);
    if (typeof address === 'number') return address;
    const route = routeTo(address);
    if (route === 'multicast') return -ERRNO.ENETUNREACH;
    if (route === 'broadcast' && !this.isSet(SO_BROADCAST)) return -ERRNO.EACCES;
    return loopbackOf(address);
  }

  /** Its protocol, from its peer, to its address, and not filtered. */
  wants({ protocol, from, to, data }: Ipv4Fields & { readonly data: Uint8Array }): boolean {
    if (protocol !== this.protocol || (this.remote && this.remote.host !== from.host)) return false;
    if (this.local.host !== 0 && this.local.host !== to.host) return false;
    const type = data[0] ?? 0;
    return protocol !== IPPROTO_ICMP || type > 31 || ((this.option(SOL_RAW, ICMP_FILTER) >>> type) & 1) === 0;
  }

  take(kernel: Kernel, packet: Uint8Array, { from, to, tos, ttl }: Ipv4Fields): void {
    const end = (host: Endpoint | Ipv4Fields['from']): Endpoint => ({ family: 4, host: host.host, port: 0 });
    const parts = { data: packet.slice(), from: end(from), to: end(to), tos, ttl };
    this.deliver(kernel, { ...parts, charge: chargeOfUdp(packet.length), arrived: arrivalStamp(kernel) });
  }

  override release(kernel: Kernel): void {
    const { rawSockets } = kernel.network;
    rawSockets.splice(rawSockets.indexOf(this), 1);
    super.release(kernel);
  }
}

/** A packet that brings its header: length, checksum and a source that is missing are filled in. Null where the header is none. */
function completed(given: Uint8Array, source: number): Uint8Array | null {
  const packet = given.slice();
  const header = (packet[0]! & 0xf) * 4;
  if (header > packet.length) return null;
  const view = new DataView(packet.buffer);
  if (view.getUint32(12) === 0) view.setUint32(12, source);
  view.setUint16(2, packet.length);
  view.setUint16(10, 0);
  view.setUint16(10, internetChecksum(packet.subarray(0, header)));
  return parseIpv4(packet) ? packet : null;
}
