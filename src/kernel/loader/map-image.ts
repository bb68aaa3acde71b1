// Puts the segments of a program into an address space, as fs/binfmt_elf.c's elf_map: file pages privately, zeroes behind them.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { Mm } from '../mm/mm.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, Vma } from '../mm/vma.ts';
import { fullPath, type Dentry } from '../vfs/dentry.ts';
import { PF_R, PF_W, PF_X, type BadImage, type ElfImage, type Segment } from './elf.ts';

const down = (address: number): number => address - (address % PAGE_SIZE);
const up = (address: number): number => down(address + PAGE_SIZE - 1);

/** Bytes from the first page of the first segment to the end of the last. */
export function spanOf(image: ElfImage): { start: number; length: number } {
  const start = down(image.loads[0]!.address);
  const last = image.loads.at(-1)!;
  return { start, length: up(last.address + last.memorySize) - start };
}

/** Maps every segment with `bias` added to its address; null if all went well. */
export function mapImage(mm: Mm, entry: Dentry, image: ElfImage, bias: number): BadImage | null {
  for (const segment of image.loads) {
    const failed = mapSegment(mm, entry, segment, bias);
    if (failed) return failed;
  }
  return null;
}

function protectionOf(segment: Segment): number {
  return (segment.flags & PF_R ? PROT_READ : 0) | (segment.flags & PF_W ? PROT_WRITE : 0) | (segment.flags & PF_X ? PROT_EXEC : 0);
}

function mapSegment(mm: Mm, entry: Dentry, segment: Segment, bias: number): BadImage | null {
  const start = down(segment.address) + bias;
  const fileEnd = segment.address + segment.fileSize + bias;
  const memoryEnd = up(segment.address + segment.memorySize + bias);
  const mappedEnd = segment.fileSize > 0 ? up(fileEnd) : start;
  const protection = protectionOf(segment);
  if (mm.overlaps(start, memoryEnd)) return { reason: `segments share the page at 0x${start.toString(16)}` };
  const name = fullPath(entry);
  if (segment.fileSize > 0) {
    const offset = Math.floor(segment.offset / PAGE_SIZE);
    mm.insert(new Vma(start, mappedEnd, protection, { source: entry.inode, offset, name }));
  }
  if (memoryEnd > mappedEnd) mm.insert(new Vma(mappedEnd, memoryEnd, protection));
  const zeroes = Math.min(mappedEnd, segment.address + segment.memorySize + bias) - fileEnd;
  if (segment.fileSize > 0 && zeroes > 0 && segment.flags & PF_W && !mm.user.clear(fileEnd, mappedEnd - fileEnd)) {
    return { reason: 'no RAM left for its data' };
  }
  return null;
}
