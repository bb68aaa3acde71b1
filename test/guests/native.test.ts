// Guest programs on this machine's own kernel and processor: their output is what the machine must print too (guests/expected).

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guests } from '../../guests/guests.ts';
import { expected, judgedHere, native, root } from './rebuilt.ts';

describe.runIf(native)('built guests on this kernel', () => {
  it.each(guests.filter(judgedHere).map((guest) => guest.name))('%s prints what is expected', (name) => {
    const result = spawnSync(join(root, 'bin', name), [], { encoding: 'utf8', timeout: 20_000 });
    expect(result.stdout).toBe(expected(name));
    expect(result.status).toBe(0);
  });

  it.each([
    ['null-write', 'SIGSEGV'],
    ['null-call', 'SIGSEGV'],
    ['divide', 'SIGFPE'],
    ['ud2', 'SIGILL'],
    ['privileged', 'SIGSEGV'],
    ['misaligned', 'SIGSEGV'],
    ['non-canonical', 'SIGSEGV'],
    ['stack-overflow', 'SIGSEGV'],
    ['not-executable', 'SIGSEGV'],
    ['breakpoint', 'SIGTRAP'],
    ['abort', 'SIGABRT'],
  ])('fault %s dies by %s', (way, signal) => {
    const result = spawnSync(join(root, 'bin/fault'), [way], { encoding: 'utf8' });
    expect(result.stdout).toBe(`dying by ${way}\n`);
    expect(result.signal).toBe(signal);
  });
});
