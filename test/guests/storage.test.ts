// Programs print with a block device below their files what they print on Linux: waiting changes when things happen, and nothing else.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guest, run } from '../machine/run-guest.ts';

const PROGRAMS = ['files', 'mappings', 'locks', 'text_busy', 'pipe_details', 'uring/operations', 'uring/features'] as const;

describe.each(['nvme', 'disk'] as const)('%s', (storage) => {
  it.each(PROGRAMS)('%s', (name) => {
    const expected = readFileSync(new URL(`../../guests/expected/${name}.txt`, import.meta.url), 'utf8');
    const first = run(guest(name), {}, { abi: 'none', storage });
    expect(first.stdout).toBe(expected);
    expect(run(guest(name), {}, { abi: 'none', storage }).machine.hash()).toBe(first.machine.hash());
  });
});
