// Reads the symbol table of an ELF file: functions and objects, for texts that name addresses. A damaged table gives no symbols.

import type { ElfImage, FileReader } from './elf.ts';
import { SymbolTable, type ProgramSymbol } from './symbols.ts';

const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const SHT_SYMTAB = 2;
/** A larger table is not read: reports are a comfort, not worth the time. */
const MOST_SYMBOLS = 200_000;
/** STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_GNU_IFUNC. */
const NAMED_TYPES: readonly number[] = [0, 1, 2, 10];

export function readSymbols(read: FileReader, image: ElfImage, bias: number): SymbolTable | null {
  const table = read(image.sectionOffset, image.sectionCount * SECTION_BYTES);
  if (image.sectionOffset === 0 || table.length < image.sectionCount * SECTION_BYTES) return null;
  const sections = viewOf(table);
  for (let i = 0; i < image.sectionCount; i++) {
    const at = i * SECTION_BYTES;
    if (sections.getUint32(at + 4, true) !== SHT_SYMTAB) continue;
    const strings = sections.getUint32(at + 40, true);
    if (strings >= image.sectionCount) return null;
    return new SymbolTable(collect(sectionBytes(read, sections, at), sectionBytes(read, sections, strings * SECTION_BYTES), bias));
  }
  return null;
}

function sectionBytes(read: FileReader, sections: DataView, at: number): Uint8Array {
  const offset = Number(sections.getBigUint64(at + 24, true));
  const size = Number(sections.getBigUint64(at + 32, true));
  return size > MOST_SYMBOLS * SYMBOL_BYTES * 4 ? new Uint8Array(0) : read(offset, size);
}

function collect(table: Uint8Array, strings: Uint8Array, bias: number): ProgramSymbol[] {
  const view = viewOf(table);
  const symbols: ProgramSymbol[] = [];
  const count = Math.min(MOST_SYMBOLS, Math.floor(table.length / SYMBOL_BYTES));
  for (let i = 0; i < count; i++) {
    const at = i * SYMBOL_BYTES;
    const nameAt = view.getUint32(at, true);
    const address = Number(view.getBigUint64(at + 8, true));
    const isDefined = view.getUint16(at + 6, true) !== 0;
    if (nameAt === 0 || address === 0 || !isDefined || !NAMED_TYPES.includes(view.getUint8(at + 4) & 15)) continue;
    const end = strings.indexOf(0, nameAt);
    if (end < 0) continue;
    const size = Number(view.getBigUint64(at + 16, true));
    symbols.push({ address: address + bias, size, name: String.fromCharCode(...strings.subarray(nameAt, Math.min(end, nameAt + 512))) });
  }
  return symbols;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
