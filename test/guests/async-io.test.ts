// The program of guests/async-io: all tasks are done by every method, here and, but for user interrupts, on this machine's own kernel.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedProduct, type GuestReport, parseGuestReport } from '../../clients/experiments/async-io/guest-report.ts';
import { taskFiles } from '../../clients/experiments/async-io/task-files.ts';
import { guest, run } from '../machine/run-guest.ts';
import { natively } from './natively.ts';

const PROGRAM = 'async-io/async_io.poc';
const UNIT = 7000;
const files = taskFiles();
const limits = { virtual_cycles: 0, threads: 64, file_bytes: 64 << 20, console_bytes: 1 << 20 };

const words = (method: string, directory: string, { reads = 5, computations = 12, tasks = 1, chunk = 0, more = [] as string[] } = {}) => [
  method,
  directory,
  ...[reads, computations, 3, UNIT, tasks, chunk].map(String),
  ...more,
];

function inMachine(...args: Parameters<typeof words>): GuestReport {
  const { stdout, stderr, status } = run(
    guest(PROGRAM),
    {
      arguments: [PROGRAM, ...words(...args)],
      files: files.map(({ name, content }) => ({ path: `/data/${name}`, bytes: content, mode: 0o644 })),
    },
    { limits },
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return parseGuestReport(stdout);
}

/** Everything but when. */
function work({ reads, computations, product, checksums }: GuestReport) {
  return { reads: reads.map(({ file }) => file), factors: computations.map(({ factor }) => factor), product, checksums };
}

function isWhole(report: GuestReport): void {
  const { reads, computations, product, checksums, total } = report;
  expect(product).toBe(expectedProduct(computations, UNIT));
  for (const { name, checksum } of files) expect(checksums[name]).toBe(reads.some(({ file }) => file === name) ? checksum : undefined);
  let last = 0;
  for (const { submitted, completed, checked } of reads) {
    expect([last, submitted, completed, checked, total]).toEqual([last, submitted, completed, checked, total].toSorted((a, b) => a - b));
    last = checked;
  }
}

describe('asynchronous I/O in a machine', () => {
  const normal = inMachine('normal', '/data');

  it.each([
    ['normal', {}],
    ['uring', {}],
    ['uring', { tasks: 3 }],
    ['uring', { chunk: 1000 }],
    ['uintr', {}],
  ] as const)('does the same tasks by %s %j', (method, options) => {
    const report = inMachine(method, '/data', options);
    isWhole(report);
    expect(work(report)).toEqual(work(normal));
  });

  it('takes no completion before the read has taken its time, polled or interrupted', () => {
    const latencies = ({ reads }: GuestReport): number[] => reads.map(({ submitted, completed }) => completed - submitted);
    const blocking = latencies(normal);
    for (const method of ['uring', 'uintr'])
      for (const [at, latency] of latencies(inMachine(method, '/data')).entries()) expect(latency).toBeGreaterThan(blocking[at]! * 0.99);
  });

  it.each(['uring', 'uintr'])('waits in the kernel when only reads are left, by %s', (method) => {
    const report = inMachine(method, '/data', { computations: 0, more: ['block'] });
    isWhole(report);
    expect(report.counts).toMatchObject({ waits: 5, 'wake-ups': 0, ...(method === 'uintr' ? { interrupts: 5, limits: 0 } : {}) });
  });

  it.each([[['polling', '/data']], [['normal', '/data', '0']], [['normal', '/data', '1', '1', '0', '0', '1', '0']]])(
    '%j is wrong usage',
    (args) => {
      const { status, stderr } = run(guest(PROGRAM), { arguments: [PROGRAM, ...args] });
      expect(status).toBe(2);
      expect(stderr).toContain('usage: async_io normal|uring|uintr DIRECTORY');
    },
  );
});

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('asynchronous I/O on this kernel', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'async-io-'));
    for (const { name, content } of files) writeFileSync(join(directory, name), content);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.for([
    ['normal', {}],
    ['uring', {}],
    ['uring', { computations: 0, more: ['block'] }],
  ] as [string, NonNullable<Parameters<typeof words>[2]>][])('does the same tasks by %s %j', ([method, options], context) => {
    const path = fileURLToPath(new URL(`../../guests/bin/${PROGRAM}`, import.meta.url));
    const given = words(method, directory, options);
    const { stdout, stderr, status } = natively(path, (outcome) => outcome.status === 0 || outcome.status === 77, { arguments: given });
    if (status === 77) {
      console.warn('SKIPPED: this host does not permit io_uring');
      return context.skip();
    }
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const report = parseGuestReport(stdout);
    isWhole(report);
    if (!('more' in options)) expect(work(report)).toEqual(work(inMachine(method, '/data', options)));
  });
});
