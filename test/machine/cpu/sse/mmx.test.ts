// MMX forms against outcomes recorded from a processor (test/vectors/mmx), and what they do to the x87 state.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Code } from 'iced-x86';
import { expect, test } from 'vitest';
import { RDI, X87 } from '../../../../src/machine/cpu/state.ts';
import { BUFFER_BYTES, ENVIRONMENT, mmxCases } from '../../../vectors/mmx/cases.ts';
import { BenchMachine, CODE, DATA, hex, stepModule } from '../bench-machine.ts';

const HLT = 0xf4;
/** Of the environment: control, status and tag words. */
const COMPARED = ENVIRONMENT + 12;

test('every recorded MMX form', () => {
  const outcomes = gunzipSync(readFileSync(new URL('../../../vectors/mmx/mmx.bin.gz', import.meta.url)));
  const cases = mmxCases().map((c) => ({ ...c, bytes: c.bytes.map((b, i) => (i === c.bytes.length - 1 ? HLT : b)) }));
  const machine = new BenchMachine(4 << 20, stepModule(), 'x86-64-v2').load(cases.flatMap(({ bytes }) => bytes));
  const failures: string[] = [];
  let at = 0,
    rip = CODE;
  for (const { code, bytes, input } of cases) {
    const start = rip;
    rip += bytes.length;
    const expected = outcomes.subarray(at, at + COMPARED).toString('hex');
    at += BUFFER_BYTES;
    machine.poke(DATA, input);
    machine.context.rip = BigInt(start);
    machine.context.mxcsr = 0x1f80;
    machine.context.fcw = 0x37f;
    machine.context.fsw = 0;
    machine.context.ftw = 0;
    machine.context.setRegister(RDI, BigInt(DATA));
    machine.run(10_000);
    const actual = Buffer.from(machine.peek(DATA, COMPARED)).toString('hex');
    if (actual !== expected && failures.length < 20)
      failures.push(`${Code[code]} ${Buffer.from(bytes).toString('hex')}:\n  ${actual}\n  ${expected}`);
  }
  expect(failures).toEqual([]);
  expect(at).toBe(outcomes.length);
});

test.each([
  ['paddb mm0, mm1', '0f fc c1', { top: 0, ftw: 0xff }],
  ['movd eax, mm0', '0f 7e c0', { top: 0, ftw: 0xff }],
  ['movq2dq xmm0, mm1', 'f3 0f d6 c1', { top: 0, ftw: 0xff }],
  ['cvtpi2pd xmm0, mm1', '66 0f 2a c1', { top: 0, ftw: 0xff }],
  ['cvtpi2pd xmm0, [rdi]', '66 0f 2a 07', { top: 5, ftw: 0x20 }],
  ['emms', '0f 77', { top: 0, ftw: 0 }],
] as const)('%s: TOP and tags', (_name, code, { top, ftw }) => {
  const machine = new BenchMachine().load([...hex(code), HLT]);
  machine.context.fsw = 5 << 11;
  machine.context.ftw = 0x20;
  machine.context.setRegister(RDI, BigInt(DATA));
  machine.run(10_000);
  expect({ top: (machine.context.fsw >> 11) & 7, ftw: machine.context.ftw }).toEqual({ top, ftw });
});

test('a pending x87 exception comes first', () => {
  const machine = new BenchMachine().load(hex('0f fc c1'));
  machine.context.fsw = 0x81;
  expect(machine.run(10_000)).toMatchObject({ kind: 'exception', vector: 16 });
  expect(machine.context.bytes[X87 + 8]).toBe(0);
});
