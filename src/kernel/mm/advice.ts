// madvise(2): what each advice does to the ranges it is given for. Pages never leave RAM, so that most of it changes nothing.

import { ERRNO } from '../abi/errno.ts';
import { MADV } from '../abi/mman.ts';
import type { Kernel } from '../kernel.ts';
import type { Mm } from './mm.ts';
import { PROT_WRITE, type Vma } from './vma.ts';

/** One range, cut to what the advice is for. 0 or a negated errno. */
type Advice = (kernel: Kernel, mm: Mm, vma: Vma, start: number, end: number) => number;

const accept: Advice = () => 0;

function mark(change: (vma: Vma) => void): Advice {
  return (_kernel, mm, _vma, start, end) => {
    if (!mm.mayCut(start, end)) return -ERRNO.ENOMEM;
    for (const part of mm.isolate(start, end)) change(part);
    mm.mergeAround(start, end);
    return 0;
  };
}

const discard: Advice = (_kernel, mm, vma, start, end) => {
  if (vma.locked) return -ERRNO.EINVAL;
  mm.dropPages(start, end);
  return 0;
};

const discardEvenLocked: Advice = (_kernel, mm, _vma, start, end) => {
  mm.dropPages(start, end);
  return 0;
};

const discardAnonymous: Advice = (kernel, mm, vma, start, end) =>
  vma.source === null ? discard(kernel, mm, vma, start, end) : -ERRNO.EINVAL;

/** A hole in what is mapped: only where the mapping could have written it. */
const remove: Advice = (kernel, _mm, vma, start, end) => {
  if (vma.locked || !vma.source?.punch) return -ERRNO.EINVAL;
  if (!vma.shared || !vma.mayWrite) return -ERRNO.EACCES;
  const byte = (address: number): number => vma.offset * 4096 + address - vma.start;
  return vma.source.punch(kernel, byte(start), byte(end));
};

const populate =
  (access: 'read' | 'write'): Advice =>
  (_kernel, mm, vma, start, end) => {
    if (access === 'write' ? !(vma.protection & PROT_WRITE) : vma.protection === 0) return -ERRNO.EINVAL;
    const outcome = mm.populate(start, end, access);
    return outcome === 'ok' ? 0 : outcome === 'no-memory' ? -ERRNO.ENOMEM : -ERRNO.EFAULT;
  };

const markWiped = mark((vma) => {
  vma.wipeOnFork = true;
});

const ADVICE: ReadonlyMap<number, Advice> = new Map<number, Advice>([
  [MADV.NORMAL, accept],
  [MADV.RANDOM, accept],
  [MADV.SEQUENTIAL, accept],
  [MADV.WILLNEED, accept],
  [MADV.DONTNEED, discard],
  [MADV.FREE, discardAnonymous],
  [MADV.REMOVE, remove],
  [
    MADV.DONTFORK,
    mark((vma) => {
      vma.dontFork = true;
    }),
  ],
  [
    MADV.DOFORK,
    mark((vma) => {
      vma.dontFork = false;
    }),
  ],
  [MADV.WIPEONFORK, (kernel, mm, vma, ...range) => (vma.source || vma.shared ? -ERRNO.EINVAL : markWiped(kernel, mm, vma, ...range))],
  [
    MADV.KEEPONFORK,
    mark((vma) => {
      vma.wipeOnFork = false;
    }),
  ],
  [MADV.MERGEABLE, accept],
  [MADV.UNMERGEABLE, accept],
  [MADV.HUGEPAGE, accept],
  [MADV.NOHUGEPAGE, accept],
  [MADV.DONTDUMP, accept],
  [MADV.DODUMP, accept],
  [MADV.COLD, (_kernel, _mm, vma) => (vma.locked ? -ERRNO.EINVAL : 0)],
  [MADV.PAGEOUT, (_kernel, _mm, vma) => (vma.locked ? -ERRNO.EINVAL : 0)],
  [MADV.POPULATE_READ, populate('read')],
  [MADV.POPULATE_WRITE, populate('write')],
  [MADV.DONTNEED_LOCKED, discardEvenLocked],
]);

/** Advice that loses contents: a sealed range that cannot be written refuses it. */
const LOSING: readonly number[] = [MADV.DONTNEED, MADV.FREE, MADV.REMOVE, MADV.DONTFORK, MADV.WIPEONFORK, MADV.DONTNEED_LOCKED];

export function isAdvice(advice: number): boolean {
  return ADVICE.has(advice);
}

/** Range by range, up to the first that refuses; holes are passed over and make the result -ENOMEM. */
export function advise(kernel: Kernel, mm: Mm, start: number, end: number, advice: number): number {
  const run = ADVICE.get(advice);
  if (!run) return -ERRNO.EINVAL;
  const whole = mm.covers(start, end);
  const populates = advice === MADV.POPULATE_READ || advice === MADV.POPULATE_WRITE;
  for (let at = start; at < end; ) {
    const vma = mm.vmas.above(at);
    if (!vma || vma.start >= end) break;
    if (populates && vma.start > at) break;
    const [from, to] = [Math.max(at, vma.start), Math.min(end, vma.end)];
    const isReadOnly = vma.source === null && !(vma.protection & PROT_WRITE);
    if (vma.sealed && isReadOnly && LOSING.includes(advice)) return -ERRNO.EPERM;
    const done = run(kernel, mm, vma, from, to);
    if (done < 0) return done;
    at = to;
  }
  return whole ? 0 : -ERRNO.ENOMEM;
}
