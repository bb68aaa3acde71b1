// Numbers as /proc writes them.

import { PAGE_SIZE } from '../../../machine/memory/layout.ts';
import type { Kernel } from '../../kernel.ts';

const USER_HERTZ = 100;
const NANOSECONDS = 1_000_000_000;

/** Cycles as the ticks of /proc (1/100 s). */
export function ticks(kernel: Kernel, cycles: number): number {
  return Math.floor(kernel.clock.nanoseconds(cycles) / (NANOSECONDS / USER_HERTZ));
}

/** "2.05": cycles as seconds. */
export function seconds(kernel: Kernel, cycles: number): string {
  const hundredths = ticks(kernel, cycles);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}

/** "12.345678": cycles as milliseconds. */
export function milliseconds(kernel: Kernel, cycles: number): string {
  const nanoseconds = kernel.clock.nanoseconds(cycles);
  return `${Math.floor(nanoseconds / 1e6)}.${String(nanoseconds % 1e6).padStart(6, '0')}`;
}

export function kilobytes(pages: number): number {
  return (pages * PAGE_SIZE) / 1024;
}

/** "0-1,4": the bits of a mask as a list of ranges; "" for none. */
export function listOfBits(mask: number): string {
  const ranges: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if (((mask >>> bit) & 1) === 0) continue;
    let last = bit;
    while (last < 31 && ((mask >>> (last + 1)) & 1) === 1) last++;
    ranges.push(last === bit ? `${bit}` : `${bit}-${last}`);
    bit = last;
  }
  return ranges.join(',');
}

/** "00:17": a device of `major:minor` as maps shows it, two hexadecimal digits each at least. */
export function deviceHex(major: number, minor: number): string {
  return [major, minor].map((number) => number.toString(16).padStart(2, '0')).join(':');
}
