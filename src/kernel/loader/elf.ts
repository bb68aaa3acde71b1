// ELF-64 headers of x86-64 programs, read with suspicion (ELF-64 object file format; System V ABI, AMD64 supplement).
// Every number in a file may be hostile: each is checked before it is used, and what is wrong is said in words.

/** Why a file is not a program we can run. */
export interface BadImage {
  readonly reason: string;
}

export interface Segment {
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

export interface ElfImage {
  /** Static-PIE or dynamic: may be placed anywhere. */
  readonly isPositionIndependent: boolean;
  readonly entry: number;
  readonly loads: readonly Segment[];
  /** Run-time address of the program headers (before relocation), their number and size. */
  readonly headersAddress: number;
  readonly headerCount: number;
  /** PT_INTERP, or "". */
  readonly interpreter: string;
  /** PT_GNU_STACK asks for an executable stack. */
  readonly executableStack: boolean;
  readonly sectionOffset: number;
  readonly sectionCount: number;
}

/** Reads up to `length` bytes of the file at `offset`; fewer at its end. */
export type FileReader = (offset: number, length: number) => Uint8Array;

export const PF_X = 1;
export const PF_W = 2;
export const PF_R = 4;

const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const MOST_SEGMENTS = 65536 / SEGMENT_BYTES;
const EM_X86_64 = 62;
const ET_EXEC = 2;
const ET_DYN = 3;
const PT_LOAD = 1;
const PT_INTERP = 3;
const PT_PHDR = 6;
const PT_GNU_STACK = 0x6474_e551;
const PAGE = 4096;
const PATH_MAX = 4096;

const KINDS: Readonly<Record<number, string>> = { 0: 'no file type', 1: 'a relocatable object file (.o), not linked', 4: 'a core file' };

interface ProgramHeader extends Segment {
  readonly type: number;
  readonly alignment: number;
}

export function isBadImage(value: object): value is BadImage {
  return 'reason' in value;
}

/** The headers of an ELF program, or what is wrong with them. `topAddress`: first address a segment may not reach. */
export function parseElf(read: FileReader, fileSize: number, topAddress: number): ElfImage | BadImage {
  const bytes = read(0, HEADER_BYTES);
  if (bytes.length < 4 || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46) return bad('not an ELF file');
  if (bytes.length < HEADER_BYTES) return bad(`truncated: the ELF header needs ${HEADER_BYTES} bytes, the file has ${fileSize}`);
  if (bytes[4] !== 2) return bad(bytes[4] === 1 ? 'a 32-bit ELF file; only x86-64 programs run here' : `ELF class ${bytes[4]} is unknown`);
  if (bytes[5] !== 1) return bad('a big-endian ELF file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint16(16, true);
  const machine = view.getUint16(18, true);
  if (machine !== EM_X86_64) return bad(`made for machine ${machine}, not x86-64 (62)`);
  if (type !== ET_EXEC && type !== ET_DYN) return bad(KINDS[type] ?? `ELF type ${type} is not a program`);
  const headers = programHeaders(read, view, fileSize);
  if (isBadImage(headers)) return headers;
  return describe(read, view, headers, type === ET_DYN, fileSize, topAddress);
}

function programHeaders(read: FileReader, view: DataView, fileSize: number): ProgramHeader[] | BadImage {
  const offset = number64(view, 32);
  const size = view.getUint16(54, true);
  const count = view.getUint16(56, true);
  if (size !== SEGMENT_BYTES) return bad(`program headers of ${size} bytes instead of ${SEGMENT_BYTES}`);
  if (count === 0) return bad('no program headers');
  if (count > MOST_SEGMENTS) return bad(`${count} program headers are more than Linux accepts`);
  if (offset + count * size > fileSize)
    return bad(`truncated: program headers end at ${hex(offset + count * size)}, the file at ${hex(fileSize)}`);
  const table = read(offset, count * size);
  if (table.length < count * size) return bad('truncated within the program headers');
  const entries = new DataView(table.buffer, table.byteOffset, table.byteLength);
  return Array.from({ length: count }, (_, i) => {
    const at = i * SEGMENT_BYTES;
    return {
      type: entries.getUint32(at, true),
      flags: entries.getUint32(at + 4, true),
      offset: number64(entries, at + 8),
      address: number64(entries, at + 16),
      fileSize: number64(entries, at + 32),
      memorySize: number64(entries, at + 40),
      alignment: number64(entries, at + 48),
    };
  });
}

function describe(
  read: FileReader,
  view: DataView,
  headers: readonly ProgramHeader[],
  isDynamic: boolean,
  fileSize: number,
  top: number,
): ElfImage | BadImage {
  const loads = headers.filter((header) => header.type === PT_LOAD && header.memorySize > 0);
  if (loads.length === 0) return bad('no loadable segment');
  const wrong = wrongSegment(loads, fileSize, top);
  if (wrong) return wrong;
  const interpreter = readInterpreter(read, headers, fileSize);
  if (typeof interpreter !== 'string') return interpreter;
  const entry = number64(view, 24);
  if (entry >= top) return bad(`the entry point ${hex(entry)} is beyond user space`);
  const headerOffset = number64(view, 32);
  const holder = loads.find((load) => headerOffset >= load.offset && headerOffset < load.offset + load.fileSize);
  const own = headers.find((header) => header.type === PT_PHDR);
  const stack = headers.find((header) => header.type === PT_GNU_STACK);
  return {
    isPositionIndependent: isDynamic,
    entry,
    loads,
    headersAddress: own?.address ?? (holder ? headerOffset - holder.offset + holder.address : 0),
    headerCount: headers.length,
    interpreter,
    executableStack: stack === undefined || (stack.flags & PF_X) !== 0,
    sectionOffset: number64(view, 40),
    sectionCount: view.getUint16(60, true),
  };
}

function wrongSegment(loads: readonly ProgramHeader[], fileSize: number, top: number): BadImage | null {
  let end = 0;
  for (const [i, load] of loads.entries()) {
    const name = `loadable segment ${i}`;
    if (load.fileSize > load.memorySize)
      return bad(`${name}: ${hex(load.fileSize)} bytes in the file but only ${hex(load.memorySize)} in memory`);
    if (load.offset + load.fileSize > fileSize)
      return bad(`truncated: ${name} ends at ${hex(load.offset + load.fileSize)}, the file at ${hex(fileSize)}`);
    if (load.address + load.memorySize > top) return bad(`${name} reaches ${hex(load.address + load.memorySize)}, beyond user space`);
    if (load.fileSize > 0 && load.offset % PAGE !== load.address % PAGE)
      return bad(`${name}: file offset and address differ modulo the page size`);
    if (!isPowerOfTwo(load.alignment)) return bad(`${name}: alignment ${hex(load.alignment)} is not a power of two`);
    if (load.address < end) return bad(`${name} overlaps the one before it or is out of order`);
    end = load.address + load.memorySize;
  }
  return null;
}

/** 0 counts: it means the same as 1. */
function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest <= 1;
}

function readInterpreter(read: FileReader, headers: readonly ProgramHeader[], fileSize: number): string | BadImage {
  const header = headers.find((candidate) => candidate.type === PT_INTERP);
  if (!header) return '';
  if (header.fileSize < 2 || header.fileSize > PATH_MAX) return bad(`PT_INTERP has ${header.fileSize} bytes`);
  if (header.offset + header.fileSize > fileSize) return bad('truncated: PT_INTERP lies behind the end of the file');
  const bytes = read(header.offset, header.fileSize);
  if (bytes.length !== header.fileSize || bytes.at(-1) !== 0) return bad('PT_INTERP is not a string');
  return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
}

/** Exact below 2^53; a larger one fails every range check. */
function number64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function bad(reason: string): BadImage {
  return { reason };
}
