// The one network interface of a machine: "lo", with 127.0.0.1/8 and ::1/128.

import type { Kernel } from '../kernel.ts';

export const LOOPBACK = { index: 1, name: 'lo', mtu: 65_536, queueLength: 1000, prefix: 8 } as const;

/** Largest TCP segment: the MTU less headers with timestamps. */
export const LOOPBACK_SEGMENT = 65_483;
const IP_HEADER = 20;

/** A packet with `bytes` behind its IP header leaves and comes in again. */
export function countPacket(kernel: Kernel, bytes: number): void {
  const { loopback } = kernel.network;
  loopback.packets++;
  loopback.bytes += bytes + IP_HEADER;
  kernel.charge(kernel.hardware.costs.loopback_packet);
}
