// A failing case as text: what to run to see it again, its state and bytes, what it does, and where the answers differ.

import { Decoder, DecoderOptions, Formatter, FormatterSyntax } from 'iced-x86';
import type { Verdict } from './check.ts';
import { GENERAL, bytesHex, hex } from './compare.ts';
import { CODE, STACK_TOP, addressOf } from './layout.ts';
import { PLAIN } from './state.ts';

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
  return fields.join(', ');
}

export function listing(verdict: Verdict, compiler: string): string {
  const { case: made, job, differences } = verdict;
  const entry = job.lowered.entry - CODE.base - job.lowered.offset;
  return [
    `seed ${made.seed}, case ${made.index} (${made.traits.join(', ')}), ${compiler}: npm run fuzz -- cpu --seed ${made.seed} --from ${made.index} --count 1`,
    ...differences.slice(0, 12).map((line) => `  ${line}`),
    `  { code: '${Buffer.from(job.lowered.code).toString('hex')}', at: ${hex(job.lowered.offset)}${entry ? `, entry: ${hex(entry)}` : ''}, ${stateLiteral(verdict)} }`,
    ...disassembly(verdict),
  ].join('\n');
}
