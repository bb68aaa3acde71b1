// Reads a tar archive entry by entry: ustar, pax and GNU's long names (tar(5) of FreeBSD describes all of them).
// An archive may be wrong in any way; it is refused at the first entry that no tar -x could unpack faithfully and safely.

import { type ArchiveEntry, type ArchiveKind, ArchiveProblem } from './archive-entry.ts';
import { entryPath, linkText } from './entry-path.ts';
import { byteText, paxInteger, type PaxRecords, paxTime, readPaxRecords } from './pax-records.ts';
import { BLOCK_BYTES, isZeroBlock, readHeader, type TarHeader } from './tar-header.ts';

/** Each costs the daemon about a kilobyte of heap. */
export const MOST_ENTRIES = 1 << 17;
/** Of an extended header, which may hold attributes. */
const MOST_EXTENSION_BYTES = 1 << 20;
/** 2^32-1 means: no such user. */
const MOST_ID = 0xffff_fffe;
/** XATTR_NAME_MAX and XATTR_SIZE_MAX of Linux. */
const ATTRIBUTE_NAME_BYTES = 255;
const ATTRIBUTE_BYTES = 65_536;
/** Seconds before or after 1970. */
const MOST_SECONDS = 2 ** 36;

const KINDS: Readonly<Record<string, ArchiveKind>> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '5': 'directory',
  '6': 'fifo',
  // "Contiguous": a file to everybody.
  '7': 'file',
};
const SPARSE = 'a sparse file';
const REFUSED: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  '3': ['a character device', "leave it out: devices are the machine's own, below /dev (tar --exclude)"],
  '4': ['a block device', 'leave it out: a machine has no block devices (tar --exclude)'],
  D: ['a listing of an incremental archive', 'make a full archive, without --listed-incremental'],
  M: ['the rest of a file of another volume', 'make an archive of one volume'],
  S: [SPARSE, 'make the archive without --sparse'],
};
const ATTRIBUTE = 'SCHILY.xattr.';
const EMPTY = new Uint8Array(0);

export class TarReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private entries = 0;
  /** Of pax's global headers. */
  private readonly everywhere = new Map<string, Uint8Array>();
  /** For the next entry: of its extended header, and of GNU's long names. */
  private records: PaxRecords = new Map();
  private longName: string | undefined;
  private longLink: string | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The next entry, or null at the end of the archive. Throws ArchiveProblem. */
  next(): ArchiveEntry | null {
    for (;;) {
      const header = this.header();
      if (!header) return null;
      if (header.type === 'x' || header.type === 'g' || header.type === 'L' || header.type === 'K') {
        this.extend(header);
        continue;
      }
      const entry = this.entry(header);
      this.records = new Map();
      this.longName = undefined;
      this.longLink = undefined;
      if (entry) return entry;
    }
  }

  private header(): TarHeader | null {
    const { bytes, at } = this;
    if (at + BLOCK_BYTES > bytes.length) {
      if (at === 0) throw new ArchiveProblem('', 'this is not a tar archive', 'name a file made by tar -cf');
      throw new ArchiveProblem(
        '',
        `the archive is truncated: it ends at byte ${bytes.length}, without the mark of its end`,
        'copy it again',
      );
    }
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    this.at += BLOCK_BYTES;
    if (!isZeroBlock(block)) return readHeader(block, at);
    if (this.isExtended) throw new ArchiveProblem('', 'an extended header is followed by no entry', 'make the archive again');
    return null;
  }

  private get isExtended(): boolean {
    return this.records.size > 0 || this.longName !== undefined || this.longLink !== undefined;
  }

  /** The bytes behind a header, without what fills the last block. */
  private take(size: number, name: string): Uint8Array {
    const { bytes, at } = this;
    if (size < 0) throw new ArchiveProblem(name, `its size is ${size}`, 'make the archive again');
    if (size > bytes.length - at)
      throw new ArchiveProblem(name, `the archive is truncated: ${bytes.length - at} of its ${size} bytes are there`, 'copy it again');
    this.at = Math.min(bytes.length, at + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES);
    return bytes.subarray(at, at + size);
  }

  private extend({ type, size, name }: TarHeader): void {
    if (size > MOST_EXTENSION_BYTES)
      throw new ArchiveProblem(
        name,
        `its extended header has ${size} bytes, and ${MOST_EXTENSION_BYTES} are the most`,
        'leave its extended attributes out',
        String(MOST_EXTENSION_BYTES),
      );
    const bytes = this.take(size, name);
    if (type === 'x') this.records = readPaxRecords(bytes, name);
    else if (type === 'g') {
      for (const [key, value] of readPaxRecords(bytes, name)) this.everywhere.set(key, value);
      if (this.everywhere.size > 1024) throw new ArchiveProblem(name, 'its global headers (pax) have no end', 'make the archive again');
    } else {
      const end = bytes.indexOf(0);
      const text = byteText(end < 0 ? bytes : bytes.subarray(0, end));
      if (type === 'L') this.longName = text;
      else this.longLink = text;
    }
  }

  private entry(header: TarHeader): ArchiveEntry | null {
    const records: PaxRecords = new Map([...this.everywhere, ...this.records]);
    const name = textOf(records, 'path') ?? this.longName ?? header.name;
    for (const key of records.keys())
      if (key.startsWith('GNU.sparse.'))
        throw new ArchiveProblem(textOf(records, 'GNU.sparse.name') ?? name, `it is ${SPARSE}`, REFUSED['S']![1]);
    // A label of the archive: no file.
    if (header.type === 'V') return this.skip(paxInteger(records, 'size', name) ?? header.size, name);
    const kind = KINDS[header.type];
    if (!kind) {
      const [what, remedy] = REFUSED[header.type] ?? [
        `an entry of unknown type ${JSON.stringify(header.type)}`,
        'make the archive with tar',
      ];
      if (!isOwn(name)) throw new ArchiveProblem(name, `it is ${what}`, remedy);
      return null;
    }
    const size = paxInteger(records, 'size', name) ?? header.size;
    if (kind === 'hardlink' && size > 0)
      throw new ArchiveProblem(name, 'it is a hard link with contents of its own', 'make the archive with tar, not with pax -o or cpio');
    // Of what has no contents, some tars give a size all the same.
    const contents = kind === 'file' ? this.take(size, name) : EMPTY;
    if (++this.entries > MOST_ENTRIES)
      throw new ArchiveProblem(
        name,
        `the archive has more than ${MOST_ENTRIES} entries`,
        'leave out what is not needed',
        String(MOST_ENTRIES),
      );
    const link = textOf(records, 'linkpath') ?? this.longLink ?? header.linkName;
    return {
      path: entryPath(name, name),
      kind,
      mode: header.mode,
      uid: identity(paxInteger(records, 'uid', name) ?? header.uid, 'uid', name),
      gid: identity(paxInteger(records, 'gid', name) ?? header.gid, 'gid', name),
      modified: time(paxTime(records, 'mtime', name) ?? BigInt(header.modified) * 1_000_000_000n, name),
      contents,
      target: kind === 'symlink' ? linkText(link, name) : kind === 'hardlink' ? entryPath(link, name) : '',
      attributes: attributesOf(records, name),
    };
  }

  private skip(size: number, name: string): null {
    this.take(size, name);
    return null;
  }
}

/** Below /dev, where the machine has its own; a root file system made on a disk has device nodes there. */
function isOwn(name: string): boolean {
  return /^[./]*dev\//.test(name) && !name.split('/').includes('..');
}

function textOf(records: PaxRecords, key: string): string | undefined {
  const value = records.get(key);
  return value && value.length > 0 ? byteText(value) : undefined;
}

function attributesOf(records: PaxRecords, entry: string): [name: string, value: Uint8Array][] {
  const attributes: [name: string, value: Uint8Array][] = [];
  for (const [key, value] of records) {
    if (!key.startsWith(ATTRIBUTE)) continue;
    const name = key.slice(ATTRIBUTE.length);
    if (name.length > ATTRIBUTE_NAME_BYTES || value.length > ATTRIBUTE_BYTES)
      throw new ArchiveProblem(
        entry,
        `an extended attribute of ${value.length} bytes, with a name of ${name.length}, is more than Linux stores`,
        'leave it out (tar --no-xattrs)',
        String(ATTRIBUTE_BYTES),
      );
    attributes.push([name, value]);
  }
  return attributes;
}

function identity(id: number, what: string, name: string): number {
  if (id < 0 || id > MOST_ID) throw new ArchiveProblem(name, `its ${what} is ${id}`, 'make the archive with --owner=0 --group=0');
  return id;
}

function time(nanoseconds: bigint, name: string): bigint {
  const seconds = nanoseconds / 1_000_000_000n;
  if (seconds > MOST_SECONDS || seconds < -MOST_SECONDS)
    throw new ArchiveProblem(name, `its time of modification is ${seconds} seconds from 1970`, 'touch it and make the archive again');
  return nanoseconds;
}
