// spec.limits.threads: a program that makes as many threads as it can is refused the rest, and the machine goes on with the others.

import { expect, test } from 'vitest';
import { DEFAULT_SPEC } from '../../src/machine/machine-spec.ts';
import { finish, guest, newMachine, spawn } from './run-guest.ts';

test('a crowd of threads gets no further than the limit, and another program is not disturbed', () => {
  const machine = newMachine({ limits: { ...DEFAULT_SPEC.limits, threads: 300 } });
  const crowd = spawn(machine, guest('pthreads'));
  const other = machine.apply('spawn_process', {
    program: { path: '/bin/other', image: guest('numbers') },
    arguments: ['other'],
    environment: [],
    workingDirectory: '/',
    stdin: new Uint8Array(0),
    files: [],
    affinity: 0,
  }).pid;
  const { stdout, status } = finish(machine, crowd);
  expect(status).toBe(0);
  const [, made, peak, joined, left] = /a crowd of (\d+), (\d+) at once, (\d+) joined, (\d+) left/.exec(stdout)!.map(Number);
  expect(made).toBeGreaterThanOrEqual(298);
  expect(made).toBeLessThan(300);
  expect({ peak, joined, left }).toEqual({ peak: made, joined: made, left: 0 });
  expect(machine.programs.get(other)!.process.exitStatus).toEqual({ kind: 'exited', code: 0 });
});
