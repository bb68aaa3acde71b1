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
  /** Of the kernels whose uintr calls are profiles poc and k518; mainline gave the numbers to others later. */
  UINTR: 31,
  UNREGISTER_UINTR: 32,
} as const;

export type RegisterName = keyof typeof REGISTER;

const NAMES = new Map<number, string>(Object.entries(REGISTER).map(([name, number]) => [number, name]));

/** "IORING_REGISTER_FILES", "IORING_UNREGISTER_FILES", "register_77". */
export function registerName(opcode: number): string {
  const name = NAMES.get(opcode);
  if (name === undefined) return `register_${opcode}`;
  return name.startsWith('UNREGISTER') ? `IORING_${name}` : `IORING_REGISTER_${name}`;
}

/** In a list of descriptors of FILES_UPDATE: leave the slot as it is. */
export const FILES_SKIP = -2;
export const RSRC_SPARSE = 1;
