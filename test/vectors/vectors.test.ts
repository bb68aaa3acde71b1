// Every recorded vector through the engine, once under each of V8's WebAssembly compilers, because both must agree with the processor.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Code } from 'iced-x86';
import { describe, expect, it } from 'vitest';
import { operandsOf } from '../../src/machine/cpu/decode/operands.ts';
import { instructionTable } from '../../src/machine/cpu/semantics/table.ts';
import { ELSEWHERE, NO_SHAPE } from './elsewhere.ts';
import { shapeOf } from './shape-of.ts';
import { allForms, EXCLUDED } from './generate/forms.ts';
import { decode, differences } from './compare.ts';
import { readRecording } from './recording.ts';
import { Replay } from './replay.ts';
import { type FamilyReport, recordedFamilies } from './verify.ts';

const run = promisify(execFile);
const verify = fileURLToPath(new URL('./verify.ts', import.meta.url));

function readable(report: FamilyReport): string {
  return report.failing.map((form) => `${form.code}: ${form.failures} of ${form.vectors}\n    ${form.examples.join('\n    ')}`).join('\n');
}

describe.concurrent.each(['--liftoff-only', '--no-liftoff'])('recorded vectors under %s', (compiler) => {
  const reports = run(process.execPath, [compiler, verify, '--json', '--show', '2'], { maxBuffer: 1 << 28 })
    .then(
      ({ stdout }) => stdout,
      (error: { stdout?: string; stderr?: string; message: string }) =>
        error.stdout || Promise.reject(new Error(error.stderr || error.message)),
    )
    .then((text) => JSON.parse(text) as FamilyReport[]);

  it.each(recordedFamilies())(
    '%s',
    async (family) => {
      const report = (await reports).find((candidate) => candidate.family === family)!;
      expect(report.vectors).toBeGreaterThan(0);
      expect(readable(report)).toBe('');
    },
    240_000,
  );
});

describe('the recordings', () => {
  it('hold vectors for every form that can be written', () => {
    const recorded = new Set<number>();
    for (const family of recordedFamilies()) {
      for (const vector of readRecording(fileURLToPath(new URL(`./data/${family}.bin.br`, import.meta.url))).vectors) {
        const instruction = decode(vector.case);
        recorded.add(instruction.code);
        instruction.free();
      }
    }
    expect(
      allForms()
        .filter((form) => !recorded.has(form.code))
        .map((form) => form.name),
    ).toEqual([]);
    expect(Object.values(EXCLUDED).every((reason) => reason.length > 0)).toBe(true);
  });

  it('hold vectors for every shape of every instruction of the table, or there is a reason', () => {
    const recorded = new Map<number, Set<number>>();
    for (const family of recordedFamilies()) {
      for (const vector of readRecording(fileURLToPath(new URL(`./data/${family}.bin.br`, import.meta.url))).vectors) {
        const instruction = decode(vector.case);
        if (!recorded.has(instruction.code)) recorded.set(instruction.code, new Set());
        if (!instruction.isInvalid) recorded.get(instruction.code)!.add(shapeOf(instruction));
        instruction.free();
      }
    }
    const lacking = [...instructionTable.keys()].flatMap((code) => {
      const name = Code[code]!;
      const shapes = recorded.get(code);
      const reasons = shapes ? NO_SHAPE : ELSEWHERE;
      if (reasons.some(([, names]) => names.test(name))) return [];
      if (!shapes) return [name];
      return operandsOf(code)
        .shapes.filter((shape) => !shapes.has(shape))
        .map((shape) => `${name}:${shape}`);
    });
    expect(lacking).toEqual([]);
    expect(recorded.size).toBeGreaterThan(950);
  });

  it('notice a wrong answer', () => {
    const { vectors } = readRecording(fileURLToPath(new URL('./data/arithmetic.bin.br', import.meta.url)));
    const vector = vectors.find((candidate) => candidate.outcome.gpr.size === 1 && candidate.outcome.fault === null)!;
    const instruction = decode(vector.case);
    const actual = new Replay().run(vector.case);
    expect(differences(vector, { ...actual, rflags: actual.rflags ^ 1 }, instruction, 0)).toHaveLength(1);
    expect(differences(vector, { ...actual, gpr: actual.gpr.map((value) => value ^ 1n) }, instruction, 0)).toHaveLength(16);
    expect(differences(vector, { ...actual, mxcsr: 0 }, instruction, 0)).toHaveLength(1);
    instruction.free();
  });
});
