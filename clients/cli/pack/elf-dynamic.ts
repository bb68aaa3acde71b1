// What a dynamically linked ELF file asks of the dynamic linker: its interpreter, the libraries it needs, and where it wants them sought.

export interface DynamicObject {
  /** PT_INTERP, or "". */
  readonly interpreter: string;
  /** DT_NEEDED, in order. */
  readonly needed: readonly string[];
  /** DT_RPATH (only where there is no DT_RUNPATH) and DT_RUNPATH. */
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT = { NULL: 0, NEEDED: 1, STRTAB: 5, RPATH: 15, RUNPATH: 29 } as const;
const SEGMENT_BYTES = 56;

/** Null if the file is no x86-64 ELF file, or not a whole one: then others say what is wrong with it. */
export function readDynamic(bytes: Uint8Array): DynamicObject | null {
  try {
    return parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function parse(file: Buffer): DynamicObject | null {
  if (file.toString('latin1', 0, 6) !== '\x7fELF\x02\x01' || file.readUInt16LE(18) !== 62) return null;
  const headers = number(file, 32);
  const segments = Array.from({ length: file.readUInt16LE(56) }, (_, n) => {
    const at = headers + n * SEGMENT_BYTES;
    return { type: file.readUInt32LE(at), offset: number(file, at + 8), address: number(file, at + 16), size: number(file, at + 32) };
  });
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const entries: [tag: number, value: number][] = [];
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  for (let at = dynamic?.offset ?? 0; dynamic && at < dynamic.offset + dynamic.size; at += 16) {
    const tag = number(file, at);
    if (tag === DT.NULL) break;
    entries.push([tag, number(file, at + 8)]);
  }
  const table = entries.find(([tag]) => tag === DT.STRTAB)?.[1] ?? 0;
  const holder = segments.find(({ type, address, size }) => type === PT_LOAD && table >= address && table < address + size);
  const strings = (tag: number): string[] =>
    holder ? entries.filter(([found]) => found === tag).map(([, value]) => text(file, table - holder.address + holder.offset + value)) : [];
  const paths = (tag: number): string[] => strings(tag).flatMap((list) => list.split(':').filter((path) => path !== ''));
  const runpath = paths(DT.RUNPATH);
  return {
    interpreter: interpreter ? text(file, interpreter.offset) : '',
    needed: strings(DT.NEEDED),
    rpath: runpath.length > 0 ? [] : paths(DT.RPATH),
    runpath,
  };
}

function number(file: Buffer, at: number): number {
  return Number(file.readBigUInt64LE(at));
}

function text(file: Buffer, at: number): string {
  const end = file.indexOf(0, at);
  if (end < 0) throw new RangeError('a string without an end');
  return file.toString('utf8', at, end);
}
