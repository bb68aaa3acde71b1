import { describe, expect, test } from 'vitest';
import { weightOf } from '../../../src/kernel/task/run-queue.ts';
import type { Scheduling, Task } from '../../../src/kernel/task/task.ts';
import { taskCycles } from '../../../src/kernel/time/process-time.ts';
import { DATA, KernelBench, NR, type SeenEvent } from '../kernel-bench.ts';

const MILLISECOND = 2_000_000;
const FIFO_50 = { policy: 1, priority: 50 };
const ROUND_ROBIN_50 = { policy: 2, priority: 50 };
const IDLE = { policy: 5 };

/** vCPU-times of tasks that all run for `milliseconds`. */
function shares(bench: KernelBench, tasks: readonly Task[], milliseconds: number): number[] {
  const used = (): number[] => tasks.map((task) => taskCycles(bench.kernel, task).user);
  const before = used();
  bench.run(milliseconds * MILLISECOND);
  return used().map((cycles, i) => (cycles - before[i]!) / MILLISECOND);
}

/** As from outside the machine; what follows of it has happened. */
function change(bench: KernelBench, task: Task, changes: Partial<Scheduling>): void {
  bench.kernel.enterFromOutside(Math.max(...bench.vcpus.map((vcpu) => vcpu.clock)));
  bench.kernel.scheduler.change(bench.kernel, task, changes);
  bench.settle();
}

describe('placement', () => {
  test('new tasks go to free vCPUs first', () => {
    const bench = new KernelBench({ vcpus: 3 });
    const tasks = [bench.spawn(), bench.spawn(), bench.spawn()];
    expect(tasks.map((task) => task.vcpu)).toEqual([0, 1, 2]);
  });

  test('affinity holds', () => {
    const bench = new KernelBench({ vcpus: 4 });
    expect([8, 4, 8].map((affinity) => bench.spawn(affinity)).map((task) => task.vcpu | 2)).toEqual([3, 2, 2]);
    expect(bench.kernel.scheduler.processors[3]!.queue.length).toBe(1);
  });

  test('a sleeper wakes where it slept', () => {
    const bench = new KernelBench({ vcpus: 2 });
    bench.spawn(1);
    const task = bench.spawn(2);
    task.affinity = 3;
    bench.poke64(task, DATA, 0, 1_000_000);
    bench.call(task, NR.nanosleep, DATA, 0);
    bench.settle(2 * MILLISECOND);
    expect(task.vcpu).toBe(1);
    expect(bench.seen('switched_in').filter((event) => event.tid === task.tid && Number(event.fields.migrated_from) >= 0)).toEqual([]);
  });

  test('a task moves when it may no longer stay', () => {
    const bench = new KernelBench({ vcpus: 2 });
    const task = bench.spawn();
    bench.poke64(task, DATA, 2);
    bench.call(task, NR.sched_setaffinity, 0, 8, DATA);
    expect(bench.vcpuOf(task).id).toBe(1);
    expect(bench.seen('switched_in').at(-1)!.fields.migrated_from).toBe(0);
    bench.poke64(task, DATA, 4);
    expect(bench.outcome(task, NR.sched_setaffinity, 0, 8, DATA)).toBe('EINVAL');
  });

  test('an idle vCPU takes over from a busy one', () => {
    const bench = new KernelBench({ vcpus: 2 });
    const [a, b, c] = [bench.spawn(), bench.spawn(), bench.spawn()];
    expect([a.state, b.state, c.state]).toEqual(['runnable', 'runnable', 'runnable']);
    const idle = bench.vcpuOf(b).id;
    bench.call(b, NR.exit_group, 0);
    bench.settle();
    expect(bench.kernel.current(bench.vcpus[idle]!)).not.toBeNull();
    expect(bench.kernel.scheduler.processors.every((processor) => processor.queue.length === 0)).toBe(true);
  });
});

describe('sharing', () => {
  test('equal tasks get equal shares of one vCPU', () => {
    const bench = new KernelBench({ vcpus: 1 });
    const tasks = [bench.spawn(), bench.spawn(), bench.spawn()];
    for (const share of shares(bench, tasks, 300)) expect(share).toBeCloseTo(100, -1);
  });

  test('a lone task is never interrupted', () => {
    const bench = new KernelBench({ vcpus: 2 });
    const task = bench.spawn();
    const switches = bench.seen('switched_in').length;
    bench.run(1000 * MILLISECOND);
    expect(bench.timers.nextTime()).toBe(Number.POSITIVE_INFINITY);
    expect(bench.seen('switched_in').length).toBe(switches);
    expect(task.usage.involuntarySwitches).toBe(0);
  });

  test('nice changes the share by 1.25 a level', () => {
    expect(weightOf(0)).toBe(1024);
    expect(weightOf(5) * 1.25 ** 5).toBeCloseTo(1024);
    const bench = new KernelBench({ vcpus: 1 });
    const tasks = [bench.spawn(), bench.spawn()];
    change(bench, tasks[1]!, { nice: 5 });
    const [usual, nice] = shares(bench, tasks, 400);
    expect(usual! / nice!).toBeGreaterThan(2.5);
    expect(usual! / nice!).toBeLessThan(3.7);
  });

  test('a real-time task runs before all others, until it sleeps', () => {
    const bench = new KernelBench({ vcpus: 1 });
    const [usual, urgent] = [bench.spawn(), bench.spawn()];
    change(bench, urgent, FIFO_50);
    bench.run(10 * MILLISECOND);
    const [first, second] = shares(bench, [usual, urgent], 50);
    expect([first, Math.round(second!)]).toEqual([0, 50]);
    bench.call(urgent, NR.pause);
    expect(bench.vcpuOf(usual).mode).toBe('user');
  });

  test('sched_yield lets the others go first', () => {
    const bench = new KernelBench({ vcpus: 1 });
    const [a, b] = [bench.spawn(), bench.spawn()];
    const [first, second] = bench.kernel.current(bench.vcpus[0]!) === a ? [a, b] : [b, a];
    bench.call(first, NR.sched_yield);
    expect(bench.kernel.current(bench.vcpus[0]!)).toBe(second);
  });

  test.each([
    ['SCHED_FIFO: equals wait until it is over', FIFO_50, [300, 0]],
    ['SCHED_RR: equals take turns of 100 ms', ROUND_ROBIN_50, [200, 100]],
  ])('%s', (_, scheduling, expected) => {
    const bench = new KernelBench({ vcpus: 1 });
    const tasks = [bench.spawn(), bench.spawn()];
    for (const task of tasks) change(bench, task, scheduling);
    expect(shares(bench, tasks, 300).map((share) => Math.round(share / 10) * 10)).toEqual(expected);
  });

  test('a preempted SCHED_FIFO task goes on before its equals, one that yields behind them', () => {
    const bench = new KernelBench({ vcpus: 1 });
    const [first, second, urgent] = [bench.spawn(), bench.spawn(), bench.spawn()];
    for (const task of [first, second]) change(bench, task, FIFO_50);
    const current = (): number => bench.kernel.current(bench.vcpus[0]!)!.tid;
    expect(current()).toBe(first.tid);
    change(bench, urgent, { policy: 1, priority: 60 });
    bench.run(10_000);
    expect(current()).toBe(urgent.tid);
    bench.call(urgent, NR.pause);
    expect(current()).toBe(first.tid);
    bench.call(first, NR.sched_yield);
    expect(current()).toBe(second.tid);
  });

  test('a lent priority counts as its own, until it is taken back', () => {
    const bench = new KernelBench({ vcpus: 1 });
    const [holder, urgent] = [bench.spawn(), bench.spawn()];
    change(bench, urgent, FIFO_50);
    bench.run(10_000);
    expect(bench.kernel.current(bench.vcpus[0]!)!.tid).toBe(urgent.tid);
    change(bench, holder, { lentPriority: 60 });
    bench.run(10_000);
    expect(bench.kernel.current(bench.vcpus[0]!)!.tid).toBe(holder.tid);
    change(bench, holder, { lentPriority: 0 });
    bench.run(10_000);
    expect(bench.kernel.current(bench.vcpus[0]!)!.tid).toBe(urgent.tid);
  });

  test('SCHED_IDLE gets next to nothing beside others', () => {
    const bench = new KernelBench({ vcpus: 1 });
    const [usual, idle] = [bench.spawn(), bench.spawn()];
    change(bench, idle, IDLE);
    const [first, second] = shares(bench, [usual, idle], 2000);
    expect(first! / second!).toBeGreaterThan(100);
  });

  test('a vCPU with two tasks more gives one away', () => {
    const bench = new KernelBench({ vcpus: 2 });
    const tasks = [1, 1, 1, 2].map((affinity) => bench.spawn(affinity));
    for (const task of tasks) task.affinity = 3;
    bench.run(20 * MILLISECOND);
    for (const share of shares(bench, tasks, 200)) expect(share).toBeCloseTo(100, -1);
  });

  test('a real-time task that wakes goes where nobody is as urgent', () => {
    const bench = new KernelBench({ vcpus: 2 });
    const [urgent, , sleeper] = [bench.spawn(1), bench.spawn(2), bench.spawn(1)];
    sleeper.affinity = 3;
    change(bench, sleeper, FIFO_50);
    bench.run(10_000);
    bench.poke64(sleeper, DATA, 0, 1_000_000);
    bench.call(sleeper, NR.nanosleep, DATA, 0);
    change(bench, urgent, { policy: 1, priority: 60 });
    bench.run(5 * MILLISECOND);
    expect([bench.vcpuOf(urgent).id, bench.vcpuOf(sleeper).id]).toEqual([0, 1]);
  });

  test('a sleeper that wakes preempts one that has run long', () => {
    const bench = new KernelBench({ vcpus: 1 });
    const [a, b] = [bench.spawn(), bench.spawn()];
    const sleeper = bench.kernel.current(bench.vcpus[0]!) === a ? a : b;
    bench.poke64(sleeper, DATA, 0, 20_000_000);
    bench.call(sleeper, NR.nanosleep, DATA, 0);
    bench.run(20 * MILLISECOND + 50_000);
    expect(bench.kernel.current(bench.vcpus[0]!)).toBe(sleeper);
  });
});

test('waking a task of an idle vCPU sends that vCPU an IPI; a timer needs none', () => {
  const bench = new KernelBench({ vcpus: 2 });
  const [waker, waiter] = [bench.spawn(1), bench.spawn(2)];
  const sent = (): readonly SeenEvent[] => bench.seen('reschedule_sent');
  const before = sent().length;
  bench.poke64(waiter, DATA, 0, 1_000_000);
  bench.call(waiter, NR.nanosleep, DATA, 0);
  bench.run(4 * MILLISECOND);
  expect([bench.vcpuOf(waiter).mode, sent().length]).toEqual(['user', before]);
  bench.call(waiter, NR.pause);
  bench.call(waker, NR.kill, waiter.process.pid, 9);
  expect(sent().length).toBe(before + 1);
  expect(sent().at(-1)).toMatchObject({ tid: waker.tid, vcpu: 0, fields: { target_vcpu: 1 } });
  expect(waiter.state).toBe('dead');
});

test('listings name where a thread is and what it waits for', () => {
  const bench = new KernelBench();
  const task = bench.spawn();
  bench.call(task, NR.futex, DATA + 64, 0, 0, 0);
  expect(bench.kernel.listTasks()).toMatchObject([{ tid: task.tid, name: 'test', state: 'blocked', waitingFor: 'futex 0x402040' }]);
  expect(bench.kernel.listTasks()[0]!.rip).toBe(task.context.rip);
});
