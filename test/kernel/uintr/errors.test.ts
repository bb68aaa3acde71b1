// Numbers and errors of the uintr system calls, by profile.

import { describe, expect, test } from 'vitest';
import { uintrSyscallRows } from '../../../src/kernel/syscalls/uintr.ts';
import type { Task } from '../../../src/kernel/task/task.ts';
import { onTaskExit } from '../../../src/kernel/uintr/hooks.ts';
import { Bench } from './bench.ts';

const HANDLER = 0x40_1000;

describe('numbers', () => {
  const poc = [
    'register_handler',
    'unregister_handler',
    'vector_fd',
    'register_sender',
    'unregister_sender',
    'wait',
    'register_self',
    'alt_stack',
    'ipi_fd',
  ];
  test.each([
    ['poc', 471, poc],
    ['poc-stack-top', 471, poc],
    ['k518', 471, poc.slice(0, 6)],
    ['rfc', 449, ['register_handler', 'unregister_handler', 'create_fd', 'register_sender', 'unregister_sender', 'wait']],
    ['none', 0, []],
  ])('%s', (profile, first, names) => {
    expect(uintrSyscallRows(profile).map((row) => [row.number, row.name])).toEqual(names.map((name, i) => [first + i, `uintr_${name}`]));
  });
});

/** What a scenario has at hand: a receiver with a handler and a descriptor for vector 3, and a thread that is nothing yet. */
interface Scene {
  readonly bench: Bench;
  readonly receiver: Task;
  readonly fd: number;
  readonly other: Task;
}

function scene(profile: string): Scene {
  const bench = new Bench(profile);
  const receiver = bench.thread();
  const other = bench.thread(receiver);
  bench.run(receiver, 0).run(other, 1);
  bench.call(receiver, 'uintr_register_handler', HANDLER, 0);
  const fd = bench.call(receiver, vectorCall(profile), 3, 0) as number;
  return { bench, receiver, fd, other };
}

const vectorCall = (profile: string): string => (profile === 'rfc' ? 'uintr_create_fd' : 'uintr_vector_fd');

type Act = (s: Scene) => string | number;
type Row = readonly [name: string, expected: Readonly<Record<string, string | number>>, act: Act];

const ROWS: readonly Row[] = [
  [
    'register_handler of NULL',
    { poc: 'EFAULT', k518: 'EFAULT', rfc: 'EFAULT' },
    ({ bench, other }) => bench.call(other, 'uintr_register_handler', 0, 0),
  ],
  [
    'register_handler, flag 1',
    { poc: 'EINVAL', k518: 'EINVAL', rfc: 'EINVAL' },
    ({ bench, other }) => bench.call(other, 'uintr_register_handler', HANDLER, 1),
  ],
  [
    'register_handler, bad flag and NULL',
    { poc: 'EINVAL', rfc: 'EINVAL' },
    ({ bench, other }) => bench.call(other, 'uintr_register_handler', 0, 1),
  ],
  [
    'register_handler, WAITING_RECEIVER',
    { poc: 0, k518: 0, rfc: 'EINVAL' },
    ({ bench, other }) => bench.call(other, 'uintr_register_handler', HANDLER, 0x1000),
  ],
  [
    'register_handler, WAITING_SENDER',
    { poc: 0, k518: 0, rfc: 'EINVAL' },
    ({ bench, other }) => bench.call(other, 'uintr_register_handler', HANDLER, 0x2000),
  ],
  [
    'register_handler, WAITING_ANY',
    { poc: 0, rfc: 'EINVAL' },
    ({ bench, other }) => bench.call(other, 'uintr_register_handler', HANDLER, 0x3000),
  ],
  [
    'register_handler twice',
    { poc: 'EBUSY', k518: 'EBUSY', rfc: 'EBUSY' },
    ({ bench, receiver }) => bench.call(receiver, 'uintr_register_handler', HANDLER, 0),
  ],
  ['register_handler at any other address', { poc: 0, rfc: 0 }, ({ bench, other }) => bench.call(other, 'uintr_register_handler', 1, 0)],
  ['unregister_handler', { poc: 0, k518: 0, rfc: 0 }, ({ bench, receiver }) => bench.call(receiver, 'uintr_unregister_handler', 0)],
  [
    'unregister_handler, flags',
    { poc: 'EINVAL', rfc: 'EINVAL' },
    ({ bench, receiver }) => bench.call(receiver, 'uintr_unregister_handler', 1),
  ],
  [
    'unregister_handler of a thread without',
    { poc: 'EINVAL', rfc: 'EINVAL' },
    ({ bench, other }) => bench.call(other, 'uintr_unregister_handler', 0),
  ],
  ['vector_fd', { poc: 1, k518: 1, rfc: 1 }, ({ bench, receiver }) => bench.call(receiver, vectorCall(bench.uintr.profile.name), 63, 0)],
  [
    'vector_fd, flags',
    { poc: 'EINVAL', rfc: 'EINVAL' },
    ({ bench, receiver }) => bench.call(receiver, vectorCall(bench.uintr.profile.name), 4, 1),
  ],
  [
    'vector_fd without handler',
    { poc: 'EINVAL', rfc: 'EINVAL' },
    ({ bench, other }) => bench.call(other, vectorCall(bench.uintr.profile.name), 4, 0),
  ],
  [
    'vector_fd of 64',
    { poc: 'ENOSPC', rfc: 'ENOSPC' },
    ({ bench, receiver }) => bench.call(receiver, vectorCall(bench.uintr.profile.name), 64, 0),
  ],
  [
    'vector_fd of 2^63',
    { poc: 'ENOSPC', rfc: 'ENOSPC' },
    ({ bench, receiver }) => bench.call(receiver, vectorCall(bench.uintr.profile.name), 1n << 63n, 0),
  ],
  [
    'vector_fd of a vector in use',
    { poc: 1, k518: 1, rfc: 'EBUSY' },
    ({ bench, receiver }) => bench.call(receiver, vectorCall(bench.uintr.profile.name), 3, 0),
  ],
  [
    'vector_fd, no descriptor left',
    { poc: 'EMFILE', rfc: 'EMFILE' },
    ({ bench, receiver }) => ((receiver.files.limit = 1), bench.call(receiver, vectorCall(bench.uintr.profile.name), 4, 0)),
  ],
  ['register_sender', { poc: 0, k518: 0, rfc: 0 }, ({ bench, other, fd }) => bench.call(other, 'uintr_register_sender', fd, 0)],
  ['register_sender to itself', { poc: 0, rfc: 0 }, ({ bench, receiver, fd }) => bench.call(receiver, 'uintr_register_sender', fd, 0)],
  ['register_sender, flags', { poc: 'EINVAL', rfc: 'EINVAL' }, ({ bench, other, fd }) => bench.call(other, 'uintr_register_sender', fd, 1)],
  ['register_sender, fd -1', { poc: 'EBADF', rfc: 'EBADF' }, ({ bench, other }) => bench.call(other, 'uintr_register_sender', -1, 0)],
  ['register_sender, fd 99', { poc: 'EBADF', rfc: 'EBADF' }, ({ bench, other }) => bench.call(other, 'uintr_register_sender', 99, 0)],
  [
    'register_sender twice',
    { poc: 1, k518: 1, rfc: 'EISCONN' },
    ({ bench, other, fd }) => (bench.call(other, 'uintr_register_sender', fd, 0), bench.call(other, 'uintr_register_sender', fd, 0)),
  ],
  [
    'register_sender of two threads',
    { poc: 1, rfc: 0 },
    ({ bench, receiver, other, fd }) => (
      bench.call(other, 'uintr_register_sender', fd, 0), bench.call(receiver, 'uintr_register_sender', fd, 0)
    ),
  ],
  [
    'register_sender after the receiver unregistered',
    { poc: 0, k518: 0, rfc: 'ESHUTDOWN' },
    ({ bench, receiver, other, fd }) => (
      bench.call(receiver, 'uintr_unregister_handler', 0), bench.call(other, 'uintr_register_sender', fd, 0)
    ),
  ],
  [
    'register_sender after the receiver ended',
    { poc: 'ESHUTDOWN', rfc: 'ESHUTDOWN' },
    ({ bench, receiver, other, fd }) => (
      onTaskExit(bench.kernel, receiver, bench.vcpus[0]!), bench.call(other, 'uintr_register_sender', fd, 0)
    ),
  ],
  [
    'the 257th sender',
    { poc: 'ENOSPC' },
    ({ bench, other, fd }) => {
      const results = Array.from({ length: 257 }, () => bench.call(other, 'uintr_register_sender', fd, 0));
      expect(results.slice(0, 256)).toEqual(Array.from({ length: 256 }, (_, i) => i));
      return results[256]!;
    },
  ],
  ['unregister_sender, flags', { poc: 'EINVAL', rfc: 'EINVAL' }, ({ bench, other }) => bench.call(other, 'uintr_unregister_sender', 0, 1)],
  [
    'unregister_sender without table',
    { poc: 'EINVAL', k518: 'EINVAL' },
    ({ bench, other }) => bench.call(other, 'uintr_unregister_sender', 0, 0),
  ],
  [
    'unregister_sender of a free index',
    { poc: 'EINVAL' },
    ({ bench, other, fd }) => (bench.call(other, 'uintr_register_sender', fd, 0), bench.call(other, 'uintr_unregister_sender', 1, 0)),
  ],
  [
    'unregister_sender of index -1',
    { poc: 'EINVAL' },
    ({ bench, other, fd }) => (bench.call(other, 'uintr_register_sender', fd, 0), bench.call(other, 'uintr_unregister_sender', -1, 0)),
  ],
  [
    'unregister_sender of index 256',
    { poc: 'EINVAL' },
    ({ bench, other, fd }) => (bench.call(other, 'uintr_register_sender', fd, 0), bench.call(other, 'uintr_unregister_sender', 256, 0)),
  ],
  [
    'unregister_sender',
    { poc: 0, k518: 0, rfc: 0 },
    ({ bench, other, fd }) => (bench.call(other, 'uintr_register_sender', fd, 0), bench.call(other, 'uintr_unregister_sender', 0, 0)),
  ],
  [
    'unregister_sender twice',
    { poc: 'EINVAL', rfc: 'EINVAL' },
    ({ bench, other, fd }) => {
      bench.call(other, 'uintr_register_sender', fd, 0);
      bench.call(other, 'uintr_unregister_sender', 0, 0);
      return bench.call(other, 'uintr_unregister_sender', 0, 0);
    },
  ],
  ['unregister_sender of a bad fd', { rfc: 'EBADF' }, ({ bench, other }) => bench.call(other, 'uintr_unregister_sender', 77, 0)],
  ['unregister_sender, not connected', { rfc: 'EINVAL' }, ({ bench, other, fd }) => bench.call(other, 'uintr_unregister_sender', fd, 0)],
  ['wait without handler', { poc: 'EOPNOTSUPP' }, ({ bench, other }) => bench.call(other, 'uintr_wait', 10, 0)],
  [
    'wait without handler, no time',
    { poc: 0, k518: 'EOPNOTSUPP', rfc: 'EOPNOTSUPP' },
    ({ bench, other }) => bench.call(other, 'uintr_wait', 0, 0),
  ],
  ['wait, flags', { poc: 'EINVAL' }, ({ bench, receiver }) => bench.call(receiver, 'uintr_wait', 10, 1)],
  ['wait(flags) with a flag', { k518: 'EINVAL', rfc: 'EINVAL' }, ({ bench, receiver }) => bench.call(receiver, 'uintr_wait', 1)],
  ['wait for 0 microseconds', { poc: 0 }, ({ bench, receiver }) => bench.call(receiver, 'uintr_wait', 0, 0)],
  ['wait for 1000 s', { poc: 'blocked' }, ({ bench, receiver }) => bench.call(receiver, 'uintr_wait', 1_000_000_000, 0)],
  ['wait for longer', { poc: 'EINVAL' }, ({ bench, receiver }) => bench.call(receiver, 'uintr_wait', 1_000_000_001, 0)],
  ['wait(0)', { k518: 'blocked', rfc: 'blocked' }, ({ bench, receiver }) => bench.call(receiver, 'uintr_wait', 0)],
  ['register_self', { poc: 0, k518: 'ENOSYS', rfc: 'ENOSYS' }, ({ bench, receiver }) => bench.call(receiver, 'uintr_register_self', 5, 0)],
  ['register_self, flags', { poc: 'EINVAL' }, ({ bench, receiver }) => bench.call(receiver, 'uintr_register_self', 5, 2)],
  ['register_self without handler', { poc: 'EINVAL' }, ({ bench, other }) => bench.call(other, 'uintr_register_self', 5, 0)],
  ['register_self of vector 64', { poc: 'ENOSPC' }, ({ bench, receiver }) => bench.call(receiver, 'uintr_register_self', 64, 0)],
  [
    'alt_stack without handler',
    { poc: 'EOPNOTSUPP', k518: 'ENOSYS' },
    ({ bench, other }) => bench.call(other, 'uintr_alt_stack', 0x1000, 0x1000, 0),
  ],
  ['alt_stack, flags', { poc: 'EINVAL' }, ({ bench, receiver }) => bench.call(receiver, 'uintr_alt_stack', 0x1000, 0x1000, 1)],
  [
    'alt_stack at an address that is not canonical',
    { poc: 0 },
    ({ bench, receiver }) => bench.call(receiver, 'uintr_alt_stack', 1n << 60n, 0x1000, 0),
  ],
  ['ipi_fd', { poc: 1, k518: 'ENOSYS' }, ({ bench, other }) => bench.call(other, 'uintr_ipi_fd', 0)],
  ['ipi_fd, flags', { poc: 'EINVAL' }, ({ bench, other }) => bench.call(other, 'uintr_ipi_fd', 1)],
  [
    'register_sender of a uipi_fd',
    { poc: 'EOPNOTSUPP' },
    ({ bench, other }) => bench.call(other, 'uintr_register_sender', bench.call(other, 'uintr_ipi_fd', 0) as number, 0),
  ],
];

const CASES = ROWS.flatMap(([name, expected, act]) =>
  Object.entries(expected).map(([profile, outcome]) => ({ profile, name, outcome, act })),
);

describe('results', () => {
  test.each(CASES)('$profile: $name gives $outcome', ({ profile, outcome, act }) => expect(act(scene(profile))).toBe(outcome));

  test.each([
    ['poc', 'ENOSYS'],
    ['k518', 'ENOSYS'],
    ['rfc', 'EOPNOTSUPP'],
  ])('%s without UINTR in the processor: every call gives %s', (profile, outcome) => {
    const bench = new Bench(profile, { enumerated: false });
    const task = bench.thread();
    bench.run(task);
    for (const row of uintrSyscallRows(profile)) expect(bench.call(task, row.name, 1, 99)).toBe(outcome);
  });

  test('rfc: a UITT that has no room for two frames is ENOMEM nobody else sees', () => {
    const { bench, other, fd } = scene('rfc');
    const { physical } = bench.kernel.hardware;
    const held: number[] = [];
    for (let frame = physical.allocateFrame(); frame !== 0; frame = physical.allocateFrame()) held.push(frame);
    physical.releaseFrame(held.shift()!);
    expect(bench.call(other, 'uintr_register_sender', fd, 0)).toBe('ENOMEM');
    expect(physical.freeFrames).toBe(1);
    for (const frame of held) physical.releaseFrame(frame);
  });
});
