// The programs of guests/ipc: every mechanism, spinning and blocking, here and, but for user interrupts, on this machine's own kernel.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseGuestReport } from '../../clients/experiments/ipc/guest-report.ts';
import { MECHANISMS, type Mechanism, type Waiting } from '../../clients/experiments/ipc/mechanisms.ts';
import { guest, run } from '../machine/run-guest.ts';
import { natively } from './natively.ts';

const native = process.platform === 'linux' && process.arch === 'x64';
const COUNT = 12;

const ways = MECHANISMS.flatMap((one) => one.waits.map((waiting) => [one.name, waiting, one] as const));
const words = ({ name }: Mechanism, waiting: Waiting, size: number, ...more: string[]): string[] => [
  name,
  waiting,
  String(COUNT),
  '3',
  String(size),
  '5',
  ...more,
];

describe('ipc programs in a machine', () => {
  it.each(ways)('%s, %s: all rounds, each answered, on two vCPUs and on one', (_, waiting, mechanism) => {
    for (const more of waiting === 'block' ? [[], ['same']] : [[]]) {
      const args = [mechanism.program, ...words(mechanism, waiting, mechanism.carries ? 100 : 1, ...more)];
      const { stdout, stderr, status } = run(guest(mechanism.program), { arguments: args });
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      const { samples, counts } = parseGuestReport(stdout);
      expect(samples).toHaveLength(COUNT);
      expect(Math.min(...samples)).toBeGreaterThan(0);
      expect(counts['limits'] ?? 0).toBe(0);
    }
  });

  it.each([
    [['pipe', 'poll', '10', '1', '1', '0']],
    [['tube', 'spin', '10', '1', '1', '0']],
    [['pipe', 'spin', '0', '1', '1', '0']],
    [['pipe', 'spin', '30000', '1', '1', '0']],
    [['pipe', 'spin', '10', '1', '8193', '0']],
    [['pipe', 'spin', '10', '1', '1', '0', 'apart']],
  ])('%j is wrong usage', (args) => {
    const { status, stderr } = run(guest('ipc/stream'), { arguments: ['stream', ...args] });
    expect(status).toBe(2);
    expect(stderr).toContain('usage: stream MECHANISM spin|block');
  });
});

describe.runIf(native)('ipc programs on this kernel', () => {
  it.each(ways.filter(([, , { program }]) => !program.includes('uintr')))('%s, %s', (_, waiting, mechanism) => {
    const program = fileURLToPath(new URL(`../../guests/bin/${mechanism.program}`, import.meta.url));
    const given = words(mechanism, waiting, mechanism.carries ? 100 : 1);
    const { stdout, stderr, status } = natively(program, (outcome) => outcome.status === 0, { arguments: given });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(parseGuestReport(stdout).samples).toHaveLength(COUNT);
  });
});
