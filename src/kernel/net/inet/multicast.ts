// IPv4 multicast groups on the loopback interface (ip(7)): who has joined which. IPv6 groups are not modelled.

import { ERRNO } from '../../abi/errno.ts';
import { IP_MULTICAST_ALL, IP_MULTICAST_IF } from '../../abi/inet.ts';
import { SO_BINDTOIFINDEX, SOL_IP, SOL_SOCKET } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import { LOOPBACK } from '../loopback.ts';
import type { Socket } from '../socket.ts';
import { routeTo } from './inet-address.ts';

/** net.ipv4.igmp_max_memberships. */
const MAX_MEMBERSHIPS = 20;
const MREQ_BYTES = 8;
const MREQN_BYTES = 12;

/** The groups of one socket. */
export class Memberships {
  private readonly groups: number[] = [];

  join(kernel: Kernel, group: number): number {
    if (this.groups.includes(group)) return -ERRNO.EADDRINUSE;
    if (this.groups.length === MAX_MEMBERSHIPS) return -ERRNO.ENOBUFS;
    this.groups.push(group);
    const { multicastGroups } = kernel.network;
    multicastGroups.set(group, (multicastGroups.get(group) ?? 0) + 1);
    return 0;
  }

  leave(kernel: Kernel, group: number): number {
    const at = this.groups.indexOf(group);
    if (at < 0) return -ERRNO.EADDRNOTAVAIL;
    this.groups.splice(at, 1);
    const { multicastGroups } = kernel.network;
    const left = multicastGroups.get(group)! - 1;
    if (left > 0) multicastGroups.set(group, left);
    else multicastGroups.delete(group);
    return 0;
  }

  leaveAll(kernel: Kernel): void {
    for (const group of [...this.groups]) this.leave(kernel, group);
  }

  /** Without IP_MULTICAST_ALL a socket gets only what it has joined itself. */
  takes(kernel: Kernel, group: number, socket: Socket): boolean {
    const takesAll = socket.options.get(SOL_IP * 0x10000 + IP_MULTICAST_ALL) !== 0;
    return this.groups.includes(group) || (takesAll && kernel.network.multicastGroups.has(group));
  }
}

/** struct ip_mreq or ip_mreqn: the group, if the interface it names is loopback. */
export function parseMembership(raw: Uint8Array): number {
  if (raw.length < MREQ_BYTES) return -ERRNO.EINVAL;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const group = view.getUint32(0);
  if (routeTo({ family: 4, host: group }) !== 'multicast') return -ERRNO.EINVAL;
  const index = raw.length >= MREQN_BYTES ? view.getInt32(8, true) : 0;
  const isLoopback = index !== 0 ? index === LOOPBACK.index : view.getUint32(4) >>> 24 === 127;
  return isLoopback ? group : -ERRNO.ENODEV;
}

/** May `socket` send to groups: has it been told by which interface? */
export function hasMulticastInterface(socket: Socket): boolean {
  return socket.option(SOL_IP, IP_MULTICAST_IF) !== 0 || socket.option(SOL_SOCKET, SO_BINDTOIFINDEX) !== 0;
}
