// A process's memory for someone outside, as a debugger has it: protection does not matter. Looking changes nothing:
// a page that has not been brought in is read from where it would come. Writing respects copy-on-write.

import { PTE_EXEC, PTE_READ, PTE_WRITABLE } from '../../machine/memory/address-space.ts';
import { PAGE_MASK, PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { Mm } from './mm.ts';
import { PROT_EXEC, PROT_WRITE, type Vma } from './vma.ts';

const frameOf = (entry: number): number => (entry & ~PAGE_MASK) >>> 0;
const pageOf = (address: number): number => Math.floor(address / PAGE_SIZE);
const sourceIndex = (vma: Vma, page: number): number => vma.offset + (page - vma.start / PAGE_SIZE);

/** The mapping that answers for `address`; null where nothing is, or only what lies behind the end of a file. */
function mappingAt(mm: Mm, address: number): Vma | null {
  const vma = mm.find(address);
  if (!vma || mm.space.entry(pageOf(address)) !== 0 || !vma.source) return vma;
  return sourceIndex(vma, pageOf(address)) * PAGE_SIZE < vma.source.size ? vma : null;
}

/** Calls back for each piece of [address, address + length) that lies in one page; false from `visit` ends it. Returns bytes visited. */
function eachPiece(address: number, length: number, visit: (at: number, done: number, size: number) => boolean): number {
  let done = 0;
  while (done < length) {
    const at = address + done;
    const size = Math.min(length - done, PAGE_SIZE - (at % PAGE_SIZE));
    if (!visit(at, done, size)) break;
    done += size;
  }
  return done;
}

/** Bytes of [address, address + length) before the first that is not there. */
export function presentBytes(mm: Mm, address: number, length: number): number {
  return eachPiece(address, length, (at) => mappingAt(mm, at) !== null);
}

/** Fills `into`; returns how many bytes were there. */
export function peek(mm: Mm, address: number, into: Uint8Array): number {
  const { bytes } = mm.hardware.physical;
  return eachPiece(address, into.length, (at, done, size) => {
    const vma = mappingAt(mm, at);
    if (!vma) return false;
    const page = pageOf(at);
    const frame = frameOf(mm.space.entry(page)) || (vma.source?.pageFrame(sourceIndex(vma, page), false) ?? 0);
    const from = frame + (at % PAGE_SIZE);
    if (frame !== 0) into.set(bytes.subarray(from, from + size), done);
    return true;
  });
}

/** Writes all of `data`, every byte of which is there; false if RAM is exhausted, and then none is written. */
export function poke(mm: Mm, address: number, data: Uint8Array): boolean {
  const { physical } = mm.hardware;
  const owned = eachPiece(address, data.length, (at) => ownFrame(mm, mm.find(at)!, pageOf(at)) !== 0);
  if (owned < data.length) return false;
  eachPiece(address, data.length, (at, done, size) => {
    const frame = frameOf(mm.space.entry(pageOf(at)));
    physical.noteWrite(frame);
    mm.space.translate(at, 'write');
    physical.bytes.set(data.subarray(done, done + size), frame + (at % PAGE_SIZE));
    return true;
  });
  return true;
}

/** The frame that a store to this page goes to, made the process's own where the mapping is private; 0 without RAM. */
function ownFrame(mm: Mm, vma: Vma, page: number): number {
  const { physical } = mm.hardware;
  const entry = mm.space.entry(page);
  const present = frameOf(entry);
  if (present !== 0 && (vma.shared || entry & PTE_WRITABLE || physical.referenceCount(present) === 1)) return present;
  const shared = vma.shared && vma.source !== null;
  const frame = shared ? vma.source!.pageFrame(sourceIndex(vma, page), true) : physical.allocateFrame();
  if (frame === 0) return 0;
  if (shared) physical.retainFrame(frame);
  else {
    const original = present || (vma.source?.pageFrame(sourceIndex(vma, page), false) ?? 0);
    if (original !== 0) physical.bytes.copyWithin(frame, original, original + PAGE_SIZE);
  }
  const { protection } = vma;
  const writable = protection & PROT_WRITE ? PTE_WRITABLE : 0;
  mm.space.map(page, frame, (protection !== 0 ? PTE_READ : 0) | (protection & PROT_EXEC ? PTE_EXEC : 0) | writable);
  if (present !== 0) physical.releaseFrame(present);
  else {
    mm.residentPages++;
    mm.peakPages = Math.max(mm.peakPages, mm.residentPages);
  }
  return frame;
}
