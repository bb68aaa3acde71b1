// Where things are in a ring's memory, and the numbers of io_uring (include/uapi/linux/io_uring.h).

export const SYSCALL = { mmap: 9, munmap: 11, close: 3, io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427 } as const;

export const IORING_SETUP_SQPOLL = 1 << 1;
export const IORING_SETUP_CQSIZE = 1 << 3;
export const IORING_SETUP_SQE128 = 1 << 10;
export const IORING_SETUP_CQE32 = 1 << 11;
export const IORING_SETUP_NO_MMAP = 1 << 14;
export const IORING_SETUP_REGISTERED_FD_ONLY = 1 << 15;
export const IORING_SETUP_NO_SQARRAY = 1 << 16;
export const IORING_SETUP_CQE_MIXED = 1 << 18;
export const IORING_FEAT_SINGLE_MMAP = 1;
export const IORING_ENTER_GETEVENTS = 1;
export const IORING_ENTER_SQ_WAKEUP = 2;
export const IORING_ENTER_EXT_ARG = 8;
export const IORING_SQ_NEED_WAKEUP = 1;
export const IORING_SQ_CQ_OVERFLOW = 2;
export const IORING_SQ_TASKRUN = 4;
export const IORING_CQE_F_MORE = 2;
export const IOSQE_CQE_SKIP_SUCCESS = 1 << 6;
export const IOSQE_FIXED_FILE = 1;

export const SQE_BYTES = 64;
export const CQE_BYTES = 16;
export const PARAMS_BYTES = 120;

/** What mmap of the ring's descriptor is asked for. */
export const MMAP_OFFSETS: Readonly<Record<'sqRing' | 'cqRing' | 'sqes', bigint>> = { sqRing: 0n, cqRing: 0x800_0000n, sqes: 0x1000_0000n };

/** struct io_uring_params as the kernel has filled it. */
export interface RingParams {
  readonly sqEntries: number;
  readonly cqEntries: number;
  readonly setupFlags: number;
  readonly features: number;
  readonly sq: { readonly head: number; readonly tail: number; readonly flags: number; readonly array: number };
  readonly cq: { readonly head: number; readonly tail: number; readonly cqes: number };
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function encodeParams(setupFlags: number, cqEntries: number, uintrFd: number): Uint8Array {
  const bytes = new Uint8Array(PARAMS_BYTES);
  const params = view(bytes);
  params.setUint32(4, cqEntries, true);
  params.setUint32(8, cqEntries === 0 ? setupFlags : setupFlags | IORING_SETUP_CQSIZE, true);
  params.setInt32(28, uintrFd, true);
  return bytes;
}

export function parseParams(bytes: Uint8Array): RingParams {
  const params = view(bytes);
  const u32 = (at: number): number => params.getUint32(at, true);
  return {
    sqEntries: u32(0),
    cqEntries: u32(4),
    setupFlags: u32(8),
    features: u32(20),
    sq: { head: u32(40), tail: u32(44), flags: u32(56), array: u32(64) },
    cq: { head: u32(80), tail: u32(84), cqes: u32(100) },
  };
}

/** Bytes of the three mappings. With IORING_FEAT_SINGLE_MMAP the first one holds both rings. */
export function mappingSizes(params: RingParams): { readonly sqRing: number; readonly cqRing: number; readonly sqes: number } {
  const sqRing = params.sq.array + params.sqEntries * 4;
  const cqRing = params.cq.cqes + params.cqEntries * CQE_BYTES;
  const single = (params.features & IORING_FEAT_SINGLE_MMAP) !== 0;
  return { sqRing: single ? Math.max(sqRing, cqRing) : sqRing, cqRing, sqes: params.sqEntries * SQE_BYTES };
}

/** A head, a tail or flags, as a load of four bytes. */
export function u32Of(bytes: Uint8Array): number {
  return view(bytes).getUint32(0, true);
}

export function u32Bytes(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

/** struct __kernel_timespec. */
export function timespecBytes(nanoseconds: bigint): Uint8Array {
  return new Uint8Array(BigInt64Array.of(nanoseconds / 1_000_000_000n, nanoseconds % 1_000_000_000n).buffer);
}

export interface Cqe {
  readonly userData: bigint;
  readonly result: number;
  readonly flags: number;
}

/** Entry `index` of the completion queue, whose ring's bytes these are from its start. */
export function cqeAt(params: RingParams, cqRing: Uint8Array, index: number): Cqe {
  const ring = view(cqRing);
  const at = params.cq.cqes + (index & (params.cqEntries - 1)) * CQE_BYTES;
  return { userData: ring.getBigUint64(at, true), result: ring.getInt32(at + 8, true), flags: ring.getUint32(at + 12, true) };
}
