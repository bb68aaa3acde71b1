// Sinks and sources over buffers of the kernel itself.

import type { ByteSink, ByteSource } from './file.ts';

export class BufferSink implements ByteSink {
  readonly buffer: Uint8Array;
  /** Bytes put so far. */
  filled = 0;

  constructor(length: number) {
    this.buffer = new Uint8Array(length);
  }

  get length(): number {
    return this.buffer.length;
  }

  put(data: Uint8Array): number {
    const part = data.subarray(0, this.buffer.length - this.filled);
    this.buffer.set(part, this.filled);
    this.filled += part.length;
    return part.length;
  }

  /** What was put. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.filled);
  }
}

export class BufferSource implements ByteSource {
  private readonly buffer: Uint8Array;
  private taken = 0;

  constructor(buffer: Uint8Array) {
    this.buffer = buffer;
  }

  get length(): number {
    return this.buffer.length;
  }

  take(count: number): Uint8Array {
    const part = this.buffer.subarray(this.taken, this.taken + count);
    this.taken += part.length;
    return part;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A byte string (one character a byte) as bytes. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Bytes as a byte string. */
export function byteString(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** A path as people write it, as the byte string the kernel uses. */
export function toByteString(text: string): string {
  return byteString(encoder.encode(text));
}

/** A byte string as people read it. */
export function fromByteString(text: string): string {
  return decoder.decode(bytesOf(text));
}
