// The recorded scalar operations again, as instructions with MXCSR as programs have it: the native fast paths of the scalar
// and packed forms, and the conditions under which they are left.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { RDI } from '../../../../src/machine/cpu/state.ts';
import { type FloatCase, floatCases } from '../../../vectors/float/operands.ts';
import { BenchMachine, CODE, DATA, hex } from '../bench-machine.ts';

const OPCODES: Partial<Record<FloatCase['operation'], string>> = {
  add: '58',
  mul: '59',
  sub: '5c',
  min: '5d',
  div: '5e',
  max: '5f',
  sqrt: '51',
};
const HLT = 'f4';

/** Loads both operands from [RDI], operates, stores result and MXCSR. */
function program(opcode: string, format: 'f32' | 'f64', packed: boolean): number[] {
  const load = 'f3 0f 7e 07 f3 0f 7e 4f 08'; // movq xmm0, [rdi]; movq xmm1, [rdi + 8]
  const spread = format === 'f64' ? '66 0f 14 c0 66 0f 14 c9' : '0f c6 c0 00 0f c6 c9 00'; // unpcklpd, shufps
  const prefix = packed ? (format === 'f64' ? '66' : '') : format === 'f64' ? 'f2' : 'f3';
  const store = '0f 11 47 10 0f ae 5f 20'; // movups [rdi + 16], xmm0; stmxcsr [rdi + 32]
  return hex(`${load} ${packed ? spread : ''} ${prefix} 0f ${opcode} c1 ${store} ${HLT}`.replace(/ +/g, ' '));
}

test.each([false, true])(
  'recorded operations as instructions, packed: %s',
  (packed) => {
    const answers = gunzipSync(readFileSync(new URL('../../../vectors/float/scalar.bin.gz', import.meta.url)));
    const starts = new Map<string, number>();
    const code: number[] = [];
    for (const format of ['f32', 'f64'] as const) {
      for (const [operation, opcode] of Object.entries(OPCODES)) {
        starts.set(`${format}.${operation}`, CODE + code.length);
        code.push(...program(opcode, format, packed));
      }
    }
    const machine = new BenchMachine().load(code);
    const frame = machine.frameOf(DATA);
    const { view } = machine.physical;
    const failures: string[] = [];
    let ran = 0;
    let at = -9;
    for (const c of floatCases()) {
      at += 9;
      const start = starts.get(`${c.format}.${c.operation}`);
      if (start === undefined || c.mxcsr !== 0x1f80) continue;
      for (const before of [0, 0x20]) {
        view.setBigUint64(frame, c.x, true);
        view.setBigUint64(frame + 8, c.y, true);
        machine.context.rip = BigInt(start);
        machine.context.mxcsr = c.mxcsr | before;
        machine.context.setRegister(RDI, BigInt(DATA));
        machine.run(1000);
        const lanes = packed ? 128 / (c.format === 'f64' ? 64 : 32) : 1;
        const width = c.format === 'f64' ? 8 : 4;
        const expected = BigInt.asUintN(8 * width, answers.readBigUInt64LE(at));
        const result = Array.from({ length: lanes }, (_, n) =>
          width === 8 ? view.getBigUint64(frame + 16 + 8 * n, true) : BigInt(view.getUint32(frame + 16 + 4 * n, true)),
        );
        const mxcsr = view.getUint32(frame + 32, true);
        ran++;
        if (result.every((bits) => bits === expected) && mxcsr === (c.mxcsr | before | answers[at + 8]!)) continue;
        const shown = [c.x, c.y, ...result, expected].map((v) => v.toString(16)).join(' ');
        failures.push(`${c.format}.${c.operation} ${shown} mxcsr ${mxcsr.toString(16)} flags ${answers[at + 8]!.toString(16)}`);
      }
    }
    expect(failures.slice(0, 20)).toEqual([]);
    expect(ran).toBeGreaterThan(5000);
  },
  30_000,
);

test('an unmasked exception raises #XM, sets its flag and leaves the register', () => {
  const machine = new BenchMachine().load(hex('f2 0f 5e c1 f4')); // divsd xmm0, xmm1
  const registers = new DataView(machine.context.bytes.buffer, machine.context.bytes.byteOffset);
  registers.setFloat64(0x100, 1, true);
  machine.context.mxcsr = 0x1d80;
  expect(machine.run(1000)).toMatchObject({ kind: 'exception', vector: 19 });
  expect(machine.context.mxcsr).toBe(0x1d84);
  expect(registers.getFloat64(0x100, true)).toBe(1);
  expect(machine.context.rip).toBe(BigInt(CODE));
});

test('LDMXCSR with a reserved bit is #GP(0)', () => {
  const machine = new BenchMachine().load(hex('0f ae 17')); // ldmxcsr [rdi]
  machine.context.setRegister(RDI, BigInt(DATA));
  machine.poke(DATA, [0x80, 0x1f, 1, 0]);
  expect(machine.run(1000)).toMatchObject({ kind: 'exception', vector: 13, errorCode: 0 });
  expect(machine.context.mxcsr).toBe(0x1f80);
});
