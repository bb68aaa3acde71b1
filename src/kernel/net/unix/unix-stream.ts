// AF_UNIX streams: bytes in order, never glued across the end of what descriptors or other credentials came with; an urgent byte.

import { ERRNO } from '../../abi/errno.ts';
import {
  MSG_OOB,
  MSG_PEEK,
  MSG_WAITALL,
  SCM_INQ,
  SIOCATMARK,
  SO_INQ,
  SO_OOBINLINE,
  SO_PASSCRED,
  SO_PASSPIDFD,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { SyscallResult } from '../../syscalls/row.ts';
import type { Task } from '../../task/task.ts';
import { type ByteSink, type ByteSource, type FileDescription, POLL } from '../../vfs/file.ts';
import { finishPartial, notePartial, partialDone } from '../../vfs/partial.ts';
import { putUint32 } from '../../vfs/user-memory.ts';
import { chargeOfStreamPiece, UNIX_PIECE } from '../buffer-charge.ts';
import { type ControlMessage, int32s, type PeerCredentials, plainReceived, type Received, type SendRequest } from '../message.ts';
import { UnixConnection } from './unix-connection.ts';
import { credentialsMessage, UnixMessage } from './unix-message.ts';

/** A read in progress: lives for the length of one call. */
interface Reading {
  /** Bytes given to the reader, earlier runs of the call included. */
  copied: number;
  credentials: PeerCredentials | null;
  files: readonly FileDescription[];
  from: Uint8Array | null;
}

export class UnixStream extends UnixConnection {
  /** The message of the last urgent byte, while it can be received as such. */
  private urgent: UnixMessage | null = null;

  constructor(kernel: Kernel, flags: number) {
    super(kernel, flags, SOCK_STREAM);
  }

  protected override sibling(kernel: Kernel): UnixStream {
    return new UnixStream(kernel, 0);
  }

  override send(kernel: Kernel, task: Task, from: ByteSource, { flags, to, ancillary }: SendRequest): SyscallResult {
    if (to) return this.state === 'connected' ? -ERRNO.EISCONN : -ERRNO.EOPNOTSUPP;
    const peer = this.peer as UnixStream | null;
    if (!peer) return -ERRNO.ENOTCONN;
    if (this.writeShut) return finishPartial(task, this.brokenPipe(kernel, task, flags));
    const urgent = (flags & MSG_OOB) !== 0 && from.length > 0;
    if (flags & MSG_OOB && !urgent) return -ERRNO.EOPNOTSUPP;
    const ordinary = urgent ? from.length - 1 : from.length;
    let done = 0;
    while (done < from.length) {
      if (this.pendingError) return finishPartial(task, done > 0 ? done : -this.takeError());
      if (this.sendAllocated >= this.sendBuffer) return this.waitForRoom(kernel, task, flags, done);
      const wanted = done < ordinary ? Math.min(ordinary - done, Math.floor(this.sendBuffer / 2) - 64, UNIX_PIECE) : 1;
      const charge = chargeOfStreamPiece(wanted);
      if (!kernel.memory.hasRoom(charge)) return finishPartial(task, done > 0 ? done : -ERRNO.ENOBUFS);
      const data = from.take(wanted);
      if (data.length < wanted) return finishPartial(task, done > 0 ? done : -ERRNO.EFAULT);
      if (peer.closed || peer.readShut) return finishPartial(task, done > 0 ? done : this.brokenPipe(kernel, task, flags));
      if (ancillary.files.length > 0 && peer.refusesFiles) return finishPartial(task, done > 0 ? done : -ERRNO.EPERM);
      const message = new UnixMessage(data, this, charge);
      this.charge(kernel, charge);
      message.load(kernel, task, ancillary, done + partialDone(task) === 0, peer);
      if (urgent && done === ordinary) peer.urgent = message;
      kernel.charge(kernel.hardware.costs.socket_operation);
      peer.enqueue(kernel, message);
      done += wanted;
    }
    if (urgent) peer.signalUrgent(kernel);
    return finishPartial(task, done);
  }

  private waitForRoom(kernel: Kernel, task: Task, flags: number, done: number): SyscallResult {
    if (this.isNonblocking(flags)) return finishPartial(task, done > 0 ? done : -ERRNO.EAGAIN);
    notePartial(task, done);
    return this.waitOn(kernel, task, this.writable, 'room in a socket', this.sendTimeout);
  }

  override receive(kernel: Kernel, task: Task, to: ByteSink, flags: number): Received | SyscallResult {
    if (this.state !== 'connected') return -ERRNO.EINVAL;
    if (flags & MSG_OOB) return this.receiveUrgent(to, flags, kernel);
    if (this.incoming.length > 0) kernel.charge(kernel.hardware.costs.socket_operation);
    const before = partialDone(task);
    const reading: Reading = { copied: before, credentials: notedCredentials(kernel, task), files: [], from: null };
    const wanted = before + to.length;
    const target = flags & MSG_WAITALL ? wanted : Math.min(this.receiveLowWater, wanted) || 1;
    const ended = this.readInto(kernel, task, to, flags, reading, target);
    if (ended !== null) return ended;
    return this.received(reading);
  }

  /** Moves bytes until the reader has enough; null when `reading` is the result, else the call's result. */
  private readInto(kernel: Kernel, task: Task, to: ByteSink, flags: number, reading: Reading, target: number): SyscallResult | null {
    const peeks = (flags & MSG_PEEK) !== 0;
    const started = reading.copied;
    let skip = peeks ? Math.max(0, this.peekOffset) : 0;
    let at = 0;
    do {
      at = this.incoming[at] ? this.passUrgent(kernel, at, peeks, reading.copied) : -1;
      if (at < 0 && this.incoming.length > 0 && reading.copied > 0) return null;
      const message = at < 0 ? undefined : this.incoming[at];
      if (!message) {
        if (peeks && reading.copied > started) return null;
        if (reading.copied >= target) return null;
        if (this.pendingError) return reading.copied > 0 ? null : -this.takeError();
        if (this.readShut) return null;
        if (this.isNonblocking(flags)) return reading.copied > 0 ? null : -ERRNO.EAGAIN;
        return this.waitForMore(kernel, task, reading, started);
      }
      if (skip >= message.remaining && message.remaining > 0) {
        skip -= message.remaining;
        at++;
        continue;
      }
      if (reading.credentials) {
        if (!sameSender(reading.credentials, message.credentials)) return null;
      } else if (this.passesCredentials) reading.credentials = message.credentials;
      if (message.sender.isNamed) reading.from ??= message.sender.name();
      const start = message.consumed + skip;
      const part = message.data.subarray(start, start + to.length - (reading.copied - started));
      const accepted = to.put(part);
      if (accepted < part.length && accepted === 0) return reading.copied > 0 ? null : -ERRNO.EFAULT;
      reading.copied += accepted;
      if (this.peekOffset >= 0) this.peekOffset = peeks ? this.peekOffset + accepted : Math.max(0, this.peekOffset - accepted);
      const carries = message.files.length > 0;
      if (peeks) {
        if (carries) reading.files = message.peekFiles();
        if (carries) return null;
        skip = 0;
        at++;
      } else {
        message.consumed += accepted;
        if (carries) reading.files = message.takeFiles(kernel);
        if (message.remaining > 0) return null;
        this.removeAt(kernel, at);
        if (carries) return null;
      }
      if (accepted < part.length) return null;
    } while (reading.copied - started < to.length);
    return null;
  }

  /** Waits for what is missing; a result where waiting is over. */
  private waitForMore(kernel: Kernel, task: Task, reading: Reading, started: number): SyscallResult | null {
    notePartial(task, reading.copied - started);
    if (reading.credentials && reading.copied > 0) {
      const { pid, uid, gid } = reading.credentials;
      task.progress = { ...task.progress, senderPid: pid, senderUid: uid, senderGid: gid };
    }
    const waited = this.waitOn(kernel, task, this.readable, 'data in a socket', this.receiveTimeout);
    return typeof waited === 'number' && waited > 0 ? null : waited;
  }

  private received({ copied, credentials, files, from }: Reading): Received {
    const control: ControlMessage[] = credentials && this.isSet(SO_PASSCRED) ? [credentialsMessage(credentials)] : [];
    if (this.isSet(SO_INQ)) control.push({ level: SOL_SOCKET, type: SCM_INQ, data: int32s(this.readableBytes) });
    const pidfdOf = credentials && this.isSet(SO_PASSPIDFD) ? credentials.process : null;
    return { bytes: copied, fullLength: copied, flags: 0, from, control, files, pidfdOf };
  }

  /**
   * Looks at the urgent byte before the message at `at` is read: it ends a read that has begun, is passed over by one that begins,
   * and a place where one has been taken counts for no bytes. The index to go on with, or -1.
   */
  private passUrgent(kernel: Kernel, at: number, peeks: boolean, copied: number): number {
    let next = at;
    let message = this.incoming[next]!;
    if (message.remaining > 0 && message !== this.urgent) return next;
    if (message.remaining === 0) {
      if (copied > 0 && (!this.urgent || message === this.urgent)) return -1;
      if (peeks) next++;
      else this.removeAt(kernel, next);
      if (!this.incoming[next]) return -1;
      message = this.incoming[next]!;
    }
    if (message !== this.urgent) return next;
    if (copied > 0) return -1;
    const inline = this.isSet(SO_OOBINLINE);
    if (peeks) return this.incoming[inline ? next : next + 1] ? (inline ? next : next + 1) : -1;
    this.urgent = null;
    if (!inline) this.removeAt(kernel, next);
    return this.incoming[next] ? next : -1;
  }

  private receiveUrgent(to: ByteSink, flags: number, kernel: Kernel): Received | number {
    const { urgent } = this;
    if (this.isSet(SO_OOBINLINE) || !urgent) return -ERRNO.EINVAL;
    if (to.length > 0 && to.put(urgent.data.subarray(0, 1)) < 1) return -ERRNO.EFAULT;
    if (!(flags & MSG_PEEK)) {
      this.urgent = null;
      urgent.consumed = urgent.data.length;
      const before = this.incoming.indexOf(urgent) - 1;
      if (before >= 0 && this.incoming[before]!.remaining === 0) this.removeAt(kernel, before);
    }
    return plainReceived(1, 1, MSG_OOB);
  }

  private removeAt(kernel: Kernel, at: number): void {
    const [message] = at === 0 ? [this.incoming.shift()!] : this.incoming.splice(at, 1);
    message!.free(kernel);
  }

  override ioctl(kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    if (request !== SIOCATMARK) return super.ioctl(kernel, task, request, argument);
    const [first, second] = this.incoming;
    const taken = first !== undefined && first.remaining === 0 && (!this.urgent || second === this.urgent);
    return putUint32(task, argument, Number(first !== undefined && (first === this.urgent || taken)));
  }

  override poll(): number {
    return this.urgent ? super.poll() | POLL.PRI : super.poll();
  }

  protected override purge(kernel: Kernel): void {
    this.urgent = null;
    super.purge(kernel);
  }
}

/** Whose bytes a read that waits for more has given already. */
function notedCredentials(kernel: Kernel, task: Task): PeerCredentials | null {
  const pid = task.progress?.['senderPid'];
  if (pid === undefined) return null;
  const [uid, gid] = [Number(task.progress!['senderUid']), Number(task.progress!['senderGid'])];
  return { pid: Number(pid), uid, gid, groups: [], process: kernel.pids.processes.get(Number(pid)) ?? null };
}

function sameSender(a: PeerCredentials, b: PeerCredentials): boolean {
  return a.pid === b.pid && a.uid === b.uid && a.gid === b.gid;
}
