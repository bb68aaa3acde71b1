// Content-addressed bytes: a blob's name is the sha256 of its content. Stored compressed by zstd where that makes it smaller.

import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib';
import { StoreError } from '../store-error.ts';

/** As it lies on the disk, in a file of snapshots, and in memory. */
export interface StoredBlob {
  readonly compressed: boolean;
  readonly bytes: Uint8Array;
}

export interface Blobs {
  has(name: string): boolean;
  /** Bytes that it takes up; 0 if it is not there. */
  size(name: string): number;
  /** Undefined if it is not there. */
  read(name: string): StoredBlob | undefined;
  /** Of a blob that is not there; durable when flush() has returned. */
  write(name: string, blob: StoredBlob): void;
  delete(name: string): void;
  /** Names that begin with these two digits. What was never whole goes. */
  list(prefix: string): string[];
  flush(): void;
}

/** Fast enough for a machine to be saved while somebody waits. */
const LEVEL = 1;
/** Of what cannot be told apart from damage. */
const LARGEST = 2 ** 31 - 1;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Returns its name, and what it takes up if it was not there yet. */
export function putBlob(blobs: Blobs, content: Uint8Array): { readonly name: string; readonly stored: number } {
  const name = sha256(content);
  if (blobs.has(name)) return { name, stored: 0 };
  const compressed = zstdCompressSync(content, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  const blob = compressed.length < content.length ? { compressed: true, bytes: compressed } : { compressed: false, bytes: content };
  blobs.write(name, blob);
  return { name, stored: blob.bytes.length };
}

/** Its content, which is what its name says; throws StoreError where it is missing or damaged. */
export function blobContent(name: string, blob: StoredBlob | undefined): Uint8Array {
  if (!blob) throw new StoreError(`blob ${name}`, 'is missing', RESTORE);
  let content: Uint8Array;
  try {
    content = blob.compressed ? zstdDecompressSync(blob.bytes, { maxOutputLength: LARGEST }) : blob.bytes;
  } catch {
    throw new StoreError(`blob ${name}`, 'is damaged: it does not decompress', RESTORE);
  }
  if (sha256(content) !== name) throw new StoreError(`blob ${name}`, 'is damaged: its content has another sha256', RESTORE);
  return content;
}

const RESTORE = 'bring it back from a backup, or delete the snapshots that use it';
