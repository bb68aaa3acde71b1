// Which of the shapes that step functions are made for (decode/record.ts) an instruction has.

import { type Instruction, OpKind, Register } from 'iced-x86';
import { isNarrow, operandsOf } from '../../src/machine/cpu/decode/operands.ts';
import { SHAPE } from '../../src/machine/cpu/decode/record.ts';

const NARROW_STRINGS: readonly OpKind[] = [OpKind.MemorySegESI, OpKind.MemorySegEDI, OpKind.MemoryESEDI];
const STRINGS: readonly OpKind[] = [...NARROW_STRINGS, OpKind.MemorySegRSI, OpKind.MemorySegRDI, OpKind.MemoryESRDI];

export function shapeOf(instruction: Instruction): number {
  const { places, shapes } = operandsOf(instruction.code);
  for (let n = 0; n < instruction.opCount; n++) {
    const kind = instruction.opKind(n);
    if (places[n] === 'string' || STRINGS.includes(kind)) {
      const narrow = NARROW_STRINGS.includes(kind) || instruction.memoryBase === Register.EBX;
      const repeats = shapes.includes(SHAPE.STRING + 1);
      const repeat = !repeats ? 0 : instruction.hasRepPrefix ? 1 : instruction.hasRepnePrefix ? 2 : 0;
      return SHAPE.STRING + repeat + (narrow ? 3 : 0);
    }
    if (kind === OpKind.Memory) return memoryShape(instruction);
  }
  return SHAPE.REGISTER;
}

function memoryShape({ memoryBase: base, memoryIndex: index, memorySegment: segment, memoryDisplSize }: Instruction): number {
  const narrow = isNarrow(base) || isNarrow(index) || (base === Register.None && index === Register.None && memoryDisplSize === 4);
  if (narrow || segment === Register.FS || segment === Register.GS) return SHAPE.FULL;
  return index === Register.None ? SHAPE.BASE : SHAPE.INDEXED;
}
