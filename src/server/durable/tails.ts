// The latest that a machine has told, saved with it: what came after is told again by the replay, so a reader of events or of a console who
// was not far behind goes on without a gap.

import { deserialize, serialize } from 'node:v8';
import type { OutputStream } from '../../machine/protocol.ts';

/** Of each log. */
export const TAIL_BYTES = 1 << 20;

export interface EventBatch {
  readonly firstSequence: number;
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly kinds: Uint8Array;
}

export interface ConsoleTail {
  readonly pid: number;
  readonly ended: boolean;
  readonly chunks: readonly { readonly stream: OutputStream; readonly offset: number; readonly bytes: Uint8Array }[];
}

export interface Tails {
  /** Null: from where the image is. */
  readonly events: readonly EventBatch[] | null;
  readonly consoles: readonly ConsoleTail[];
}

export const tailsToBytes = (tails: Tails): Uint8Array => Uint8Array.from(serialize(tails));
export const tailsFromBytes = (bytes: Uint8Array): Tails => deserialize(bytes) as Tails;

/** The last of a list that together have at most TAIL_BYTES. */
export function lastOf<T>(list: readonly T[], size: (item: T) => number): T[] {
  let sum = 0;
  let from = list.length;
  while (from > 0 && sum + size(list[from - 1]!) <= TAIL_BYTES) sum += size(list[--from]!);
  return list.slice(from);
}

/** What of a batch comes from `sequence` on; null if nothing does. */
export function behind<B extends EventBatch>(batch: B, sequence: number): B | null {
  const known = sequence - batch.firstSequence;
  if (known <= 0) return batch;
  if (known >= batch.kinds.length) return null;
  const start = batch.offsets[known]!;
  return {
    ...batch,
    firstSequence: sequence,
    bytes: batch.bytes.subarray(start),
    offsets: batch.offsets.slice(known).map((offset) => offset - start),
    kinds: batch.kinds.subarray(known),
  };
}
