// What travels between sockets: bytes, and beside them descriptors and the sender's identity (unix(7), "Ancillary messages").

import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { dropReference } from '../vfs/fd-table.ts';
import type { FileDescription } from '../vfs/file.ts';

/** struct ucred. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

export interface Message {
  readonly data: Uint8Array;
  /** Bytes already read of a stream's chunk. */
  consumed: number;
  /** In flight: one reference each, until received or dropped. */
  files: FileDescription[];
  readonly credentials: PeerCredentials;
  /** Address of the sender, encoded; null if it has none. */
  readonly from: Uint8Array | null;
}

/** What a sender adds to the bytes. */
export interface Ancillary {
  readonly files: readonly FileDescription[];
  readonly credentials: PeerCredentials | null;
}

export const NO_ANCILLARY: Ancillary = { files: [], credentials: null };

export function credentialsOfTask(task: Task): PeerCredentials {
  return { pid: task.process.pid, uid: task.credentials.uid, gid: task.credentials.gid };
}

/** What one receive brought. */
export interface Received {
  readonly bytes: number;
  /** Full length of a datagram that was cut, else equal to bytes. */
  readonly fullLength: number;
  readonly files: readonly FileDescription[];
  readonly credentials: PeerCredentials | null;
  readonly from: Uint8Array | null;
  readonly endOfRecord: boolean;
}

export function dropMessage(kernel: Kernel, message: Message): void {
  for (const file of message.files) dropReference(kernel, file);
  message.files = [];
}
