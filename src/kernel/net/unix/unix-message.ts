// What waits in the queue of an AF_UNIX socket: bytes, descriptors in flight, who sent it. Its memory is charged to the sender.

import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import type { FileDescription } from '../../vfs/file.ts';
import { int32s, type Ancillary, type ControlMessage, NOBODY, type PeerCredentials, realCredentials } from '../message.ts';
import { SCM_CREDENTIALS, SOL_SOCKET } from '../../abi/socket.ts';
import { dropFlight, putInFlight, takeFlight } from './in-flight.ts';
import type { UnixSocket } from './unix-socket.ts';

export class UnixMessage {
  readonly data: Uint8Array;
  readonly sender: UnixSocket;
  /** Of the sender's buffer. */
  readonly charge: number;
  /** Bytes of a stream's piece that have been read. */
  consumed = 0;
  /** One reference each, until received or dropped. */
  files: readonly FileDescription[] = [];
  /** Real uid of whoever put `files` in flight. */
  filesUser = 0;
  credentials: PeerCredentials = NOBODY;

  constructor(data: Uint8Array, sender: UnixSocket, charge: number) {
    this.data = data;
    this.sender = sender;
    this.charge = charge;
  }

  get remaining(): number {
    return this.data.length - this.consumed;
  }

  /** Adds what the sender sent beside the bytes; descriptors only where `withFiles`. */
  load(kernel: Kernel, task: Task, ancillary: Ancillary, withFiles: boolean, receiver: UnixSocket): void {
    if (ancillary.credentials) this.credentials = ancillary.credentials;
    else if (this.sender.passesCredentials || receiver.passesCredentials) this.credentials = realCredentials(task);
    if (!withFiles || ancillary.files.length === 0) return;
    this.files = ancillary.files;
    this.filesUser = task.credentials.uid;
    putInFlight(kernel, this.files, this.filesUser);
  }

  /** The descriptors leave the message; the caller has their references. */
  takeFiles(kernel: Kernel): readonly FileDescription[] {
    const { files } = this;
    if (files.length > 0) takeFlight(kernel, files, this.filesUser);
    this.files = [];
    return files;
  }

  /** References of the caller's own to descriptors that stay. */
  peekFiles(): readonly FileDescription[] {
    for (const file of this.files) file.references++;
    return this.files;
  }

  /** The message is gone, with what it still carries. */
  free(kernel: Kernel): void {
    this.sender.uncharge(kernel, this.charge);
    if (this.files.length === 0) return;
    const { files } = this;
    this.files = [];
    dropFlight(kernel, files, this.filesUser);
  }
}

/** SCM_CREDENTIALS of a message. */
export function credentialsMessage({ pid, uid, gid }: PeerCredentials): ControlMessage {
  return { level: SOL_SOCKET, type: SCM_CREDENTIALS, data: int32s(pid, uid, gid) };
}
