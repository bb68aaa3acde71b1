// What an archive holds, one entry at a time, and what is wrong with an archive. Names are byte strings: one character (0..255) a byte.

export type ArchiveKind = 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo';

export interface ArchiveEntry {
  /** Without "./" in front and without "/" at either end; "" is the directory that everything is in. */
  readonly path: string;
  readonly kind: ArchiveKind;
  /** Permission bits with set-user-ID, set-group-ID and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Nanoseconds since 1970. */
  readonly modified: bigint;
  /** Of a file; a view of the archive. */
  readonly contents: Uint8Array;
  /** Text of a symbolic link; path of what a hard link links to, as `path` is. */
  readonly target: string;
  /** Extended attributes: name and value. */
  readonly attributes: readonly (readonly [name: string, value: Uint8Array])[];
}

/** An archive that is refused: the entry, if it is known, the reason, and what to do about it. */
export class ArchiveProblem extends Error {
  /** As people read it, or "". */
  readonly entry: string;
  /** What was exceeded, or "" if the archive is wrong in itself. */
  readonly limit: string;

  constructor(entry: string, reason: string, remedy: string, limit = '') {
    super(`${entry === '' ? '' : `${readable(entry)}: `}${reason}; ${remedy}`);
    this.name = 'ArchiveProblem';
    this.entry = readable(entry);
    this.limit = limit;
  }
}

const decoder = new TextDecoder();

/** A byte string as people read it: UTF-8 where it is, control characters escaped, not longer than a line. */
export function readable(name: string): string {
  const text = decoder.decode(Uint8Array.from(name, (character) => character.charCodeAt(0)));
  const visible = text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return visible.length > 200 ? `${visible.slice(0, 200)}...` : visible;
}
