// Files in and out from outside the machine: large ones, kinds that are no files, no room, programs that run.

import { describe, expect, test } from 'vitest';
import { ERRNO } from '../../../src/kernel/abi/errno.ts';
import { putHostDirectory, putHostFile, putHostSymlink, readHostFile, statHostFile } from '../../../src/kernel/vfs/host-files.ts';
import { Bench } from '../file-bench.ts';

const MIB = 1 << 20;

describe('from outside', () => {
  test('a large file comes back piece by piece, and shrinks when it is replaced', () => {
    const { kernel } = new Bench(32 * MIB);
    const bytes = Uint8Array.from({ length: 9 * MIB + 5 }, (_, i) => (i * 7) ^ (i >>> 12));
    expect(putHostFile(kernel, '/srv/deep/down/large', bytes, 0o640)).toBe(0);
    expect(statHostFile(kernel, 'srv/deep/down/large')).toEqual({ mode: 0o100640, size: bytes.length });
    for (const [offset, length, expected] of [
      [0, 10, 10],
      [9 * MIB, 100, 5],
      [4 * MIB - 3, MIB, MIB],
      [bytes.length, 10, 0],
      [2 ** 50, 10, 0],
    ] as const) {
      const piece = readHostFile(kernel, '/srv/deep/down/large', offset, length) as Uint8Array;
      expect([offset, Buffer.compare(piece, bytes.subarray(offset, offset + expected))]).toEqual([offset, 0]);
    }
    const pages = kernel.vfs.cachedPages;
    expect(putHostFile(kernel, '/srv/deep/down/large', new Uint8Array(3))).toBe(0);
    expect(pages - kernel.vfs.cachedPages).toBe(9 * 256);
  });

  test('what is no regular file, and paths that lead nowhere', () => {
    const { kernel } = new Bench();
    putHostDirectory(kernel, '/srv/d');
    putHostSymlink(kernel, '/srv/loop', 'loop');
    putHostSymlink(kernel, '/srv/to-d', 'd');
    const put = (path: string): number => putHostFile(kernel, path, Uint8Array.of(1));
    expect(put('/srv/d')).toBe(-ERRNO.EISDIR);
    expect(put('/srv/to-d/f')).toBe(0);
    expect(put('/dev/null')).toBe(-ERRNO.EINVAL);
    expect(put('/proc/x')).toBe(-ERRNO.ENOENT);
    expect(put('/srv/loop')).toBe(-ERRNO.ELOOP);
    expect(put('/srv/to-d/f/g')).toBe(-ERRNO.ENOTDIR);
    expect(put(`/srv/${'n'.repeat(256)}`)).toBe(-ERRNO.ENAMETOOLONG);
    expect(readHostFile(kernel, '/srv')).toBe(-ERRNO.EISDIR);
    expect(readHostFile(kernel, '/dev/zero')).toBe(-ERRNO.EINVAL);
    expect(readHostFile(kernel, '/none')).toBe(-ERRNO.ENOENT);
  });

  test('links, which take the place of links where that is asked for', () => {
    const { kernel } = new Bench();
    putHostFile(kernel, '/srv/one', Uint8Array.of(1));
    putHostFile(kernel, '/srv/two', Uint8Array.of(2));
    expect(putHostSymlink(kernel, '/new/folder/link', '/srv/one')).toBe(0);
    expect(readHostFile(kernel, '/new/folder/link')).toEqual(Uint8Array.of(1));
    expect(putHostSymlink(kernel, '/new/folder/link', '/srv/two')).toBe(-ERRNO.EEXIST);
    expect(putHostSymlink(kernel, '/new/folder/link', '/srv/two', { replacesLink: true })).toBe(0);
    expect(readHostFile(kernel, '/new/folder/link')).toEqual(Uint8Array.of(2));
    for (const taken of ['/srv/one', '/srv']) expect(putHostSymlink(kernel, taken, 'x', { replacesLink: true })).toBe(-ERRNO.EEXIST);
    expect(putHostSymlink(kernel, '/srv/none', '', { replacesLink: true })).toBe(-ERRNO.ENOENT);
  });

  test('without room the file is left empty, and what it took is given back', () => {
    const { kernel } = new Bench(16 * MIB);
    const before = kernel.vfs.cachedPages;
    expect(putHostFile(kernel, '/srv/large', new Uint8Array(12 * MIB))).toBe(-ERRNO.ENOSPC);
    expect(statHostFile(kernel, '/srv/large')).toEqual({ mode: 0o100644, size: 0 });
    expect(kernel.vfs.cachedPages).toBe(before);
  });

  test('a program that runs keeps its bytes', () => {
    const { kernel } = new Bench();
    putHostFile(kernel, '/srv/program', Uint8Array.of(1, 2, 3), 0o755);
    const origin = kernel.vfs.root;
    const directory = origin.inode.lookup(kernel, null, origin, 'srv')!;
    const old = directory.inode.lookup(kernel, null, directory, 'program')!;
    old.inode.programs++;
    old.inode.opens++;
    expect(putHostFile(kernel, '/srv/program', Uint8Array.of(4), 0o755)).toBe(0);
    expect(readHostFile(kernel, '/srv/program')).toEqual(Uint8Array.of(4));
    expect([old.inode.size, old.inode.nlink]).toEqual([3, 0]);
  });
});
