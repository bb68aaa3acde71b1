// mount and umount2. The answers are those of Linux 6.18 to the same calls, in a mount namespace of their own.

import { describe, expect, test } from 'vitest';
import { Bench, type Argument, type Caller, type Outcome } from '../file-bench.ts';

const [O_RDWR, O_CREAT] = [2, 0o100];
const CWD = -100;
const [MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_NOATIME] = [1, 2, 4, 8, 32, 1024];
const [MS_BIND, MS_MOVE, MS_PRIVATE, MS_SHARED] = [4096, 8192, 1 << 18, 1 << 20];
const [MNT_FORCE, MNT_DETACH, MNT_EXPIRE] = [1, 2, 4];

type Step = readonly [call: string, args: readonly Argument[], outcome: Outcome];

const mount = (source: string, target: string, type: string | null, flags = 0, options = ''): readonly Argument[] => [
  source,
  target,
  type ?? 0,
  flags,
  options === '' ? 0 : options,
];

function fresh(uid = 0): Caller {
  const caller = new Bench().process(uid);
  caller.call('chdir', '/tmp');
  for (const name of ['m', 'n']) caller.call('mkdir', name, 0o755);
  caller.call('close', caller.open('file', O_RDWR | O_CREAT));
  return caller;
}

function follow(caller: Caller, steps: readonly Step[]): void {
  for (const [call, args, outcome] of steps) expect([call, args, caller.call(call, ...args)]).toEqual([call, args, outcome]);
}

/** f_flags and f_blocks. */
function told(caller: Caller, path: string): [number, number] {
  const at = caller.space(120);
  expect(caller.call('statfs', path, at)).toBe(0);
  const view = new DataView(caller.bytes(at, 120).buffer);
  return [Number(view.getBigUint64(80, true)), Number(view.getBigUint64(16, true))];
}

describe('mount', () => {
  test.each<[Outcome, ...Argument[]]>([
    ['ENOENT', ...mount('none', 'missing', 'tmpfs')],
    ['ENOTDIR', ...mount('none', 'file', 'tmpfs')],
    ['ENODEV', ...mount('none', 'm', 'nonsense')],
    ['EINVAL', ...mount('none', 'm', null)],
    ['EINVAL', ...mount('none', 'm', 'tmpfs', 0, 'bogus=1')],
    ['EINVAL', ...mount('none', 'm', 'tmpfs', 0, 'size=x')],
    ['EINVAL', ...mount('none', 'm', null, MS_REMOUNT)],
    ['EINVAL', ...mount('none', 'm', null, MS_PRIVATE)],
    ['EINVAL', ...mount('n', 'm', null, MS_MOVE)],
    ['EINVAL', ...mount('n', 'm', null, MS_BIND)],
  ])('%s for %s on %s of type %s, flags %i, options %s', (outcome, ...args) => {
    expect(fresh().call('mount', ...args)).toBe(outcome);
  });

  test('only for the privileged', () => {
    const caller = fresh(1000);
    follow(caller, [
      ['mount', mount('none', '/tmp', 'tmpfs'), 'EPERM'],
      ['umount2', ['/tmp', 0], 'EPERM'],
    ]);
  });

  test('options limit a tmpfs and show in statfs', () => {
    const caller = fresh();
    follow(caller, [['mount', mount('none', 'm', 'tmpfs', MS_NOSUID | MS_NODEV, 'size=64k,nr_inodes=10,mode=700'), 0]]);
    expect(told(caller, 'm')).toEqual([0x1026, 16]);
    const fd = caller.open('m/f', O_RDWR | O_CREAT);
    const bytes = caller.space(100_000);
    follow(caller, [
      ['write', [fd, bytes, 100_000], 65_536],
      ['write', [fd, bytes, 1], 'ENOSPC'],
      ['umount2', ['m', 0], 'EBUSY'],
      ['rmdir', ['m'], 'EBUSY'],
      ['rename', ['m', 'q'], 'EBUSY'],
      ['link', ['m/f', 'g'], 'EXDEV'],
      ['mount', mount('none', 'm', null, MS_REMOUNT, 'size=4k'), 'EINVAL'],
      ['mount', mount('none', 'm', null, MS_REMOUNT, 'size=128k'), 0],
      ['write', [fd, bytes, 1], 1],
      ['mknod', ['m/null', 0o20666, 0x103], 0],
      ['mount', mount('none', 'm', null, MS_REMOUNT | MS_NODEV), 0],
      ['openat', [CWD, 'm/null', O_RDWR, 0], 'EACCES'],
      ['close', [fd], 0],
      ['umount2', ['m', 0], 0],
      ['access', ['m/f', 0], 'ENOENT'],
      ['rmdir', ['m'], 0],
    ]);
    expect(caller.bench.kernel.memory.used).toBe(0);
  });

  test('read-only', () => {
    const caller = fresh();
    follow(caller, [['mount', mount('none', 'm', 'tmpfs'), 0]]);
    caller.call('close', caller.open('m/f', O_RDWR | O_CREAT));
    follow(caller, [
      ['mount', mount('none', 'm', null, MS_REMOUNT | MS_RDONLY), 0],
      ['openat', [CWD, 'm/f', O_RDWR, 0], 'EROFS'],
      ['openat', [CWD, 'm/g', O_RDWR | O_CREAT, 0o600], 'EROFS'],
      ['unlink', ['m/f'], 'EROFS'],
      ['mkdir', ['m/d', 0o700], 'EROFS'],
      ['chmod', ['m/f', 0o600], 'EROFS'],
      ['chown', ['m/f', -1, -1], 'EROFS'],
      ['truncate', ['m/f', 0], 'EROFS'],
      ['access', ['m/f', 2], 'EROFS'],
      ['access', ['m/f', 4], 0],
      ['utimensat', [CWD, 'm/f', 0, 0], 'EROFS'],
      ['rename', ['m/f', 'm/h'], 'EROFS'],
      ['symlink', ['x', 'm/s'], 'EROFS'],
      ['setxattr', ['m/f', 'user.a', 'x', 1, 0], 'EROFS'],
      ['mkdir', ['m', 0o700], 'EEXIST'],
    ]);
    expect(told(caller, 'm')[0]).toBe(0x1021);
  });

  test('mounts lie on each other, move, and go with what is within', () => {
    const caller = fresh();
    follow(caller, [
      ['mount', mount('none', 'm', 'tmpfs'), 0],
      ['mkdir', ['m/in', 0o700], 0],
      ['mount', mount('none', 'm', 'tmpfs', MS_NOEXEC | MS_NOATIME), 0],
      ['access', ['m/in', 0], 'ENOENT'],
    ]);
    expect(told(caller, 'm')[0]).toBe(0x428);
    follow(caller, [
      ['umount2', ['m', 0], 0],
      ['access', ['m/in', 0], 0],
      ['mount', mount('m', 'n', null, MS_MOVE), 0],
      ['access', ['n/in', 0], 0],
      ['access', ['m/in', 0], 'ENOENT'],
      ['mount', mount('none', 'n/in', 'tmpfs'), 0],
      ['umount2', ['n', 0], 'EBUSY'],
      ['mount', mount('n', 'n/in', null, MS_MOVE), 'ELOOP'],
      ['mount', mount('none', 'n', null, MS_PRIVATE), 0],
      ['mount', mount('none', 'n', null, MS_PRIVATE | MS_SHARED), 'EINVAL'],
      ['umount2', ['n', 64], 'EINVAL'],
      ['umount2', ['n/in', MNT_EXPIRE | MNT_FORCE], 'EINVAL'],
      ['umount2', ['m', 0], 'EINVAL'],
      ['umount2', ['n', MNT_DETACH], 0],
      ['access', ['n/in', 0], 'ENOENT'],
      ['mount', mount('none', 'n', 'proc'), 0],
      ['access', ['n/self/status', 0], 0],
      ['umount2', ['n', 0], 0],
    ]);
    expect(caller.bench.kernel.vfs.filePages.pages).toBe(fresh().bench.kernel.vfs.filePages.pages);
  });
});
