// struct io_uring_sqe from what a client asks for: one function an operation.

import { invalidField } from '../../errors.ts';
import type { RemoteStep } from '../remote-call.ts';
import type { Slice } from './arena.ts';
import type { CancelTarget, RingEntry, RingOperation } from './commands.ts';
import { SQE_BYTES, timespecBytes } from './ring-layout.ts';

/** What an operation may ask of its ring. */
export interface EntryMemory {
  /** Memory that is the operation's until its completion. */
  take(length: number): Slice;
  /** A registered buffer of at least that length. */
  registered(index: number, length: number): Slice;
}

export interface EncodedEntry {
  readonly userData: bigint;
  readonly flags: number;
  readonly sqe: Uint8Array;
  /** What must be in memory before the kernel sees the entry. */
  readonly stores: readonly RemoteStep[];
  /** Where the bytes of a completed read are; 0 if it brings none. */
  readonly dataAddress: number;
}

const OPCODE = {
  nop: 0,
  readv: 1,
  writev: 2,
  fsync: 3,
  read_fixed: 4,
  write_fixed: 5,
  poll_add: 6,
  timeout: 11,
  cancel: 14,
  openat: 18,
  close: 19,
  read: 22,
  write: 23,
} as const;

const IORING_FSYNC_DATASYNC = 1;
const CANCEL_ALL = 1;
const CANCEL_FD = 2;
const CANCEL_ANY = 4;
const IOVEC_BYTES = 16;

/** Fields of the entry by name; those not given are 0. */
interface SqeFields {
  readonly opcode: number;
  readonly fd?: number;
  readonly offset?: bigint;
  readonly address?: number | bigint;
  readonly length?: number;
  /** rw_flags, fsync_flags, poll32_events, open_flags, cancel_flags, ... */
  readonly operationFlags?: number;
  readonly bufferIndex?: number;
}

interface Encoded {
  readonly fields: SqeFields;
  readonly stores?: readonly RemoteStep[];
  readonly dataAddress?: number;
}

type Encoder<K extends RingOperation['kind']> = (operation: Extract<RingOperation, { kind: K }>, memory: EntryMemory) => Encoded;

const store = (address: number, bytes: Uint8Array): RemoteStep[] => (bytes.length === 0 ? [] : [{ kind: 'store', address, bytes }]);

/** An array of iovecs, and behind it one stretch of memory that they cut into pieces. */
function vector(
  lengths: readonly number[],
  memory: EntryMemory,
): { readonly iovecs: Uint8Array; readonly address: number; readonly data: number } {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const iovecs = new BigUint64Array(lengths.length * 2);
  const { address } = memory.take(lengths.length * IOVEC_BYTES + total);
  const data = address + lengths.length * IOVEC_BYTES;
  let at = data;
  for (const [index, length] of lengths.entries()) {
    iovecs[index * 2] = BigInt(at);
    iovecs[index * 2 + 1] = BigInt(length);
    at += length;
  }
  return { iovecs: new Uint8Array(iovecs.buffer), address, data };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

export function cancelFields(target: CancelTarget): SqeFields {
  const all = target.all ? CANCEL_ALL : 0;
  if (target.by === 'user_data') return { opcode: OPCODE.cancel, fd: -1, address: target.userData, operationFlags: all };
  if (target.by === 'fd') return { opcode: OPCODE.cancel, fd: target.fd, operationFlags: all | CANCEL_FD };
  return { opcode: OPCODE.cancel, fd: -1, operationFlags: all | CANCEL_ANY };
}

const ENCODERS: { readonly [K in Exclude<RingOperation['kind'], 'raw'>]: Encoder<K> } = {
  nop: () => ({ fields: { opcode: OPCODE.nop, fd: -1 } }),
  read({ fd, length, offset, bufferIndex }, memory) {
    const fixed = bufferIndex >= 0;
    const { address } = fixed ? memory.registered(bufferIndex, length) : memory.take(length);
    const fields = { opcode: fixed ? OPCODE.read_fixed : OPCODE.read, fd, offset, address, length };
    return { fields: fixed ? { ...fields, bufferIndex } : fields, dataAddress: address };
  },
  write({ fd, data, offset, bufferIndex }, memory) {
    const fixed = bufferIndex >= 0;
    const { address } = fixed ? memory.registered(bufferIndex, data.length) : memory.take(data.length);
    const fields = { opcode: fixed ? OPCODE.write_fixed : OPCODE.write, fd, offset, address, length: data.length };
    return { fields: fixed ? { ...fields, bufferIndex } : fields, stores: store(address, data) };
  },
  readv({ fd, lengths, offset }, memory) {
    const { iovecs, address, data } = vector(lengths, memory);
    return {
      fields: { opcode: OPCODE.readv, fd, offset, address, length: lengths.length },
      stores: store(address, iovecs),
      dataAddress: data,
    };
  },
  writev({ fd, data, offset }, memory) {
    const lengths = data.map((piece) => piece.length);
    const { iovecs, address } = vector(lengths, memory);
    return {
      fields: { opcode: OPCODE.writev, fd, offset, address, length: lengths.length },
      stores: store(address, joined([iovecs, ...data])),
    };
  },
  fsync: ({ fd, dataOnly }) => ({ fields: { opcode: OPCODE.fsync, fd, operationFlags: dataOnly ? IORING_FSYNC_DATASYNC : 0 } }),
  openat({ directoryFd, path, openFlags, mode }, memory) {
    const { address } = memory.take(path.length);
    const fields = { opcode: OPCODE.openat, fd: directoryFd, address, length: mode, operationFlags: openFlags };
    return { fields, stores: store(address, path) };
  },
  close: ({ fd }) => ({ fields: { opcode: OPCODE.close, fd } }),
  poll_add: ({ fd, events }) => ({ fields: { opcode: OPCODE.poll_add, fd, operationFlags: events } }),
  timeout({ nanoseconds, completions }, memory) {
    const { address } = memory.take(16);
    const fields = { opcode: OPCODE.timeout, fd: -1, offset: BigInt(completions), address, length: 1 };
    return { fields, stores: store(address, timespecBytes(nanoseconds)) };
  },
  cancel: ({ target }) => ({ fields: cancelFields(target) }),
};

export function encodeEntry(field: string, { userData, flags, operation }: RingEntry, memory: EntryMemory): EncodedEntry {
  if (operation.kind === 'raw') return rawEntry(field, operation.bytes, userData, flags);
  const encode = ENCODERS[operation.kind] as Encoder<RingOperation['kind']>;
  const { fields, stores = [], dataAddress = 0 } = encode(operation as never, memory);
  return { userData, flags, sqe: sqeBytes(fields, userData, flags), stores, dataAddress };
}

/** The entry's own user_data and flags count. */
function rawEntry(field: string, bytes: Uint8Array, userData: bigint, flags: number): EncodedEntry {
  if (bytes.length !== SQE_BYTES) throw invalidField(`${field}.raw`, `must be ${SQE_BYTES} bytes, got ${bytes.length}`);
  const own = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(32, true);
  if (userData !== 0n && userData !== own)
    throw invalidField(`${field}.user_data`, `is ${userData}, but bytes 32 to 39 of raw say ${own}: leave it out`);
  if (flags !== 0) throw invalidField(`${field}.flags`, 'are byte 1 of raw: leave them out');
  return { userData: own, flags: bytes[1]!, sqe: bytes, stores: [], dataAddress: 0 };
}

export function sqeBytes(fields: SqeFields, userData: bigint, flags: number): Uint8Array {
  const bytes = new Uint8Array(SQE_BYTES);
  const sqe = new DataView(bytes.buffer);
  sqe.setUint8(0, fields.opcode);
  sqe.setUint8(1, flags);
  sqe.setInt32(4, fields.fd ?? 0, true);
  sqe.setBigUint64(8, fields.offset ?? 0n, true);
  sqe.setBigUint64(16, BigInt(fields.address ?? 0), true);
  sqe.setUint32(24, fields.length ?? 0, true);
  sqe.setUint32(28, fields.operationFlags ?? 0, true);
  sqe.setBigUint64(32, userData, true);
  sqe.setUint16(40, fields.bufferIndex ?? 0, true);
  return bytes;
}
