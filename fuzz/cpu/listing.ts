// A failing case as text: what to run to see it again, its state and bytes, what it does, and where the answers differ.

import { Decoder, DecoderOptions, Formatter, FormatterSyntax } from 'iced-x86';
import type { Verdict } from './check.ts';
import { GENERAL, bytesHex, hex } from './compare.ts';
import { ARITHMETIC } from './flags.ts';
import { CODE, STACK_TOP, addressOf } from './layout.ts';
import { PLAIN } from './state.ts';

const VECTOR_BP = 3;

function disassembly({ job: { lowered } }: Verdict): string[] {
  const decoder = new Decoder(64, lowered.code, DecoderOptions.None);
  const formatter = new Formatter(FormatterSyntax.Intel);
  decoder.ip = BigInt(CODE.base + lowered.offset);
  const lines: string[] = [];
  while (decoder.canDecode && lines.length < 200) {
    const at = Number(decoder.ip);
    const instruction = decoder.decode();
    const start = at - CODE.base - lowered.offset;
    const bytes = Buffer.from(lowered.code.subarray(start, start + instruction.length)).toString('hex');
    lines.push(`    ${at === lowered.entry ? '>' : ' '}${hex(at)} ${bytes.padEnd(22)} ${formatter.format(instruction)}`);
    instruction.free();
  }
  formatter.free();
  decoder.free();
  return lines;
}

/** The start state as a literal of test/machine/cpu/sequences.ts: what differs from registers that hold nothing. */
function stateLiteral({ case: { state } }: Verdict): string {
  const fields: string[] = [];
  const gpr = state.gpr.flatMap((value, n) => (value === (n === 4 ? BigInt(STACK_TOP) : 0n) ? [] : [`${GENERAL[n]}: ${hex(value)}n`]));
  if (gpr.length > 0) fields.push(`gpr: { ${gpr.join(', ')} }`);
  for (const field of ['xmm', 'st'] as const) {
    const values = state[field].flatMap((value, n) => (value.some((byte) => byte !== 0) ? [`${n}: '${bytesHex(value)}'`] : []));
    if (values.length > 0) fields.push(`${field}: { ${values.join(', ')} }`);
  }
  for (const field of ['rflags', 'mxcsr', 'fcw', 'fsw', 'ftw', 'image'] as const) {
    if (state[field] !== PLAIN[field]) fields.push(`${field}: ${field === 'image' ? state[field] : hex(state[field])}`);
  }
  const memory = state.patches.map(({ offset, bytes }) => `${hex(addressOf(offset))}: '${Buffer.from(bytes).toString('hex')}'`);
  if (memory.length > 0) fields.push(`memory: { ${memory.join(', ')} }`);
  return fields.map((field) => `${field}, `).join('');
}

/** What the row is to expect: whatever a line of the differences is about. */
function expectedLiteral({ differences, expected }: Verdict): string {
  if (!expected) return '';
  const about = new Set(differences.map((line) => /(?:^|: )([a-z0-9]+)(?: from 0x[0-9a-f]+)?: expected/.exec(line)?.[1] ?? ''));
  const fields: string[] = [];
  const exception = expected.vector !== VECTOR_BP || about.has('end');
  if (exception) fields.push(`exception: [${expected.vector}, ${hex(expected.errorCode)}, ${hex(expected.address)}n]`);
  const gpr = GENERAL.flatMap((name, n) => (about.has(name) ? [`${name}: ${hex(expected.gpr[n]!)}n`] : []));
  if (gpr.length > 0) fields.push(`gpr: { ${gpr.join(', ')} }`);
  if (about.has('rflags'))
    fields.push(`flags: { set: ${hex(expected.rflags & ARITHMETIC)}, clear: ${hex(~expected.rflags & ARITHMETIC)} }`);
  for (const [field, size] of [
    ['xmm', 16],
    ['st', 10],
  ] as const) {
    const values = Array.from({ length: expected[field].length / size }, (_, n) => n)
      .filter((n) => about.has(`${field}${n}`))
      .map((n) => `${n}: '${bytesHex(expected[field].subarray(n * size, (n + 1) * size))}'`);
    if (values.length > 0) fields.push(`${field}: { ${values.join(', ')} }`);
  }
  for (const field of ['mxcsr', 'fsw', 'ftw'] as const) if (about.has(field)) fields.push(`${field}: ${hex(expected[field])}`);
  const memory = differences.flatMap((line) => /memory from (0x[0-9a-f]+): expected ([0-9a-f]+)/.exec(line)?.slice(1) ?? []);
  if (memory.length > 0) fields.push(`memory: { ${memory[0]}: '${memory[1]}' }`);
  return fields.join(', ');
}

export function listing(verdict: Verdict): string {
  const { case: made, job, differences } = verdict;
  const entry = job.lowered.entry - CODE.base - job.lowered.offset;
  return [
    `seed ${made.seed}, case ${made.index} (${made.traits.join(', ')}): npm run fuzz -- cpu --seed ${made.seed} --from ${made.index} --count 1`,
    ...differences.slice(0, 12).map((line) => `  ${line}`),
    `  { code: '${Buffer.from(job.lowered.code).toString('hex')}', at: ${hex(job.lowered.offset)}${entry ? `, entry: ${hex(entry)}` : ''}, ${stateLiteral(verdict)}expected: { ${expectedLiteral(verdict)} } },`,
    ...disassembly(verdict),
  ].join('\n');
}
