// The image of a machine as blobs: its graph of objects is one, its RAM is one for every 16 frames that lie together. What two snapshots
// have in common is there once; pieces that are all zero are not there at all.

import { blobContent, type Blobs, putBlob } from './blobs.ts';
import { StoreError } from '../store-error.ts';
import type { MachineImage } from '../../../machine/protocol.ts';

const PAGE_BYTES = 4096;
/** Frames of a piece. Of incompressible RAM, a piece is 16 whole blocks of the host's disk. */
const PIECE_FRAMES = 16;

/** What of an image lies in blobs, by their names. */
export interface ImageBlobs {
  readonly graph: string;
  /** Number of the piece, and its blob; ascending. */
  readonly pieces: readonly (readonly [piece: number, blob: string])[];
}

/** With what lies elsewhere: a whole image. */
export interface StoredImage extends ImageBlobs, Pick<MachineImage, 'position' | 'layout'> {}

export interface PackedImage extends ImageBlobs {
  /** What the blobs take up that were not there before. */
  readonly storedBytes: number;
}

type ImageContent = Pick<MachineImage, 'graph' | 'frames' | 'pages'>;

export function packImage(blobs: Blobs, { graph, frames, pages }: ImageContent): PackedImage {
  const packed = putBlob(blobs, graph);
  let storedBytes = packed.stored;
  const pieces: [number, string][] = [];
  for (let at = 0; at < frames.length; ) {
    const piece = Math.floor(frames[at]! / PIECE_FRAMES);
    const content = new Uint8Array(PIECE_FRAMES * PAGE_BYTES);
    for (; at < frames.length && Math.floor(frames[at]! / PIECE_FRAMES) === piece; at++)
      content.set(pages.subarray(at * PAGE_BYTES, (at + 1) * PAGE_BYTES), (frames[at]! % PIECE_FRAMES) * PAGE_BYTES);
    if (isZero(content)) continue;
    const { name, stored } = putBlob(blobs, content);
    storedBytes += stored;
    pieces.push([piece, name]);
  }
  blobs.flush();
  return { graph: packed.name, pieces, storedBytes };
}

/** Throws StoreError where a blob is missing or damaged. */
export function unpackImage(blobs: Blobs, { graph, pieces }: ImageBlobs): ImageContent {
  const frames = new Uint32Array(pieces.length * PIECE_FRAMES);
  const pages = new Uint8Array(frames.length * PAGE_BYTES);
  for (const [at, [piece, name]] of pieces.entries()) {
    const content = blobContent(name, blobs.read(name));
    if (content.length !== PIECE_FRAMES * PAGE_BYTES)
      throw new StoreError(`blob ${name}`, `is no piece of RAM: it has ${content.length} bytes`, 'delete the snapshot that uses it');
    pages.set(content, at * PIECE_FRAMES * PAGE_BYTES);
    for (let frame = 0; frame < PIECE_FRAMES; frame++) frames[at * PIECE_FRAMES + frame] = piece * PIECE_FRAMES + frame;
  }
  return { graph: Uint8Array.from(blobContent(graph, blobs.read(graph))), frames, pages };
}

/** Names of all blobs, each once. */
export const blobsOf = ({ graph, pieces }: ImageBlobs): string[] => [...new Set([graph, ...pieces.map(([, name]) => name)])];

function isZero(bytes: Uint8Array): boolean {
  const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  return words.every((word) => word === 0n);
}
