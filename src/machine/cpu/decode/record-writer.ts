// Writes one decoded instruction as a record: its form and operands, without LINK and COST.

import { type Instruction, OpKind, Register } from 'iced-x86';
import { ZERO } from '../state.ts';
import { type CodeOperands, SLOT_OF_REGISTER, isNarrow } from './operands.ts';
import {
  ADDRESS_32,
  BASE,
  DISPLACEMENT,
  FORM,
  IMMEDIATE,
  INDEX,
  LENGTH,
  RIP_48,
  SCALE,
  SHAPE,
  SHAPE_COUNT,
  SLOT_0,
  SPECIAL,
  STACK_BASED,
} from './record.ts';

const NO_SLOTS = (ZERO * 0x0101_0101) >>> 0;

export class RecordWriter {
  private readonly forms: Uint16Array;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private record = 0;
  private instruction!: Instruction;

  /** `forms`: the form of code * SHAPE_COUNT + shape. */
  constructor(forms: Uint16Array) {
    this.forms = forms;
  }

  /** At byte `record` of `view`, which is clear there. `operands`: null if the processor has no such instruction. False if it is undefined. */
  write(view: DataView, record: number, instruction: Instruction, length: number, rip: number, operands: CodeOperands | null): boolean {
    this.view = view;
    this.record = record;
    this.instruction = instruction;
    view.setUint8(record + LENGTH, length);
    setRip(view, record, rip);
    view.setUint32(record + SLOT_0, NO_SLOTS, true);
    const form = operands === null ? 0 : this.writeOperands(operands);
    view.setUint16(record + FORM, form === 0 ? SPECIAL.UNDEFINED : form, true);
    return form !== 0;
  }

  /** Fills in the operands and returns the form, 0 if there is none. */
  private writeOperands(operands: CodeOperands): number {
    const { instruction, view, record } = this;
    const { places } = operands;
    let shape: number = SHAPE.REGISTER;
    let immediates = 0;
    for (let i = 0; i < places.length; i++) {
      switch (instruction.opKind(i)) {
        case OpKind.Register:
          if (places[i] !== 'cl') view.setUint8(record + (i < 2 ? SLOT_0 + i : INDEX), SLOT_OF_REGISTER[instruction.opRegister(i)]!);
          break;
        case OpKind.Memory:
          shape = places[i] === 'string' ? this.writeString(operands, i, shape) : this.writeMemory(i);
          break;
        case OpKind.NearBranch16:
        case OpKind.NearBranch32:
        case OpKind.NearBranch64:
          break;
        case OpKind.Immediate64:
          view.setBigInt64(record + DISPLACEMENT, BigInt.asIntN(64, instruction.immediate64), true);
          break;
        case OpKind.Immediate8:
        case OpKind.Immediate8_2nd:
        case OpKind.Immediate16:
        case OpKind.Immediate32:
        case OpKind.Immediate8to16:
        case OpKind.Immediate8to32:
        case OpKind.Immediate8to64:
        case OpKind.Immediate32to64:
          view.setInt32(
            record + (immediates++ === 0 ? IMMEDIATE : DISPLACEMENT),
            Number(BigInt.asIntN(32, instruction.immediate(i))),
            true,
          );
          break;
        default:
          shape = this.writeString(operands, i, shape);
      }
    }
    return this.forms[instruction.code * SHAPE_COUNT + shape] ?? 0;
  }

  private writeMemory(i: number): number {
    const { instruction, view, record } = this;
    const base = instruction.memoryBase;
    const index = instruction.memoryIndex;
    const segment = instruction.memorySegment;
    view.setBigInt64(record + DISPLACEMENT, instruction.memoryDisplacement, true);
    view.setUint8(record + BASE, SLOT_OF_REGISTER[base]!);
    view.setUint8(record + INDEX, SLOT_OF_REGISTER[index]!);
    const narrow =
      isNarrow(base) || isNarrow(index) || (base === Register.None && index === Register.None && instruction.memoryDisplSize === 4);
    const based = segment === Register.FS || segment === Register.GS;
    const stack = !based && (base === Register.RSP || base === Register.RBP || base === Register.ESP || base === Register.EBP);
    const scale = index === Register.None ? 0 : Math.log2(instruction.memoryIndexScale);
    view.setUint8(record + SCALE, scale | (stack ? STACK_BASED : 0) | (narrow ? ADDRESS_32 : 0));
    if (based) view.setUint8(record + SLOT_0 + i, SLOT_OF_REGISTER[segment]!);
    if (narrow || based) return SHAPE.FULL;
    return index === Register.None ? SHAPE.BASE : SHAPE.INDEXED;
  }

  /** String operands (and XLAT's, which iced gives as ordinary memory) name their registers implicitly; the record only has the source's segment. */
  private writeString(operands: CodeOperands, i: number, shape: number): number {
    const { instruction } = this;
    const kind = instruction.opKind(i);
    const narrow =
      kind === OpKind.MemorySegESI ||
      kind === OpKind.MemorySegEDI ||
      kind === OpKind.MemoryESEDI ||
      instruction.memoryBase === Register.EBX;
    if (kind !== OpKind.MemoryESEDI && kind !== OpKind.MemoryESRDI)
      this.view.setUint8(this.record + BASE, SLOT_OF_REGISTER[instruction.memorySegment]!);
    if (shape >= SHAPE.STRING) return shape;
    const canRepeat = operands.shapes.includes(SHAPE.STRING + 1);
    const repeat = !canRepeat ? 0 : instruction.hasRepPrefix ? 1 : instruction.hasRepnePrefix ? 2 : 0;
    return SHAPE.STRING + repeat + (narrow ? 3 : 0);
  }
}

export function setRip(view: DataView, record: number, rip: number): void {
  view.setUint32(record + RIP_48, rip >>> 0, true);
  view.setUint16(record + RIP_48 + 4, Math.floor(rip / 0x1_0000_0000), true);
}
