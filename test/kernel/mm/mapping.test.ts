import { describe, expect, test } from 'vitest';
import { KernelBench, NR } from '../kernel-bench.ts';

const RW = 3;
const ANONYMOUS = 0x22;
const SHARED_ANONYMOUS = 0x21;
const FIXED = 0x10;
const NOREPLACE = 0x10_0000;
const AT = 0x2000_0000;
const PAGE = 4096;

function mapped(pages = 4): { bench: KernelBench; task: ReturnType<KernelBench['spawn']> } {
  const bench = new KernelBench();
  const task = bench.spawn();
  bench.call(task, NR.mmap, AT, pages * PAGE, RW, ANONYMOUS | FIXED, -1, 0);
  return { bench, task };
}

describe('errors', () => {
  test.each<[string, keyof typeof NR, (number | bigint)[], string]>([
    ['mmap of nothing', 'mmap', [0, 0, RW, ANONYMOUS, -1, 0], 'EINVAL'],
    ['mmap without a type', 'mmap', [0, PAGE, RW, 0x20, -1, 0], 'EINVAL'],
    ['mmap at an odd offset', 'mmap', [0, PAGE, RW, ANONYMOUS, -1, 100], 'EINVAL'],
    ['mmap of no descriptor', 'mmap', [0, PAGE, RW, 2, 99, 0], 'EBADF'],
    ['mmap fixed at an odd address', 'mmap', [AT + 1, PAGE, RW, ANONYMOUS | FIXED, -1, 0], 'EINVAL'],
    ['mmap fixed at the first page', 'mmap', [0, PAGE, RW, ANONYMOUS | FIXED, -1, 0], 'EPERM'],
    ['mmap fixed beyond user space', 'mmap', [0x7fff_ffff_f000, PAGE, RW, ANONYMOUS | FIXED, -1, 0], 'ENOMEM'],
    ['mmap of what is taken', 'mmap', [AT, PAGE, RW, ANONYMOUS | NOREPLACE, -1, 0], 'EEXIST'],
    ['mmap of more than there can be', 'mmap', [0, 2n ** 62n, RW, ANONYMOUS, -1, 0], 'ENOMEM'],
    ['mmap of writable memory beyond RAM', 'mmap', [0, 1n << 33n, RW, ANONYMOUS, -1, 0], 'ENOMEM'],
    ['munmap at an odd address', 'munmap', [AT + 1, PAGE], 'EINVAL'],
    ['munmap of nothing', 'munmap', [AT, 0], 'EINVAL'],
    ['mprotect of a hole', 'mprotect', [AT + 3 * PAGE, 2 * PAGE, 1], 'ENOMEM'],
    ['mprotect with unknown bits', 'mprotect', [AT, PAGE, 0x40], 'EINVAL'],
    ['madvise unknown', 'madvise', [AT, PAGE, 99], 'EINVAL'],
    ['madvise over a hole', 'madvise', [AT + 3 * PAGE, 2 * PAGE, 4], 'ENOMEM'],
    ['mremap of nothing mapped', 'mremap', [AT + 9 * PAGE, PAGE, PAGE, 1, 0], 'EFAULT'],
    ['mremap to nothing', 'mremap', [AT, PAGE, 0, 1, 0], 'EINVAL'],
    ['mremap fixed but not movable', 'mremap', [AT, PAGE, PAGE, 2, 0x3000_0000], 'EINVAL'],
    ['mremap onto itself', 'mremap', [AT, 2 * PAGE, 2 * PAGE, 3, AT + PAGE], 'EINVAL'],
    ['mremap that cannot grow in place', 'mremap', [AT, PAGE, 2 * PAGE, 0, 0], 'ENOMEM'],
  ])('%s: %s', (_name, call, args, error) => {
    const { bench, task } = mapped();
    expect(bench.outcome(task, NR[call], ...args)).toBe(error);
  });
});

test('8 GiB without reserve are given, and lie above 4 GiB', () => {
  const { bench, task } = mapped();
  const address = bench.call(task, NR.mmap, 0, 1n << 33n, 0, ANONYMOUS | 0x4000, -1, 0);
  expect(address >= 1n << 32n).toBe(true);
  expect(bench.outcome(task, NR.mprotect, address, PAGE, RW)).toBe('0');
  bench.poke32(task, Number(address), 7);
  expect(bench.peek32(task, Number(address))).toBe(7);
});

test('mremap moves contents', () => {
  const { bench, task } = mapped(1);
  bench.poke32(task, AT, 42);
  bench.call(task, NR.mmap, AT + PAGE, PAGE, RW, ANONYMOUS | FIXED, -1, 0);
  bench.call(task, NR.mprotect, AT + PAGE, PAGE, 1);
  const moved = Number(bench.call(task, NR.mremap, AT, PAGE, 3 * PAGE, 1, 0));
  expect(moved).not.toBe(AT);
  expect(bench.peek32(task, moved)).toBe(42);
  expect(task.mm.user.read32(AT)).toBeNull();
  expect(bench.peek32(task, moved + 2 * PAGE)).toBe(0);
});

test('mremap grows in place where there is room', () => {
  const { bench, task } = mapped(1);
  expect(bench.call(task, NR.mremap, AT, PAGE, 4 * PAGE, 0, 0)).toBe(BigInt(AT));
  expect([...task.mm.vmas].filter((vma) => vma.start === AT && vma.end === AT + 4 * PAGE).length).toBe(1);
});

test('MADV_DONTNEED gives zeroes', () => {
  const { bench, task } = mapped();
  bench.poke32(task, AT, 42);
  expect(bench.outcome(task, NR.madvise, AT, PAGE, 4)).toBe('0');
  expect(bench.peek32(task, AT)).toBe(0);
});

test('brk grows, shrinks and refuses', () => {
  const bench = new KernelBench();
  const task = bench.spawn();
  const start = Number(bench.call(task, NR.brk, 0));
  expect(Number(bench.call(task, NR.brk, start + 10_000))).toBe(start + 10_000);
  bench.poke32(task, start + 9000, 1);
  expect(Number(bench.call(task, NR.brk, start + 100))).toBe(start + 100);
  expect(task.mm.user.read32(start + 9000)).toBeNull();
  expect(Number(bench.call(task, NR.brk, start - 1))).toBe(start + 100);
  expect(Number(bench.call(task, NR.brk, start + (1 << 30)))).toBe(start + 100);
});

test('shared anonymous memory is one for parent and child', () => {
  const bench = new KernelBench();
  const parent = bench.spawn();
  const address = Number(bench.call(parent, NR.mmap, 0, PAGE, RW, SHARED_ANONYMOUS, -1, 0));
  bench.call(parent, NR.fork);
  const child = bench.newest();
  bench.poke32(child, address, 5);
  expect(bench.peek32(parent, address)).toBe(5);
});

test('the process that exhausts RAM is killed; the others go on', () => {
  const bench = new KernelBench({ ramBytes: 2 << 20 });
  const greedy = bench.spawn(1);
  const other = bench.spawn(2);
  const length = 1 << 20;
  const addresses = [0, 1, 2].map(() => Number(bench.call(greedy, NR.mmap, 0, length, RW, ANONYMOUS, -1, 0)));
  for (const address of addresses) {
    for (let at = address; at < address + length && greedy.state !== 'dead'; at += PAGE) {
      if (greedy.mm.user.locate(at, 'write') < 0) bench.fault(greedy, { vector: 14, errorCode: 6, address: BigInt(at) });
    }
  }
  expect(greedy.process.exitStatus).toEqual({ kind: 'killed', signal: 9, core: false });
  expect(bench.seen('oops')[0]!.fields.message).toMatch(/out of memory: killed process 2 \(test\)/);
  expect(bench.outcome(other, NR.getpid)).toBe(String(other.tid));
});
