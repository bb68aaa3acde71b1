// Limits that take long, or privileges that a host may lack: RLIMIT_CPU, RLIMIT_NICE, RLIMIT_RTPRIO, the machine's number of threads.

import { describe, expect, test } from 'vitest';
import { signalBit, SIGNAL } from '../../../src/kernel/abi/signal.ts';
import { RLIMIT } from '../../../src/kernel/task/limits.ts';
import type { Task } from '../../../src/kernel/task/task.ts';
import { DATA, KernelBench, NR } from '../kernel-bench.ts';

const SECOND = 2_000_000_000;
const CALL = { setpriority: 141, sched_setscheduler: 144, setresuid: 117, setrlimit: 160, getrlimit: 97 } as const;
const FOREVER = -1n;

function limit(bench: KernelBench, task: Task, resource: number, soft: number | bigint, hard: number | bigint): string {
  return bench.outcome(task, CALL.setrlimit, resource, bench.poke64(task, DATA, soft, hard));
}

describe('RLIMIT_CPU', () => {
  test('SIGXCPU at the soft limit and every second after it, SIGKILL at the hard one', () => {
    const bench = new KernelBench({ vcpus: 1 });
    const task = bench.spawn();
    task.signals.blocked = signalBit(SIGNAL.SIGXCPU);
    limit(bench, task, RLIMIT.CPU, 1, 3);
    bench.run(0.9 * SECOND);
    expect(task.process.pending.has(SIGNAL.SIGXCPU)).toBe(false);
    bench.run(0.2 * SECOND);
    expect(task.process.pending.take(~0n)).toMatchObject({ signal: SIGNAL.SIGXCPU, code: 0x80 });
    bench.call(task, CALL.getrlimit, RLIMIT.CPU, DATA);
    expect(bench.peek64(task, DATA)).toBe(2n);
    bench.run(SECOND);
    expect(task.process.pending.has(SIGNAL.SIGXCPU)).toBe(true);
    bench.run(SECOND);
    expect(task.process.exitStatus).toEqual({ kind: 'killed', signal: SIGNAL.SIGKILL, core: false });
  });

  test('a child counts anew', () => {
    const bench = new KernelBench({ vcpus: 2 });
    const task = bench.spawn();
    limit(bench, task, RLIMIT.CPU, 1, 1);
    bench.run(0.6 * SECOND);
    bench.call(task, NR.fork);
    const child = bench.newest();
    bench.run(0.6 * SECOND);
    expect(task.process.exitStatus?.kind).toBe('killed');
    expect(child.process.exitStatus).toBe(null);
    bench.run(0.6 * SECOND);
    expect(child.process.exitStatus?.kind).toBe('killed');
  });
});

describe('priorities of an ordinary user', () => {
  test.each([
    ['a nice level within RLIMIT_NICE', CALL.setpriority, [0, 0, 2], '0'],
    ['one beyond', CALL.setpriority, [0, 0, 1], 'EACCES'],
    ['a real-time priority within RLIMIT_RTPRIO', CALL.sched_setscheduler, [0, 1, 10], '0'],
    ['one beyond', CALL.sched_setscheduler, [0, 1, 11], 'EPERM'],
    ['round robin within', CALL.sched_setscheduler, [0, 2, 5], '0'],
  ])('%s', (_name, call, args, result) => {
    const bench = new KernelBench({ vcpus: 1 });
    const task = bench.spawn();
    limit(bench, task, RLIMIT.NICE, 18, 18);
    limit(bench, task, RLIMIT.RTPRIO, 10, 10);
    bench.call(task, CALL.setpriority, 0, 0, 5);
    bench.call(task, CALL.setresuid, 1000, 1000, 1000);
    const third = call === CALL.sched_setscheduler ? bench.poke32(task, DATA, args[2]!) : args[2]!;
    expect(bench.outcome(task, call, args[0]!, args[1]!, third)).toBe(result);
  });
});

test('a limit that is infinite stays so for whoever may raise it', () => {
  const bench = new KernelBench({ vcpus: 1 });
  const task = bench.spawn();
  expect(limit(bench, task, RLIMIT.NICE, FOREVER, FOREVER)).toBe('0');
  bench.call(task, CALL.setresuid, 1000, 1000, 1000);
  expect(limit(bench, task, RLIMIT.NICE, 5, 5)).toBe('0');
  expect(limit(bench, task, RLIMIT.NICE, 5, 6)).toBe('EPERM');
});

test('the machine has so many threads and no more, root or not', () => {
  const bench = new KernelBench({ vcpus: 4 });
  Object.assign(bench.kernel.options, { mostTasks: 3 });
  const task = bench.spawn();
  expect(bench.outcome(task, NR.fork)).not.toBe('EAGAIN');
  expect(bench.outcome(task, NR.fork)).not.toBe('EAGAIN');
  expect(bench.outcome(task, NR.fork)).toBe('EAGAIN');
  const child = bench.newest();
  bench.call(task, NR.kill, child.tid, SIGNAL.SIGKILL);
  expect(bench.outcome(task, NR.fork), 'a zombie counts').toBe('EAGAIN');
  bench.call(task, NR.wait4, child.tid, 0, 0, 0);
  expect(bench.outcome(task, NR.fork)).not.toBe('EAGAIN');
});
