// What a send and a receive carry beside the bytes: flags, an address, control messages (cmsg(3)), descriptors, the sender's identity.

import { CMSGHDR_BYTES } from '../abi/socket.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';
import type { FileDescription } from '../vfs/file.ts';

/** struct ucred, and the groups of SO_PEERGROUPS. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** What a pidfd of it names; null for nobody. */
  readonly process: Process | null;
}

const OVERFLOW_ID = 65_534;

/** Of a message whose sender did not have to say who it is. */
export const NOBODY: PeerCredentials = { pid: 0, uid: OVERFLOW_ID, gid: OVERFLOW_ID, groups: [], process: null };
/** Of a socket that has no peer yet. */
export const NO_PEER: PeerCredentials = { pid: 0, uid: 0xffff_ffff, gid: 0xffff_ffff, groups: [], process: null };

export function effectiveCredentials(task: Task): PeerCredentials {
  const { euid, egid, groups } = task.credentials;
  return { pid: task.process.pid, uid: euid, gid: egid, groups, process: task.process };
}

/** What a message carries: real ids, as Linux fills them in. */
export function realCredentials(task: Task): PeerCredentials {
  const { uid, gid } = task.credentials;
  return { pid: task.process.pid, uid, gid, groups: [], process: task.process };
}

export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

/** What a sender adds to the bytes, after its family has looked at it. */
export interface Ancillary {
  readonly files: readonly FileDescription[];
  readonly credentials: PeerCredentials | null;
  /** Others, for families that know them. */
  readonly options: readonly ControlMessage[];
  /** It could not be taken apart: EINVAL, for protocols that look at it behind the destination. */
  readonly malformed?: boolean;
}

export const NO_ANCILLARY: Ancillary = { files: [], credentials: null, options: [] };

export interface SendRequest {
  /** MSG_*. */
  readonly flags: number;
  /** Encoded address, or null. */
  readonly to: Uint8Array | null;
  readonly ancillary: Ancillary;
}

export const PLAIN_SEND: SendRequest = { flags: 0, to: null, ancillary: NO_ANCILLARY };

/** What one receive brought. */
export interface Received {
  readonly bytes: number;
  /** What the call returns with MSG_TRUNC: the full length of a datagram. */
  readonly fullLength: number;
  /** MSG_TRUNC, MSG_OOB, MSG_ERRQUEUE, MSG_EOR. */
  readonly flags: number;
  readonly from: Uint8Array | null;
  /** In the order of the control buffer; descriptors come behind them. */
  readonly control: readonly ControlMessage[];
  readonly files: readonly FileDescription[];
  /** The sender, if a pidfd of it is wanted (SO_PASSPIDFD). */
  readonly pidfdOf: Process | null;
}

/** A receive of bytes alone. */
export function plainReceived(bytes: number, fullLength = bytes, flags = 0, from: Uint8Array | null = null): Received {
  return { bytes, fullLength, flags, from, control: [], files: [], pidfdOf: null };
}

export function int32s(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

const align8 = (length: number): number => Math.ceil(length / 8) * 8;

/** Takes a control buffer apart; null where a header's length is wrong. */
export function parseControl(raw: Uint8Array): ControlMessage[] | null {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const messages: ControlMessage[] = [];
  for (let at = 0; at + CMSGHDR_BYTES <= raw.length; ) {
    const length = Number(view.getBigUint64(at, true));
    if (length < CMSGHDR_BYTES || at + length > raw.length) return null;
    const data = raw.subarray(at + CMSGHDR_BYTES, at + length);
    messages.push({ level: view.getInt32(at + 8, true), type: view.getInt32(at + 12, true), data });
    at += align8(length);
  }
  return messages;
}
