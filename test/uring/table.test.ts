// The operation table, the rings, and every way to be wrong, against the real kernel by hand-made system calls.

import { describe, expect, it } from 'vitest';
import { HEADS } from '../../src/uring/abi/ring-layout.ts';
import { OP } from '../../src/uring/abi/opcodes.ts';
import { build, OPERATIONS } from '../../src/uring/operations/table.ts';
import { registerTable } from '../../src/uring/register/table.ts';
import { ringsOf, ringState } from '../../src/uring/report.ts';
import { Uring } from '../../src/uring/uring.ts';
import { DATA, KernelBench } from '../kernel/kernel-bench.ts';

const [SETUP, ENTER, REGISTER] = [425, 426, 427];
const [CLOSE, MMAP, MUNMAP, PIPE] = [3, 9, 11, 22];
const GETEVENTS = 1;
const SHARED = 1;
const POLLIN = 1;

function bench(): { bench: KernelBench; uring: Uring; task: ReturnType<KernelBench['spawn']> } {
  const machine = new KernelBench();
  const uring = new Uring();
  const rows = uring.rows('poc');
  const table = machine.kernel.table;
  const find = table.row.bind(table);
  table.row = (number) => rows.find((row) => row.number === number) ?? find(number);
  machine.kernel.companion = uring;
  const task = machine.spawn();
  return { bench: machine, uring, task };
}

function open(at: ReturnType<typeof bench>, entries = 8, flags = 0, completions = 0): string {
  at.bench.poke(at.task, DATA, new Uint8Array(120));
  at.bench.poke32(at.task, DATA + 4, completions);
  at.bench.poke32(at.task, DATA + 8, flags);
  return at.bench.outcome(at.task, SETUP, entries, DATA);
}

describe('operations', () => {
  it('has one row an opcode, each with work or a reason', () => {
    expect(OPERATIONS.map((row) => row.name)).toEqual(Object.keys(OP));
    for (const row of OPERATIONS) if (row.absent !== undefined) expect(row.absent).not.toBe('');
    expect(() => build([...OPERATIONS, OPERATIONS[0]!])).toThrow('two rows');
    expect(() => build(OPERATIONS.slice(1))).toThrow('no row for opcode 0');
  });

  it.each([
    ['poc', true],
    ['k518', true],
    ['rfc', false],
    ['none', false],
  ] as const)('registers user interrupts in profile %s: %s', (profile, has) => {
    expect(registerTable(profile).get(31)!.name === 'UINTR').toBe(has);
  });
});

describe('io_uring_setup', () => {
  it.each([
    ['no entries', 0, 0, 0, 'EINVAL'],
    ['too many', 32_769, 0, 0, 'EINVAL'],
    ['an unknown flag', 8, 1 << 20, 0, 'EINVAL'],
    ['completions without a size', 8, 1 << 3, 0, 'EINVAL'],
    ['fewer completions than entries', 8, 1 << 3, 4, 'EINVAL'],
    ['SQ_AFF without SQPOLL', 8, 1 << 2, 0, 'EINVAL'],
    ['DEFER_TASKRUN without SINGLE_ISSUER', 8, 1 << 13, 0, 'EINVAL'],
    ['TASKRUN_FLAG alone', 8, 1 << 9, 0, 'EINVAL'],
    ['SQPOLL with COOP_TASKRUN', 8, 2 | (1 << 8), 0, 'EINVAL'],
  ])('refuses %s', (_what, entries, flags, completions, error) => {
    const at = bench();
    const free = at.bench.kernel.hardware.physical.freeFrames;
    expect(open(at, entries, flags, completions)).toBe(error);
    expect(at.bench.kernel.hardware.physical.freeFrames).toBe(free);
    expect(at.uring.rings.size).toBe(0);
  });

  it('rounds up, answers offsets and features, and gives every frame back at close', () => {
    const at = bench();
    const free = at.bench.kernel.hardware.physical.freeFrames;
    const fd = Number(open(at, 5, 1 << 3, 20));
    expect([0, 4, 20].map((offset) => at.bench.peek32(at.task, DATA + offset))).toEqual([8, 32, 0x2ffff]);
    expect(ringsOf(at.uring)).toMatchObject([{ ring: 1, fd, sqEntries: 8, cqEntries: 32 }]);
    expect(at.bench.outcome(at.task, 3, fd)).toBe('0');
    expect(ringsOf(at.uring)).toEqual([]);
    expect(at.bench.kernel.hardware.physical.freeFrames).toBe(free);
  });

  it('faults on parameters that cannot be read', () => {
    const at = bench();
    expect(at.bench.outcome(at.task, SETUP, 8, 8)).toBe('EFAULT');
  });
});

describe('io_uring_enter and io_uring_register', () => {
  it('refuses what is wrong', () => {
    const at = bench();
    const fd = Number(open(at));
    const { bench: b, task } = at;
    expect(b.outcome(task, ENTER, fd, 0, 0, 1 << 9)).toBe('EINVAL');
    expect(b.outcome(task, ENTER, 77, 0, 0, 0)).toBe('EBADF');
    expect(b.outcome(task, ENTER, fd, 0, 1, GETEVENTS | 8, DATA, 3)).toBe('EINVAL');
    expect(b.outcome(task, REGISTER, fd, 99, 0, 0)).toBe('EINVAL');
    expect(b.outcome(task, REGISTER, 77, 8, DATA, 1)).toBe('EBADF');
    expect(b.outcome(task, REGISTER, fd, 1, 0, 0)).toBe('ENXIO');
    expect(b.outcome(task, REGISTER, fd, 3, 0, 0)).toBe('ENXIO');
    expect(b.outcome(task, REGISTER, fd, 5, 0, 0)).toBe('ENXIO');
    expect(b.outcome(task, REGISTER, fd, 12, 0, 0)).toBe('EBADFD');
    expect(b.outcome(task, REGISTER, fd, 32, 0, 0)).toBe('ENXIO');
    expect(b.outcome(task, REGISTER, fd, 31, DATA, 2)).toBe('EINVAL');
    expect(b.outcome(task, REGISTER, fd, 31, 8, 1)).toBe('EFAULT');
    b.poke32(task, DATA, 55);
    expect(b.outcome(task, REGISTER, fd, 31, DATA, 1)).toBe('EBADF');
    b.poke32(task, DATA, fd);
    expect(b.outcome(task, REGISTER, fd, 31, DATA, 1)).toBe('EINVAL');
    expect(b.outcome(task, REGISTER, fd, 2, DATA, 1)).toBe('EBADF');
  });
});

describe('a ring with requests in flight', () => {
  it('gives everything back when it is unmapped and closed, in any order', () => {
    const at = bench();
    const { bench: b, task, uring } = at;
    const round = (unmapFirst: boolean): number => {
      const fd = Number(open(at));
      const ring = [...uring.rings.values()][0]!;
      expect(b.outcome(task, PIPE, DATA)).toBe('0');
      const ends = [b.peek32(task, DATA), b.peek32(task, DATA + 4)];
      const mapped = b.call(task, MMAP, 0, 4096, 3, SHARED, fd, 0);
      ring.memory.write32(ring.arrayAt, 0);
      ring.sqes.write32(0, OP.POLL_ADD);
      ring.sqes.write32(4, ends[0]!);
      ring.sqes.write32(28, POLLIN);
      ring.memory.write32(HEADS.SQ_TAIL, 1);
      expect(b.outcome(task, ENTER, fd, 1, 0, 0)).toBe('1');
      expect(ringState(b.kernel, uring, ring.number)?.inFlight).toHaveLength(1);
      const steps = [() => b.outcome(task, MUNMAP, Number(mapped), 4096), () => b.outcome(task, CLOSE, fd)];
      for (const step of unmapFirst ? steps : steps.reverse()) expect(step()).toBe('0');
      for (const end of ends) expect(b.outcome(task, CLOSE, end)).toBe('0');
      expect([uring.rings.size, uring.work.size]).toEqual([0, 0]);
      return b.kernel.hardware.physical.freeFrames;
    };
    const free = round(true);
    expect([round(false), round(true), round(false)]).toEqual([free, free, free]);
  });
});

/** xorshift32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

describe('nonsense', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('of seed %i is answered, never thrown', (seed) => {
    const at = bench();
    const { bench: b, task, uring } = at;
    const random = generator(seed * 7919);
    const fd = Number(open(at, 16, seed % 2 ? 1 << 7 : 0));
    const ring = [...uring.rings.values()][0]!;
    for (let round = 0; round < 300; round++) {
      const count = (random() % 6) + 1;
      const tail = ring.memory.read32(64);
      for (let i = 0; i < count; i++) {
        const slot = (tail + i) & 15;
        ring.memory.write32(ring.arrayAt + slot * 4, random() % 20 === 0 ? random() : slot);
        const at64 = slot * 64;
        ring.sqes.write32(at64, (random() % 60) | ((random() % 3 === 0 ? random() & 0x7f : 0) << 8));
        ring.sqes.write32(at64 + 4, random() % 8);
        for (let word = 2; word < 12; word++)
          ring.sqes.write32(at64 + word * 4, random() % 3 === 0 ? random() : random() % 2 === 0 ? 0 : random() % 64);
        if (random() % 2 === 0) ring.sqes.write64(at64 + 16, BigInt(DATA + (random() % 2048)));
      }
      ring.memory.write32(64, random() % 30 === 0 ? random() : tail + count);
      if (random() % 3 === 0) ring.memory.write32(128, random() % 10 === 0 ? random() : ring.memory.read32(192));
      b.outcome(task, ENTER, fd, random() % 8, 0, random() % 4 === 0 ? GETEVENTS : 0);
      if (task.state === 'dead') throw new Error('the task has died');
      if (random() % 3 === 0) b.outcome(task, REGISTER, fd, random() % 34, random() % 3 === 0 ? 0 : DATA + (random() % 1024), random() % 5);
      b.settle(random() % 100_000);
      ringState(b.kernel, uring, 1);
    }
    b.start(task, 231, 0);
    b.settle();
    expect(task.state).toBe('dead');
    expect(uring.rings.size).toBe(0);
    expect(uring.work.size).toBe(0);
  });
});
