// io_uring_setup(2) and io_uring_enter(2): flags and limits (include/uapi/linux/io_uring.h, as of Linux 6.18).

export const SETUP = {
  IOPOLL: 1 << 0,
  SQPOLL: 1 << 1,
  SQ_AFF: 1 << 2,
  CQSIZE: 1 << 3,
  CLAMP: 1 << 4,
  ATTACH_WQ: 1 << 5,
  R_DISABLED: 1 << 6,
  SUBMIT_ALL: 1 << 7,
  COOP_TASKRUN: 1 << 8,
  TASKRUN_FLAG: 1 << 9,
  SQE128: 1 << 10,
  CQE32: 1 << 11,
  SINGLE_ISSUER: 1 << 12,
  DEFER_TASKRUN: 1 << 13,
  NO_MMAP: 1 << 14,
  REGISTERED_FD_ONLY: 1 << 15,
  NO_SQARRAY: 1 << 16,
  HYBRID_IOPOLL: 1 << 17,
  CQE_MIXED: 1 << 18,
} as const;

export const SETUP_KNOWN = (1 << 19) - 1;

export const MAX_ENTRIES = 32_768;
export const MAX_CQ_ENTRIES = 2 * MAX_ENTRIES;

/** SINGLE_MMAP to NO_IOWAIT: every bit that Linux 6.18 reports, but RW_ATTR, which needs a block device with protection information. */
export const FEATURES = ((1 << 18) - 1) & ~(1 << 16);

export const ENTER = {
  GETEVENTS: 1,
  SQ_WAKEUP: 2,
  SQ_WAIT: 4,
  EXT_ARG: 8,
  REGISTERED_RING: 16,
  ABS_TIMER: 32,
  EXT_ARG_REG: 64,
  NO_IOWAIT: 128,
} as const;
export const ENTER_KNOWN = 255;

/** Bits of the submission ring's flags word. */
export const SQ = { NEED_WAKEUP: 1, CQ_OVERFLOW: 2, TASKRUN: 4 } as const;
/** Bits of the completion ring's flags word. */
export const CQ_EVENTFD_DISABLED = 1;

export const PARAMS_BYTES = 120;
export const EXT_ARG_BYTES = 24;
