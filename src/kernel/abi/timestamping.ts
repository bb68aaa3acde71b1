// Flags of SO_TIMESTAMPING, kinds of stamps, and how the error queue tells of them (Documentation/networking/timestamping).

export const SOF_TIMESTAMPING = {
  TX_HARDWARE: 1 << 0,
  TX_SOFTWARE: 1 << 1,
  RX_SOFTWARE: 1 << 3,
  SOFTWARE: 1 << 4,
  OPT_ID: 1 << 7,
  TX_SCHED: 1 << 8,
  TX_ACK: 1 << 9,
  OPT_CMSG: 1 << 10,
  OPT_TSONLY: 1 << 11,
  OPT_STATS: 1 << 12,
  BIND_PHC: 1 << 15,
  OPT_ID_TCP: 1 << 16,
  OPT_RX_FILTER: 1 << 17,
  TX_COMPLETION: 1 << 18,
} as const;

/** All flags there are. */
export const SOF_TIMESTAMPING_MASK = (1 << 19) - 1;
/** Those that a control message may give for one send. */
export const SOF_TIMESTAMPING_TX_RECORD_MASK =
  SOF_TIMESTAMPING.TX_HARDWARE |
  SOF_TIMESTAMPING.TX_SOFTWARE |
  SOF_TIMESTAMPING.TX_SCHED |
  SOF_TIMESTAMPING.TX_ACK |
  SOF_TIMESTAMPING.TX_COMPLETION;

/** What a stamp on the error queue is of: left the machine, came to its queue, was acknowledged. */
export const SCM_TSTAMP = { SND: 0, SCHED: 1, ACK: 2 } as const;
