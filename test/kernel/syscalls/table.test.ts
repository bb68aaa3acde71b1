import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../src/kernel/kernel.ts';
import { SyscallTable } from '../../../src/kernel/syscalls/table.ts';
import { Uring } from '../../../src/uring/uring.ts';
import { KernelBench } from '../kernel-bench.ts';

const PROFILES: readonly Profile[] = ['poc', 'poc-stack-top', 'k518', 'rfc', 'none'];
/** x86-64 numbers of Linux 6.18: 0..336 and 424..469. 337..423 belong to no call. */
const NUMBERS = [...Array.from({ length: 337 }, (_, i) => i), ...Array.from({ length: 46 }, (_, i) => 424 + i)];
const HEADER = '/usr/include/x86_64-linux-gnu/asm/unistd_64.h';

describe.each(PROFILES)('profile %s', (profile) => {
  const table = new SyscallTable(profile, []);

  test('every number of Linux has a row', () => {
    expect(NUMBERS.filter((number) => !table.row(number))).toEqual([]);
  });

  test('a row has a handler or a reason, not both', () => {
    const odd = table.list().filter((row) => (row.handler === undefined) === (row.unsupported === undefined));
    expect(odd.map((row) => row.name)).toEqual([]);
  });

  test('a name stands for one number', () => {
    const names = table.list().map((row) => row.name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

test.runIf(existsSync(HEADER))("every call of this host's unistd_64.h has a row of its name", () => {
  const table = new SyscallTable('none', new Uring().rows('none'));
  const defined = [...readFileSync(HEADER, 'utf8').matchAll(/^#define __NR_(\w+) (\d+)$/gm)];
  expect(defined.length).toBeGreaterThan(300);
  expect(defined.filter(([, name, number]) => table.row(Number(number))?.name !== name).map(([line]) => line)).toEqual([]);
});

test('a row of another unit wins over the reason for its absence', () => {
  const row = { number: 425, name: 'io_uring_setup', arguments: [], handler: () => 7 } as const;
  expect(new SyscallTable('none', [row]).row(425)).toBe(row);
});

describe('calls that are absent', () => {
  test.each([
    [136, 'ENOSYS', 'ustat', /removed/],
    [101, 'EPERM', 'ptrace', /tracing/],
    [453, 'EOPNOTSUPP', 'map_shadow_stack', /shadow stacks/],
    [400, 'ENOSYS', 'syscall_400', /no system call has this number/],
    [471, 'ENOSYS', 'syscall_471', /no system call/],
    [9999, 'ENOSYS', 'syscall_9999', /no system call/],
  ])('%i answers %s and is named %s in the events', (number, error, name, reason) => {
    const bench = new KernelBench();
    const task = bench.spawn();
    expect(bench.outcome(task, number)).toBe(error);
    const [event] = bench.seen('syscall_unsupported');
    expect(event!.fields).toMatchObject({ number, name });
    expect(event!.fields.reason).toMatch(reason);
  });
});
