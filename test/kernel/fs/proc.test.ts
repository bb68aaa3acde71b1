// /proc: texts, links and listings computed from the kernel's state.

import { expect, test } from 'vitest';
import { Bench, type Caller, PAIR, readAll } from '../file-bench.ts';

function readlink(caller: Caller, path: string): string {
  const buffer = caller.space(256);
  const length = caller.call('readlink', path, buffer, 256);
  return typeof length === 'number' ? caller.text(buffer, length) : length;
}

test('self names the reader', () => {
  const bench = new Bench();
  const [one, two] = [bench.process(), bench.process()];
  expect(readlink(one, '/proc/self')).toBe(`${one.task.process.pid}`);
  expect(readlink(two, '/proc/self')).toBe(`${two.task.process.pid}`);
  expect(readlink(two, '/proc/thread-self')).toBe(`${two.task.tid}/task/${two.task.tid}`);
  expect(one.call('access', `/proc/${two.task.tid}/task/${two.task.tid}/stat`, 4)).toBe(0);
  expect(one.call('access', '/proc/4000', 0)).toBe('ENOENT');
  one.call('chdir', '/usr/lib');
  expect(readlink(two, `/proc/${one.task.tid}/cwd`)).toBe('/usr/lib');
});

test('descriptors are links that lead to the files themselves', () => {
  const caller = new Bench().process();
  const [reader, writer] = caller.pair('pipe2', PAIR, 0);
  expect(readlink(caller, `/proc/self/fd/${reader}`)).toMatch(/^pipe:\[\d+\]$/);
  const again = caller.open(`/proc/self/fd/${reader}`, 0);
  caller.write(writer, 'through /proc');
  caller.call('close', writer);
  expect(caller.read(again)).toBe('through /proc');
  const late = caller.open(`/proc/self/fd/${reader}`, 0);
  expect(caller.read(late)).toBe('');
  expect(readAll(caller, `/proc/self/fdinfo/${reader}`)).toMatch(/^pos:\t0\nflags:\t00\n/);
  expect(caller.call('open', '/proc/self/fd/77', 0)).toBe('ENOENT');
  const event = Number(caller.call('eventfd2', 5, 0));
  expect(readlink(caller, `/proc/self/fd/${event}`)).toBe('anon_inode:[eventfd]');
  expect(readAll(caller, `/proc/self/fdinfo/${event}`)).toContain('eventfd-count:                5');
  expect(caller.call('open', `/proc/self/fd/${event}`, 0)).toBe('ENXIO');
});

const TEXTS: [path: string, expected: RegExp][] = [
  ['/proc/self/stat', /^\d+ \(test\) R 1 \d+ \d+ 0 -1 /],
  ['/proc/self/status', /^Name:\ttest\nUmask:\t0022\nState:\tR \(running\)\nTgid:\t\d+\n/],
  ['/proc/self/maps', /^00010000-00210000 rw-p 00000000 00:00 0 \n$/],
  ['/proc/self/limits', /Max open files {12}1024 {17}1048576 {14}files/],
  ['/proc/self/cgroup', /^0::\/\n$/],
  ['/proc/self/statm', /^512 \d+ 0 0 0 512 0\n$/],
  ['/proc/mounts', /^tmpfs \/ tmpfs rw,relatime 0 0\n(.*\n)*proc \/proc proc /],
  ['/proc/meminfo', /^MemTotal: {10}16384 kB\nMemFree: +\d+ kB\n/],
  [
    '/proc/cpuinfo',
    /^processor\t: 0\nvendor_id\t: GenuineIntel\n[^]*\nflags\t\t: fpu tsc [^\n]* pni ssse3 cx16 sse4_1 sse4_2 x2apic popcnt [^\n]* lahf_lm [^\n]* uintr\n/,
  ],
  ['/proc/sys/kernel/ostype', /^Linux\n$/],
  ['/proc/sys/kernel/hostname', /^bench\n$/],
  ['/proc/sys/kernel/random/uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$/],
  ['/proc/interrupts', /^ +CPU0\nRES: +0 {3}Rescheduling interrupts\nUIN: +0 {3}User-interrupt notification event\n/],
  ['/proc/uptime', /^0\.00 0\.00\n$/],
];

test.each(TEXTS)('%s', (path, expected) => {
  expect(readAll(new Bench().process(), path)).toMatch(expected);
});

const REFUSED: [call: string, args: (string | number)[], expected: string][] = [
  ['open', ['/proc/version', 1], 'EACCES'],
  ['open', ['/proc/new', 0o101], 'ENOENT'],
  ['mkdir', ['/proc/new', 0o755], 'ENOENT'],
  ['unlink', ['/proc/version'], 'EPERM'],
  ['rename', ['/proc/version', '/proc/v'], 'EPERM'],
  ['truncate', ['/proc/version', 0], 'EACCES'],
];

test.each(REFUSED)('%s(%j): %s', (name, args, expected) => {
  expect(new Bench().process().call(name, ...args)).toBe(expected);
});
