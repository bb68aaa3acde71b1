import { describe, expect, test } from 'vitest';
import { RSP } from '../../../src/machine/cpu/state.ts';
import { PIE_BASE } from '../../../src/kernel/abi/layout.ts';
import { putHostFile } from '../../../src/kernel/vfs/host-files.ts';
import { makeElf } from '../elf-maker.ts';
import { KernelBench } from '../kernel-bench.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function spawn(bench: KernelBench, path: string, ...args: string[]): ReturnType<KernelBench['kernel']['spawn']> {
  return bench.kernel.spawn({ path, arguments: args, environment: ['A=1', 'B='], stdio: [] });
}

describe('what cannot be started', () => {
  const dynamic = '/lib64/ld-linux-x86-64.so.2\0';
  const cases: [string, Uint8Array | null, number, string, RegExp][] = [
    ['a missing file', null, 0, 'ENOENT', /no such file/],
    ['a file without execute permission', makeElf(), 0o644, 'EACCES', /not an executable file/],
    ['a text file', bytes('hello'), 0o755, 'ENOEXEC', /not an ELF file/],
    ['an empty file', new Uint8Array(0), 0o755, 'ENOEXEC', /not an ELF file/],
    ['a truncated program', makeElf().slice(0, 0x1200), 0o755, 'ENOEXEC', /truncated/],
    [
      'a dynamic program without its interpreter',
      makeElf({
        type: 3,
        segments: [
          { flags: 5, offset: 0x1000, address: 0x1000, fileSize: 0x1000 },
          { type: 3, offset: 0x1000, fileSize: dynamic.length },
        ],
        code: bytes(dynamic),
      }),
      0o755,
      'ENOEXEC',
      /PT_INTERP.*ld-linux-x86-64.so.2.*-static/,
    ],
    ['a script whose interpreter is missing', bytes('#!/bin/nowhere -x\n'), 0o755, 'ENOENT', /script interpreter \/bin\/nowhere/],
    ['a script without interpreter', bytes('#!   \nx'), 0o755, 'ENOEXEC', /names no interpreter/],
    ['a script that is its own interpreter', bytes('#!/bin/it\n'), 0o755, 'ELOOP', /too many nested/],
    [
      'segments on one page',
      makeElf({
        segments: [
          { flags: 5, offset: 0x1000, address: 0x401000, fileSize: 0x100 },
          { flags: 6, offset: 0x1100, address: 0x401100, fileSize: 0x100 },
        ],
      }),
      0o755,
      'ENOEXEC',
      /share the page/,
    ],
    [
      'a segment where the stack goes',
      makeElf({ segments: [{ flags: 5, offset: 0x1000, address: 0xffffd000, fileSize: 0x1000 }] }),
      0o755,
      'ENOEXEC',
      /stack/,
    ],
  ];

  test.each(cases)('%s', (_name, image, mode, error, message) => {
    const bench = new KernelBench();
    if (image) putHostFile(bench.kernel, '/bin/it', image, mode);
    const made = spawn(bench, '/bin/it', 'it');
    expect(made).toMatchObject({ error });
    expect('message' in made ? made.message : '').toMatch(message);
    expect(bench.kernel.pids.tasks.size).toBe(0);
  });

  test('too many bytes of arguments', () => {
    const bench = new KernelBench();
    putHostFile(bench.kernel, '/bin/it', makeElf(), 0o755);
    expect(spawn(bench, '/bin/it', 'x'.repeat(200_000))).toMatchObject({ error: 'E2BIG' });
  });

  test('nothing leaks from a failure', () => {
    const bench = new KernelBench();
    putHostFile(
      bench.kernel,
      '/bin/it',
      makeElf({ segments: [{ flags: 5, offset: 0x1000, address: 0xffffd000, fileSize: 0x1000 }] }),
      0o755,
    );
    const before = bench.kernel.hardware.physical.freeFrames;
    for (let i = 0; i < 20; i++) spawn(bench, '/bin/it', 'it');
    expect(bench.kernel.hardware.physical.freeFrames).toBe(before);
  });
});

describe('the initial stack', () => {
  const bench = new KernelBench();
  putHostFile(bench.kernel, '/bin/it', makeElf(), 0o755);
  const made = spawn(bench, '/bin/it', 'it', 'two words', 'Ä');
  if ('error' in made) throw new Error(made.message);
  const task = made.process.tasks[0]!;
  const { user } = task.mm;
  const sp = task.context.number(RSP);
  const word = (i: number): number => user.readNumber(sp + i * 8)!;
  const text = (address: number): string => new TextDecoder().decode(user.copyInString(address, 4096) as Uint8Array);
  const auxiliary = new Map<number, number>();
  for (let i = 8; word(i) !== 0; i += 2) auxiliary.set(word(i), word(i + 1));

  test('is aligned to 16 bytes', () => expect(sp % 16).toBe(0));
  test('argc and argv', () => {
    expect(word(0)).toBe(3);
    expect([1, 2, 3].map((i) => text(word(i)))).toEqual(['it', 'two words', 'Ä']);
    expect(word(4)).toBe(0);
  });
  test('environment', () => {
    expect([5, 6].map((i) => text(word(i)))).toEqual(['A=1', 'B=']);
    expect(word(7)).toBe(0);
  });
  test.each([
    ['AT_PHDR', 3, 0],
    ['AT_PHENT', 4, 56],
    ['AT_PHNUM', 5, 2],
    ['AT_PAGESZ', 6, 4096],
    ['AT_ENTRY', 9, 0x401000],
    ['AT_UID', 11, 0],
    // CPUID.1:EDX, as this processor answers it.
    ['AT_HWCAP', 16, 0x17898371],
    ['AT_CLKTCK', 17, 100],
    ['AT_SECURE', 23, 0],
    ['AT_BASE', 7, 0],
  ])('%s', (_name, type, value) => expect(auxiliary.get(type)).toBe(value));
  test('AT_EXECFN, AT_PLATFORM, AT_RANDOM, AT_MINSIGSTKSZ', () => {
    expect(text(auxiliary.get(31)!)).toBe('/bin/it');
    expect(text(auxiliary.get(15)!)).toBe('x86_64');
    expect(user.copyIn(auxiliary.get(25)!, 16)!.some((byte) => byte !== 0)).toBe(true);
    expect(auxiliary.get(51)!).toBeGreaterThan(440 + 576);
    expect(auxiliary.has(33)).toBe(false);
  });
  test('starts at its entry, named after its file', () => {
    expect(task.context.rip).toBe(0x401000n);
    expect(task.name).toBe('it');
  });
});

describe('placement', () => {
  test('a position-independent program goes to its base', () => {
    const bench = new KernelBench();
    putHostFile(
      bench.kernel,
      '/bin/pie',
      makeElf({ type: 3, entry: 0x1010, segments: [{ flags: 5, offset: 0x1000, address: 0x1000, fileSize: 0x1000 }] }),
      0o755,
    );
    const made = spawn(bench, '/bin/pie', 'pie');
    if ('error' in made) throw new Error(made.message);
    expect(made.process.tasks[0]!.context.rip).toBe(BigInt(PIE_BASE + 0x10));
  });

  test('bytes behind the file part of a segment are zero, whatever the file holds there', () => {
    const bench = new KernelBench();
    const image = makeElf();
    image.fill(0xaa, 0x2000, 0x3000);
    putHostFile(bench.kernel, '/bin/it', image, 0o755);
    const made = spawn(bench, '/bin/it', 'it');
    if ('error' in made) throw new Error(made.message);
    const { user } = made.process.tasks[0]!.mm;
    expect([...user.copyIn(0x402000, 0x20)!]).toEqual([...Array(16).fill(0xaa), ...Array(16).fill(0)]);
    expect(user.copyIn(0x403000, 0x2000)!.every((byte) => byte === 0)).toBe(true);
    expect(user.copyIn(0x405000, 1)).toBeNull();
  });

  test('a script runs its interpreter with the rest of the line as one argument', () => {
    const bench = new KernelBench();
    putHostFile(bench.kernel, '/bin/it', makeElf(), 0o755);
    putHostFile(bench.kernel, '/bin/script', bytes('#! /bin/it  -a  -b \nrest'), 0o755);
    const made = spawn(bench, '/bin/script', 'script', 'last');
    if ('error' in made) throw new Error(made.message);
    const task = made.process.tasks[0]!;
    const argv = (i: number): string =>
      new TextDecoder().decode(task.mm.user.copyInString(task.mm.user.readNumber(task.context.number(RSP) + 8 + i * 8)!, 99) as Uint8Array);
    expect([0, 1, 2, 3].map(argv)).toEqual(['/bin/it', '-a  -b', '/bin/script', 'last']);
  });
});
