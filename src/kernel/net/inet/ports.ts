// The ports of one protocol: who is bound to which, who listens, and connections that are over but still keep theirs (TIME_WAIT).

import type { Kernel } from '../../kernel.ts';
import { SO_REUSEADDR, SO_REUSEPORT } from '../../abi/socket.ts';
import { type Endpoint, type Host, sameEndpoint } from './inet-address.ts';
import type { InetSocket } from './inet-socket.ts';

/** net.ipv4.ip_local_port_range. */
export const FIRST_EPHEMERAL = 32_768;
export const LAST_EPHEMERAL = 60_999;
const EPHEMERALS = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
/** TCP_TIMEWAIT_LEN, and net.ipv4.tcp_max_tw_buckets. */
const TIME_WAIT_NANOSECONDS = 60e9;
const MAX_TIME_WAITS = 4096;

/** The end of a connection that was closed first. */
export interface TimeWait {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly dualStack: boolean;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  readonly uid: number;
  /** Its peer has closed too: TIME_WAIT, else FIN_WAIT2. */
  readonly isOver: boolean;
  /** When the port is free again, cycles. */
  readonly until: number;
}

/** What bind asks for. */
export interface PortRequest {
  readonly at: Endpoint;
  readonly dualStack: boolean;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  readonly uid: number;
}

export class PortTable {
  /** Sockets by local port, in the order of binding. */
  private readonly bound = new Map<number, InetSocket[]>();
  /** Those of them that take connections. */
  private readonly listening = new Map<number, InetSocket[]>();
  /** Oldest first, and by local port. */
  private readonly waits: TimeWait[] = [];
  private readonly waitsAt = new Map<number, TimeWait[]>();
  private nextEphemeral = FIRST_EPHEMERAL;

  at(port: number): readonly InetSocket[] {
    return this.bound.get(port) ?? [];
  }

  listeners(port: number): readonly InetSocket[] {
    return this.listening.get(port) ?? [];
  }

  add(socket: InetSocket): void {
    addTo(this.bound, socket);
  }

  startListening(socket: InetSocket): void {
    addTo(this.listening, socket);
  }

  stopListening(socket: InetSocket): void {
    removeFrom(this.listening, socket);
  }

  remove(socket: InetSocket): void {
    removeFrom(this.bound, socket);
    removeFrom(this.listening, socket);
  }

  /** Is another socket in the way of `request`? `listens`: of the request's socket, which is bound already. */
  conflicts(kernel: Kernel, request: PortRequest, socket: InetSocket | null = null): boolean {
    this.expire(kernel);
    for (const other of this.at(request.at.port)) {
      if (other === socket || !overlap(request.at, request.dualStack, other.local, other.isDualStack)) continue;
      if (!mayShare(request, { ...other.portRequest, listens: other.isListening })) return true;
    }
    return this.waiting(request.at.port).some(
      (wait) => overlap(request.at, request.dualStack, wait.local, wait.dualStack) && !mayShare(request, { ...wait, listens: false }),
    );
  }

  /** A free port for `request`, or 0. Numbers go round, so that one that was given back is not the next to be given out. */
  ephemeral(kernel: Kernel, request: PortRequest): number {
    for (let tried = 0; tried < EPHEMERALS; tried++) {
      const port = this.nextEphemeral;
      this.nextEphemeral = port === LAST_EPHEMERAL ? FIRST_EPHEMERAL : port + 1;
      if (this.bound.has(port)) continue;
      if (!this.conflicts(kernel, { ...request, at: { ...request.at, port } })) return port;
    }
    return 0;
  }

  /** A port from which nobody talks to `remote` yet, though others may use it; or 0. */
  ephemeralTo(kernel: Kernel, local: Host, remote: Endpoint): number {
    this.expire(kernel);
    for (let port = FIRST_EPHEMERAL; port <= LAST_EPHEMERAL; port++)
      if (this.at(port).every((other) => other.remote) && !this.isTalking({ ...local, port }, remote)) return port;
    return 0;
  }

  /** Does a connection between the two exist, or has one just ended? */
  isTalking(local: Endpoint, remote: Endpoint): boolean {
    const isIt = (other: { readonly local: Endpoint; readonly remote: Endpoint | null }): boolean =>
      other.remote !== null && sameEndpoint(other.remote, remote) && sameEndpoint(other.local, local);
    return this.at(local.port).some(isIt) || this.waiting(local.port).some(isIt);
  }

  /** The end that was closed first keeps its port for a minute. */
  wait(kernel: Kernel, socket: InetSocket, isOver: boolean): TimeWait {
    this.expire(kernel);
    if (this.waits.length >= MAX_TIME_WAITS) this.forget(this.waits[0]!);
    const { at, ...request } = socket.portRequest;
    const until = kernel.now + kernel.clock.cycles(TIME_WAIT_NANOSECONDS);
    const wait: TimeWait = { ...request, local: at, remote: socket.remote!, isOver, until };
    this.waits.push(wait);
    const others = this.waitsAt.get(wait.local.port);
    if (others) others.push(wait);
    else this.waitsAt.set(wait.local.port, [wait]);
    return wait;
  }

  forget(wait: TimeWait): void {
    const at = this.waits.indexOf(wait);
    if (at < 0) return;
    this.waits.splice(at, 1);
    const { port } = wait.local;
    const others = this.waitsAt.get(port)!;
    others.splice(others.indexOf(wait), 1);
    if (others.length === 0) this.waitsAt.delete(port);
  }

  private waiting(port: number): readonly TimeWait[] {
    return this.waitsAt.get(port) ?? [];
  }

  timeWaits(kernel: Kernel): readonly TimeWait[] {
    this.expire(kernel);
    return this.waits;
  }

  private expire(kernel: Kernel): void {
    while (this.waits.length > 0 && this.waits[0]!.until <= kernel.now) this.forget(this.waits[0]!);
  }
}

/** Do two local addresses have packets in common? */
function overlap(a: Host, aDual: boolean, b: Host, bDual: boolean): boolean {
  if (a.family === b.family) return a.host === b.host || a.host === 0 || b.host === 0;
  return (a.family === 6 && a.host === 0 && aDual) || (b.family === 6 && b.host === 0 && bDual);
}

function mayShare(
  asks: Omit<PortRequest, 'at'>,
  has: { readonly reuseAddress: boolean; readonly reusePort: boolean; readonly uid: number; readonly listens: boolean },
): boolean {
  if (asks.reuseAddress && has.reuseAddress && !has.listens) return true;
  return asks.reusePort && has.reusePort && asks.uid === has.uid;
}

function addTo(table: Map<number, InetSocket[]>, socket: InetSocket): void {
  const sockets = table.get(socket.local.port);
  if (sockets) sockets.push(socket);
  else table.set(socket.local.port, [socket]);
}

function removeFrom(table: Map<number, InetSocket[]>, socket: InetSocket): void {
  const sockets = table.get(socket.local.port);
  const at = sockets?.indexOf(socket) ?? -1;
  if (at < 0) return;
  if (sockets!.length === 1) table.delete(socket.local.port);
  else sockets!.splice(at, 1);
}

/** The socket that packets from `from` to `to` are for: a connected one, else the most particular; ports that are shared take turns by sender. */
export function bestMatch(candidates: readonly InetSocket[], to: Endpoint, from: Endpoint): InetSocket | null {
  let best: InetSocket[] = [];
  let bestScore = 0;
  for (const socket of candidates) {
    const score = scoreOf(socket, to, from);
    if (score > bestScore) [best, bestScore] = [[socket], score];
    else if (score === bestScore && score > 0) best.push(socket);
  }
  const [first] = best;
  if (!first) return null;
  const sharing = best.filter((socket) => socket.isSet(SO_REUSEPORT));
  if (!first.isSet(SO_REUSEPORT) || sharing.length < 2) return best.at(first.isSet(SO_REUSEADDR) ? -1 : 0)!;
  return sharing[hashOf(from, to) % sharing.length]!;
}

function scoreOf(socket: InetSocket, to: Endpoint, from: Endpoint): number {
  const { local, remote } = socket;
  let score = 1;
  if (local.family !== to.family && !(local.family === 6 && local.host === 0 && socket.isDualStack)) return 0;
  if (local.family === to.family) score += 1;
  if (local.host !== 0) {
    if (local.host !== to.host) return 0;
    score += 4;
  }
  if (remote) {
    if (!sameEndpoint(remote, from)) return 0;
    score += 8;
  }
  return score;
}

function hashOf(from: Endpoint, to: Endpoint): number {
  let hash = Math.imul(from.host ^ Math.imul(from.port, 0x9e37_79b1), 0x85eb_ca6b) ^ Math.imul(to.host + to.port, 0xc2b2_ae35);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b_3c6d) >>> 16;
}
