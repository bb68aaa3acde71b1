// Names in an archive as paths below its root: what tar -x does to "/x" and "./x", and what is refused because no tree can hold it.

import { ArchiveProblem } from './archive-entry.ts';

/** NAME_MAX and PATH_MAX of Linux, the latter with its final NUL. */
const NAME_BYTES = 255;
const PATH_BYTES = 4095;
/** Directories one below the other. */
const DEPTH = 256;

/** "./usr//lib/" -> "usr/lib". `entry` is named in the refusal. */
export function entryPath(name: string, entry: string): string {
  if (name === '') throw new ArchiveProblem(entry, 'it has an empty name', 'make the archive again');
  if (name.includes('\0')) throw new ArchiveProblem(entry, 'its name holds a NUL byte', 'rename the file and make the archive again');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    throw new ArchiveProblem(
      entry,
      `"${name === entry ? '..' : name}" leads out of the archive`,
      'make the archive from within the folder: tar -C FOLDER -cf FILE.tar .',
    );
  const path = parts.join('/');
  if (path.length > PATH_BYTES) throw tooLarge(entry, `its path has ${path.length} bytes`, PATH_BYTES, 'shorten it');
  if (parts.length > DEPTH) throw tooLarge(entry, `it lies ${parts.length} directories deep`, DEPTH, 'flatten the tree');
  for (const part of parts)
    if (part.length > NAME_BYTES) throw tooLarge(entry, `a name in its path has ${part.length} bytes`, NAME_BYTES, 'rename it');
  return path;
}

/** Text of a symbolic link, which may be anything that Linux takes: inside a machine no link leads out of it. */
export function linkText(text: string, entry: string): string {
  if (text === '' || text.includes('\0')) throw new ArchiveProblem(entry, 'a symbolic link without a target', 'make the archive again');
  if (text.length > PATH_BYTES) throw tooLarge(entry, `its target has ${text.length} bytes`, PATH_BYTES, 'shorten it');
  return text;
}

function tooLarge(entry: string, what: string, limit: number, remedy: string): ArchiveProblem {
  return new ArchiveProblem(entry, `${what}, and ${limit} are the most`, remedy, String(limit));
}
