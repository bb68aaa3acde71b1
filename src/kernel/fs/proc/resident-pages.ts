// How many pages of a mapping are there, and whose they are, for smaps and its like.

import { PAGE_SIZE } from '../../../machine/memory/layout.ts';
import { PTE_DIRTY } from '../../../machine/memory/address-space.ts';
import type { Mm } from '../../mm/mm.ts';
import type { Vma } from '../../mm/vma.ts';

/** Counts of pages. Present ones are clean or dirty, and private (one holder) or shared. */
export interface ResidentPages {
  readonly total: number;
  readonly present: number;
  /** Private copies and anonymous memory: not the file's own pages. */
  readonly anonymous: number;
  readonly sharedClean: number;
  readonly sharedDirty: number;
  readonly privateClean: number;
  readonly privateDirty: number;
  /** Present pages, each divided by its holders. */
  readonly proportional: number;
}

const FRAME_MASK = ~(PAGE_SIZE - 1);

export function pagesOf(mm: Mm, vma: Vma): ResidentPages {
  const { physical } = mm.hardware;
  const first = vma.start / PAGE_SIZE;
  const sum = { present: 0, anonymous: 0, sharedClean: 0, sharedDirty: 0, privateClean: 0, privateDirty: 0, proportional: 0 };
  for (const page of mm.space.pages(first, vma.end / PAGE_SIZE)) {
    const entry = mm.space.entry(page);
    const frame = (entry & FRAME_MASK) >>> 0;
    const isFilePage = vma.source !== null && vma.source.pageFrame(vma.offset + page - first, false) === frame;
    // The page cache holds a frame too, as long as it is the file's.
    const holders = Math.max(1, physical.referenceCount(frame) - (isFilePage ? 1 : 0));
    const dirty = (entry & PTE_DIRTY) !== 0 || !isFilePage;
    sum.present++;
    sum.proportional += 1 / holders;
    if (!isFilePage) sum.anonymous++;
    if (holders > 1) sum[dirty ? 'sharedDirty' : 'sharedClean']++;
    else sum[dirty ? 'privateDirty' : 'privateClean']++;
  }
  return { total: (vma.end - vma.start) / PAGE_SIZE, ...sum };
}
