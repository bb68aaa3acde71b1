import { describe, expect, test } from 'vitest';
import { isBadImage, parseElf, type FileReader } from '../../../src/kernel/loader/elf.ts';
import { readSymbols } from '../../../src/kernel/loader/elf-symbols.ts';
import { type ElfRecipe, makeElf } from '../elf-maker.ts';

const TOP = 0x7fff_ffff_f000;

function reader(file: Uint8Array): FileReader {
  return (offset, length) => file.slice(Math.min(offset, file.length), Math.min(offset + length, file.length));
}

function parse(file: Uint8Array): ReturnType<typeof parseElf> {
  return parseElf(reader(file), file.length, TOP);
}

const load = { flags: 5, offset: 0x1000, address: 0x401000, fileSize: 0x1000, memorySize: 0x1000 };

const hostile: [string, ElfRecipe, RegExp][] = [
  ['32-bit class', { elfClass: 1 }, /32-bit/],
  ['unknown class', { elfClass: 9 }, /class 9/],
  ['big-endian', { encoding: 2 }, /big-endian/],
  ['another machine', { machine: 183 }, /machine 183/],
  ['an object file', { type: 1 }, /relocatable object/],
  ['a core file', { type: 4 }, /core file/],
  ['an unknown type', { type: 77 }, /type 77/],
  ['program headers of another size', { headerSize: 40 }, /40 bytes/],
  ['no program headers', { headerCount: 0 }, /no program headers/],
  ['too many program headers', { headerCount: 40_000 }, /more than/],
  ['program headers behind the end', { headerOffset: 0x10_0000 }, /truncated: program headers/],
  ['program headers at 2^64 - 1', { headerOffset: 0xffff_ffff_ffff_ffffn }, /truncated: program headers/],
  ['no loadable segment', { segments: [{ type: 4, fileSize: 16 }] }, /no loadable segment/],
  ['more in the file than in memory', { segments: [{ ...load, memorySize: 16 }] }, /only 0x10 in memory/],
  ['a segment behind the end of the file', { segments: [{ ...load, offset: 0x9000 }] }, /truncated: loadable segment 0/],
  [
    'a segment size that overflows',
    { segments: [{ ...load, fileSize: 0xffff_ffff_ffff_f000n, memorySize: 0xffff_ffff_ffff_f000n }] },
    /truncated: loadable segment 0/,
  ],
  ['memory beyond user space', { segments: [{ ...load, memorySize: 0x7fff_ffff_ffffn }] }, /beyond user space/],
  ['memory of 2^64 - 1', { segments: [{ ...load, memorySize: 0xffff_ffff_ffff_ffffn }] }, /beyond user space/],
  ['an offset that does not fit its address', { segments: [{ ...load, address: 0x401010 }] }, /modulo the page size/],
  ['an alignment of 3', { segments: [{ ...load, alignment: 3 }] }, /power of two/],
  [
    'segments that overlap',
    {
      segments: [
        { ...load, memorySize: 0x2000 },
        { ...load, address: 0x402000 },
      ],
    },
    /overlaps/,
  ],
  ['segments out of order', { segments: [{ ...load, address: 0x501000 }, load] }, /overlaps the one before it or is out of order/],
  ['an entry point in kernel space', { entry: 0xffff_8000_0000_0000n }, /entry point/],
  [
    'an interpreter without NUL',
    { segments: [load, { type: 3, offset: 0x1000, fileSize: 4 }], code: Uint8Array.of(47, 98, 47, 99) },
    /not a string/,
  ],
  ['an interpreter behind the end', { segments: [load, { type: 3, offset: 0x9000, fileSize: 8 }] }, /PT_INTERP/],
  ['an interpreter of 64 KiB', { segments: [load, { type: 3, offset: 0, fileSize: 65536 }] }, /PT_INTERP has 65536/],
];

describe('ELF headers', () => {
  test.each(hostile)('%s', (_name, recipe, reason) => {
    const image = parse(makeElf(recipe));
    expect(isBadImage(image) ? image.reason : 'accepted').toMatch(reason);
  });

  test.each([
    ['empty', 0, /not an ELF/],
    ['three bytes', 3, /not an ELF/],
    ['the magic alone', 4, /truncated: the ELF header/],
    ['half a header', 40, /truncated: the ELF header/],
    ['no room for program headers', 100, /truncated/],
    ['cut within the code', 0x1800, /truncated/],
  ])('a file cut to %s', (_name, length, reason) => {
    const image = parse(makeElf().slice(0, length));
    expect(isBadImage(image) ? image.reason : 'accepted').toMatch(reason);
  });

  test('any single byte of the headers may be anything', () => {
    const good = makeElf();
    for (let at = 0; at < 176; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const file = good.slice();
        file[at] = value;
        const image = parse(file);
        if (isBadImage(image)) expect(image.reason.length).toBeGreaterThan(5);
        else expect(image.loads.every((segment) => segment.address + segment.memorySize <= TOP)).toBe(true);
      }
    }
  });

  test('a good one', () => {
    const image = parse(makeElf());
    expect(image).toMatchObject({ isPositionIndependent: false, entry: 0x401000, headerCount: 2, interpreter: '', executableStack: true });
    expect(isBadImage(image) ? [] : image.loads.map((segment) => [segment.address, segment.flags])).toEqual([
      [0x401000, 5],
      [0x402000, 6],
    ]);
  });

  test('the interpreter of a dynamic program', () => {
    const path = '/lib64/ld.so\0';
    const image = parse(
      makeElf({ type: 3, segments: [load, { type: 3, offset: 0x1000, fileSize: path.length }], code: new TextEncoder().encode(path) }),
    );
    expect(image).toMatchObject({ interpreter: '/lib64/ld.so', isPositionIndependent: true });
  });
});

describe('symbols', () => {
  const symbols = [
    { name: 'main', address: 0x401000, size: 0x20 },
    { name: 'helper', address: 0x401020, size: 0x10 },
    { name: 'sizeless', address: 0x401100, size: 0 },
  ];
  const file = makeElf({ symbols });
  const image = parse(file);
  const table = isBadImage(image) ? null : readSymbols(reader(file), image, 0);

  test.each([
    [0x401000, 'main'],
    [0x40101f, 'main+0x1f'],
    [0x401020, 'helper'],
    [0x401030, ''],
    [0x401100, 'sizeless'],
    [0x400fff, ''],
  ])('address %i is "%s"', (address, text) => {
    expect(table!.describe(address)).toBe(text);
  });

  test('by name, and moved', () => {
    expect(table!.addressOf('helper')).toBe(0x401020);
    expect(isBadImage(image) ? '' : readSymbols(reader(file), image, 0x1000)!.describe(0x402004)).toBe('main+0x4');
  });

  test('a table behind the end of the file gives no symbols', () => {
    const cut = file.slice(0, file.length - 0x1f00);
    const short = parse(cut);
    expect(isBadImage(short) ? 0 : (readSymbols(reader(cut), short, 0)?.length ?? 0)).toBe(0);
  });
});
