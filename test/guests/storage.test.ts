// Programs print with a block device below their files what they print on Linux: waiting changes when things happen, and nothing else.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EventKind } from '../../src/machine/events/schema.ts';
import { finish, guest, newMachine, run, spawn, watch } from '../machine/run-guest.ts';

const PROGRAMS = [
  'files',
  'mappings',
  'locks',
  'text_busy',
  'pipe_details',
  'fork_wait',
  'uring/storage',
  'uring/workers',
  'uring/operations',
  'uring/features',
] as const;

describe.each(['nvme', 'disk'] as const)('%s', (storage) => {
  it.each(PROGRAMS)('%s', (name) => {
    const expected = readFileSync(new URL(`../../guests/expected/${name}.txt`, import.meta.url), 'utf8');
    const first = run(guest(name), {}, { abi: 'none', storage });
    expect(first.stdout).toBe(expected);
    expect(run(guest(name), {}, { abi: 'none', storage }).machine.hash()).toBe(first.machine.hash());
  });

  it('a read through a ring does not keep its submitter: the device works meanwhile, and its interrupt completes it', () => {
    const machine = newMachine({ abi: 'none', storage });
    const seen = watch(machine);
    finish(machine, spawn(machine, guest('uring/storage')), 20_000_000_000);
    const cycles = (kind: EventKind, matches: (fields: Record<string, unknown>) => boolean): number[] =>
      seen.filter((event) => event.kind === kind && matches(event.fields)).map(({ cycle }) => cycle);
    const [submitted] = cycles('sqe_submitted', () => true) as [number];
    const [returned] = cycles('syscall_exited', ({ name }) => name === 'io_uring_enter') as [number];
    const [completed] = cycles('cqe_posted', () => true) as [number];
    const { request } = seen.findLast(({ kind, cycle }) => kind === 'block_request' && cycle <= returned)!.fields as { request: number };
    const [done] = cycles('block_done', (fields) => fields['request'] === request) as [number];
    expect([submitted, returned, done, completed].toSorted((a, b) => a - b)).toEqual([submitted, returned, done, completed]);
    // A million turns of a loop lie between, so that the disk is the later and the drive the earlier.
    const waited = cycles('syscall_entered', ({ name }) => name === 'io_uring_enter')[1]!;
    expect(done < waited).toBe(storage === 'nvme');
    // The polling thread's completion is seen when the copy of a megabyte, at 4 cycles for 64 bytes, is over.
    const polled = seen.find(({ kind, fields }) => kind === 'cqe_posted' && (fields as { ring: number }).ring === 2)!.cycle;
    const last = cycles('block_done', () => true).findLast((cycle) => cycle <= polled)!;
    expect(polled - last).toBeGreaterThanOrEqual((2 ** 20 / 64) * 4);
  });
});
