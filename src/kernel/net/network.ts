// All the machine has of a network: every socket, names and ports in use, descriptors in flight.

import { PortTable } from './inet/ports.ts';
import type { RawSocket } from './inet/raw-socket.ts';
import { InFlight } from './unix/in-flight.ts';
import type { UnixSocket } from './unix/unix-socket.ts';
import type { Socket } from './socket.ts';

export class Network {
  /** Every socket, by inode number. */
  readonly sockets = new Map<number, Socket>();
  /** AF_UNIX sockets with an abstract name: type and name to socket. */
  readonly abstractNames = new Map<string, UnixSocket>();
  readonly tcpPorts = new PortTable();
  readonly udpPorts = new PortTable();
  /** IPv4 multicast groups by how many sockets have joined them. */
  readonly multicastGroups = new Map<number, number>();
  readonly inFlight = new InFlight();
  /** Counters of the interface "lo": what it received is what it sent. */
  readonly loopback = { packets: 0, bytes: 0 };
  /** In the order of their making. */
  readonly rawSockets: RawSocket[] = [];
  /** Sockets that want to know when packets arrived. */
  arrivalStamps = 0;
  private lastCookie = 0;
  private lastNetlinkPort = 0;

  /** SO_COOKIE. */
  nextCookie(): number {
    return ++this.lastCookie;
  }

  /** A port of a netlink socket that is no process's number. */
  nextNetlinkPort(): number {
    return -4096 - this.lastNetlinkPort++;
  }

  /** Sockets in the order of their making. */
  list(): Socket[] {
    return [...this.sockets.entries()].sort(([a], [b]) => a - b).map(([, socket]) => socket);
  }
}
