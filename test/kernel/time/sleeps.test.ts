import { describe, expect, test } from 'vitest';
import { takeSignal } from '../../../src/kernel/signal/take.ts';
import { RAX } from '../../../src/machine/cpu/state.ts';
import { DATA, KernelBench, NR } from '../kernel-bench.ts';

const MILLISECOND = 2_000_000;
const SECONDS = 1_700_000_000;

function ready(): { bench: KernelBench; task: ReturnType<KernelBench['spawn']> } {
  const bench = new KernelBench();
  return { bench, task: bench.spawn() };
}

test('nanosleep lasts as long as it says, and costs an idle vCPU', () => {
  const { bench, task } = ready();
  const before = bench.vcpuOf(task).clock;
  bench.poke64(task, DATA, 0, 50_000_000);
  bench.start(task, NR.nanosleep, DATA, 0);
  bench.settle(200 * MILLISECOND);
  expect(task.call).toBeNull();
  const slept = bench.vcpuOf(task).clock - before;
  expect(slept).toBeGreaterThanOrEqual(50 * MILLISECOND);
  expect(slept).toBeLessThan(51 * MILLISECOND);
});

describe('errors', () => {
  test.each<[string, keyof typeof NR, (bench: KernelBench, task: ReturnType<KernelBench['spawn']>) => (number | bigint)[], string]>([
    ['a bad pointer', 'nanosleep', () => [8, 0], 'EFAULT'],
    ['a negative time', 'nanosleep', (bench, task) => [bench.poke64(task, DATA, -1, 0), 0], 'EINVAL'],
    ['too many nanoseconds', 'nanosleep', (bench, task) => [bench.poke64(task, DATA, 0, 1_000_000_000), 0], 'EINVAL'],
    ['an unknown clock', 'clock_gettime', () => [77, DATA], 'EINVAL'],
    ['a bad place', 'clock_gettime', () => [0, 8], 'EFAULT'],
    ['sleeping on thread time', 'clock_nanosleep', (bench, task) => [3, 0, bench.poke64(task, DATA, 0, 1), 0], 'EOPNOTSUPP'],
    ['sleeping on a coarse clock', 'clock_nanosleep', (bench, task) => [6, 0, bench.poke64(task, DATA, 0, 1), 0], 'EOPNOTSUPP'],
    ['an unknown interval timer', 'setitimer', () => [3, 0, 0], 'EINVAL'],
    ['a timer on an unknown clock', 'timer_create', () => [77, 0, DATA], 'EINVAL'],
    ['a timer with signal 65', 'timer_create', (bench, task) => [1, bench.poke64(task, DATA, 0, 65, 0), DATA], 'EINVAL'],
    ['settime of no timer', 'timer_settime', (bench, task) => [9, 0, bench.poke64(task, DATA, 0, 0, 0, 0), 0], 'EINVAL'],
  ])('%s', (_name, call, prepare, error) => {
    const { bench, task } = ready();
    expect(bench.outcome(task, NR[call], ...prepare(bench, task))).toBe(error);
  });
});

test('clock_nanosleep until a time of day', () => {
  const { bench, task } = ready();
  bench.poke64(task, DATA, SECONDS, 30_000_000);
  bench.start(task, NR.clock_nanosleep, 0, 1, DATA, 0);
  bench.settle(200 * MILLISECOND);
  bench.call(task, NR.clock_gettime, 0, DATA);
  expect(bench.peek64(task, DATA)).toBe(BigInt(SECONDS));
  const nanoseconds = Number(bench.peek64(task, DATA + 8));
  expect(nanoseconds).toBeGreaterThanOrEqual(30_000_000);
  expect(nanoseconds).toBeLessThan(31_000_000);
});

test('a time that has passed is no sleep', () => {
  const { bench, task } = ready();
  expect(bench.outcome(task, NR.clock_nanosleep, 0, 1, bench.poke64(task, DATA, SECONDS - 1, 0), 0)).toBe('0');
});

describe('timers that send signals', () => {
  /** SIGALRM is blocked, so that it can be seen waiting. */
  function blocked(): ReturnType<typeof ready> {
    const made = ready();
    made.task.signals.blocked = 1n << 13n;
    return made;
  }

  test('alarm, and what was left of it', () => {
    const { bench, task } = blocked();
    expect(bench.outcome(task, NR.alarm, 2)).toBe('0');
    bench.run(1000 * MILLISECOND);
    expect(bench.outcome(task, NR.alarm, 5)).toBe('1');
    bench.run(4900 * MILLISECOND);
    expect(task.process.pending.has(14)).toBe(false);
    bench.run(200 * MILLISECOND);
    expect(task.process.pending.has(14)).toBe(true);
  });

  test('an interval comes again', () => {
    const { bench, task } = blocked();
    bench.poke64(task, DATA, 0, 10_000, 0, 10_000);
    bench.call(task, NR.setitimer, 0, DATA, 0);
    for (let i = 0; i < 3; i++) {
      takeSignal(bench.kernel, task, ~0n);
      bench.run(10 * MILLISECOND + 100_000);
      expect(task.process.pending.has(14)).toBe(true);
    }
  });

  test('ITIMER_VIRTUAL counts only what the process runs', () => {
    const { bench, task } = ready();
    task.signals.blocked = 1n << 25n;
    bench.poke64(task, DATA, 0, 0, 0, 10_000);
    bench.call(task, NR.setitimer, 1, DATA, 0);
    bench.poke64(task, DATA, 0, 100_000_000);
    bench.start(task, NR.nanosleep, DATA, 0);
    bench.settle(101 * MILLISECOND);
    expect(task.call).toBeNull();
    expect(task.process.pending.has(26)).toBe(false);
    bench.run(11 * MILLISECOND);
    expect(task.process.pending.has(26)).toBe(true);
  });

  test('a POSIX timer counts its overruns while its signal waits', () => {
    const { bench, task } = ready();
    task.signals.blocked = 1n << 33n;
    bench.poke64(task, DATA, 77, 34n | (0n << 32n), 0);
    bench.call(task, NR.timer_create, 1, DATA, DATA + 64);
    bench.poke64(task, DATA, 0, 1_000_000, 0, 1_000_000);
    bench.call(task, NR.timer_settime, bench.peek32(task, DATA + 64), 0, DATA, 0);
    bench.run(5 * MILLISECOND + 100_000);
    expect(task.process.pending.entries).toMatchObject([{ signal: 34, code: -2, value: 77n, overrun: 0 }]);
    bench.kernel.enterFromOutside(bench.vcpuOf(task).clock);
    expect(takeSignal(bench.kernel, task, 1n << 33n)).toMatchObject({ overrun: 4 });
  });

  // As Linux since 6.13.
  test.each([
    ['set anew', NR.timer_settime],
    ['deleted', NR.timer_delete],
  ])('the signal of a POSIX timer that has been %s since is dropped', (_how, number) => {
    const { bench, task } = ready();
    task.signals.blocked = 1n << 33n;
    bench.poke64(task, DATA, 77, 34n, 0);
    bench.call(task, NR.timer_create, 1, DATA, DATA + 64);
    const id = bench.peek32(task, DATA + 64);
    bench.poke64(task, DATA, 0, 0, 0, 1_000_000);
    bench.call(task, NR.timer_settime, id, 0, DATA, 0);
    bench.run(2 * MILLISECOND);
    expect(task.process.pending.has(34)).toBe(true);
    bench.poke64(task, DATA, 0, 0, 100, 0);
    expect(bench.outcome(task, number, id, 0, DATA, 0)).toBe('0');
    expect(task.process.pending.has(34)).toBe(true);
    expect(takeSignal(bench.kernel, task, 1n << 33n)).toBeNull();
  });
});

test('an interrupted sleep tells what is left, and goes on to the same moment when no handler ran', () => {
  const { bench, task } = ready();
  const begin = bench.vcpuOf(task).clock;
  bench.poke64(task, DATA, 0, 100_000_000);
  bench.start(task, NR.nanosleep, DATA, DATA + 32);
  bench.settle(20 * MILLISECOND);
  const stopper = bench.spawn();
  bench.call(stopper, NR.kill, task.tid, 19);
  expect(task.state).toBe('stopped');
  expect(Number(bench.peek64(task, DATA + 40))).toBeGreaterThan(70_000_000);
  bench.call(stopper, NR.kill, task.tid, 18);
  bench.run(0);
  expect(task.context.int32(RAX)).toBe(219);
  bench.call(task, 219);
  bench.settle(200 * MILLISECOND);
  expect(task.call).toBeNull();
  expect(bench.vcpuOf(task).clock - begin).toBeGreaterThanOrEqual(100 * MILLISECOND);
  expect(bench.vcpuOf(task).clock - begin).toBeLessThan(101 * MILLISECOND);
});
