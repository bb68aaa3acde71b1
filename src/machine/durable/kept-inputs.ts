// The inputs of a machine that has no journal on the disk, kept in memory for recordings: encoded in pieces that are compressed, which
// makes a call of a remote thread some ten bytes. Artifacts, which lie in memory that threads share, are kept once and not copied.

import { DefaultDeserializer, DefaultSerializer } from 'node:v8';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { JournalEntry } from '../journal.ts';

/** Inputs of a piece, unless they are large. */
const PIECE_ENTRIES = 128;
const PIECE_BYTES = 64 << 10;
/** A short pause is worth more than some bytes. */
const LEVEL = 1;

/** Plain data, for another worker. */
export interface InputPieces {
  readonly pieces: readonly Uint8Array[];
  /** Memory that pieces name by its place here. */
  readonly shared: readonly SharedArrayBuffer[];
  /** Of both. */
  readonly bytes: number;
  /** Behind the pieces. */
  readonly latest: readonly JournalEntry[];
}

export class KeptInputs {
  private pieces: Uint8Array[] = [];
  private shared: SharedArrayBuffer[] = [];
  private packed = 0;
  private latest: JournalEntry[] = [];
  private latestBytes = 0;

  /** What they take of memory, about. */
  get bytes(): number {
    return this.packed + this.latestBytes;
  }

  push(entry: JournalEntry): void {
    this.latest.push(entry);
    this.latestBytes += sizeOf(entry);
    if (this.latest.length >= PIECE_ENTRIES || this.latestBytes >= PIECE_BYTES) this.pack();
  }

  all(): JournalEntry[] {
    const entries: JournalEntry[] = [];
    for (const piece of this.pieces) entries.push(...read(piece, this.shared));
    entries.push(...this.latest);
    return entries;
  }

  clear(): void {
    this.goOn({ pieces: [], shared: [], bytes: 0, latest: [] });
  }

  get state(): InputPieces {
    return { pieces: this.pieces, shared: this.shared, bytes: this.packed, latest: this.latest };
  }

  goOn({ pieces, shared, bytes, latest }: InputPieces): void {
    this.pieces = [...pieces];
    this.shared = [...shared];
    this.packed = bytes;
    this.latest = [...latest];
    this.latestBytes = latest.reduce((sum, entry) => sum + sizeOf(entry), 0);
  }

  private pack(): void {
    const writer = new Writer((memory) => this.placeOf(memory));
    writer.writeHeader();
    writer.writeValue(this.latest);
    const packed = zstdCompressSync(writer.releaseBuffer(), { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
    const piece = Uint8Array.from(packed);
    this.pieces.push(piece);
    this.packed += piece.length;
    this.latest = [];
    this.latestBytes = 0;
  }

  /** Every message brings the memory of an artifact as another object. */
  private placeOf(memory: SharedArrayBuffer): number {
    const at = this.shared.findIndex((other) => isSame(other, memory));
    if (at >= 0) return at;
    this.packed += memory.byteLength;
    return this.shared.push(memory) - 1;
  }
}

/** What node:v8 calls for bytes, in the classes whose formats serialize() and deserialize() use. */
interface BytesFormat {
  _writeHostObject(bytes: Uint8Array): void;
  _readHostObject(): Uint8Array;
}
const { _writeHostObject: writeBytes } = DefaultSerializer.prototype as unknown as BytesFormat;
const { _readHostObject: readBytes } = DefaultDeserializer.prototype as unknown as BytesFormat;
const [COPIED, SHARED] = [0, 1];

class Writer extends DefaultSerializer {
  private readonly placeOf: (memory: SharedArrayBuffer) => number;

  constructor(placeOf: (memory: SharedArrayBuffer) => number) {
    super();
    this.placeOf = placeOf;
  }

  _writeHostObject(bytes: Uint8Array): void {
    const { buffer, byteOffset, length } = bytes;
    const isShared = buffer instanceof SharedArrayBuffer;
    this.writeUint32(isShared ? SHARED : COPIED);
    if (isShared) for (const part of [this.placeOf(buffer), byteOffset, length]) this.writeUint32(part);
    else writeBytes.call(this as unknown as BytesFormat, bytes);
  }
}

class Reader extends DefaultDeserializer {
  private readonly shared: readonly SharedArrayBuffer[];

  constructor(bytes: Buffer, shared: readonly SharedArrayBuffer[]) {
    super(bytes);
    this.shared = shared;
  }

  _readHostObject(): Uint8Array {
    if (this.readUint32() === COPIED) return readBytes.call(this as unknown as BytesFormat);
    const [place, offset, length] = [this.readUint32(), this.readUint32(), this.readUint32()];
    return new Uint8Array(this.shared[place]!, offset, length);
  }
}

function read(piece: Uint8Array, shared: readonly SharedArrayBuffer[]): JournalEntry[] {
  const reader = new Reader(zstdDecompressSync(piece), shared);
  reader.readHeader();
  return reader.readValue() as JournalEntry[];
}

function isSame(one: SharedArrayBuffer, other: SharedArrayBuffer): boolean {
  if (one === other) return true;
  if (one.byteLength !== other.byteLength) return false;
  return Buffer.from(one).equals(Buffer.from(other));
}

const OBJECT_BYTES = 32;

/** What a value takes of memory, about; nothing for what is shared. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (value instanceof Uint8Array) return value.buffer instanceof SharedArrayBuffer ? 0 : value.byteLength;
  let bytes = OBJECT_BYTES;
  for (const item of Object.values(value)) bytes += sizeOf(item);
  return bytes;
}
