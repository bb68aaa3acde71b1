// A segment: consecutive events of one machine as a file, which is written once and whole. Numbers are little endian.
//
//   16 bytes "uintrd events\n\0\0", 4 version, 4 flags (1: zstd), 8 first sequence, 8 milliseconds since 1970, 4 events, 4 length of the content,
//   4 its length as stored, 4 CRC-32 of it as stored, 16 uid of the machine, 4 CRC-32 of all before; the content: a kind (1 byte) for each event,
//   then where each begins and the last ends (4 bytes each), then the events

import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { EventBatch } from '../durable/tails.ts';

export interface SegmentHead {
  readonly first: number;
  readonly events: number;
  readonly time: number;
  readonly uid: string;
  readonly isCompressed: boolean;
  /** Of the content, and as stored. */
  readonly length: number;
  readonly stored: number;
  readonly sum: number;
}

/** Why a file is no whole segment. */
export class SegmentError extends Error {
  /** Of the first byte that is wrong. */
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(problem);
    this.offset = offset;
  }
}

const MAGIC = Buffer.from('uintrd events\n\0\0', 'latin1');
const VERSION = 1;
const SUM_AT = 72;
export const HEAD_BYTES = SUM_AT + 4;
/** Fast enough while events come. */
const LEVEL = 1;
const MOST_BYTES = 2 ** 30;

export function encodeSegment({ firstSequence, bytes, offsets, kinds }: EventBatch, uid: string, time: number): Buffer {
  const content = Buffer.concat([kinds, new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength), bytes]);
  const packed = zstdCompressSync(content, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  const isCompressed = packed.length < content.length;
  const stored = isCompressed ? packed : content;
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeUInt32LE(VERSION, 16);
  head.writeUInt32LE(isCompressed ? 1 : 0, 20);
  head.writeBigUInt64LE(BigInt(firstSequence), 24);
  head.writeBigUInt64LE(BigInt(time), 32);
  head.writeUInt32LE(kinds.length, 40);
  head.writeUInt32LE(content.length, 44);
  head.writeUInt32LE(stored.length, 48);
  head.writeUInt32LE(crc32(stored), 52);
  Buffer.from(uid.replaceAll('-', ''), 'hex').copy(head, 56);
  head.writeUInt32LE(crc32(head.subarray(0, SUM_AT)), SUM_AT);
  return Buffer.concat([head, stored]);
}

/** Of the first HEAD_BYTES of a file. Throws SegmentError. */
export function segmentHead(head: Buffer): SegmentHead {
  if (head.length < HEAD_BYTES || !head.subarray(0, MAGIC.length).equals(MAGIC)) throw new SegmentError('is no segment of events', 0);
  if (crc32(head.subarray(0, SUM_AT)) !== head.readUInt32LE(SUM_AT)) throw new SegmentError('is damaged: the sum of its head is wrong', 0);
  const version = head.readUInt32LE(16);
  if (version !== VERSION) throw new SegmentError(`has version ${version} of the format, and this version of uintrd reads ${VERSION}`, 16);
  const uid = head.toString('hex', 56, 72).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return {
    first: Number(head.readBigUInt64LE(24)),
    events: head.readUInt32LE(40),
    time: Number(head.readBigUInt64LE(32)),
    uid,
    isCompressed: head.readUInt32LE(20) === 1,
    length: head.readUInt32LE(44),
    stored: head.readUInt32LE(48),
    sum: head.readUInt32LE(52),
  };
}

/** Throws SegmentError. */
export function decodeSegment(file: Buffer): EventBatch {
  const { first, events, isCompressed, length, stored, sum } = segmentHead(file);
  const packed = file.subarray(HEAD_BYTES);
  if (packed.length !== stored) throw new SegmentError(`is damaged: it has ${file.length} bytes of ${HEAD_BYTES + stored}`, file.length);
  if (crc32(packed) !== sum) throw new SegmentError('is damaged: the sum of its events is wrong', HEAD_BYTES);
  let content: Buffer;
  try {
    content = isCompressed ? zstdDecompressSync(packed, { maxOutputLength: MOST_BYTES }) : packed;
  } catch {
    throw new SegmentError('is damaged: it does not decompress', HEAD_BYTES);
  }
  const begin = events + 4 * (events + 1);
  if (content.length !== length || length < begin)
    throw new SegmentError('is damaged: its events are not where they should be', HEAD_BYTES);
  const offsets = new Uint32Array(Uint8Array.from(content.subarray(events, begin)).buffer);
  const bytes = Uint8Array.from(content.subarray(begin));
  if (offsets[0] !== 0 || offsets[events] !== bytes.length)
    throw new SegmentError('is damaged: its events are not where they should be', HEAD_BYTES);
  return { firstSequence: first, kinds: Uint8Array.from(content.subarray(0, events)), offsets, bytes };
}

/** Consecutive batches as one; of the first and the last only what is in [from, to). */
export function joinBatches(batches: readonly EventBatch[], from: number, to: number): EventBatch {
  const parts = batches.map((batch) => partOf(batch, from, to)).filter(({ kinds }) => kinds.length > 0);
  const events = parts.reduce((sum, { kinds }) => sum + kinds.length, 0);
  const kinds = new Uint8Array(events);
  const offsets = new Uint32Array(events + 1);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
  let [event, at] = [0, 0];
  for (const part of parts) {
    kinds.set(part.kinds, event);
    bytes.set(part.bytes, at);
    for (let n = 0; n < part.kinds.length; n++) offsets[event + n] = at + part.offsets[n]! - part.offsets[0]!;
    event += part.kinds.length;
    at += part.bytes.length;
  }
  offsets[events] = at;
  return { firstSequence: parts[0]?.firstSequence ?? from, kinds, offsets, bytes };
}

/** What of a batch is in [from, to); its offsets may begin beyond 0. */
export function partOf({ firstSequence, bytes, offsets, kinds }: EventBatch, from: number, to: number): EventBatch {
  const start = Math.min(kinds.length, Math.max(0, from - firstSequence));
  const end = Math.max(start, Math.min(kinds.length, to - firstSequence));
  return {
    firstSequence: firstSequence + start,
    bytes: bytes.subarray(offsets[start]!, offsets[end]!),
    offsets: offsets.subarray(start, end + 1),
    kinds: kinds.subarray(start, end),
  };
}
