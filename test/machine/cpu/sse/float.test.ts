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

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
const view = new DataView(memory.buffer);
const exact = instantiate();

function instantiate(): Exact {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', 1, 1);
  const functions = emitFloatFunctions(module);
  for (const format of ['f32', 'f64'] as const) {
    for (const [name, index] of Object.entries(functions[format])) module.export(`${format}.${name}`, index);
  }
  module.export('settle', functions.settle);
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

test('every recorded scalar operation: result bits, flags, exception', () => {
  const answers = gunzipSync(readFileSync(new URL('../../../vectors/float/scalar.bin.gz', import.meta.url)));
  const failures: string[] = [];
  let at = 0;
  for (const c of floatCases()) {
    const expected = { result: answers.readBigUInt64LE(at), status: answers[at + 8]! };
    at += 9;
    view.setUint32(CPU_BASE + MXCSR, c.mxcsr, true);
    const result = evaluate(c);
    const raised = exact['settle']!() === 1;
    const status = (view.getUint32(CPU_BASE + MXCSR, true) & 0x3f) | (raised ? 0x80 : 0);
    const wrong = status !== expected.status || (!raised && result !== expected.result) || view.getUint32(CPU_BASE + FLOAT_FLAGS, true) !== 0;
    if (wrong && failures.length < 40) {
      const hex = (v: bigint | number): string => v.toString(16);
      failures.push(`${c.format}.${c.operation} ${hex(c.x)} ${hex(c.y)} mxcsr ${hex(c.mxcsr)}: ${hex(result)}/${hex(status)}, processor ${hex(expected.result)}/${hex(expected.status)}`);
    }
  }
  expect(failures).toEqual([]);
  expect(at).toBe(answers.length);
  expect(at).toBe(2 * OPERATIONS.length * CASES_PER_OPERATION * 9);
});
