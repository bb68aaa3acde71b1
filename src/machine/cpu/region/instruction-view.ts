// A predecoded record read as constants: what the region executor emits instead of reading the record at run time.

import type { Code } from 'iced-x86';
import { type CodeOperands, type OperandPlace, operandsOf } from '../decode/operands.ts';
import {
  ADDRESS_32,
  BASE,
  COST,
  DISPLACEMENT,
  FORM,
  IMMEDIATE,
  INDEX,
  LENGTH,
  LINK,
  RIP_48,
  SCALE,
  SHAPE,
  SLOT_0,
  STACK_BASED,
} from '../decode/record.ts';
import type { Context, Row } from '../semantics/context.ts';
import { RDI, ZERO } from '../state.ts';
import { BY_SEGMENT, NO_BASE, type Way } from './page-windows.ts';

/** What a step function was made from, by its form: a Code and a shape of the instruction table that have its body. */
export interface FormSource {
  readonly code: Code;
  readonly shape: number;
  readonly row: Row;
}

/** Targets of a computed jump that are few. */
const FEW = 2;

/** Slots of operands 0, 1, 2. */
const SLOTS = [SLOT_0, SLOT_0 + 1, INDEX] as const;

const DESTINATION: Way = { base: RDI, index: -1, displacement: 0n };

export class InstructionView {
  /** Address of the record. */
  readonly record: number;
  readonly source: FormSource;
  readonly operands: CodeOperands;
  private readonly view: DataView;

  constructor(view: DataView, record: number, source: FormSource) {
    this.view = view;
    this.record = record;
    this.source = source;
    this.operands = operandsOf(source.code);
  }

  get shape(): number {
    return this.source.shape;
  }
  get isString(): boolean {
    return this.shape >= SHAPE.STRING;
  }
  get repeatPrefix(): Context['repeatPrefix'] {
    return this.isString ? (['none', 'rep', 'repne'] as const)[(this.shape - SHAPE.STRING) % 3]! : 'none';
  }
  /** Of a string instruction, in bytes. */
  get addressWidth(): 4 | 8 {
    return this.shape >= SHAPE.STRING + 3 ? 4 : 8;
  }
  get form(): number {
    return this.view.getUint16(this.record + FORM, true);
  }
  get cost(): number {
    return this.view.getUint16(this.record + COST, true);
  }
  get length(): number {
    return this.view.getUint8(this.record + LENGTH);
  }
  get rip(): number {
    return ripOf(this.view, this.record);
  }
  get nextRip(): number {
    return this.rip + this.length;
  }
  /** Record of the branch target. */
  get link(): number {
    return this.view.getUint32(this.record + LINK, true);
  }
  /** Address that a computed jump or call has led to nearly always, in steps; 0 if there is none. */
  get usualTarget(): number {
    return this.view.getInt32(this.record + IMMEDIATE, true) <= FEW ? this.link : 0;
  }
  /** Offset of operand `i` in its register file. */
  slot(i: number): number {
    return this.view.getUint8(this.record + SLOTS[i]!);
  }
  get base(): number {
    return this.view.getUint8(this.record + BASE);
  }
  get index(): number {
    return this.view.getUint8(this.record + INDEX);
  }
  /** Segment base of the memory operand, as an offset in the CPU block. */
  get segment(): number {
    return this.view.getUint8(this.record + SLOT_0 + this.operands.memory);
  }
  get shift(): number {
    return this.view.getUint8(this.record + SCALE) & 3;
  }
  get isAddress32(): boolean {
    return (this.view.getUint8(this.record + SCALE) & ADDRESS_32) !== 0;
  }
  /** Memory operand at RSP or RBP and a displacement. */
  get isByFrame(): boolean {
    return this.shape === SHAPE.BASE && (this.view.getUint8(this.record + SCALE) & STACK_BASED) !== 0;
  }
  /** How its memory operand is reached, the destination of a string instruction. */
  get way(): Way {
    const { displacement } = this;
    if (this.isString) return DESTINATION;
    if (this.shape === SHAPE.FULL && this.segment !== ZERO) return { base: BY_SEGMENT, index: -1, displacement };
    const index = this.index === ZERO || this.shape === SHAPE.BASE ? -1 : this.index >> 3;
    return { base: this.base === ZERO ? NO_BASE : this.base >> 3, index, displacement };
  }
  get displacement(): bigint {
    return this.view.getBigInt64(this.record + DISPLACEMENT, true);
  }
  /** Immediate operand `i`, sign-extended. */
  immediate(i: number): bigint {
    const second = this.operands.places.slice(0, i).includes('immediate');
    return BigInt(this.view.getInt32(this.record + (second ? DISPLACEMENT : IMMEDIATE), true));
  }
  /** How operand `i` is reached. */
  place(i: number): OperandPlace {
    const place = this.operands.places[i] ?? 'other';
    if (this.shape !== SHAPE.REGISTER) return place.startsWith('either') ? 'memory' : place;
    return place === 'either-general' ? 'general' : place === 'either-xmm' ? 'xmm' : place === 'either-mmx' ? 'mmx' : place;
  }
}

/** Virtual address that a record stands for. */
export function ripOf(view: DataView, record: number): number {
  return view.getUint32(record + RIP_48, true) + view.getUint16(record + RIP_48 + 4, true) * 0x1_0000_0000;
}
