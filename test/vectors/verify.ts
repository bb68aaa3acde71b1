// Replays recorded files and reports disagreements grouped by iced's Code: node test/vectors/verify.ts [--show N] [FAMILY...]
// Exit code 0 if the engine agrees with the processor on every vector. Also the child process of vectors.test.ts, which wants JSON.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Code, CodeExt, MemorySizeExt } from 'iced-x86';
import { decode, describe, differences } from './compare.ts';
import { readRecording } from './recording.ts';
import { Replay } from './replay.ts';

export interface FormReport {
  readonly code: string;
  readonly vectors: number;
  failures: number;
  /** The first few, each with its inputs and differences. */
  readonly examples: string[];
}

export interface FamilyReport {
  readonly family: string;
  readonly processor: string;
  readonly vectors: number;
  /** Forms with disagreements. */
  readonly failing: FormReport[];
}

const directory = fileURLToPath(new URL('./data/', import.meta.url));

export function recordedFamilies(): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.bin.br'))
    .map((name) => name.slice(0, -'.bin.br'.length))
    .sort();
}

/** Names a form with the code it has, or the bytes where they do not decode (a cut-off instruction). */
function memoryBytesOf(code: Code): number {
  const info = CodeExt.opCode(code);
  const bytes = MemorySizeExt.size(info.memorySize);
  info.free();
  return bytes;
}

export function verifyFamily(replay: Replay, family: string, examples: number): FamilyReport {
  const { header, vectors } = readRecording(`${directory}${family}.bin.br`);
  const forms = new Map<string, { code: string; vectors: number; failures: number; examples: string[] }>();
  const sizes = new Map<Code, number>();
  for (const vector of vectors) {
    const instruction = decode(vector.case);
    const code = instruction.code as Code;
    if (!sizes.has(code)) sizes.set(code, memoryBytesOf(code));
    const name = Code[code]!;
    const form = forms.get(name) ?? { code: name, vectors: 0, failures: 0, examples: [] };
    forms.set(name, form);
    form.vectors++;
    let lines: string[];
    try {
      lines = differences(vector, replay.run(vector.case), instruction, sizes.get(code)!);
    } catch (error) {
      lines = [
        `the engine threw: ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' | ') : String(error)}`,
      ];
    }
    instruction.free();
    if (lines.length === 0) continue;
    form.failures++;
    if (form.examples.length < examples) form.examples.push([describe(vector.case), ...lines].join('\n      '));
  }
  return { family, processor: header.processor, vectors: vectors.length, failing: [...forms.values()].filter((form) => form.failures > 0) };
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { show: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const replay = new Replay();
  const families = positionals.length > 0 ? positionals : recordedFamilies();
  const reports = families.map((family) => verifyFamily(replay, family, Number(values.show)));
  if (values.json) process.stdout.write(JSON.stringify(reports));
  else {
    for (const report of reports) {
      const failures = report.failing.reduce((sum, form) => sum + form.failures, 0);
      console.log(`${report.family}: ${report.vectors} vectors, ${failures} disagree in ${report.failing.length} forms`);
      for (const form of report.failing) {
        console.log(`  ${form.code}: ${form.failures} of ${form.vectors}`);
        for (const example of form.examples) console.log(`    ${example}`);
      }
    }
  }
  process.exitCode = reports.some((report) => report.failing.length > 0) ? 1 : 0;
}
