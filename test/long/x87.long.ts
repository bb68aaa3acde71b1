// The x87 unit against this machine's processor: every instruction over random and hard operands, control words, stack faults and sticky
// flags, bit for bit, but for transcendentals, which may be one unit in the last place apart.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { difference } from '../machine/cpu/x87/comparison.ts';
import { parseRecording, replay } from '../machine/cpu/x87/recording.ts';

const SOURCE = join(import.meta.dirname, '../vectors/x87/generate.c');
/** Times the cases of the recorded file; each seed is some half a million. */
const FACTOR = 20;
const SEEDS = [1, 2];
/** Of a transcendental's results at least so many are equal: rounding is right but for the processor's own error. */
const EQUAL = 0.96;

const here = process.platform === 'linux' && process.arch === 'x64';
if (!here) console.warn('SKIPPED: x87 is compared on x86-64 Linux only');

describe.runIf(here)('x87 natively and here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'x87-'));
  const program = join(folder, 'generate');
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(SEEDS)('seed %i', (seed) => {
    execFileSync('gcc', ['-O1', '-mno-red-zone', '-Wall', SOURCE, '-o', program], { stdio: 'inherit' });
    const records = parseRecording(execFileSync(program, [`${seed}`, `${FACTOR}`], { maxBuffer: 1 << 30 }));
    expect(records.length).toBeGreaterThan(500_000);
    const counts = new Map<string, { all: number; equal: number }>();
    for (const record of records) {
      const { code } = record.operation;
      const state = replay(record);
      expect(difference(code, record, state)).toBeNull();
      const count = counts.get(code) ?? { all: 0, equal: 0 };
      counts.set(code, count);
      count.all++;
      if (JSON.stringify(state.registers) === JSON.stringify(record.after.registers)) count.equal++;
    }
    for (const [code, { all, equal }] of counts) expect([code, equal / all > EQUAL]).toEqual([code, true]);
  });
});
