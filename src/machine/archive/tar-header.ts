// The 512-byte header of a tar entry: ustar (POSIX.1-1988), as GNU tar and pax write it, and the older one of Unix V7.

import { ArchiveProblem } from './archive-entry.ts';

export const BLOCK_BYTES = 512;

export interface TarHeader {
  /** With the ustar prefix. */
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
  /** One character; "0" for a file. */
  readonly type: string;
  readonly linkName: string;
}

const CHECKSUM = 148;
const CHECKSUM_BYTES = 8;
const REMEDY = 'make the archive again, or copy it again';

export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** `offset` is where the block lies in the archive, for the refusal. */
export function readHeader(block: Uint8Array, offset: number): TarHeader {
  const where = `the header at byte ${offset}`;
  const name = text(block, 0, 100);
  const stated = octal(block, CHECKSUM, CHECKSUM_BYTES);
  if (stated === undefined || !checksums(block).includes(stated))
    throw new ArchiveProblem('', offset === 0 ? 'this is not a tar archive' : `${where} is corrupt: its checksum is wrong`, REMEDY);
  const isUstar = text(block, 257, 5) === 'ustar';
  const isGnu = isUstar && block[263] === 0x20;
  // GNU's own headers have times where ustar has the prefix.
  const prefix = isUstar && !isGnu ? text(block, 345, 155) : '';
  const whole = prefix === '' ? name : `${prefix}/${name}`;
  const field = (at: number, length: number, what: string): number => {
    const value = number(block, at, length);
    if (value === undefined) throw new ArchiveProblem(whole, `${where} is corrupt: its ${what} is no number that can be`, REMEDY);
    return value;
  };
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]!);
  return {
    name: whole,
    mode: field(100, 8, 'mode') % 0o10000,
    uid: field(108, 8, 'uid'),
    gid: field(116, 8, 'gid'),
    size: field(124, 12, 'size'),
    modified: field(136, 12, 'time'),
    // Before ustar, a directory was a file whose name ends with "/".
    type: type === '0' && !isUstar && name.endsWith('/') ? '5' : type,
    linkName: text(block, 157, 100),
  };
}

/** The sum of all bytes with the checksum itself as spaces; some old tars summed signed bytes. */
function checksums(block: Uint8Array): [unsigned: number, signed: number] {
  let unsigned = CHECKSUM_BYTES * 0x20;
  let signed = unsigned;
  for (let at = 0; at < BLOCK_BYTES; at++) {
    if (at >= CHECKSUM && at < CHECKSUM + CHECKSUM_BYTES) continue;
    unsigned += block[at]!;
    signed += (block[at]! << 24) >> 24;
  }
  return [unsigned, signed];
}

/** Up to the first NUL, as a byte string. */
function text(block: Uint8Array, at: number, length: number): string {
  let result = '';
  for (let i = at; i < at + length && block[i] !== 0; i++) result += String.fromCharCode(block[i]!);
  return result;
}

function octal(block: Uint8Array, at: number, length: number): number | undefined {
  const digits = text(block, at, length).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits === '' ? '0' : digits, 8) : undefined;
}

/** Octal digits, or GNU's base 256: the first bit set, the rest a big-endian two's complement. */
function number(block: Uint8Array, at: number, length: number): number | undefined {
  if (!(block[at]! & 0x80)) return octal(block, at, length);
  const isNegative = (block[at]! & 0x40) !== 0;
  let value = isNegative ? -1n : 0n;
  for (let i = at; i < at + length; i++) value = (value << 8n) | BigInt(i === at && !isNegative ? block[i]! & 0x7f : block[i]!);
  const result = Number(value);
  return Number.isSafeInteger(result) ? result : undefined;
}
