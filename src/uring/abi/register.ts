// io_uring_register(2): operations by number.

export const REGISTER = {
  BUFFERS: 0,
  UNREGISTER_BUFFERS: 1,
  FILES: 2,
  UNREGISTER_FILES: 3,
  EVENTFD: 4,
  UNREGISTER_EVENTFD: 5,
  FILES_UPDATE: 6,
  EVENTFD_ASYNC: 7,
  PROBE: 8,
  PERSONALITY: 9,
  UNREGISTER_PERSONALITY: 10,
  RESTRICTIONS: 11,
  ENABLE_RINGS: 12,
  FILES2: 13,
  FILES_UPDATE2: 14,
  BUFFERS2: 15,
  BUFFERS_UPDATE: 16,
  IOWQ_AFF: 17,
  UNREGISTER_IOWQ_AFF: 18,
  IOWQ_MAX_WORKERS: 19,
  RING_FDS: 20,
  UNREGISTER_RING_FDS: 21,
  PBUF_RING: 22,
  UNREGISTER_PBUF_RING: 23,
  SYNC_CANCEL: 24,
  FILE_ALLOC_RANGE: 25,
  PBUF_STATUS: 26,
  NAPI: 27,
  UNREGISTER_NAPI: 28,
  CLOCK: 29,
  CLONE_BUFFERS: 30,
  SEND_MSG_RING: 31,
  ZCRX_IFQ: 32,
  RESIZE_RINGS: 33,
  MEM_REGION: 34,
  QUERY: 35,
} as const;

/** Of the kernels whose uintr calls are profiles poc and k518; mainline gave the numbers to others later. */
export const REGISTER_UINTR = {
  UINTR: 31,
  UNREGISTER_UINTR: 32,
} as const;

export type RegisterName = keyof typeof REGISTER | keyof typeof REGISTER_UINTR;

/** Numbers from here on are EINVAL. */
export const REGISTER_LAST = 36;
/** The "descriptor" is an index among the registered rings. */
export const USE_REGISTERED_RING = 0x8000_0000;

/** "IORING_REGISTER_FILES", "IORING_UNREGISTER_FILES". */
export function registerName(name: RegisterName): string {
  return name.startsWith('UNREGISTER') ? `IORING_${name}` : `IORING_REGISTER_${name}`;
}

/** In a list of descriptors of FILES_UPDATE: leave the slot as it is. */
export const FILES_SKIP = -2;
export const RSRC_SPARSE = 1;
