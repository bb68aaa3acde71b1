// What AF_UNIX sockets of all types have (unix(7)): a name, a peer, a queue of messages, the identity of the other side.

import { ERRNO } from '../../abi/errno.ts';
import { FIONREAD } from '../../abi/ioctl.ts';
import {
  AF_UNIX,
  SCM_CREDENTIALS,
  SCM_MAX_FD,
  SCM_RIGHTS,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SIOCOUTQ,
  SO_PASSCRED,
  SO_PASSPIDFD,
  SO_PASSRIGHTS,
  SOL_SOCKET,
} from '../../abi/socket.ts';
import { CAP } from '../../abi/capability.ts';
import type { SpecialInode } from '../../fs/special-inode.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import { isCapable } from '../../task/credentials.ts';
import type { Task } from '../../task/task.ts';
import { WaitQueue } from '../../task/wait-queue.ts';
import { POLL } from '../../vfs/file.ts';
import type { FileDescription } from '../../vfs/file.ts';
import { putUint32 } from '../../vfs/user-memory.ts';
import { type Ancillary, type ControlMessage, NO_PEER, type PeerCredentials } from '../message.ts';
import { collectCycles } from './cycles.ts';
import { hasTooManyInFlight } from './in-flight.ts';
import { PassableSocket } from './passable-socket.ts';
import { bindAutomatically, bindName, freeName } from './unix-names.ts';
import { encodeUnixAddress, type UnixAddress, UNNAMED } from './unix-address.ts';
import type { UnixMessage } from './unix-message.ts';

export type UnixState = 'unconnected' | 'listening' | 'connected';

export abstract class UnixSocket extends PassableSocket {
  state: UnixState = 'unconnected';
  peer: UnixSocket | null = null;
  address: UnixAddress = UNNAMED;
  /** The entry of a path name. */
  node: SpecialInode | null = null;
  private encodedName = encodeUnixAddress(UNNAMED);
  /** SO_PEERCRED: who connected, or listened. */
  peerCredentials: PeerCredentials = NO_PEER;
  /** Woken when there is room again among the messages, or the connections, that may wait here. */
  readonly roomForPeers = new WaitQueue('room in a socket');

  override readonly domain = AF_UNIX;
  override readonly protocol = 0;

  get isNamed(): boolean {
    return this.address.kind !== 'unnamed';
  }

  /** Messages to or from here say who sent them. */
  get passesCredentials(): boolean {
    return this.isSet(SO_PASSCRED) || this.isSet(SO_PASSPIDFD);
  }

  get isConnectionBased(): boolean {
    return true;
  }

  override get isListening(): boolean {
    return this.state === 'listening';
  }

  setName(address: UnixAddress, node: SpecialInode | null): void {
    this.address = address;
    this.node = node;
    this.encodedName = encodeUnixAddress(address);
  }

  override name(): Uint8Array {
    return this.encodedName;
  }

  override peerName(): Uint8Array | number {
    return this.peer ? this.peer.encodedName : -ERRNO.ENOTCONN;
  }

  override bind(kernel: Kernel, task: Task, raw: Uint8Array): number {
    return bindName(kernel, task, this, raw);
  }

  /** Whoever says who it is has a name that can be answered to. */
  protected bindForCredentials(kernel: Kernel): number {
    return this.passesCredentials ? bindAutomatically(kernel, this) : 0;
  }

  /** socketpair(2). */
  pairWith(other: UnixSocket, credentials: PeerCredentials): void {
    this.join(other, credentials);
    other.join(this, credentials);
  }

  join(peer: UnixSocket, credentials: PeerCredentials): void {
    this.peer = peer;
    this.state = 'connected';
    this.peerCredentials = credentials;
  }

  override readAncillary(kernel: Kernel, task: Task, messages: readonly ControlMessage[] | null): Ancillary | number {
    if (!messages) return -ERRNO.EINVAL;
    const files: FileDescription[] = [];
    let credentials: PeerCredentials | null = null;
    for (const { level, type, data } of messages) {
      if (level !== SOL_SOCKET) continue;
      const view = new DataView(data.buffer, data.byteOffset, data.length);
      if (type === SCM_RIGHTS) {
        if (files.length + (data.length >> 2) > SCM_MAX_FD) return -ERRNO.EINVAL;
        for (let at = 0; at + 4 <= data.length; at += 4) {
          const file = task.files.get(view.getInt32(at, true));
          if (!file) return -ERRNO.EBADF;
          if (!file.canBePassed) return -ERRNO.EINVAL;
          files.push(file);
        }
      } else if (type === SCM_CREDENTIALS) {
        if (data.length !== 12) return -ERRNO.EINVAL;
        const claimed = claimedIdentity(kernel, view);
        if (!mayClaim(task, claimed)) return -ERRNO.EPERM;
        if (!claimed.process) return -ERRNO.ESRCH;
        credentials = claimed;
      } else return -ERRNO.EINVAL;
    }
    if (files.length > 0 && hasTooManyInFlight(kernel, task)) return -ERRNO.ETOOMANYREFS;
    return { files, credentials, options: [] };
  }

  /** SO_PASSRIGHTS turned off: nobody may send descriptors here. */
  get refusesFiles(): boolean {
    return this.options.get(SOL_SOCKET * 0x10000 + SO_PASSRIGHTS) === 0;
  }

  /** A message has come. */
  protected enqueue(kernel: Kernel, message: UnixMessage): void {
    this.incoming.push(message);
    kernel.wake(this.readable);
  }

  /** What waits is lost. */
  protected purge(kernel: Kernel): void {
    const { incoming } = this;
    this.incoming = [];
    for (const message of incoming) message.free(kernel);
  }

  override shutdown(kernel: Kernel, how: number): number {
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -ERRNO.EINVAL;
    const [reads, writes] = [how !== SHUT_WR, how !== SHUT_RD];
    this.readShut ||= reads;
    this.writeShut ||= writes;
    const { peer } = this;
    if (peer && this.isConnectionBased) {
      peer.readShut ||= writes;
      peer.writeShut ||= reads;
      peer.wakeAll(kernel);
    }
    this.wakeAll(kernel);
    kernel.wake(this.roomForPeers);
    return 0;
  }

  override ioctl(kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    if (request === SIOCOUTQ) return putUint32(task, argument, this.sendAllocated);
    if (request !== FIONREAD) return super.ioctl(kernel, task, request, argument);
    return this.state === 'listening' ? -ERRNO.EINVAL : putUint32(task, argument, this.readableBytes);
  }

  /** What FIONREAD says. */
  get readableBytes(): number {
    return this.incoming.reduce((sum, message) => sum + message.remaining, 0);
  }

  /** Bits that all types have in common. */
  protected pollBits(): number {
    let ready = 0;
    if (this.pendingError) ready |= POLL.ERR;
    if (this.readShut && this.writeShut) ready |= POLL.HUP;
    if (this.readShut) ready |= POLL.RDHUP | POLL.IN | POLL.RDNORM;
    if (this.incoming.length > 0) ready |= POLL.IN | POLL.RDNORM;
    if (this.isConnectionBased && this.state === 'unconnected') ready |= POLL.HUP;
    return ready;
  }

  protected get pollWritable(): number {
    return this.state !== 'listening' && this.hasGoodRoom ? POLL.OUT | POLL.WRNORM | POLL.WRBAND : 0;
  }

  override release(kernel: Kernel): void {
    freeName(kernel, this);
    super.release(kernel);
    this.purge(kernel);
    kernel.wake(this.roomForPeers);
    if (kernel.network.inFlight.sockets.length > 0) collectCycles(kernel);
  }
}

function claimedIdentity(kernel: Kernel, view: DataView): PeerCredentials {
  const pid = view.getInt32(0, true);
  return { pid, uid: view.getUint32(4, true), gid: view.getUint32(8, true), groups: [], process: kernel.pids.processes.get(pid) ?? null };
}

/** A sender may name itself by any of its identities; others with the capability for each. */
function mayClaim(task: Task, { pid, uid, gid }: PeerCredentials): boolean {
  const own = task.credentials;
  const may = (isOwn: boolean, capability: number): boolean => isOwn || isCapable(own, capability);
  return (
    may(pid === task.process.pid, CAP.SYS_ADMIN) &&
    may([own.uid, own.euid, own.suid].includes(uid), CAP.SETUID) &&
    may([own.gid, own.egid, own.sgid].includes(gid), CAP.SETGID)
  );
}
