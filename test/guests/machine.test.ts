// Plain guest programs in a machine: they print what they print on a real kernel (guests/expected), and die as they are told to.
// Those of user interrupts are tested with the kernel's unit for them.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guests } from '../../guests/guests.ts';
import { guest, run } from '../machine/run-guest.ts';

const SIGILL = 4,
  SIGTRAP = 5,
  SIGABRT = 6,
  SIGFPE = 8,
  SIGSEGV = 11;

const plain = guests.filter((g) => !g.uintr && !/^(bench|ipc|calibrate|fuzz)\/|^(fault|errno)$/.test(g.name)).map((g) => g.name);

describe('plain programs', () => {
  it.each(plain)('%s prints what it prints on Linux', (name) => {
    const { stdout, stderr, status } = run(guest(name));
    expect(stdout).toBe(readFileSync(new URL(`../../guests/expected/${name}.txt`, import.meta.url), 'utf8'));
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it.each([
    ['null-write', SIGSEGV],
    ['null-call', SIGSEGV],
    ['divide', SIGFPE],
    ['ud2', SIGILL],
    ['avx', SIGILL],
    ['sse4', SIGILL],
    ['privileged', SIGSEGV],
    ['misaligned', SIGSEGV],
    ['non-canonical', SIGSEGV],
    ['stack-overflow', SIGSEGV],
    ['not-executable', SIGSEGV],
    ['breakpoint', SIGTRAP],
    ['abort', SIGABRT],
  ])('fault %s dies by signal %i', (way, signal) => {
    const { stdout, status } = run(guest('fault'), { arguments: ['fault', way] }, { cpu_level: 'x86-64-v1' });
    expect({ stdout, status }).toEqual({ stdout: `dying by ${way}\n`, status: -signal });
  });
});
