import { describe, expect, test } from 'vitest';
import { RAX } from '../../../src/machine/cpu/state.ts';
import type { Task } from '../../../src/kernel/task/task.ts';
import { DATA, KernelBench, NR } from '../kernel-bench.ts';

const THREAD = 0x3d0f00;
const WNOHANG = 1,
  WUNTRACED = 2,
  WEXITED = 4,
  WCONTINUED = 8,
  WNOWAIT = 0x0100_0000;

function family(): { bench: KernelBench; parent: Task; child: Task } {
  const bench = new KernelBench();
  const parent = bench.spawn();
  bench.call(parent, NR.fork);
  return { bench, parent, child: bench.newest() };
}

describe('fork', () => {
  test('the child has a copy, 0 in RAX and the next pid', () => {
    const { parent, child } = family();
    expect(child.context.number(RAX)).toBe(0);
    expect(parent.context.number(RAX)).toBe(child.tid);
    expect(child.process.parent).toBe(parent.process);
    expect(child.context.rip).toBe(parent.context.rip);
    expect(child.mm).not.toBe(parent.mm);
  });

  test.each<[string, number, string]>([
    ['CLONE_THREAD without CLONE_SIGHAND', 0x10100, 'EINVAL'],
    ['CLONE_SIGHAND without CLONE_VM', 0x800, 'EINVAL'],
    ['a new namespace', 0x2000_0000, 'EPERM'],
  ])('clone with %s', (_name, flags, error) => {
    const bench = new KernelBench();
    expect(bench.outcome(bench.spawn(), NR.clone, flags, 0, 0, 0, 0)).toBe(error);
  });

  test('a vfork parent waits until its child has exited', () => {
    const bench = new KernelBench();
    const parent = bench.spawn();
    expect(bench.outcome(parent, NR.vfork)).toBe('blocked');
    const child = bench.newest();
    expect(child.mm).toBe(parent.mm);
    bench.call(child, NR.exit, 0);
    expect(parent.call).toBeNull();
    expect(parent.context.number(RAX)).toBe(child.tid);
  });

  test('no RAM and no address space leaks over a thousand children', () => {
    const { bench, parent, child } = family();
    bench.call(child, NR.exit, 0);
    bench.call(parent, NR.wait4, -1, 0, 0, 0);
    const free = bench.kernel.hardware.physical.freeFrames;
    for (let i = 0; i < 1000; i++) {
      bench.call(parent, NR.fork);
      bench.call(bench.newest(), NR.exit_group, 0);
      bench.call(parent, NR.wait4, -1, 0, 0, 0);
    }
    expect(bench.kernel.hardware.physical.freeFrames).toBe(free);
    expect(bench.kernel.hardware.tables.memory.buffer.byteLength).toBeLessThanOrEqual(4 * (4 << 20));
  });
});

describe('wait', () => {
  test.each<[string, (bench: KernelBench, child: Task) => void, number]>([
    ['exit 42', (bench, child) => void bench.call(child, NR.exit_group, 42), 42 << 8],
    ['exit 256 + 1', (bench, child) => void bench.call(child, NR.exit_group, 257), 1 << 8],
    ['SIGTERM', (bench, child) => void bench.call(child, NR.kill, child.tid, 15), 15],
    ['SIGKILL', (bench, child) => void bench.call(child, NR.kill, child.tid, 9), 9],
    ['a fault', (bench, child) => bench.fault(child, { vector: 14, errorCode: 4, address: 8n }), 11],
    ['an unknown instruction', (bench, child) => bench.fault(child, { vector: 6 }), 4],
    ['division by zero', (bench, child) => bench.fault(child, { vector: 0 }), 8],
  ])('%s', (_name, end, status) => {
    const { bench, parent, child } = family();
    const pid = child.tid;
    expect(bench.outcome(parent, NR.wait4, -1, DATA, WNOHANG, 0)).toBe('0');
    expect(bench.outcome(parent, NR.wait4, pid, DATA, 0, 0)).toBe('blocked');
    end(bench, child);
    expect(parent.context.number(RAX)).toBe(pid);
    expect(bench.peek32(parent, DATA)).toBe(status);
    expect(bench.process(pid)).toBeUndefined();
    expect(bench.outcome(parent, NR.wait4, -1, 0, 0, 0)).toBe('ECHILD');
  });

  test.each<[string, (number | bigint)[], string]>([
    ['nobody of that pid', [99, 0, 0, 0], 'ECHILD'],
    ['unknown options', [-1, 0, 0x100, 0], 'EINVAL'],
    ['an impossible group', [-2147483648, 0, 0, 0], 'ESRCH'],
  ])('%s', (_name, args, error) => {
    const { bench, parent } = family();
    expect(bench.outcome(parent, NR.wait4, ...args)).toBe(error);
  });

  test('WNOWAIT leaves the zombie; waitid tells code and status', () => {
    const { bench, parent, child } = family();
    const pid = child.tid;
    bench.call(child, NR.exit_group, 7);
    for (const options of [WEXITED | WNOWAIT, WEXITED]) {
      expect(bench.outcome(parent, NR.waitid, 1, pid, DATA, options, 0)).toBe('0');
      expect([0, 8, 16, 24].map((at) => bench.peek32(parent, DATA + at))).toEqual([17, 1, pid, 7]);
    }
    expect(bench.outcome(parent, NR.waitid, 0, 0, DATA, WEXITED, 0)).toBe('ECHILD');
  });

  test('stopped and continued children', () => {
    const { bench, parent, child } = family();
    bench.call(parent, NR.kill, child.tid, 19);
    expect(child.state).toBe('stopped');
    expect(bench.outcome(parent, NR.wait4, -1, DATA, WNOHANG, 0)).toBe('0');
    expect(bench.outcome(parent, NR.wait4, -1, DATA, WUNTRACED, 0)).toBe(String(child.tid));
    expect(bench.peek32(parent, DATA)).toBe(0x137f);
    bench.call(parent, NR.kill, child.tid, 18);
    expect(bench.outcome(parent, NR.wait4, -1, DATA, WCONTINUED, 0)).toBe(String(child.tid));
    expect(bench.peek32(parent, DATA)).toBe(0xffff);
    expect(child.state).toBe('runnable');
  });
});

describe('ends', () => {
  test('an orphan goes to pid 1, which reaps it', () => {
    const { bench, parent, child } = family();
    bench.call(parent, NR.exit_group, 0);
    expect(child.process.parent!.pid).toBe(1);
    expect(bench.outcome(child, 110)).toBe('1');
    const pid = child.tid;
    bench.call(child, NR.exit_group, 0);
    expect(bench.process(pid)).toBeUndefined();
  });

  test('exit_group ends every thread, wherever it is', () => {
    const bench = new KernelBench({ vcpus: 2 });
    const first = bench.spawn();
    for (let i = 0; i < 3; i++) bench.call(first, NR.clone, THREAD, DATA + 0x2000, DATA + 8, DATA + 16, 0);
    const { process } = first;
    expect(process.tasks.length).toBe(4);
    bench.call(first, NR.exit_group, 3);
    expect(process.exitStatus).toEqual({ kind: 'exited', code: 3 });
    expect(bench.kernel.pids.tasks.size).toBe(0);
    expect(bench.seen('thread_exited').length).toBe(4);
    expect(bench.seen('process_exited').map((event) => event.fields.exit_code)).toEqual([3]);
  });

  test('a thread that exits clears its word and wakes who joins it', () => {
    const bench = new KernelBench();
    const first = bench.spawn();
    bench.call(first, NR.clone, THREAD, DATA + 0x2000, DATA + 8, DATA + 16, 0);
    const second = bench.newest();
    expect(bench.peek32(first, DATA + 8)).toBe(second.tid);
    bench.poke32(first, DATA + 16, second.tid);
    expect(bench.outcome(first, NR.futex, DATA + 16, 0, second.tid, 0)).toBe('blocked');
    bench.call(second, NR.exit, 0);
    expect(bench.peek32(first, DATA + 16)).toBe(0);
    expect(first.call).toBeNull();
  });

  test('execve of one thread ends the others and keeps the pid', () => {
    const bench = new KernelBench();
    const first = bench.spawn();
    bench.call(first, NR.clone, THREAD, DATA + 0x2000, DATA + 8, DATA + 16, 0);
    const second = bench.newest();
    const { pid } = first.process;
    bench.poke(second, DATA + 64, new TextEncoder().encode('/bin/test\0'));
    bench.poke64(second, DATA + 128, DATA + 64, 0);
    bench.start(second, NR.execve, DATA + 64, DATA + 128, 0);
    bench.settle();
    expect(first.state).toBe('dead');
    expect(second.tid).toBe(pid);
    expect(second.process.tasks).toEqual([second]);
    expect(second.context.rip).toBe(0x401000n);
  });

  test.each<[string, string, string]>([
    ['a missing program', '/bin/none\0', 'ENOENT'],
    ['a directory', '/bin\0', 'EACCES'],
    ['no path', '\0', 'ENOENT'],
  ])('execve of %s changes nothing', (_name, path, error) => {
    const bench = new KernelBench();
    const task = bench.spawn();
    const { mm } = task;
    bench.poke(task, DATA + 64, new TextEncoder().encode(path));
    expect(bench.outcome(task, NR.execve, DATA + 64, 0, 0)).toBe(error);
    expect(task.mm).toBe(mm);
  });
});
