// Small ELF-64 programs for tests, with every header field open to abuse.

export interface Segment {
  readonly type?: number;
  readonly flags?: number;
  readonly offset?: number;
  readonly address?: number;
  readonly fileSize?: number | bigint;
  readonly memorySize?: number | bigint;
  readonly alignment?: number;
}

export interface ElfRecipe {
  readonly code?: Uint8Array;
  readonly type?: number;
  readonly machine?: number;
  readonly elfClass?: number;
  readonly encoding?: number;
  readonly entry?: number | bigint;
  readonly headerSize?: number;
  readonly headerCount?: number;
  readonly headerOffset?: number | bigint;
  /** Instead of one segment of code at 0x401000 and one of data at 0x402000. */
  readonly segments?: readonly Segment[];
  /** More bytes at file offset 0x3000. */
  readonly tail?: Uint8Array;
  readonly symbols?: readonly { readonly name: string; readonly address: number; readonly size: number }[];
}

const PT_LOAD = 1;
const STANDARD: readonly Segment[] = [
  { type: PT_LOAD, flags: 5, offset: 0x1000, address: 0x401000, fileSize: 0x1000, memorySize: 0x1000, alignment: 0x1000 },
  { type: PT_LOAD, flags: 6, offset: 0x2000, address: 0x402000, fileSize: 0x10, memorySize: 0x3000, alignment: 0x1000 },
];

export function makeElf(recipe: ElfRecipe = {}): Uint8Array {
  const { segments = STANDARD, symbols = [] } = recipe;
  const file = new Uint8Array(0x3000 + (recipe.tail?.length ?? 0) + (symbols.length > 0 ? 0x2000 : 0));
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, recipe.elfClass ?? 2, recipe.encoding ?? 1, 1]);
  view.setUint16(16, recipe.type ?? 2, true);
  view.setUint16(18, recipe.machine ?? 62, true);
  view.setBigUint64(24, BigInt(recipe.entry ?? 0x401000), true);
  view.setBigUint64(32, BigInt(recipe.headerOffset ?? 64), true);
  view.setUint16(54, recipe.headerSize ?? 56, true);
  view.setUint16(56, recipe.headerCount ?? segments.length, true);
  segments.forEach((segment, i) => {
    const at = 64 + i * 56;
    view.setUint32(at, segment.type ?? PT_LOAD, true);
    view.setUint32(at + 4, segment.flags ?? 5, true);
    view.setBigUint64(at + 8, BigInt(segment.offset ?? 0), true);
    view.setBigUint64(at + 16, BigInt(segment.address ?? 0), true);
    view.setBigUint64(at + 32, BigInt(segment.fileSize ?? 0), true);
    view.setBigUint64(at + 40, BigInt(segment.memorySize ?? segment.fileSize ?? 0), true);
    view.setBigUint64(at + 48, BigInt(segment.alignment ?? 0x1000), true);
  });
  if (recipe.code) file.set(recipe.code, 0x1000);
  if (recipe.tail) file.set(recipe.tail, 0x3000);
  if (symbols.length > 0) addSymbols(view, file.length - 0x2000, symbols);
  return file;
}

/** A section header table of three: null, symbols, strings. */
function addSymbols(view: DataView, at: number, symbols: NonNullable<ElfRecipe['symbols']>): void {
  const bytes = new Uint8Array(view.buffer);
  const table = at + 0x400;
  const strings = at + 0x1000;
  let name = 1;
  symbols.forEach((symbol, i) => {
    const entry = table + i * 24;
    view.setUint32(entry, name, true);
    view.setUint8(entry + 4, 0x12);
    view.setUint16(entry + 6, 1, true);
    view.setBigUint64(entry + 8, BigInt(symbol.address), true);
    view.setBigUint64(entry + 16, BigInt(symbol.size), true);
    bytes.set(new TextEncoder().encode(symbol.name), strings + name);
    name += symbol.name.length + 1;
  });
  view.setBigUint64(40, BigInt(at), true);
  view.setUint16(60, 3, true);
  const section = (i: number, type: number, offset: number, size: number, link: number): void => {
    view.setUint32(at + i * 64 + 4, type, true);
    view.setBigUint64(at + i * 64 + 24, BigInt(offset), true);
    view.setBigUint64(at + i * 64 + 32, BigInt(size), true);
    view.setUint32(at + i * 64 + 40, link, true);
  };
  section(1, 2, table, symbols.length * 24, 2);
  section(2, 3, strings, name + 1, 0);
}
