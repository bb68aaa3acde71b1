// Tar archives (ustar) of regular files, written and read piece by piece. Only what `uintrd backup` writes is read again.

import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { StoreError } from '../store/store-error.ts';

const BLOCK = 512;
const MOST_OCTAL = 0o77777777777;
export const PIECE_BYTES = 1 << 20;

export class TarWriter {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'wx', 0o600);
  }

  /** `pieces` have `size` bytes together. */
  add(name: string, size: number, pieces: Iterable<Uint8Array>): void {
    this.write(header(name, size));
    for (const piece of pieces) this.write(piece);
    this.write(Buffer.alloc(padding(size)));
  }

  /** Durable when it returns. */
  end(): void {
    this.write(Buffer.alloc(2 * BLOCK));
    fsyncSync(this.file);
    closeSync(this.file);
  }

  abandon(): void {
    closeSync(this.file);
  }

  private write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
  }
}

export interface TarEntry {
  readonly name: string;
  readonly size: number;
  readonly pieces: Iterable<Uint8Array>;
}

/** The pieces of an entry are to be read before the next is asked for. Throws StoreError where it is no such archive. */
export function* readTar(path: string): Generator<TarEntry> {
  const file = openSync(path, 'r');
  try {
    let at = 0;
    const take = (length: number): Buffer => {
      const bytes = Buffer.alloc(length);
      for (let filled = 0; filled < length; ) {
        const got = readSync(file, bytes, filled, length - filled, at);
        if (got === 0) throw new StoreError(path, `ends early, at byte ${at}`, 'copy the backup again');
        filled += got;
        at += got;
      }
      return bytes;
    };
    for (;;) {
      const start = at;
      const head = take(BLOCK);
      if (head.every((byte) => byte === 0)) return;
      const name = head.toString('utf8', 0, 100).replace(/\0.*$/s, '');
      const size = sizeIn(head);
      if (!isSound(head) || size < 0)
        throw new StoreError(path, `is damaged or no backup of uintrd, at byte ${start}`, 'take another copy of the backup');
      let left = size;
      const pieces = function* (): Generator<Uint8Array> {
        for (; left > 0; ) {
          const piece = take(Math.min(left, PIECE_BYTES));
          left -= piece.length;
          yield piece;
        }
        take(padding(size));
      };
      yield { name, size, pieces: pieces() };
    }
  } finally {
    closeSync(file);
  }
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

function header(name: string, size: number): Buffer {
  const head = Buffer.alloc(BLOCK);
  const put = (at: number, text: string): void => void head.write(text, at, 'latin1');
  put(0, name);
  put(100, '0000600\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  if (size <= MOST_OCTAL) put(124, `${size.toString(8).padStart(11, '0')}\0`);
  else {
    head[124] = 0x80;
    head.writeBigUInt64BE(BigInt(size), 128);
  }
  put(136, '00000000000\0');
  put(156, '0');
  put(257, 'ustar\u000000');
  put(148, `${sumOf(head).toString(8).padStart(6, '0')}\0 `);
  return head;
}

/** With the field of the sum as blanks. */
const sumOf = (head: Buffer): number => head.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);

const isSound = (head: Buffer): boolean =>
  head.toString('latin1', 257, 262) === 'ustar' &&
  Number.parseInt(head.toString('latin1', 148, 154), 8) === sumOf(head) &&
  (head[156] === 0x30 || head[156] === 0);

/** -1 if it says none. */
function sizeIn(head: Buffer): number {
  if (head[124] === 0x80) return Number(head.readBigUInt64BE(128));
  const size = Number.parseInt(head.toString('latin1', 124, 135), 8);
  return Number.isSafeInteger(size) ? size : -1;
}
