// What a journal on disk says: inputs, changes of the machine's state, and horizons. A record is its length, the CRC-32 of its content and
// the content in the structured-clone format, so that whatever was torn or changed is told from what is whole.

import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { JournalEntry, StoppedPlace } from '../journal.ts';
import type { MachineState } from '../protocol.ts';

interface Moment {
  readonly time: number;
  readonly place?: StoppedPlace;
}

export type JournalRecord =
  | { readonly kind: 'input'; readonly entry: JournalEntry }
  | (Moment & { readonly kind: 'state'; readonly state: MachineState; readonly reason: string })
  /** An event of the kind machine_parking. */
  | (Moment & { readonly kind: 'parking'; readonly idleSeconds: number; readonly inSeconds: number })
  /** All that the machine has told outside happened before this. */
  | (Moment & {
      readonly kind: 'horizon';
      /** Threads of which an interrupt was told to a client since the last horizon, one entry each. */
      readonly told?: readonly number[];
      /** The books of rings, where they may have changed (ring-books-bytes.ts). */
      readonly books?: Uint8Array;
    });

const HEAD_BYTES = 8;
/** An input brings at most what a request may: beyond is damage. */
const MOST_BYTES = 2 ** 30;

export function frame(content: unknown): Uint8Array {
  const bytes = serialize(content);
  const framed = Buffer.allocUnsafe(HEAD_BYTES + bytes.length);
  framed.writeUInt32LE(bytes.length, 0);
  framed.writeUInt32LE(crc32(bytes), 4);
  framed.set(bytes, HEAD_BYTES);
  return framed;
}

export interface Frame {
  readonly content: unknown;
  /** Of the first byte behind it. */
  readonly end: number;
}

/** Null where no whole frame begins at `at`. */
export function frameAt(bytes: Buffer, at: number): Frame | null {
  if (bytes.length - at < HEAD_BYTES) return null;
  const length = bytes.readUInt32LE(at);
  const end = at + HEAD_BYTES + length;
  if (length === 0 || length > MOST_BYTES || end > bytes.length) return null;
  const content = bytes.subarray(at + HEAD_BYTES, end);
  if (crc32(content) !== bytes.readUInt32LE(at + 4)) return null;
  try {
    return { content: deserialize(content), end };
  } catch {
    return null;
  }
}

/** Artifacts lie in memory that threads share, which cannot be serialized: their bytes are copied. */
export function unshared<T>(value: T): T {
  if (value instanceof Uint8Array) return (value.buffer instanceof SharedArrayBuffer ? Uint8Array.from(value) : value) as T;
  if (Array.isArray(value)) return value.map(unshared) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshared(item as unknown)])) as T;
}
