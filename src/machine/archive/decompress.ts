// An archive as tar wrote it, from what gzip or zstd have made of it. The one file of a machine that asks Node for something:
// decompression is a function of its input.

import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { ArchiveProblem } from './archive-entry.ts';

interface Format {
  readonly name: string;
  readonly magic: readonly number[];
  /** Absent where it is known but not read here. */
  readonly unpack?: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
}

const FORMATS: readonly Format[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], unpack: gunzipSync },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: zstdDecompressSync },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68] },
  { name: 'lzip', magic: [0x4c, 0x5a, 0x49, 0x50] },
  { name: 'compress', magic: [0x1f, 0x9d] },
];

/** At most `limit` bytes come of it. Throws ArchiveProblem. */
export function decompress(bytes: Uint8Array, limit: number): Uint8Array {
  const format = FORMATS.find(({ magic }) => magic.every((byte, at) => bytes[at] === byte));
  if (!format) return bytes;
  if (!format.unpack)
    throw new ArchiveProblem(
      '',
      `the archive is compressed by ${format.name}, which is not read here`,
      'unpack it, or compress it by gzip or zstd',
    );
  try {
    return format.unpack(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new ArchiveProblem(
        '',
        `unpacked, the archive has more than ${limit} bytes`,
        'give the machine more RAM, of which its files may take half',
        String(limit),
      );
    throw new ArchiveProblem('', `the archive is corrupt: ${format.name}: ${(error as Error).message}`, 'copy it again');
  }
}
