// Regular files, directories and their attributes in tmpfs.

import { describe, expect, test } from 'vitest';
import { credentialsOf } from '../../../src/kernel/task/credentials.ts';
import { Bench, type Caller } from '../file-bench.ts';

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_APPEND = 0o2000;
const O_TMPFILE = 0o20200000;
const CWD = -100;

function fresh(): Caller {
  const caller = new Bench().process();
  caller.call('chdir', '/tmp');
  return caller;
}

function stat(
  caller: Caller,
  path: string,
): { nlink: number; mode: number; size: number; blocks: number; ino: number; mtime: bigint; ctime: bigint; atime: bigint } {
  const at = caller.space(144);
  expect(caller.call('stat', path, at)).toBe(0);
  const view = new DataView(caller.bytes(at, 144).buffer);
  const time = (offset: number): bigint => view.getBigInt64(offset, true) * 1_000_000_000n + view.getBigInt64(offset + 8, true);
  return {
    ino: Number(view.getBigUint64(8, true)),
    nlink: Number(view.getBigUint64(16, true)),
    mode: view.getUint32(24, true),
    size: Number(view.getBigInt64(48, true)),
    blocks: Number(view.getBigInt64(64, true)),
    atime: time(72),
    mtime: time(88),
    ctime: time(104),
  };
}

describe('reading and writing', () => {
  test('positions, holes, the end', () => {
    const caller = fresh();
    const fd = caller.open('f', O_RDWR | O_CREAT);
    expect(caller.write(fd, 'hello')).toBe(5);
    expect(caller.read(fd)).toBe('');
    expect(caller.call('lseek', fd, 10_000, 0)).toBe(10_000);
    expect(caller.write(fd, 'far')).toBe(3);
    expect(stat(caller, 'f')).toMatchObject({ size: 10_003, blocks: 16 });
    expect(caller.call('lseek', fd, 3, 0)).toBe(3);
    expect(caller.read(fd, 6)).toBe('lo\0\0\0\0');
    expect(caller.call('lseek', fd, -2, 1)).toBe(7);
    expect(caller.call('lseek', fd, -8, 1)).toBe('EINVAL');
    expect(caller.call('lseek', fd, 0, 3)).toBe(0);
    expect(caller.call('lseek', fd, 0, 4)).toBe(4096);
    expect(caller.call('lseek', fd, 5000, 3)).toBe(8192);
    expect(caller.call('lseek', fd, 10_003, 3)).toBe('ENXIO');
    expect(caller.call('lseek', fd, 0, 5)).toBe('EINVAL');
    expect(caller.call('ftruncate', fd, 2 ** 50)).toBe(0);
    expect(caller.call('lseek', fd, 20_000, 3)).toBe('ENXIO');
    expect(caller.call('lseek', fd, 20_000, 4)).toBe(20_000);
  });

  test('a fault in the middle leaves a short count, at once an error', () => {
    const caller = fresh();
    const fd = caller.open('f', O_RDWR | O_CREAT);
    const edge = caller.edge(6);
    caller.task.mm.user.copyOut(edge, Uint8Array.from(Buffer.from('abcdef')));
    expect(caller.call('write', fd, edge, 10)).toBe(6);
    expect(caller.call('write', fd, edge + 6, 10)).toBe('EFAULT');
    expect(caller.call('write', fd, 2 ** 48, 10)).toBe('EFAULT');
    expect(caller.call('write', fd, edge + 6, 0)).toBe(0);
    expect(caller.call('lseek', fd, 0, 0)).toBe(0);
    expect(caller.call('read', fd, caller.edge(3), 6)).toBe(3);
    expect(caller.call('read', fd, caller.edge(0), 6)).toBe('EFAULT');
    expect(caller.read(fd)).toBe('def');
  });

  test('O_APPEND, pwrite, truncation clears what comes back', () => {
    const caller = fresh();
    const fd = caller.open('f', O_RDWR | O_CREAT | O_APPEND);
    caller.write(fd, '0123456789');
    expect(caller.call('pwrite64', fd, Uint8Array.of(65), 1, 0)).toBe(1);
    expect(stat(caller, 'f').size).toBe(11);
    expect(caller.call('ftruncate', fd, 4)).toBe(0);
    expect(caller.call('ftruncate', fd, 8)).toBe(0);
    const buffer = caller.space(16);
    expect(caller.call('pread64', fd, buffer, 16, 0)).toBe(8);
    expect(caller.text(buffer, 8)).toBe('0123\0\0\0\0');
    expect(caller.call('pread64', fd, buffer, 16, -1)).toBe('EINVAL');
  });

  test('vectors: gathered, scattered, counted', () => {
    const caller = fresh();
    const fd = caller.open('f', O_RDWR | O_CREAT);
    const vector = (...parts: [number, number][]): Uint8Array => new Uint8Array(BigUint64Array.from(parts.flat().map(BigInt)).buffer);
    const [a, b] = [caller.place('one'), caller.place('two')];
    expect(caller.call('writev', fd, vector([a, 3], [0, 0], [b, 3]), 3)).toBe(6);
    const [x, y] = [caller.space(4), caller.space(4)];
    expect(caller.call('preadv', fd, vector([x, 2], [y, 4]), 2, 1)).toBe(5);
    expect(caller.text(x, 2) + caller.text(y, 3)).toBe('netwo');
    expect(caller.call('readv', fd, vector([x, 2 ** 63], [y, 4]), 2)).toBe('EINVAL');
    expect(caller.call('readv', fd, vector([x, 2]), 1025)).toBe('EINVAL');
    expect(caller.call('readv', fd, caller.edge(8), 1)).toBe('EFAULT');
    expect(caller.call('preadv2', fd, vector([x, 2]), 1, 0, 0, 0x80)).toBe('EOPNOTSUPP');
  });

  test('the other direction is EBADF, a directory EISDIR', () => {
    const caller = fresh();
    const reader = caller.open('f', O_CREAT);
    const writer = caller.open('f', 1);
    expect(caller.write(reader, 'x')).toBe('EBADF');
    expect(caller.read(writer)).toBe('EBADF');
    expect(caller.read(caller.open('/tmp'))).toBe('EISDIR');
    expect(caller.read(99)).toBe('EBADF');
  });
});

describe('RAM', () => {
  test('pages are counted, limited to half of RAM, and come back', () => {
    const caller = fresh();
    const { physical } = caller.bench.hardware;
    caller.write(caller.open('small', O_RDWR | O_CREAT), 'x');
    const fd = caller.open('big', O_RDWR | O_CREAT);
    const before = physical.freeFrames;
    expect(caller.call('fallocate', fd, 0, 0, 100 * 4096)).toBe(0);
    expect(before - physical.freeFrames).toBe(100);
    expect(caller.call('fallocate', fd, 0, 0, 16 << 20)).toBe('ENOSPC');
    expect(before - physical.freeFrames).toBe(100);
    expect(caller.call('fallocate', fd, 3, 4096, 10 * 4096)).toBe(0);
    expect(before - physical.freeFrames).toBe(90);
    expect(caller.call('unlink', 'big')).toBe(0);
    expect(before - physical.freeFrames).toBe(90);
    expect(caller.call('close', fd)).toBe(0);
    expect(physical.freeFrames).toBe(before);
  });

  test('a write that runs out of RAM is short, then ENOSPC', () => {
    const caller = fresh();
    const fd = caller.open('big', O_RDWR | O_CREAT);
    const chunk = caller.space(1 << 20);
    let outcome = caller.call('write', fd, chunk, 1 << 20);
    while (outcome === 1 << 20) outcome = caller.call('write', fd, chunk, 1 << 20);
    expect(outcome).toBeGreaterThan(0);
    expect(caller.call('write', fd, chunk, 1 << 20)).toBe('ENOSPC');
  });

  test('punching zeroes the edges', () => {
    const caller = fresh();
    const fd = caller.open('f', O_RDWR | O_CREAT);
    caller.write(fd, 'abcdefgh');
    expect(caller.call('fallocate', fd, 3, 2, 3)).toBe(0);
    caller.call('lseek', fd, 0, 0);
    expect(caller.read(fd)).toBe('ab\0\0\0fgh');
    expect(caller.call('fallocate', fd, 2, 2, 3)).toBe('EOPNOTSUPP');
    expect(caller.call('fallocate', fd, 0, 2, 0)).toBe('EINVAL');
    expect(caller.call('fallocate', caller.open('f'), 0, 0, 1)).toBe('EBADF');
  });
});

describe('names', () => {
  test('hard links share everything, an unlinked open file lives on', () => {
    const caller = fresh();
    const fd = caller.open('a', O_RDWR | O_CREAT);
    expect(caller.call('link', 'a', 'b')).toBe(0);
    expect(stat(caller, 'b')).toMatchObject({ nlink: 2, ino: stat(caller, 'a').ino });
    caller.call('unlink', 'a');
    caller.call('unlink', 'b');
    caller.write(fd, 'alive');
    caller.call('lseek', fd, 0, 0);
    expect(caller.read(fd)).toBe('alive');
    const buffer = caller.space(64);
    const length = caller.call('readlink', `/proc/self/fd/${fd}`, buffer, 64);
    expect(caller.text(buffer, Number(length))).toBe('/tmp/a (deleted)');
  });

  test('O_TMPFILE gets a name by linkat', () => {
    const caller = fresh();
    const fd = caller.open('/tmp', O_TMPFILE | O_RDWR);
    caller.write(fd, 'was unnamed');
    expect(caller.call('linkat', CWD, `/proc/self/fd/${fd}`, CWD, 'named', 0x400)).toBe(0);
    expect(caller.read(caller.open('named'))).toBe('was unnamed');
  });

  test('directories count links, exchange swaps', () => {
    const caller = fresh();
    for (const path of ['d', 'd/e', 'd/f', 'other']) caller.call('mkdir', path, 0o755);
    expect(stat(caller, 'd').nlink).toBe(4);
    expect(caller.call('rename', 'd/e', 'other/e')).toBe(0);
    expect([stat(caller, 'd').nlink, stat(caller, 'other').nlink]).toEqual([3, 3]);
    caller.write(caller.open('file', 1 | O_CREAT), 'F');
    expect(caller.call('renameat2', CWD, 'file', CWD, 'other', 2)).toBe(0);
    expect(stat(caller, 'file').mode).toBe(0o40755);
    expect(caller.read(caller.open('other'))).toBe('F');
    expect(stat(caller, 'file/..').ino).toBe(stat(caller, '/tmp').ino);
  });

  test('a listing resumes by cookie while entries come and go', () => {
    const caller = fresh();
    for (const name of ['a', 'b', 'c', 'd']) caller.call('close', caller.open(name, O_CREAT));
    const fd = caller.open('.');
    const names = (room: number): string[] => {
      const buffer = caller.space(room);
      const length = Number(caller.call('getdents64', fd, buffer, room));
      const bytes = caller.bytes(buffer, length);
      const found: string[] = [];
      for (let at = 0; at < length; at += bytes[at + 16]! | (bytes[at + 17]! << 8)) {
        found.push(Buffer.from(bytes.subarray(at + 19, bytes.indexOf(0, at + 19))).toString());
      }
      return found;
    };
    expect(caller.call('getdents64', fd, caller.space(8), 8)).toBe('EINVAL');
    expect(names(48)).toEqual(['.', '..']);
    expect(names(48)).toEqual(['d', 'c']);
    caller.call('unlink', 'c');
    caller.call('unlink', 'b');
    caller.call('close', caller.open('e', O_CREAT));
    expect(names(256)).toEqual(['a']);
    expect(names(256)).toEqual([]);
    caller.call('lseek', fd, 0, 0);
    expect(names(256)).toEqual(['.', '..', 'e', 'd', 'a']);
    expect(caller.call('getdents64', caller.open('a'), caller.space(64), 64)).toBe('ENOTDIR');
  });
});

describe('attributes', () => {
  test('times follow reads, writes and changes', () => {
    const caller = fresh();
    const fd = caller.open('f', O_RDWR | O_CREAT);
    const start = stat(caller, 'f');
    caller.bench.pass(1000);
    caller.write(fd, 'x');
    const written = stat(caller, 'f');
    expect([written.mtime - start.mtime, written.ctime - start.ctime, written.atime - start.atime]).toEqual([1000n, 1000n, 0n]);
    caller.bench.pass(1000);
    caller.call('pread64', fd, caller.space(8), 8, 0);
    caller.bench.pass(1000);
    caller.call('pread64', fd, caller.space(8), 8, 0);
    expect(stat(caller, 'f').atime - start.atime).toBe(2000n);
    caller.bench.pass(1000);
    caller.call('chmod', 'f', 0o4711);
    expect(stat(caller, 'f')).toMatchObject({ mode: 0o104711, mtime: written.mtime });
    expect(stat(caller, 'f').ctime - start.ctime).toBe(4000n);
    caller.write(fd, 'y');
    expect(stat(caller, 'f').mode).toBe(0o104711);
    const { credentials } = caller.task;
    caller.task.credentials = credentialsOf(1000, 1000);
    caller.write(fd, 'y');
    expect(stat(caller, 'f').mode).toBe(0o100711);
    caller.task.credentials = credentials;
  });

  test('utimensat: now, omit, given, wrong', () => {
    const caller = fresh();
    caller.open('f', O_CREAT);
    const times = (...values: number[]): Uint8Array => new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
    expect(caller.call('utimensat', CWD, 'f', times(5, 7, 0, 0x3ffffffe), 0)).toBe(0);
    const before = stat(caller, 'f');
    expect(before.atime).toBe(5_000_000_007n);
    expect(caller.call('utimensat', CWD, 'f', times(0, 1_000_000_000, 0, 0), 0)).toBe('EINVAL');
    expect(caller.call('utimensat', CWD, 'f', 0x10, 0)).toBe('EFAULT');
    expect(caller.call('utimensat', CWD, 'none', times(0, 0x3ffffffe, 0, 0x3ffffffe), 0)).toBe(0);
    expect(caller.call('utimensat', CWD, 'none', 0, 0)).toBe('ENOENT');
  });

  test('permissions bind everyone but root', () => {
    const bench = new Bench();
    const root = bench.process();
    root.call('mkdir', '/tmp/private', 0o700);
    root.call('close', root.open('/tmp/private/f', O_CREAT));
    root.call('close', root.open('/tmp/secret', O_CREAT, 0o600));
    root.call('close', root.open('/tmp/public', O_CREAT, 0o644));
    const user = bench.process(1000);
    expect(user.call('open', '/tmp/private/f', 0)).toBe('EACCES');
    expect(user.call('open', '/tmp/secret', 0)).toBe('EACCES');
    expect(user.call('open', '/tmp/public', 1)).toBe('EACCES');
    expect(user.call('open', '/tmp/public', 0)).toBe(0);
    expect(user.call('unlink', '/tmp/public')).toBe('EPERM');
    expect(user.call('chmod', '/tmp/public', 0o777)).toBe('EPERM');
    expect(user.call('chown', '/tmp/public', 1000, 1000)).toBe('EPERM');
    expect(user.call('mkdir', '/new', 0o755)).toBe('EACCES');
    expect(user.call('close', user.open('/tmp/own', O_CREAT | 1, 0o666))).toBe(0);
    expect(user.call('access', '/tmp/own', 7)).toBe('EACCES');
    expect(user.call('access', '/tmp/own', 6)).toBe(0);
    expect(stat(user, '/tmp/own').mode).toBe(0o100644);
  });
});

describe('locks', () => {
  const flock = (type: number, start: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    view.setInt16(0, type, true);
    view.setBigInt64(8, BigInt(start), true);
    view.setBigInt64(16, BigInt(length), true);
    return bytes;
  };

  test('records of two processes', () => {
    const one = fresh();
    const fd = one.open('/tmp/f', O_RDWR | O_CREAT);
    const other = one.fork();
    expect(one.call('fcntl', fd, 6, flock(1, 0, 10))).toBe(0);
    expect(other.call('fcntl', fd, 6, flock(0, 5, 1))).toBe('EAGAIN');
    expect(other.call('fcntl', fd, 6, flock(1, 10, 5))).toBe(0);
    const query = other.place(flock(1, 9, 100));
    expect(other.call('fcntl', fd, 5, query)).toBe(0);
    const view = new DataView(other.bytes(query, 32).buffer);
    expect([view.getInt16(0, true), view.getBigInt64(8, true), view.getBigInt64(16, true), view.getInt32(24, true)]).toEqual([
      1,
      0n,
      10n,
      one.task.process.pid,
    ]);
    expect(other.call('fcntl', fd, 7, flock(1, 0, 1))).toBe('blocked');
    expect(one.call('fcntl', fd, 7, flock(1, 12, 1))).toBe('EDEADLK');
    expect(other.again()).toBe('asleep');
    expect(one.call('fcntl', fd, 6, flock(2, 0, 3))).toBe(0);
    expect(other.again()).toBe(0);
    expect(one.call('close', fd)).toBe(0);
    expect(other.call('fcntl', fd, 6, flock(1, 0, 0))).toBe(0);
  });

  test('whole-file locks belong to the description', () => {
    const one = fresh();
    const fd = one.open('/tmp/f', O_RDWR | O_CREAT);
    const other = new Sharer(one);
    expect(one.call('flock', fd, 2)).toBe(0);
    expect(other.caller.call('flock', other.fd, 2 | 4)).toBe('EAGAIN');
    expect(other.caller.call('flock', other.fd, 1)).toBe('blocked');
    expect(one.call('flock', fd, 1)).toBe(0);
    expect(other.caller.again()).toBe(0);
    expect(one.call('flock', fd, 2 | 4)).toBe('EAGAIN');
    expect(one.call('flock', fd, 3)).toBe('EINVAL');
  });
});

/** A process with a description of its own of the same file. */
class Sharer {
  readonly caller: Caller;
  readonly fd: number;

  constructor(one: Caller) {
    this.caller = one.fork();
    this.fd = this.caller.open('/tmp/f', O_RDWR);
  }
}

describe('memfd', () => {
  test('seals', () => {
    const caller = fresh();
    const fd = Number(caller.call('memfd_create', 'm', 2));
    caller.write(fd, 'data');
    expect(caller.call('fcntl', fd, 1034)).toBe(0);
    expect(caller.call('fcntl', fd, 1033, 2 | 4)).toBe(0);
    expect(caller.call('ftruncate', fd, 2)).toBe('EPERM');
    expect(caller.call('ftruncate', fd, 20)).toBe('EPERM');
    expect(caller.call('pwrite64', fd, Uint8Array.of(1), 1, 0)).toBe(1);
    expect(caller.call('fcntl', fd, 1033, 8 | 1)).toBe(0);
    expect(caller.call('pwrite64', fd, Uint8Array.of(1), 1, 0)).toBe('EPERM');
    expect(caller.call('fcntl', fd, 1033, 4)).toBe('EPERM');
    expect(caller.call('fcntl', Number(caller.call('memfd_create', 'n', 0)), 1033, 4)).toBe('EPERM');
    expect(caller.call('memfd_create', 'x'.repeat(250), 0)).toBe('EINVAL');
    expect(caller.call('memfd_create', 'x', 0x40)).toBe('EINVAL');
  });
});

describe('devices', () => {
  test('null, zero, full, random', () => {
    const caller = fresh();
    expect(caller.read(caller.open('/dev/null', O_RDWR))).toBe('');
    expect(caller.read(caller.open('/dev/zero'), 3)).toBe('\0\0\0');
    expect(caller.write(caller.open('/dev/full', O_RDWR), 'x')).toBe('ENOSPC');
    expect(caller.read(caller.open('/dev/urandom'), 4)).toBe('\x01\x02\x03\x04');
    expect(caller.call('open', '/dev/tty', 2)).toBe('ENXIO');
  });
});
