// Protobuf's wire format, written: a growing buffer with varints, strings and byte strings.

const TEXT = new TextEncoder();
/** Two 32-bit halves of a bigint without bigint arithmetic. */
const SPLIT_64 = new BigUint64Array(1);
const SPLIT_32 = new Uint32Array(SPLIT_64.buffer);

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

export class ByteWriter {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Unsigned, below 2^32. */
  varint32(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.bytes[this.length++] = rest | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  varint64(low: number, high: number): void {
    this.reserve(10);
    let lo = low >>> 0;
    let hi = high >>> 0;
    while (hi !== 0) {
      this.bytes[this.length++] = lo | 0x80;
      lo = ((lo >>> 7) | (hi << 25)) >>> 0;
      hi >>>= 7;
    }
    this.varint32(lo);
  }

  /** Any bigint, as its low 64 bits. */
  varintBig(value: bigint): void {
    SPLIT_64[0] = value;
    this.varint64(SPLIT_32[0]!, SPLIT_32[1]!);
  }

  /** Any bigint, as its low 64 bits. */
  fixed64(value: bigint): void {
    this.reserve(8);
    SPLIT_64[0] = value;
    const [low, high] = [SPLIT_32[0]!, SPLIT_32[1]!];
    const { bytes, length: at } = this;
    for (let byte = 0; byte < 4; byte++) {
      bytes[at + byte] = low >>> (byte * 8);
      bytes[at + 4 + byte] = high >>> (byte * 8);
    }
    this.length = at + 8;
  }

  /** A non-negative integer up to 2^53. */
  varint53(value: number): void {
    this.varint64(value, Math.floor(value / 0x1_0000_0000));
  }

  append(data: Uint8Array): void {
    this.reserve(data.length);
    this.bytes.set(data, this.length);
    this.length += data.length;
  }

  /** Fills in the length of what was written from `start` on, for which one byte was left before it. */
  closeLength(start: number): void {
    const length = this.length - start;
    if (length < 0x80) {
      this.bytes[start - 1] = length;
      return;
    }
    const more = varintSize(length) - 1;
    this.reserve(more);
    this.bytes.copyWithin(start + more, start, this.length);
    const end = this.length + more;
    this.length = start - 1;
    this.varint32(length);
    this.length = end;
  }

  /** A view; valid until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Length prefix and UTF-8. */
  text(value: string): void {
    const count = value.length;
    // Short ASCII, nearly always: one byte of length, one a character.
    if (count < 128) {
      this.reserve(count + 1);
      const start = this.length;
      this.bytes[start] = count;
      let at = 0;
      for (; at < count; at++) {
        const code = value.charCodeAt(at);
        if (code > 0x7f) break;
        this.bytes[start + 1 + at] = code;
      }
      if (at === count) {
        this.length = start + 1 + count;
        return;
      }
    }
    const encoded = TEXT.encode(value);
    this.varint32(encoded.length);
    this.append(encoded);
  }
}

/** Of a non-negative integer up to 2^53. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  let size = 2;
  for (let rest = value / 0x4000; rest >= 1; rest /= 0x80) size++;
  return size;
}

/** sint32: small magnitudes to small unsigned numbers. */
export const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;
