// Stamps of what a socket sends: which ones a send asks for, and what the error queue gets of each (Documentation/networking/timestamping, 1.3 and 2).
// Not modelled: hardware, and the statistics of SOF_TIMESTAMPING_OPT_STATS.

import { ERRNO } from '../../abi/errno.ts';
import { SCM_CREDENTIALS, SCM_RIGHTS, SCM_TS_OPT_ID, SO_MARK, SO_TIMESTAMPING, SO_TIMESTAMPING_NEW, SOL_SOCKET } from '../../abi/socket.ts';
import { SCM_TSTAMP, SOF_TIMESTAMPING, SOF_TIMESTAMPING_TX_RECORD_MASK } from '../../abi/timestamping.ts';
import { stampFlags } from '../arrival-stamps.ts';
import type { ControlMessage } from '../message.ts';
import type { Socket } from '../socket.ts';

const { OPT_ID, TX_ACK, TX_SCHED, TX_SOFTWARE } = SOF_TIMESTAMPING;
/** Types of SOL_SOCKET that mean nothing here. */
const IGNORED = new Set([SCM_RIGHTS, SCM_CREDENTIALS, SO_MARK]);

/** What one send is stamped with. */
export interface SendStamps {
  /** SOF_TIMESTAMPING_* of the socket, and for this send. */
  readonly flags: number;
  /** The number that the sender gives it; null: its turn. */
  readonly id: number | null;
}

/** A sender's control message of SOL_SOCKET: 0, or -EINVAL for one that is malformed or unknown. */
export function checkSocketControl(socket: Socket, { type, data }: ControlMessage, numbered: boolean): number {
  if (type === SO_TIMESTAMPING || type === SO_TIMESTAMPING_NEW)
    return data.length === 4 && (wordOf(data) & ~SOF_TIMESTAMPING_TX_RECORD_MASK) === 0 ? 0 : -ERRNO.EINVAL;
  if (type === SCM_TS_OPT_ID) return numbered && data.length === 4 && stampFlags(socket) & OPT_ID ? 0 : -ERRNO.EINVAL;
  return IGNORED.has(type) ? 0 : -ERRNO.EINVAL;
}

/** Of a send whose control messages have been checked. */
export function sendStamps(socket: Socket, messages: readonly ControlMessage[]): SendStamps {
  let flags = stampFlags(socket);
  let id: number | null = null;
  for (const { level, type, data } of messages) {
    if (level !== SOL_SOCKET) continue;
    if (type === SCM_TS_OPT_ID) id = wordOf(data) >>> 0;
    else if (type === SO_TIMESTAMPING || type === SO_TIMESTAMPING_NEW) flags = (flags & ~SOF_TIMESTAMPING_TX_RECORD_MASK) | wordOf(data);
  }
  return { flags, id };
}

/** SCM_TSTAMP_* of what leaves at once, in order. */
export function stampsOf({ flags }: SendStamps): number[] {
  return [...(flags & TX_SCHED ? [SCM_TSTAMP.SCHED] : []), ...(flags & TX_SOFTWARE ? [SCM_TSTAMP.SND] : [])];
}

export const wantsAcknowledged = ({ flags }: SendStamps): boolean => (flags & TX_ACK) !== 0;

function wordOf(data: Uint8Array): number {
  return new DataView(data.buffer, data.byteOffset, data.length).getInt32(0, true);
}
