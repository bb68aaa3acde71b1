// UDP over loopback (udp(7)): datagrams to whoever has the port, or an error that comes back for a port nobody has. What finds no room
// at its receiver is lost.

import { ERRNO } from '../../abi/errno.ts';
import {
  ICMP_DEST_UNREACH,
  ICMP_PORT_UNREACH,
  ICMPV6_DEST_UNREACH,
  ICMPV6_PORT_UNREACH,
  IP_TOS,
  IP_TTL,
  IPPROTO_UDP,
  IPV6_HOPLIMIT,
  IPV6_TCLASS,
  IPV6_UNICAST_HOPS,
  SO_EE_ORIGIN_ICMP,
  SO_EE_ORIGIN_ICMP6,
  UDP_CORK,
  UDP_SEGMENT,
} from '../../abi/inet.ts';
import {
  AF_INET,
  MSG_MORE,
  MSG_OOB,
  MSG_ZEROCOPY,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_BROADCAST,
  SO_ZEROCOPY,
  SOCK_DGRAM,
  SOL_IP,
  SOL_IPV6,
  SOL_UDP,
} from '../../abi/socket.ts';
import { SOF_TIMESTAMPING, SOF_TIMESTAMPING_TX_RECORD_MASK } from '../../abi/timestamping.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { type ByteSource } from '../../vfs/file.ts';
import { chargeOfUdp } from '../buffer-charge.ts';
import { arrivalStamp } from '../arrival-stamps.ts';
import { countPacket } from '../loopback.ts';
import type { ControlMessage, SendRequest } from '../message.ts';
import { type Endpoint, loopbackOf, type InetDomain, routeTo, sameEndpoint, sourceFor } from './inet-address.ts';
import { type Datagram, DatagramSocket } from './datagram-socket.ts';
import { isUnspecified } from './inet-socket.ts';
import { hasMulticastInterface, Memberships } from './multicast.ts';
import { sendUnreachable, showToRaw } from './icmp.ts';
import { ipv4Packet } from './ipv4-packet.ts';
import { udpPacketBytes } from './packet-bytes.ts';
import { bestMatch, type PortTable } from './ports.ts';
import { type SendStamps, sendStamps, stampsOf } from './send-stamps.ts';
import { checkSendControl, sendOption } from './udp-control.ts';

const UDP_HEADER = 8;
/** An IPv4 packet has 65535 bytes at most; a fragmented IPv6 one as many behind its header. */
const LARGEST: Readonly<Record<4 | 6, number>> = { 4: 65_507, 6: 65_527 };
/** UDP_MAX_SEGMENTS. */
const MAX_SEGMENTS = 128;
const DEFAULT_TTL = 64;

interface Numbered extends SendStamps {
  readonly id: number;
}

/** What MSG_MORE or UDP_CORK holds back. */
interface Held {
  readonly to: Endpoint;
  readonly stamps: Numbered;
  bytes: Uint8Array;
  length: number;
}

export class UdpSocket extends DatagramSocket {
  private held: Held | null = null;
  readonly memberships = new Memberships();

  override readonly protocol = IPPROTO_UDP;

  constructor(kernel: Kernel, domain: InetDomain, flags: number) {
    super(kernel, domain, flags, SOCK_DGRAM);
  }

  override ports(kernel: Kernel): PortTable {
    return kernel.network.udpPorts;
  }

  protected override get isBusy(): boolean {
    return this.remote !== null;
  }

  override connect(kernel: Kernel, _task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length < 2) return -ERRNO.EINVAL;
    if (isUnspecified(raw)) {
      this.resetNames(kernel);
      return 0;
    }
    const named = this.nameItself(kernel);
    if (named < 0) return named;
    const address = this.parseDestination(raw);
    if (typeof address === 'number') return address;
    const route = routeTo(address);
    if (route === 'multicast' && !hasMulticastInterface(this)) return -ERRNO.ENETUNREACH;
    if (route === 'broadcast' && !this.isSet(SO_BROADCAST)) return -ERRNO.EACCES;
    const remote = loopbackOf(address);
    if (this.local.host === 0) this.setLocalHost(sourceFor(remote));
    this.remote = remote;
    return 0;
  }

  override shutdown(kernel: Kernel, how: number): number {
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -ERRNO.EINVAL;
    this.readShut ||= how !== SHUT_WR;
    this.writeShut ||= how !== SHUT_RD;
    this.wakeAll(kernel);
    return this.remote ? 0 : -ERRNO.ENOTCONN;
  }

  /** A socket that sends or connects without a port gets one. */
  private nameItself(kernel: Kernel): number {
    if (this.hasPort) return 0;
    return this.takePort(kernel, { ...this.local, port: 0 }) < 0 ? -ERRNO.EAGAIN : 0;
  }

  override send(kernel: Kernel, _task: Task, from: ByteSource, request: SendRequest): SyscallResult {
    const { flags } = request;
    if (from.length > 0xffff) return -ERRNO.EMSGSIZE;
    if (flags & MSG_OOB) return -ERRNO.EOPNOTSUPP;
    const to = this.held?.to ?? this.destination(request);
    if (typeof to === 'number') return to;
    if (request.ancillary.malformed || checkSendControl(this, request.ancillary.options) < 0) return -ERRNO.EINVAL;
    const limit = LARGEST[to.family] - (this.held?.length ?? 0);
    const segment = sendOption(request.ancillary.options, SOL_UDP, UDP_SEGMENT) ?? this.option(SOL_UDP, UDP_SEGMENT);
    if (from.length > limit) return -ERRNO.EMSGSIZE;
    const named = this.nameItself(kernel);
    if (named < 0) return named;
    if (this.pendingError) return -this.takeError();
    if (this.writeShut) return -ERRNO.EPIPE;
    if (segment > 0 && from.length > segment * MAX_SEGMENTS) return -ERRNO.EINVAL;
    const data = from.take(from.length);
    if (data.length < from.length) return -ERRNO.EFAULT;
    const stamps = this.held?.stamps ?? this.numbered(sendStamps(this, request.ancillary.options));
    if (flags & MSG_MORE || this.option(SOL_UDP, UDP_CORK) !== 0 || this.held) {
      this.hold(data, to, stamps);
      if (!(flags & MSG_MORE) && this.option(SOL_UDP, UDP_CORK) === 0) this.uncork(kernel);
      return data.length;
    }
    kernel.charge(kernel.hardware.costs.socket_operation);
    this.stamp(kernel, data, to, stamps);
    if (segment > 0 && data.length > segment)
      for (let at = 0; at < data.length; at += segment)
        this.transmit(kernel, data.subarray(at, at + segment), to, request.ancillary.options);
    else this.transmit(kernel, data, to, request.ancillary.options);
    if (flags & MSG_ZEROCOPY && this.isSet(SO_ZEROCOPY)) this.errors.zeroCopyDone();
    return data.length;
  }

  private destination({ to }: SendRequest): Endpoint | number {
    if (!to || (this.remote && isUnspecified(to))) return this.remote ?? -ERRNO.EDESTADDRREQ;
    const address = this.parseSendAddress(to);
    if (typeof address === 'number') return address;
    if (address.port === 0) return -ERRNO.EINVAL;
    const route = routeTo(address);
    if (route === 'multicast' && !hasMulticastInterface(this)) return -ERRNO.ENETUNREACH;
    if (route === 'broadcast' && !this.isSet(SO_BROADCAST)) return -ERRNO.EACCES;
    return loopbackOf(address);
  }

  /** IPv4 takes AF_UNSPEC for its own. */
  private parseSendAddress(raw: Uint8Array): Endpoint | number {
    const own = isUnspecified(raw) && this.domain === AF_INET ? Uint8Array.of(AF_INET, 0, ...raw.subarray(2)) : raw;
    return this.parseDestination(own);
  }

  /** With its number, where there are stamps to be numbered. */
  private numbered({ flags, id }: SendStamps): Numbered {
    const counts = (flags & SOF_TIMESTAMPING_TX_RECORD_MASK) !== 0 && (flags & SOF_TIMESTAMPING.OPT_ID) !== 0;
    return { flags, id: id ?? (counts ? this.stampNumber++ >>> 0 : 0) };
  }

  /** A datagram comes to the interface's queue, and leaves. */
  private stamp(kernel: Kernel, data: Uint8Array, to: Endpoint, stamps: Numbered): void {
    for (const kind of stampsOf(stamps))
      this.stampSent(kernel, stamps.flags, kind, stamps.id, () => {
        const from = this.sourceOf(to);
        return { bytes: udpPacketBytes({ from, to, ttl: this.timeToLive(to.family === 4) }, data), source: from };
      });
  }

  private sourceOf(to: Endpoint): Endpoint {
    const source = this.local.host !== 0 ? this.local : sourceFor(to);
    return { family: source.family, host: source.host, port: this.local.port };
  }

  /** Adds to what is held back, in a buffer that grows. */
  private hold(data: Uint8Array, to: Endpoint, stamps: Numbered): void {
    this.held ??= { to, stamps, bytes: new Uint8Array(512), length: 0 };
    const { held } = this;
    const length = held.length + data.length;
    if (length > held.bytes.length) {
      const grown = new Uint8Array(Math.max(length, held.bytes.length * 2));
      grown.set(held.bytes.subarray(0, held.length));
      held.bytes = grown;
    }
    held.bytes.set(data, held.length);
    held.length = length;
  }

  /** Sends what was held back. */
  uncork(kernel: Kernel): void {
    const { held } = this;
    if (!held) return;
    this.held = null;
    kernel.charge(kernel.hardware.costs.socket_operation);
    const data = held.bytes.slice(0, held.length);
    this.stamp(kernel, data, held.to, held.stamps);
    this.transmit(kernel, data, held.to, []);
  }

  /** One packet goes through the interface: into a queue, nowhere, or an error comes back. */
  private transmit(kernel: Kernel, data: Uint8Array, to: Endpoint, options: readonly ControlMessage[]): void {
    const from = this.sourceOf(to);
    countPacket(kernel, data.length + UDP_HEADER);
    const shown = kernel.network.rawSockets.length > 0 && to.family === 4 ? this.shown(kernel, data, from, to) : null;
    const targets = this.receivers(kernel, to, from);
    if (!targets) {
      if (shown) sendUnreachable(kernel, shown, ICMP_PORT_UNREACH);
      this.hearUnreachable(kernel, data, to);
      return;
    }
    const isFour = to.family === 4;
    const tos = (isFour ? sendOption(options, SOL_IP, IP_TOS) : sendOption(options, SOL_IPV6, IPV6_TCLASS)) ?? -1;
    const ttl = (isFour ? sendOption(options, SOL_IP, IP_TTL) : sendOption(options, SOL_IPV6, IPV6_HOPLIMIT)) ?? -1;
    const packet: Datagram = {
      data,
      from,
      to,
      charge: chargeOfUdp(data.length),
      tos: tos >= 0 ? tos : this.option(isFour ? SOL_IP : SOL_IPV6, isFour ? IP_TOS : IPV6_TCLASS),
      ttl: ttl >= 0 ? ttl : this.timeToLive(isFour),
      arrived: arrivalStamp(kernel),
    };
    for (const target of targets) target.deliver(kernel, packet);
  }

  /** The packet as raw sockets see it, which they do. */
  private shown(kernel: Kernel, data: Uint8Array, from: Endpoint, to: Endpoint): Uint8Array {
    const segment = new Uint8Array(UDP_HEADER + data.length);
    const view = new DataView(segment.buffer);
    for (const [at, word] of [from.port, to.port, segment.length].entries()) view.setUint16(at * 2, word);
    segment.set(data, UDP_HEADER);
    const packet = ipv4Packet({ from, to, protocol: IPPROTO_UDP, tos: this.option(SOL_IP, IP_TOS), ttl: this.timeToLive(true) }, segment);
    showToRaw(kernel, packet);
    return packet;
  }

  /** Who gets a packet: one socket, or for broadcasts and groups all that listen there; null if it comes back as unreachable. */
  private receivers(kernel: Kernel, to: Endpoint, from: Endpoint): readonly UdpSocket[] | null {
    const candidates = this.ports(kernel).at(to.port) as readonly UdpSocket[];
    const route = routeTo(to);
    if (route === 'local') {
      const best = bestMatch(candidates, to, from) as UdpSocket | null;
      return best && [best];
    }
    return candidates.filter(({ local, remote, memberships }, i) => {
      if (local.host !== 0 && local.host !== to.host) return false;
      if (remote && !sameEndpoint(remote, from)) return false;
      return route === 'broadcast' || memberships.takes(kernel, to.host, candidates[i]!);
    });
  }

  private timeToLive(isFour: boolean): number {
    const set = isFour ? this.option(SOL_IP, IP_TTL) : this.option(SOL_IPV6, IPV6_UNICAST_HOPS);
    return set > 0 ? set : DEFAULT_TTL;
  }

  /** ICMP port unreachable: a connected socket reports it; one with IP_RECVERR keeps it with the packet. */
  private hearUnreachable(kernel: Kernel, packet: Uint8Array, to: Endpoint): void {
    countPacket(kernel, UDP_HEADER + 28);
    if (this.keepsErrors) {
      const isFour = to.family === 4;
      this.errors.add({
        error: ERRNO.ECONNREFUSED,
        origin: isFour ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6,
        type: isFour ? ICMP_DEST_UNREACH : ICMPV6_DEST_UNREACH,
        code: isFour ? ICMP_PORT_UNREACH : ICMPV6_PORT_UNREACH,
        to,
        offender: { ...to, port: 0 },
        packet,
        at: arrivalStamp(kernel),
      });
    } else if (!this.remote) return;
    this.fail(kernel, ERRNO.ECONNREFUSED);
  }

  override get unsentBytes(): number {
    return this.held ? chargeOfUdp(this.held.length) : 0;
  }

  override release(kernel: Kernel): void {
    this.memberships.leaveAll(kernel);
    super.release(kernel);
    this.held = null;
  }
}
