// Options that ask for stamps of packets: SO_TIMESTAMP and its spellings, SO_TIMESTAMPING (Documentation/networking/timestamping).

import { ERRNO } from '../../abi/errno.ts';
import { SO_TIMESTAMPING, SO_TIMESTAMPING_NEW, SOL_SOCKET } from '../../abi/socket.ts';
import { SOF_TIMESTAMPING, SOF_TIMESTAMPING_MASK } from '../../abi/timestamping.ts';
import { noteArrivalStamps, stampFlags, TIMESTAMPS } from '../arrival-stamps.ts';
import { int32s } from '../message.ts';
import { flag, type OptionCall, type OptionRow } from './option.ts';

const { BIND_PHC, OPT_ID, OPT_ID_TCP, OPT_STATS, OPT_TSONLY } = SOF_TIMESTAMPING;

function timestampRow(option: number): OptionRow {
  return {
    ...flag(SOL_SOCKET, option),
    set: ({ kernel, socket }, value) => {
      for (const other of TIMESTAMPS) socket.setOption(SOL_SOCKET, other, Number(other === option && value !== 0));
      noteArrivalStamps(kernel, socket);
      return 0;
    },
  };
}

/** The two numbers differ only in what control messages are called. struct so_timestamping: flags, and a clock of hardware. */
function timestampingRow(option: number): OptionRow {
  const isNew = option === SO_TIMESTAMPING_NEW;
  return {
    level: SOL_SOCKET,
    option,
    get: ({ socket }) => int32s(!isNew || socket.isSet(SO_TIMESTAMPING_NEW) ? stampFlags(socket) : 0, 0),
    set: (call, flags) => setFlags(call, flags, isNew),
  };
}

function setFlags({ kernel, socket }: OptionCall, flags: number, isNew: boolean): number {
  if (flags & ~SOF_TIMESTAMPING_MASK || (flags & OPT_ID_TCP && !(flags & OPT_ID))) return -ERRNO.EINVAL;
  if (flags & OPT_ID && !(stampFlags(socket) & OPT_ID)) {
    const begun = socket.beginStampNumbers((flags & OPT_ID_TCP) !== 0);
    if (begun < 0) return begun;
  }
  if (flags & OPT_STATS && !(flags & OPT_TSONLY)) return -ERRNO.EINVAL;
  // No socket is bound to an interface with a hardware clock.
  if (flags & BIND_PHC) return -ERRNO.EOPNOTSUPP;
  socket.setOption(SOL_SOCKET, SO_TIMESTAMPING, flags);
  socket.setOption(SOL_SOCKET, SO_TIMESTAMPING_NEW, Number(isNew));
  noteArrivalStamps(kernel, socket);
  return 0;
}

export const TIMESTAMP_ROWS: readonly OptionRow[] = [
  ...TIMESTAMPS.map(timestampRow),
  timestampingRow(SO_TIMESTAMPING),
  timestampingRow(SO_TIMESTAMPING_NEW),
];
