// One decoded instruction as the estimate sees it: what it reads and writes, its address, where control goes.

import { Code, type Instruction, OpKind, Register } from 'iced-x86';
import { RBP, RSP } from '../state.ts';
import { CARRY_SLOT, type CodeFacts, type Flow, factsOf, slotOf } from './code-facts.ts';

/** A locked operation: what comes before it must be done, what comes behind it waits (uops.info: 18 cycles from one to the next). */
const LOCKED = 18;
/** From an address to a value in a register, out of the first-level cache or the store buffer. */
const LOAD_GENERAL = 5;
const LOAD_VECTOR = 7;
/** Memory with a segment base is not the memory at the same address without. */
const SEGMENT_APART = 2 ** 40;
const GENERAL_SLOTS = 16;

/** A number is had from a BigInt soonest by way of memory. */
const scratch = new DataView(new ArrayBuffer(8));

export class TimedInstruction {
  readonly facts: CodeFacts;
  /** Its address, and that of the next. */
  readonly address: number;
  readonly next: number;
  /** Slots of registers and flags; those that make up the address of memory are apart. */
  readonly reads: number[];
  readonly writes: readonly number[];
  loads: boolean;
  stores: boolean;
  /** Of its memory operand; slots, -1 for none. */
  base = -1;
  index = -1;
  scale = 1;
  displacement = 0;
  /** Its load can go ahead early: the address hangs on the stack or frame pointer, or on no register. */
  readonly isEarly: boolean;
  /** Between a store and a load like this, renaming hands the value over (Agner Fog: mirrored memory operands). */
  readonly isRenamed: boolean;
  readonly loadLatency: number;
  readonly latency: number;
  /** Micro-operations, fused. */
  readonly issue: number;
  readonly usesPorts: boolean;
  /** Cycles during which nothing else goes on. */
  readonly serial: number;
  /** A string instruction with REP: its cost is that of an iteration. */
  readonly isRepeated: boolean;
  readonly flow: Flow;
  /** Target of a direct branch, -1 if there is none. */
  readonly target: number;
  /** It adds `amount` to the register in slot `added`, -1 for none. */
  added = -1;
  amount = 0;
  /** Slots of its register operands, -1 for none. */
  readonly first: number;
  readonly second: number;

  /** `length` in bytes; `exists`: the machine's processor has it. */
  constructor(instruction: Instruction, address: number, length: number, exists: boolean) {
    const facts = factsOf(exists ? instruction.code : Code.Ud2);
    const { operands, timing } = facts;
    this.facts = facts;
    this.address = address;
    this.next = address + length;
    this.reads = facts.implicitReads.slice();
    const writes = facts.implicitWrites.slice();
    this.writes = writes;
    this.loads = facts.implicitLoad;
    this.stores = facts.implicitStore;
    let first = -1;
    let second = -1;
    let hasMemory = false;
    for (let i = 0; i < operands.places.length; i++) {
      const kind = instruction.opKind(i);
      if (kind === OpKind.Register) {
        const slot = slotOf(instruction.opRegister(i));
        if (slot < 0) continue;
        if (i === 0) first = slot;
        else if (i === 1) second = slot;
        if ((facts.reads >> i) & 1) this.reads.push(slot);
        if ((facts.writes >> i) & 1) writes.push(slot);
      } else if (kind === OpKind.Memory) {
        hasMemory = true;
        this.setMemory(instruction);
        if ((facts.reads >> i) & 1) this.loads = true;
        if ((facts.writes >> i) & 1) this.stores = true;
      }
    }
    this.first = first;
    this.second = second;
    this.isRepeated = facts.repeated > 0 && (instruction.hasRepPrefix || instruction.hasRepnePrefix);
    const isString = operands.string;
    if (facts.stackDelta !== 0) {
      this.base = hasMemory ? this.base : RSP;
      if (!hasMemory) this.displacement = Math.min(0, facts.stackDelta);
      this.added = RSP;
      this.amount = facts.stackDelta;
    } else this.setAddend(instruction, hasMemory);
    const isIdiom = first >= 0 && first === second && facts.idiom !== null;
    if (isIdiom) this.reads.length = 0;
    if (isIdiom && facts.idiom === 'carry') this.reads.push(CARRY_SLOT);
    if (facts.isLea) {
      if (this.base >= 0) this.reads.push(this.base);
      if (this.index >= 0) this.reads.push(this.index);
    }
    const isVector = first >= GENERAL_SLOTS || facts.isX87;
    this.isEarly = this.index < 0 && (this.base < 0 || this.base === RSP || this.base === RBP) && !isString;
    this.isRenamed = this.index < 0 && !isVector && !isString;
    this.loadLatency = isVector ? LOAD_VECTOR : LOAD_GENERAL;
    const isCopied = facts.moves === 'copies' && first >= 0 && second >= 0;
    const isMoved = facts.moves !== null && hasMemory;
    this.usesPorts = !(isCopied || (isMoved && (this.loads || second >= 0)) || (isIdiom && facts.idiom === 'zero') || this.isRepeated);
    this.latency = this.usesPorts ? timing.latency : isString ? 1 : 0;
    this.issue = this.isRepeated ? 0 : timing.issue + (this.loads && this.stores && hasMemory ? 1 : 0);
    const isLocked = instruction.hasLockPrefix || (hasMemory && timing.name === 'exchange' && this.stores);
    this.serial = this.isRepeated ? facts.repeated : timing.serial + (isLocked ? LOCKED : 0);
    if (isString) this.loads = this.stores = false;
    this.flow = facts.flow;
    this.target = operands.places[0] === 'branch' ? Number(instruction.nearBranchTarget) : -1;
  }

  private setMemory(instruction: Instruction): void {
    this.base = slotOf(instruction.memoryBase);
    this.index = slotOf(instruction.memoryIndex);
    this.scale = instruction.memoryIndexScale;
    scratch.setBigInt64(0, instruction.memoryDisplacement);
    this.displacement = scratch.getInt32(0) * 2 ** 32 + scratch.getUint32(4);
    if (instruction.segmentPrefix === Register.FS || instruction.segmentPrefix === Register.GS) this.displacement += SEGMENT_APART;
  }

  private setAddend(instruction: Instruction, hasMemory: boolean): void {
    const { adds, isLea } = this.facts;
    if (isLea && this.base >= 0 && this.base === this.first && this.index < 0) {
      this.added = this.base;
      this.amount = this.displacement;
    } else if (adds !== 0 && !hasMemory && this.first >= 0 && this.first < GENERAL_SLOTS && this.second < 0) {
      this.added = this.first;
      if (typeof adds === 'number') this.amount = adds;
      else this.amount = Number(BigInt.asIntN(32, instruction.immediate(1))) * (adds === 'plus' ? 1 : -1);
    }
  }
}
