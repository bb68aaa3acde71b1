// The files that the program reads, as guests/async-io/async_io.c knows them: 32-bit words that say where they are.

export type FileName = '4K' | '4M' | '40M';

export const FILES: readonly { readonly name: FileName; readonly bytes: number }[] = [
  { name: '4K', bytes: 4 << 10 },
  { name: '4M', bytes: 4 << 20 },
  { name: '40M', bytes: 40 << 20 },
];

const WORD_MULTIPLIER = 0x9e3779b1;
const FNV_PRIME = 0x01000193;

export interface TaskFile {
  readonly name: FileName;
  readonly content: Uint8Array;
  /** As the guest prints it of what it has read. */
  readonly checksum: string;
}

export function taskFiles(): TaskFile[] {
  return FILES.map(({ name, bytes }, size) => {
    const words = new Uint32Array(bytes / 4);
    let checksum = 0;
    for (let at = 0; at < words.length; at++) {
      const word = Math.imul(at + 1, WORD_MULTIPLIER) ^ size;
      words[at] = word;
      checksum = Math.imul(checksum ^ word, FNV_PRIME);
    }
    return { name, content: new Uint8Array(words.buffer), checksum: (checksum >>> 0).toString(16) };
  });
}
