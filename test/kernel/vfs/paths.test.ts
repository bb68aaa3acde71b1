// Path resolution and the errors of calls on names, in Linux's order of precedence (path_resolution(7) and the calls' pages).

import { describe, expect, test } from 'vitest';
import { type Argument, Bench, type Caller } from '../file-bench.ts';

const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_DIRECTORY = 0o200000;
const O_NOFOLLOW = 0o400000;
const O_PATH = 0o10000000;
const O_TMPFILE = 0o20200000;
const CWD = -100;

function tree(): Caller {
  const caller = new Bench().process();
  for (const path of ['/t', '/t/d', '/t/d/sub', '/t/full', '/t/full/x']) expect(caller.call('mkdir', path, 0o755)).toBe(0);
  for (const path of ['/t/f', '/t/d/g', '/t/other']) caller.call('close', caller.open(path, O_CREAT | 1));
  const links: [string, string][] = [
    ['f', '/t/to-f'],
    ['d', '/t/to-d'],
    ['nowhere', '/t/dangling'],
    ['loop-b', '/t/loop-a'],
    ['loop-a', '/t/loop-b'],
    ['/t/d/', '/t/to-d-slash'],
    ['../../..', '/t/up'],
  ];
  for (const [target, path] of links) expect(caller.call('symlink', target, path)).toBe(0);
  return caller;
}

const LONG = 'n'.repeat(256);

const OPEN: [path: string, flags: number, expected: string][] = [
  ['/t/f', 0, 'ok'],
  ['/t/f/', 0, 'ENOTDIR'],
  ['/t/f/x', 0, 'ENOTDIR'],
  ['/t/none', 0, 'ENOENT'],
  ['/t/none/x', O_CREAT, 'ENOENT'],
  ['', 0, 'ENOENT'],
  ['', O_CREAT, 'ENOENT'],
  ['/t/d', 0, 'ok'],
  ['/t/d', 1, 'EISDIR'],
  ['/t/d', 2, 'EISDIR'],
  ['/t/d', O_CREAT, 'EISDIR'],
  ['/t/d', O_CREAT | O_EXCL, 'EEXIST'],
  ['/t/d', O_TRUNC, 'EISDIR'],
  ['/t/new/', O_CREAT, 'EISDIR'],
  ['/t/f/', O_CREAT, 'EISDIR'],
  ['/t/f', O_CREAT | O_EXCL, 'EEXIST'],
  ['/t/to-f', O_CREAT | O_EXCL, 'EEXIST'],
  ['/t/dangling', O_CREAT | O_EXCL, 'EEXIST'],
  ['/t/dangling', 0, 'ENOENT'],
  ['/t/to-f', 0, 'ok'],
  ['/t/to-f', O_NOFOLLOW, 'ELOOP'],
  ['/t/to-f', O_NOFOLLOW | O_PATH, 'ok'],
  ['/t/to-d', O_NOFOLLOW | O_DIRECTORY, 'ENOTDIR'],
  ['/t/to-d/', O_NOFOLLOW, 'ok'],
  ['/t/to-d/g', O_NOFOLLOW, 'ok'],
  ['/t/to-d-slash', 0, 'ok'],
  ['/t/loop-a', 0, 'ELOOP'],
  ['/t/loop-a/x', 0, 'ELOOP'],
  ['/t/f', O_DIRECTORY, 'ENOTDIR'],
  ['/t/f', O_CREAT | O_DIRECTORY, 'EINVAL'],
  [`/t/${LONG}`, 0, 'ENAMETOOLONG'],
  [`/t/${LONG.slice(1)}`, 0, 'ENOENT'],
  [`/${'a/'.repeat(2100)}`, 0, 'ENAMETOOLONG'],
  ['/../../t/./d/../f', 0, 'ok'],
  ['/t/up/t/f', 0, 'ok'],
  ['/t', O_TMPFILE, 'EINVAL'],
  ['/t', O_TMPFILE | 2, 'ok'],
  ['/t/f', O_TMPFILE | 2, 'ENOTDIR'],
  ['/dev/null', 0, 'ok'],
  ['/proc/nothing', O_CREAT | 1, 'ENOENT'],
];

test.each(OPEN)('open %s flags %o: %s', (path, flags, expected) => {
  const outcome = tree().call('open', path, flags, 0o644);
  expect(typeof outcome === 'number' ? 'ok' : outcome).toBe(expected);
});

const NAMES: [call: string, args: Argument[], expected: string | number][] = [
  ['mkdir', ['/t/d', 0o755], 'EEXIST'],
  ['mkdir', ['/t/d/', 0o755], 'EEXIST'],
  ['mkdir', ['/t/to-f', 0o755], 'EEXIST'],
  ['mkdir', ['/t/dangling/', 0o755], 'EEXIST'],
  ['mkdir', ['/', 0o755], 'EEXIST'],
  ['mkdir', ['/t/d/.', 0o755], 'EEXIST'],
  ['mkdir', ['/t/new/', 0o755], 0],
  ['mkdir', ['/t/none/new', 0o755], 'ENOENT'],
  ['mkdir', ['/t/f/new', 0o755], 'ENOTDIR'],
  ['rmdir', ['/t/full'], 'ENOTEMPTY'],
  ['rmdir', ['/t/full/x'], 0],
  ['rmdir', ['/t/full/x/'], 0],
  ['rmdir', ['/t/f'], 'ENOTDIR'],
  ['rmdir', ['/t/to-d'], 'ENOTDIR'],
  ['rmdir', ['/t/d/.'], 'EINVAL'],
  ['rmdir', ['/t/d/sub/..'], 'ENOTEMPTY'],
  ['rmdir', ['/'], 'EBUSY'],
  ['rmdir', ['/proc'], 'EBUSY'],
  ['rmdir', ['/t/none'], 'ENOENT'],
  ['unlink', ['/t/f'], 0],
  ['unlink', ['/t/f/'], 'ENOTDIR'],
  ['unlink', ['/t/d'], 'EISDIR'],
  ['unlink', ['/t/d/.'], 'EISDIR'],
  ['unlink', ['/t/to-d'], 0],
  ['unlink', ['/t/none'], 'ENOENT'],
  ['unlink', [''], 'ENOENT'],
  ['unlinkat', [CWD, '/t/full/x', 0x200], 0],
  ['unlinkat', [CWD, '/t/f', 0x200], 'ENOTDIR'],
  ['unlinkat', [CWD, '/t/f', 1], 'EINVAL'],
  ['unlinkat', [99, 't/f', 0], 'EBADF'],
  ['unlinkat', [99, '/t/f', 0], 0],
  ['link', ['/t/f', '/t/f2'], 0],
  ['link', ['/t/f', '/t/other'], 'EEXIST'],
  ['link', ['/t/d', '/t/d2'], 'EPERM'],
  ['link', ['/t/none', '/t/f2'], 'ENOENT'],
  ['link', ['/t/f', '/t/f2/'], 'ENOENT'],
  ['link', ['/t/f', '/dev/f2'], 'EXDEV'],
  ['linkat', [CWD, '/t/f', CWD, '/t/f2', 1], 'EINVAL'],
  ['linkat', [CWD, '/t/dangling', CWD, '/t/f2', 0x400], 'ENOENT'],
  ['linkat', [CWD, '/t/dangling', CWD, '/t/f2', 0], 0],
  ['symlink', ['', '/t/s'], 'ENOENT'],
  ['symlink', ['x', '/t/f'], 'EEXIST'],
  ['symlink', ['x', '/t/s/'], 'ENOENT'],
  ['rename', ['/t/f', '/t/moved'], 0],
  ['rename', ['/t/f', '/t/other'], 0],
  ['rename', ['/t/f', '/t/f'], 0],
  ['rename', ['/t/none', '/t/moved'], 'ENOENT'],
  ['rename', ['/t/f', '/t/d'], 'EISDIR'],
  ['rename', ['/t/d', '/t/f'], 'ENOTDIR'],
  ['rename', ['/t/d', '/t/full'], 'ENOTEMPTY'],
  ['rename', ['/t/full/x', '/t/d/sub'], 0],
  ['rename', ['/t/d', '/t/d/sub/in'], 'EINVAL'],
  ['rename', ['/t/d/sub', '/t/d'], 'ENOTEMPTY'],
  ['rename', ['/t/d/.', '/t/x'], 'EBUSY'],
  ['rename', ['/t/f', '/t/x/'], 'ENOTDIR'],
  ['rename', ['/t/f', '/dev/f'], 'EXDEV'],
  ['rename', ['/proc', '/t/proc'], 'EBUSY'],
  ['renameat2', [CWD, '/t/f', CWD, '/t/other', 1], 'EEXIST'],
  ['renameat2', [CWD, '/t/f', CWD, '/t/new', 1], 0],
  ['renameat2', [CWD, '/t/f', CWD, '/t/d', 2], 0],
  ['renameat2', [CWD, '/t/f', CWD, '/t/none', 2], 'ENOENT'],
  ['renameat2', [CWD, '/t/f', CWD, '/t/other', 3], 'EINVAL'],
  ['renameat2', [CWD, '/t/f', CWD, '/t/other', 8], 'EINVAL'],
  ['chdir', ['/t/f'], 'ENOTDIR'],
  ['chdir', ['/t/none'], 'ENOENT'],
  ['chdir', ['/t/to-d'], 0],
  ['fchdir', [-100], 'EBADF'],
  ['readlink', ['/t/f', 0x20000, 16], 'EINVAL'],
  ['readlink', ['/t/to-d', 0x20000, 0], 'EINVAL'],
  ['readlink', ['/t/to-d-slash', 0x20000, 3], 3],
  ['readlink', ['/t/to-d', 0x10, 16], 'EFAULT'],
  ['mknod', ['/t/pipe', 0o010644, 0], 0],
  ['mknod', ['/t/node', 0o040644, 0], 'EPERM'],
  ['mknod', ['/t/node', 0o120644, 0], 'EINVAL'],
  ['mknod', ['/t/f', 0o100644, 0], 'EEXIST'],
  ['open', [0x10, 0, 0], 'EFAULT'],
  ['access', ['/t/f', 8], 'EINVAL'],
  ['access', ['/t/f', 1], 'EACCES'],
  ['access', ['/t/d', 7], 0],
  ['truncate', ['/t/d', 0], 'EISDIR'],
  ['truncate', ['/t/f', -1], 'EINVAL'],
  ['truncate', ['/t/f', 10_000], 0],
  ['statfs', ['/t/none', 0x20000], 'ENOENT'],
];

test.each(NAMES)('%s %j: %s', (name, args, expected) => {
  expect(tree().call(name, ...args)).toBe(expected);
});

describe('openat2', () => {
  const how = (flags: number, mode: number, resolve: number): Uint8Array =>
    new Uint8Array(BigUint64Array.of(BigInt(flags), BigInt(mode), BigInt(resolve)).buffer);
  const cases: [path: string, how: Uint8Array, expected: string][] = [
    ['/t/f', how(0, 0, 0), 'ok'],
    ['/t/f', how(0, 0o644, 0), 'EINVAL'],
    ['/t/f', how(0, 0, 0x40), 'EINVAL'],
    ['/t/to-f', how(0, 0, 4), 'ELOOP'],
    ['/t/f', how(0, 0, 8), 'EXDEV'],
    ['f', how(0, 0, 8), 'ok'],
    ['../t/f', how(0, 0, 8), 'EXDEV'],
    ['d/../f', how(0, 0, 8), 'ok'],
    ['/f', how(0, 0, 16), 'ok'],
    ['../../f', how(0, 0, 16), 'ok'],
    ['up/f', how(0, 0, 16), 'ok'],
    ['/dev/null', how(0, 0, 1), 'EXDEV'],
    ['/proc/self/cwd', how(0, 0, 2), 'ELOOP'],
  ];
  test.each(cases)('%s', (path, structure, expected) => {
    const caller = tree();
    const fd = caller.open('/t', O_DIRECTORY);
    const outcome = caller.call('openat2', fd, path, structure, 24);
    expect(typeof outcome === 'number' ? 'ok' : outcome).toBe(expected);
  });
});

test('a walk through a directory that was renamed and removed', () => {
  const caller = tree();
  const cwd = caller.space(64);
  expect(caller.call('chdir', '/t/d/sub')).toBe(0);
  expect(caller.call('rename', '/t/d', '/t/e')).toBe(0);
  expect(caller.call('getcwd', cwd, 64)).toBe(9);
  expect(caller.text(cwd, 8)).toBe('/t/e/sub');
  expect(caller.call('rmdir', '/t/e/sub')).toBe(0);
  expect(caller.call('getcwd', cwd, 64)).toBe('ENOENT');
  expect(caller.call('open', 'x', O_CREAT | 1, 0o644)).toBe('ENOENT');
  expect(caller.call('getcwd', cwd, 3)).toBe('ENOENT');
});

test('chroot hides what is above', () => {
  const caller = tree();
  expect(caller.call('chroot', '/t')).toBe(0);
  expect(caller.call('chdir', '/')).toBe(0);
  expect(caller.call('access', '/../../f', 0)).toBe(0);
  const cwd = caller.space(64);
  expect(caller.call('getcwd', cwd, 64)).toBe(2);
});
