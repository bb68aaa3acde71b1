// How many pseudoterminals there can be, and that what one holds comes back.

import { expect, test } from 'vitest';
import { Bench } from '../file-bench.ts';

const TIOCGPTN = 0x8004_5430;

test('numbers are used again, lowest first', () => {
  const caller = new Bench().process();
  const number = (fd: number): number => {
    const at = caller.space(4);
    expect(caller.call('ioctl', fd, TIOCGPTN, at)).toBe(0);
    return caller.task.mm.user.read32(at)!;
  };
  const masters = [0, 1, 2].map(() => caller.open('/dev/ptmx', 2));
  expect(masters.map(number)).toEqual([0, 1, 2]);
  caller.call('close', masters[1]!);
  expect(number(caller.open('/dev/pts/ptmx', 2))).toBe(1);
  expect(caller.call('access', '/dev/pts/2', 0)).toBe(0);
  caller.call('close', masters[2]!);
  expect(caller.call('access', '/dev/pts/2', 0)).toBe('ENOENT');
});

test('they are charged to the memory of the kernel, which ends first in a small machine', () => {
  const bench = new Bench(4 << 20);
  const caller = bench.process();
  const { memory } = bench.kernel;
  const before = memory.used;
  const fds: number[] = [];
  let outcome: unknown = 0;
  for (let i = 0; i < 1000; i++) {
    outcome = caller.call('open', '/dev/ptmx', 2);
    if (typeof outcome !== 'number') break;
    fds.push(outcome);
  }
  expect(outcome).toBe('ENOMEM');
  expect(fds.length).toBeGreaterThan(10);
  for (const fd of fds) caller.call('close', fd);
  expect(memory.used).toBe(before);
});
