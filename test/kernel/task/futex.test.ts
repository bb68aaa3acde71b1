import { describe, expect, test } from 'vitest';
import { RAX } from '../../../src/machine/cpu/state.ts';
import type { Task } from '../../../src/kernel/task/task.ts';
import { DATA, KernelBench, NR } from '../kernel-bench.ts';

const WAIT = 0,
  WAKE = 1,
  REQUEUE = 3,
  CMP_REQUEUE = 4,
  WAKE_OP = 5,
  LOCK_PI = 6,
  UNLOCK_PI = 7,
  TRYLOCK_PI = 8,
  WAIT_BITSET = 9,
  WAKE_BITSET = 10;
const THREAD = 0x3d0f00;
const WORD = DATA + 0x100;
const OTHER = DATA + 0x200;

/** A process of `count` threads, each on a vCPU of its own. */
function threads(count: number): { bench: KernelBench; tasks: Task[] } {
  const bench = new KernelBench({ vcpus: count });
  const first = bench.spawn();
  const tasks = [first];
  while (tasks.length < count) {
    bench.call(first, NR.clone, THREAD, DATA + 0x2000, DATA + 0x20, DATA + 0x40, 0);
    tasks.push(bench.newest());
  }
  return { bench, tasks };
}

function result(task: Task): number {
  return Number(BigInt.asIntN(64, task.context.register(RAX)));
}

describe('errors', () => {
  test.each<[string, (number | bigint)[], string]>([
    ['the word has another value', [WORD, WAIT, 5, 0], 'EAGAIN'],
    ['an odd address', [WORD + 1, WAIT, 0, 0], 'EINVAL'],
    ['an unmapped address', [8, WAIT, 0, 0], 'EFAULT'],
    ['a bad timeout', [WORD, WAIT, 0, 8], 'EFAULT'],
    ['no bits', [WORD, WAIT_BITSET, 0, 0, 0, 0], 'EINVAL'],
    ['no bits to wake', [WORD, WAKE_BITSET, 1, 0, 0, 0], 'EINVAL'],
    ['an unknown operation', [WORD, 2, 0, 0], 'ENOSYS'],
    ['CLOCK_REALTIME for a wake', [WORD, WAKE | 256, 1, 0], 'ENOSYS'],
    ['requeue when the word has changed', [WORD, CMP_REQUEUE, 1, 1, OTHER, 9], 'EAGAIN'],
    ['unlocking what is not ours', [WORD, UNLOCK_PI, 0, 0], 'EPERM'],
    ['waking nobody', [WORD, WAKE, 1, 0], '0'],
  ])('%s', (_name, args, error) => {
    const { bench, tasks } = threads(1);
    expect(bench.outcome(tasks[0]!, NR.futex, ...args)).toBe(error);
  });
});

describe('waking', () => {
  test.each([
    ['one', 1, 1, [true, false]],
    ['all', 99, 2, [true, true]],
  ])('%s', (_name, count, woken, done) => {
    const { bench, tasks } = threads(3);
    const [waker, ...waiters] = tasks as [Task, ...Task[]];
    for (const waiter of waiters) expect(bench.outcome(waiter, NR.futex, WORD, WAIT, 0, 0)).toBe('blocked');
    expect(waiters[0]!.blocked!.waitingFor).toBe('futex 0x402100');
    expect(Number(bench.call(waker, NR.futex, WORD, WAKE, count))).toBe(woken);
    expect(waiters.map((waiter) => waiter.call === null)).toEqual(done);
    expect(result(waiters[0]!)).toBe(0);
  });

  test('by bits', () => {
    const { bench, tasks } = threads(3);
    bench.call(tasks[1]!, NR.futex, WORD, WAIT_BITSET, 0, 0, 0, 1);
    bench.call(tasks[2]!, NR.futex, WORD, WAIT_BITSET, 0, 0, 0, 2);
    expect(Number(bench.call(tasks[0]!, NR.futex, WORD, WAKE_BITSET, 9, 0, 0, 2))).toBe(1);
    expect(tasks.map((task) => task.call === null)).toEqual([true, false, true]);
  });

  test('requeue moves the others, a second wake finds them', () => {
    const { bench, tasks } = threads(3);
    for (const waiter of tasks.slice(1)) bench.call(waiter, NR.futex, WORD, WAIT, 0, 0);
    expect(Number(bench.call(tasks[0]!, NR.futex, WORD, REQUEUE, 1, 9, OTHER))).toBe(2);
    expect(tasks.map((task) => task.call === null)).toEqual([true, true, false]);
    expect(Number(bench.call(tasks[0]!, NR.futex, OTHER, WAKE, 9))).toBe(1);
    expect(tasks[2]!.call).toBeNull();
  });

  test.each([
    ['set, compare equal', 0 << 28, 0, 0, 5, 2, 5],
    ['add, compare less', 1 << 28, 2, 0, 1, 1, 1],
    ['or, compare greater', 2 << 28, 4, 0, 8, 2, 8],
  ])('WAKE_OP: %s', (_name, operation, comparison, old, operand, woken, after) => {
    const { bench, tasks } = threads(3);
    bench.call(tasks[1]!, NR.futex, WORD, WAIT, 0, 0);
    bench.call(tasks[2]!, NR.futex, OTHER, WAIT, old, 0);
    const limit = comparison === 0 ? old : comparison === 4 ? old - 1 : old;
    const encoded = (operation | (comparison << 24) | (operand << 12) | (limit & 0xfff)) >>> 0;
    expect(Number(bench.call(tasks[0]!, NR.futex, WORD, WAKE_OP, 1, 1, OTHER, encoded))).toBe(woken);
    expect(bench.peek32(tasks[0]!, OTHER)).toBe(after);
  });
});

test('a timeout', () => {
  const { bench, tasks } = threads(1);
  bench.poke64(tasks[0]!, DATA, 0, 1_000_000);
  bench.start(tasks[0]!, NR.futex, WORD, WAIT, 0, DATA);
  bench.settle(3_000_000);
  expect(result(tasks[0]!)).toBe(-110);
});

test('shared words are known by their frame, private ones by their address', () => {
  const bench = new KernelBench();
  const parent = bench.spawn();
  const shared = Number(bench.call(parent, NR.mmap, 0, 4096, 3, 0x21, -1, 0));
  bench.call(parent, NR.fork);
  const child = bench.newest();
  bench.call(child, NR.futex, shared, WAIT, 0, 0);
  expect(Number(bench.call(parent, NR.futex, shared, WAKE, 1))).toBe(1);
  bench.call(child, NR.futex, WORD, WAIT | 128, 0, 0);
  expect(Number(bench.call(parent, NR.futex, WORD, WAKE | 128, 1))).toBe(0);
});

describe('priority inheritance', () => {
  test('the lock is handed over in order', () => {
    const { bench, tasks } = threads(3);
    const [a, b, c] = tasks as [Task, Task, Task];
    expect(bench.outcome(a, NR.futex, WORD, LOCK_PI, 0, 0)).toBe('0');
    expect(bench.peek32(a, WORD)).toBe(a.tid);
    expect(bench.outcome(a, NR.futex, WORD, LOCK_PI, 0, 0)).toBe('EDEADLK');
    expect(bench.outcome(b, NR.futex, WORD, TRYLOCK_PI, 0, 0)).toBe('EAGAIN');
    expect(bench.outcome(b, NR.futex, WORD, LOCK_PI, 0, 0)).toBe('blocked');
    expect(bench.outcome(c, NR.futex, WORD, LOCK_PI, 0, 0)).toBe('blocked');
    bench.call(a, NR.futex, WORD, UNLOCK_PI);
    expect(bench.peek32(a, WORD)).toBe((0x8000_0000 | b.tid) >>> 0);
    bench.call(b, NR.futex, WORD, UNLOCK_PI);
    bench.call(c, NR.futex, WORD, UNLOCK_PI);
    expect(bench.peek32(a, WORD)).toBe(0);
  });
});

test('a robust lock of a dead thread is marked and its waiter woken', () => {
  const { bench, tasks } = threads(2);
  const [owner, waiter] = tasks as [Task, Task];
  bench.poke32(owner, WORD, (0x8000_0000 | owner.tid) >>> 0);
  bench.poke64(owner, DATA, OTHER, WORD - OTHER, 0);
  bench.poke64(owner, OTHER, DATA);
  bench.call(owner, NR.set_robust_list, DATA, 24);
  bench.call(waiter, NR.futex, WORD, WAIT, (0x8000_0000 | owner.tid) >>> 0, 0);
  bench.call(owner, NR.exit, 0);
  expect(bench.peek32(waiter, WORD)).toBe(0xc000_0000);
  expect(waiter.call).toBeNull();
});
