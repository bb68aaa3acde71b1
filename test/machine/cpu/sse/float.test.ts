// The exact float functions alone, against answers recorded from a processor (test/vectors/float).

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { emitFloatFunctions } from '../../../../src/machine/cpu/semantics/float/functions.ts';
import { FLOAT_FLAGS, MXCSR } from '../../../../src/machine/cpu/state.ts';
import { ModuleBuilder } from '../../../../src/machine/cpu/wasm/module-builder.ts';
import { CPU_BASE } from '../../../../src/machine/memory/layout.ts';
import { CASES_PER_OPERATION, type FloatCase, OPERATIONS, floatCases } from '../../../vectors/float/operands.ts';

type Exact = Record<string, (...args: (bigint | number)[]) => bigint | number>;

const memory = new WebAssembly.Memory({ initial: 16, maximum: 16 });
const view = new DataView(memory.buffer);
const exact = instantiate();

function instantiate(): Exact {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 16, 16);
  const functions = emitFloatFunctions(module);
  for (const format of ['f32', 'f64'] as const) {
    for (const [name, index] of Object.entries({ ...functions[format] })) module.export(`${format}.${name}`, index);
  }
  module.export('settle', functions.settle);
  module.export('reciprocal', functions.approximations.reciprocal);
  module.export('reciprocalRoot', functions.approximations.reciprocalRoot);
  return new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { env: { memory } }).exports as unknown as Exact;
}

/** Result bits as the scalar instruction leaves them. */
function evaluate({ format, operation, x, y }: FloatCase): bigint {
  const call = (name: string, ...args: (bigint | number)[]): bigint => {
    const result = exact[`${format}.${name}`]!(...args);
    return typeof result === 'bigint' ? BigInt.asUintN(64, result) : BigInt(result);
  };
  const allOnes = format === 'f32' ? 0xffff_ffffn : 0xffff_ffff_ffff_ffffn;
  switch (operation) {
    case 'sqrt':
      return call('sqrt', y);
    case 'less':
      return call('compare', x, y, 0) === 1n ? allOnes : 0n;
    case 'equal':
      return call('compare', x, y, 1) === 0n ? allOnes : 0n;
    case 'to32':
      return call('toInt32', x, 0);
    case 'to64':
      return call('toInt64', x, 0);
    case 'truncate32':
      return call('toInt32', x, 1);
    case 'truncate64':
      return call('toInt64', x, 1);
    case 'from32':
      return call('fromInteger', BigInt.asIntN(32, x));
    case 'from64':
      return call('fromInteger', BigInt.asIntN(64, x));
    case 'resize':
      return call('resize', y);
    default:
      return call(operation, x, y);
  }
}

test.each([0, 0x20])('every recorded scalar operation: result bits, flags, exception; MXCSR flags before: %i', (before) => {
  const answers = gunzipSync(readFileSync(new URL('../../../vectors/float/scalar.bin.gz', import.meta.url)));
  const failures: string[] = [];
  let at = 0;
  for (const c of floatCases()) {
    const expected = { result: answers.readBigUInt64LE(at), status: answers[at + 8]! | before };
    at += 9;
    view.setUint32(CPU_BASE + MXCSR, c.mxcsr | before, true);
    const result = evaluate(c);
    const raised = exact['settle']!() === 1;
    const status = (view.getUint32(CPU_BASE + MXCSR, true) & 0x3f) | (raised ? 0x80 : 0);
    const wrong =
      status !== expected.status || (!raised && result !== expected.result) || view.getUint32(CPU_BASE + FLOAT_FLAGS, true) !== 0;
    if (wrong && failures.length < 40) {
      const hex = (v: bigint | number): string => v.toString(16);
      failures.push(
        `${c.format}.${c.operation} ${hex(c.x)} ${hex(c.y)} mxcsr ${hex(c.mxcsr)}: ${hex(result)}/${hex(status)}, ` +
          `processor ${hex(expected.result)}/${hex(expected.status)}`,
      );
    }
  }
  expect(failures).toEqual([]);
  expect(at).toBe(answers.length);
  expect(at).toBe(2 * OPERATIONS.length * CASES_PER_OPERATION * 9);
});

test.each([
  [0x00000000, 0x7f800000, 0x7f800000],
  [0x007fffff, 0x7f800000, 0x7f800000],
  [0x80000001, 0xff800000, 0xff800000],
  [0x7f800000, 0x00000000, 0x00000000],
  [0xff800000, 0x80000000, 0xffc00000],
  [0x7f800001, 0x7fc00001, 0x7fc00001],
  [0xff800001, 0xffc00001, 0xffc00001],
  [0x7e800000, 0x00000000, 0x1ffff800],
  [0x7f7fffff, 0x00000000, 0x1f800000],
  [0x7effffff, 0x00000000, 0x1fb50800],
  [0x7e7fffff, 0x00800000, 0x20000000],
  [0x3f800000, 0x3f7ff000, 0x3f7ff800],
  [0xbf800000, 0xbf7ff000, 0xffc00000],
])('RCPSS and RSQRTSS of %i as the recorded processor', (x, reciprocal, root) => {
  expect(Number(exact['reciprocal']!(BigInt(x)))).toBe(reciprocal);
  expect(Number(exact['reciprocalRoot']!(BigInt(x)))).toBe(root);
});
