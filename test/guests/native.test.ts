// Guest programs on this machine's own kernel and processor: their output is what the machine must print too (guests/expected).

import { join } from 'node:path';
import { describe, it } from 'vitest';
import { guests } from '../../guests/guests.ts';
import { expectNatively } from './natively.ts';
import { expected, judgedHere, native, root } from './rebuilt.ts';

describe.runIf(native)('built guests on this kernel', () => {
  it.each(guests.filter(judgedHere).map((guest) => guest.name))('%s prints what is expected', (name) => {
    expectNatively(join(root, 'bin', name), expected(name));
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
    expectNatively(join(root, 'bin/fault'), `dying by ${way}\n`, { arguments: [way] }, signal);
  });
});
