// What the blob thread does: one row a job. Hashing, compressing and waiting for the disk take long, so they have a thread of their own.

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSegment, encodeSegment } from '../../events/event-segment.ts';
import { StoreError } from '../store-error.ts';
import { writeWhole } from './whole-file.ts';
import type { FileLayer } from '../../../machine/durable/file-layer.ts';
import type { EventBatch } from '../../durable/tails.ts';
import { blobContent, type Blobs, putBlob, type StoredBlob } from './blobs.ts';
import { type ImageBlobs, packImage, type PackedImage, unpackImage } from './image-blobs.ts';
import type { MachineImage } from '../../../machine/protocol.ts';

type ImageContent = Pick<MachineImage, 'graph' | 'frames' | 'pages'>;

export interface BlobJobs {
  pack: { request: ImageContent; answer: PackedImage };
  unpack: { request: ImageBlobs; answer: ImageContent };
  put: { request: Uint8Array; answer: { readonly name: string; readonly stored: number } };
  get: { request: string; answer: Uint8Array };
  /** As it is stored; checked. */
  read: { request: string; answer: StoredBlob };
  /** From elsewhere: checked against its name, kept if it is not there yet. Answers what it takes up. */
  keep: { request: { readonly name: string; readonly blob: StoredBlob }; answer: number };
  /** What each takes up; 0 if it is not there. */
  sizes: { request: readonly string[]; answer: readonly number[] };
  delete: { request: readonly string[]; answer: null };
  list: { request: string; answer: readonly string[] };
  /** What the files in folders take up together. */
  folder_bytes: { request: readonly string[]; answer: number };
  /** A segment of events, durable with its name. Answers its bytes. */
  write_events: {
    request: { readonly path: string; readonly uid: string; readonly time: number; readonly batch: EventBatch };
    answer: number;
  };
  read_events: { request: string; answer: EventBatch };
  /** Files and folders, those that are not there too. */
  remove_files: { request: readonly string[]; answer: null };
  flush: { request: null; answer: null };
}
export type BlobJob = keyof BlobJobs;

type Job<J extends BlobJob> = (blobs: Blobs, request: BlobJobs[J]['request'], files: FileLayer) => BlobJobs[J]['answer'];

/** `files`: where what is no blob lies. */
export const BLOB_JOBS: { readonly [J in BlobJob]: Job<J> } = {
  pack: packImage,
  unpack: unpackImage,
  put: (blobs, content) => {
    const put = putBlob(blobs, content);
    blobs.flush();
    return put;
  },
  get: (blobs, name) => Uint8Array.from(blobContent(name, blobs.read(name))),
  read: (blobs, name) => {
    const blob = blobs.read(name);
    blobContent(name, blob);
    return blob!;
  },
  keep: (blobs, { name, blob }) => {
    blobContent(name, blob);
    if (blobs.has(name)) return 0;
    blobs.write(name, blob);
    return blob.bytes.length;
  },
  sizes: (blobs, names) => names.map((name) => blobs.size(name)),
  delete: (blobs, names) => {
    for (const name of names) blobs.delete(name);
    return null;
  },
  list: (blobs, prefix) => blobs.list(prefix),
  folder_bytes: (_blobs, folders) => folders.reduce((sum, folder) => sum + bytesIn(folder), 0),
  write_events: (_blobs, { path, uid, time, batch }, files) => writeWhole(files, path, encodeSegment(batch, uid, time)),
  read_events: (_blobs, path, files) => {
    try {
      return decodeSegment(Buffer.from(files.read(path)));
    } catch (error) {
      throw new StoreError(path, (error as Error).message, 'uintrd check says what is whole');
    }
  },
  remove_files: (_blobs, paths) => {
    for (const path of paths) rmSync(path, { recursive: true, force: true });
    return null;
  },
  flush: (blobs) => {
    blobs.flush();
    return null;
  },
};

/** 0 if it is not there. */
function bytesIn(folder: string): number {
  try {
    const files = readdirSync(folder, { recursive: true }) as string[];
    return files.reduce((sum, file) => sum + (statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    return 0;
  }
}
