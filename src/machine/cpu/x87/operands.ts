// Memory operands of arithmetic, comparison and load: single, double, extended, integers, packed decimal.

import type { CpuException } from '../exit.ts';
import type { HelperMachine } from '../helpers/helper.ts';
import { DOUBLE, SINGLE, fromInteger, widen } from './convert.ts';
import { fromDecimal } from './decimal.ts';
import { readFloat80, type Float80 } from './float80.ts';
import { viewOf } from './instruction.ts';

export type MemoryForm = 'm32fp' | 'm64fp' | 'm80fp' | 'm16int' | 'm32int' | 'm64int' | 'm80bcd';

interface Reader {
  readonly bytes: number;
  readonly read: (view: DataView, bytes: Uint8Array) => Float80;
}

const READERS: Readonly<Record<MemoryForm, Reader>> = {
  m32fp: { bytes: 4, read: (view) => widen(BigInt(view.getUint32(0, true)), SINGLE) },
  m64fp: { bytes: 8, read: (view) => widen(view.getBigUint64(0, true), DOUBLE) },
  m80fp: { bytes: 10, read: (view) => readFloat80(view, 0) },
  m16int: { bytes: 2, read: (view) => fromInteger(BigInt(view.getInt16(0, true))) },
  m32int: { bytes: 4, read: (view) => fromInteger(BigInt(view.getInt32(0, true))) },
  m64int: { bytes: 8, read: (view) => fromInteger(view.getBigInt64(0, true)) },
  m80bcd: { bytes: 10, read: (_view, bytes) => fromDecimal(bytes) },
};

export function readOperand(machine: HelperMachine, form: MemoryForm): Float80 | CpuException {
  const { bytes, read } = READERS[form];
  const data = machine.read(machine.address(), bytes);
  return data instanceof Uint8Array ? read(viewOf(data), data) : data;
}

export function isFault(value: object): value is CpuException {
  return 'vector' in value;
}
