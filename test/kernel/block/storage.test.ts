// Files with a block device below them, by system calls on the kernel bench: what waits for the device, how long, and what does not.

import { describe, expect, it } from 'vitest';
import type { CostOverrides } from '../../../src/machine/cost/presets.ts';
import type { Storage } from '../../../src/machine/cost/storage.ts';
import { O_DIRECT, O_DSYNC, O_RDONLY, O_RDWR } from '../../../src/kernel/abi/fcntl.ts';
import { errorName } from '../../../src/kernel/abi/errno.ts';
import type { Task } from '../../../src/kernel/task/task.ts';
import { putHostFile, readHostFile } from '../../../src/kernel/vfs/host-files.ts';
import { RAX } from '../../../src/machine/cpu/state.ts';
import { DATA, KernelBench, NR, type SeenEvent } from '../kernel-bench.ts';

const CALL = {
  read: 0,
  write: 1,
  open: 2,
  lseek: 8,
  pread: 17,
  pwrite: 18,
  msync: 26,
  mincore: 27,
  fsync: 74,
  sync: 162,
  fadvise: 221,
  sync_file_range: 277,
} as const;
const PAGE = 4096;
const PAGES = 256;
const SIZE = PAGES * PAGE;
const [RANDOM, WILLNEED, DONTNEED] = [1, 3, 4];
const [READ, WRITE] = ['read', 'write'];
const MS_SYNC = 4;

interface Done {
  /** "EINVAL", or the number. */
  readonly result: string;
  readonly microseconds: number;
  readonly slept: boolean;
}

class Files {
  readonly bench: KernelBench;
  readonly task: Task;
  readonly buffer: number;
  private readonly perMicrosecond: number;

  constructor(storage: Storage, costs: CostOverrides = {}) {
    this.bench = new KernelBench({ vcpus: 1, storage, costs });
    this.perMicrosecond = this.bench.kernel.hardware.hertz / 1e6;
    putHostFile(
      this.bench.kernel,
      '/file',
      Uint8Array.from({ length: SIZE }, (_, i) => (i >>> 12) & 0xff),
    );
    this.task = this.bench.spawn();
    this.buffer = this.mapped(-1, SIZE);
  }

  /** Of a file, or of nothing. */
  mapped(fd: number, length: number): number {
    return Number(this.bench.call(this.task, NR.mmap, 0, length, 3, fd < 0 ? 34 : 1, fd, 0));
  }

  open(flags = O_RDONLY, path = '/file'): number {
    this.bench.poke(this.task, DATA, new TextEncoder().encode(`${path}\0`));
    return Number(this.bench.call(this.task, CALL.open, DATA, flags, 0));
  }

  /** A call to its end, with everything that it has begun. */
  call(name: keyof typeof CALL, ...args: number[]): Done {
    const { bench, task } = this;
    bench.start(task, CALL[name], ...args);
    const slept = task.state === 'uninterruptible';
    for (let rounds = 0; task.call || bench.kernel.vfs.store?.outstanding.length; rounds++) {
      if (rounds > 1000) throw new Error(`${name} never ends`);
      bench.settle(1e6 * this.perMicrosecond);
    }
    bench.settle();
    const result = Number(BigInt.asIntN(64, task.context.register(RAX)));
    const last = (kind: string): SeenEvent => bench.seen(kind).at(-1)!;
    const cycles = Number(last('syscall_exited').fields['returns_at']) - last('syscall_entered').cycle;
    return { result: result < 0 ? errorName(-result) : String(result), microseconds: cycles / this.perMicrosecond, slept };
  }

  /** Bytes that requests of a direction have moved so far. */
  moved(direction: string): number {
    return this.bench
      .seen('block_request')
      .filter(({ fields }) => fields['direction'] === direction)
      .reduce((sum, { fields }) => sum + Number(fields['bytes']), 0);
  }

  /** Nothing of /file is in the page cache. */
  drop(fd: number): void {
    this.call('fadvise', fd, 0, 0, DONTNEED);
  }
}

const within = (value: number, [from, to]: readonly [number, number]): void => {
  expect(value).toBeGreaterThanOrEqual(from);
  expect(value).toBeLessThanOrEqual(to);
};

describe('without a device', () => {
  it.each<[string, (files: Files, fd: number) => Done]>([
    ['a read', (files, fd) => files.call('read', fd, files.buffer, SIZE)],
    ['a direct read', (files) => files.call('read', files.open(O_RDONLY | O_DIRECT), files.buffer, SIZE)],
    ['fsync', (files, fd) => files.call('fsync', fd)],
    ['sync', (files) => files.call('sync')],
    ['a read behind POSIX_FADV_DONTNEED', (files, fd) => [files.drop(fd), files.call('read', fd, files.buffer, SIZE)][1]!],
  ])('%s never waits', (_, act) => {
    const files = new Files('none');
    expect(act(files, files.open(O_RDWR))).toMatchObject({ slept: false });
    expect(files.bench.seen('block_request')).toEqual([]);
  });
});

describe('a read of what is not in the page cache', () => {
  // Latency, then bytes by bandwidth; behind it some 7 us for the idle vCPU to wake, and the pages with their copy.
  it.each<[Storage, string, number, number, readonly [number, number]]>([
    ['nvme', 'a page', 100, 1, [16, 24]],
    ['nvme', 'a megabyte', 0, PAGES, [160 + 33 + 13 + 5, 160 + 33 + 13 + 15]],
    ['disk', 'a page', 100, 1, [8027, 8050]],
    ['disk', 'a megabyte', 0, PAGES, [8000 + 6990 + 33, 8000 + 6990 + 60]],
  ])('%s: %s takes the latency and the transfer, and then nothing', (storage, _, first, pages, expected) => {
    const files = new Files(storage);
    const fd = files.open();
    const cold = files.call('pread', fd, files.buffer, pages * PAGE, first * PAGE);
    expect(cold).toMatchObject({ result: String(pages * PAGE), slept: true });
    within(cold.microseconds, expected);
    expect(files.task.mm.user.copyIn(files.buffer, 1)![0]).toBe(first);
    const warm = files.call('pread', fd, files.buffer, pages * PAGE, first * PAGE);
    expect(warm.slept).toBe(false);
    expect(files.moved(READ)).toBe(pages * PAGE);
  });

  it('is awaited once by a sequential reader: what follows is read ahead', () => {
    const files = new Files('nvme');
    const fd = files.open();
    const slept = Array.from({ length: 64 }, () => files.call('read', fd, files.buffer, PAGE).slept);
    expect(slept.filter(Boolean)).toHaveLength(1);
    expect(files.moved(READ)).toBeLessThanOrEqual((64 + 33) * PAGE);
  });

  it('is read ahead of nobody behind POSIX_FADV_RANDOM', () => {
    const files = new Files('nvme');
    const fd = files.open();
    files.call('fadvise', fd, 0, 0, RANDOM);
    const slept = Array.from({ length: 8 }, () => files.call('read', fd, files.buffer, PAGE).slept);
    expect(slept.every(Boolean)).toBe(true);
    expect(files.moved(READ)).toBe(8 * PAGE);
  });

  it.each<[Storage, readonly [number, number]]>([
    // 32 latencies over 16 channels; one after another, with a seek each.
    ['nvme', [20, 60]],
    ['disk', [32 * 8027, 32 * 8027 + 100]],
  ])('%s: pages far apart overlap as far as the device has channels', (storage, expected) => {
    const files = new Files(storage);
    const fd = files.open();
    const { bench, task } = files;
    const start = bench.vcpus[0]!.clock;
    for (let i = 0; i < 31; i++) {
      bench.start(task, CALL.fadvise, fd, i * 8 * PAGE, PAGE, WILLNEED);
      while (bench.vcpus[0]!.mode !== 'user') bench.settle();
    }
    files.call('pread', fd, files.buffer, PAGE, 255 * PAGE);
    const end = Math.max(...bench.seen('block_done').map(({ cycle }) => cycle));
    expect(bench.seen('block_done')).toHaveLength(32);
    within((end - start) / 2000, expected);
  });

  it('leaves the vCPU to others, and the reader in state D', () => {
    const files = new Files('disk');
    const { bench, task } = files;
    const fd = files.open();
    bench.start(task, CALL.read, fd, files.buffer, PAGE);
    bench.settle();
    expect([task.state, task.blocked?.waitingFor]).toEqual(['uninterruptible', expect.stringMatching(/^sda to read/)]);
    expect(bench.vcpus[0]!.mode).toBe('idle');
    const other = bench.spawn();
    expect(bench.outcome(other, NR.getpid)).toBe(String(other.process.pid));
    bench.run(9000 * 2000);
    expect(task.state).not.toBe('uninterruptible');
  });

  it('by a mapping makes the thread sleep in its page fault', () => {
    const files = new Files('nvme');
    const { bench, task } = files;
    const at = files.mapped(files.open(O_RDWR), SIZE);
    const resident = (): number => {
      bench.call(task, CALL.mincore, at, PAGE, DATA);
      return task.mm.user.copyIn(DATA, 1)![0]! & 1;
    };
    expect(resident()).toBe(0);
    bench.kernel.exception(bench.vcpuOf(task), { kind: 'exception', vector: 14, errorCode: 4, address: BigInt(at) });
    expect(task.state).toBe('uninterruptible');
    bench.settle(100_000);
    expect([task.state, task.usage.majorFaults, resident()]).toEqual(['runnable', 1, 1]);
    expect(files.moved(READ)).toBe(16 * PAGE);
  });
});

describe('a figure of the device in the cost table', () => {
  const NONE = [0, PAGES * PAGE] as const;
  // What is read, and how much longer or shorter that takes than by the device as it is.
  it.each<[Storage, CostOverrides, string, readonly [offset: number, bytes: number], number]>([
    ['nvme', { nvme_read_latency: 110_000 }, 'a page', [0, PAGE], 100],
    ['nvme', { disk_read_latency: 0 }, 'a page: of another device', [0, PAGE], 0],
    ['disk', { disk_bandwidth: 75_000_000 }, 'a megabyte: each byte takes twice as long', NONE, (PAGES * PAGE) / 150],
    ['nvme', { nvme_depth: 1, nvme_sequential_latency: 0 }, 'a megabyte: one command at a time, behind another', NONE, 15],
    ['nvme', { nvme_channels: 1, nvme_sequential_latency: 20_000 }, 'a megabyte: 7 more latencies one after another', NONE, 7 * 20],
    [
      'nvme',
      { nvme_command_bytes: 16_384, nvme_channels: 2 },
      'a megabyte: 32 commands a channel, one after another',
      NONE,
      32 * 12.34 - 160,
    ],
  ])('%s with %o: %s', (storage, costs, _, [offset, bytes], expected) => {
    const [usual, other] = [new Files(storage), new Files(storage, costs)].map((files) =>
      files.call('pread', files.open(), files.buffer, bytes, offset),
    ) as [Done, Done];
    const difference = other.microseconds - usual.microseconds;
    within(difference, [expected - 20, expected + 20 + 0.15 * expected]);
  });

  it('of writes is their own', () => {
    const files = new Files('nvme', { nvme_write_latency: 500_000 });
    const fd = files.open(O_RDWR);
    files.call('pwrite', fd, files.buffer, PAGE, 0);
    within(files.call('fsync', fd).microseconds, [506, 520]);
    within(files.call('pread', fd, files.buffer, PAGE, 9 * PAGE).microseconds, [10, 30]);
  });
});

describe('a write', () => {
  it('waits for nobody; fsync waits for it, once', () => {
    const files = new Files('nvme');
    const fd = files.open(O_RDWR);
    expect(files.call('pwrite', fd, files.buffer, 3 * PAGE, 0)).toMatchObject({ result: String(3 * PAGE), slept: false });
    expect(files.moved(WRITE)).toBe(0);
    const first = files.call('fsync', fd);
    expect(first).toMatchObject({ result: '0', slept: true });
    within(first.microseconds, [16, 28]);
    expect(files.moved(WRITE)).toBe(3 * PAGE);
    expect(files.call('fsync', fd).slept).toBe(false);
    expect(files.call('sync').slept).toBe(false);
  });

  it('of part of an absent page waits for the page first', () => {
    const files = new Files('nvme');
    const fd = files.open(O_RDWR);
    expect(files.call('pwrite', fd, files.buffer, 10, PAGE + 5)).toMatchObject({ result: '10', slept: true });
    expect([files.moved(READ), files.moved(WRITE)]).toEqual([PAGE, 0]);
  });

  it('of a file opened with O_DSYNC waits each time, and is done once', () => {
    const files = new Files('nvme');
    const fd = files.open(O_RDWR | O_DSYNC);
    for (const at of [0, 1]) {
      expect(files.call('write', fd, files.buffer, PAGE)).toMatchObject({ result: String(PAGE), slept: true });
      expect(files.call('lseek', fd, 0, 1).result).toBe(String((at + 1) * PAGE));
    }
    expect(files.moved(WRITE)).toBe(2 * PAGE);
  });

  it('through a shared mapping is seen by msync, and by it alone until the next store', () => {
    const files = new Files('nvme');
    const { bench, task } = files;
    const at = files.mapped(files.open(O_RDWR), SIZE);
    const store = (): void => bench.poke(task, at, Uint8Array.of(1));
    store();
    expect(files.call('msync', at, PAGE, MS_SYNC)).toMatchObject({ result: '0', slept: true });
    expect(files.call('msync', at, PAGE, MS_SYNC)).toMatchObject({ result: '0', slept: false });
    store();
    bench.call(task, NR.munmap, at, SIZE);
    expect(files.call('sync').slept).toBe(true);
    expect(files.moved(WRITE)).toBe(2 * PAGE);
  });

  it.each<[string, number, boolean, number]>([
    ['WRITE starts it', 2, false, PAGE],
    ['WAIT_BEFORE | WRITE | WAIT_AFTER waits for it', 7, true, PAGE],
    ['WAIT_BEFORE does not start it', 1, false, 0],
  ])('sync_file_range: %s', (_, flags, slept, bytes) => {
    const files = new Files('nvme');
    const fd = files.open(O_RDWR);
    files.call('pwrite', fd, files.buffer, 2 * PAGE, 0);
    expect(files.call('sync_file_range', fd, 0, PAGE, flags)).toMatchObject({ result: '0', slept });
    expect(files.moved(WRITE)).toBe(bytes);
  });
});

describe('eviction', () => {
  it('lets go of clean pages alone', () => {
    const files = new Files('nvme');
    const fd = files.open(O_RDWR);
    files.call('pwrite', fd, files.buffer, PAGE, 0);
    files.drop(fd);
    // It was dirty: the device has it now, and the next time it goes.
    expect(files.call('pread', fd, files.buffer, PAGE, 0).slept).toBe(false);
    files.drop(fd);
    expect(files.call('pread', fd, files.buffer, PAGE, 0).slept).toBe(true);
  });

  it('by vm.drop_caches is of all files', () => {
    const files = new Files('nvme');
    const fd = files.open();
    files.call('pread', fd, files.buffer, PAGE, 0);
    files.bench.poke(files.task, files.buffer, new TextEncoder().encode('1\n'));
    expect(files.call('write', files.open(O_RDWR, '/proc/sys/vm/drop_caches'), files.buffer, 2).result).toBe('2');
    expect(files.call('pread', fd, files.buffer, PAGE, 0).slept).toBe(true);
  });
});

describe('O_DIRECT', () => {
  it('goes to the device every time', () => {
    const files = new Files('nvme');
    const fd = files.open(O_RDWR | O_DIRECT);
    for (let i = 0; i < 2; i++)
      expect(files.call('pread', fd, files.buffer, 1024, 7 * PAGE)).toMatchObject({ result: '1024', slept: true });
    expect(files.task.mm.user.copyIn(files.buffer, 1)![0]).toBe(7);
    expect(files.call('pwrite', fd, files.buffer, 512, 0)).toMatchObject({ result: '512', slept: true });
    expect([files.moved(READ), files.moved(WRITE)]).toEqual([2048, 512]);
  });

  // As an ext4 of Linux 6.18 answers.
  it.each<[string, 'pread' | 'pwrite', number, number, string]>([
    ['a length that is no multiple of a sector', 'pread', 100, 0, 'EINVAL'],
    ['an offset that is none', 'pread', 512, 1, 'EINVAL'],
    ['such a write', 'pwrite', 100, 0, 'EINVAL'],
    ['anything at the end of the file', 'pread', 100, SIZE, '0'],
    ['nothing', 'pread', 0, 1, '0'],
  ])('%s', (_, name, length, offset, expected) => {
    const files = new Files('nvme');
    expect(files.call(name, files.open(O_RDWR | O_DIRECT), files.buffer, length, offset)).toMatchObject({ result: expected, slept: false });
  });

  it('sees what the page cache has, which goes to the device first', () => {
    const files = new Files('nvme');
    const buffered = files.open(O_RDWR);
    files.bench.poke(files.task, files.buffer, Uint8Array.of(0xaa));
    files.call('pwrite', buffered, files.buffer, PAGE, 0);
    files.call('pread', files.open(O_RDONLY | O_DIRECT), files.buffer, PAGE, 0);
    expect(files.moved(WRITE)).toBe(PAGE);
    expect(files.task.mm.user.copyIn(files.buffer, 1)![0]).toBe(0xaa);
    expect(files.call('fsync', buffered).slept).toBe(false);
  });
});

it('counts commands, sectors and times in /proc/diskstats and /sys/block', () => {
  const files = new Files('disk');
  const fd = files.open(O_RDWR);
  files.call('pread', fd, files.buffer, SIZE, 0);
  files.call('pwrite', fd, files.buffer, PAGE, 0);
  files.call('fsync', fd);
  const text = (path: string): string => {
    const count = Number(files.call('read', files.open(O_RDONLY, path), files.buffer, PAGE).result);
    return new TextDecoder().decode(files.task.mm.user.copyIn(files.buffer, count)!);
  };
  expect(text('/proc/diskstats')).toMatch(/^ {3}8 {7}0 sda 2 0 2048 \d+ 1 0 8 8 0 \d+ \d+ 0 0 0 0 0 0\n$/);
  expect(text('/sys/block/sda/stat').trim().split(' ')).toHaveLength(17);
  expect(text('/proc/partitions')).toContain('sda');
  expect(readHostFile(files.bench.kernel, '/file', 0, 1)).toHaveLength(1);
});

// Beside the arithmetic of the constants (cost-model.test.ts): that calls pay them, whichever they are.
it.each<[string, number, number]>([
  ['4 KiB', 1, 3.885],
  ['4 MiB', 1024, 581.3],
  ['40 MiB', 10_240, 10_477],
])("a cached file of %s takes as long to read as on the report's machine", (_, pages, microseconds) => {
  const bench = new KernelBench({ vcpus: 1, ramBytes: 160 << 20, preset: 'report-2022' });
  putHostFile(bench.kernel, '/file', new Uint8Array(pages * PAGE));
  const task = bench.spawn();
  const buffer = Number(bench.call(task, NR.mmap, 0, pages * PAGE, 3, 34, -1, 0));
  bench.poke(task, DATA, new TextEncoder().encode('/file\0'));
  const fd = bench.call(task, CALL.open, DATA, O_RDONLY, 0);
  expect(bench.call(task, CALL.pread, fd, buffer, pages * PAGE, 0)).toBe(BigInt(pages * PAGE));
  const cycles = Number(bench.seen('syscall_exited').at(-1)!.fields['returns_at']) - bench.seen('syscall_entered').at(-1)!.cycle;
  expect(((cycles / bench.kernel.hardware.hertz) * 1e6) / microseconds).toBeCloseTo(1, 2);
});
