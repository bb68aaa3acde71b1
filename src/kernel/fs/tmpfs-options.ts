// Mount options of tmpfs (tmpfs(5)): size, nr_blocks, nr_inodes, mode, uid, gid.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';

export interface TmpfsOptions {
  readonly pages?: number;
  readonly inodes?: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 };

/** "64m", "50%" of RAM, "0" for as much as there is: in units of `unit` bytes, at most `most`. -1 if it is none of these. */
function readSize(text: string, most: number, unit: number): number {
  const match = /^(\d+)([kmg%]?)$/i.exec(text);
  if (!match) return -1;
  const [, digits, suffix] = match;
  if (suffix === '%') return unit === PAGE_SIZE ? Math.floor((most * Math.min(Number(digits), 100)) / 100) : -1;
  const wanted = Math.ceil((Number(digits) * UNITS[suffix!.toLowerCase()]!) / unit);
  return wanted === 0 ? most : Math.min(wanted, most);
}

function readNumber(text: string, radix: 8 | 10, most: number): number {
  const wanted = /^\d+$/.test(text) ? Number.parseInt(text, radix) : -1;
  return wanted >= 0 && wanted <= most ? wanted : -1;
}

type Reader = (value: string, ramPages: number) => readonly [keyof TmpfsOptions, number];

const READERS: Readonly<Record<string, Reader>> = {
  size: (value, ramPages) => ['pages', readSize(value, ramPages, PAGE_SIZE)],
  nr_blocks: (value, ramPages) => ['pages', readSize(value, ramPages, 1)],
  nr_inodes: (value, ramPages) => ['inodes', readSize(value, ramPages, 1)],
  mode: (value) => ['mode', readNumber(value, 8, 0o7777)],
  uid: (value) => ['uid', readNumber(value, 10, 0xffff_fffe)],
  gid: (value) => ['gid', readNumber(value, 10, 0xffff_fffe)],
};

/** Null if an option is unknown or wrong. */
export function readTmpfsOptions(text: string, ramPages: number): TmpfsOptions | null {
  const options: Partial<Record<keyof TmpfsOptions, number>> = {};
  for (const option of text.split(',').filter((part) => part !== '')) {
    const [name = '', value = ''] = option.split('=', 2);
    const read = READERS[name]?.(value, ramPages);
    if (!read || read[1] < 0) return null;
    options[read[0]] = read[1];
  }
  return options;
}
