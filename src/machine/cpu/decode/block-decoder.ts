// Decodes guest code into records, a block at a time: from an address to the first instruction that never falls
// through, or the end of the page. iced-x86 does the decoding; its objects live in WebAssembly memory and are freed.

import { type Code, Decoder, DecoderError, DecoderOptions, FlowControl, Instruction, OpKind, Register } from 'iced-x86';
import type { AddressSpace } from '../../memory/address-space.ts';
import { PAGE_MASK, PAGE_SIZE } from '../../memory/layout.ts';
import type { PhysicalMemory } from '../../memory/physical-memory.ts';
import { ZERO } from '../state.ts';
import { LOOP_BYTES, UNITS, blockEnd, costsOf, leadsBack } from '../timing/block-timing.ts';
import { PageCode } from '../timing/page-code.ts';
import { TimedInstruction } from '../timing/timed-instruction.ts';
import type { CodeCache } from './code-cache.ts';
import { type CodeOperands, SLOT_OF_REGISTER, isNarrow, operandsOf } from './operands.ts';
import {
  ADDRESS_32,
  BASE,
  COST,
  DISPLACEMENT,
  FORM,
  HEAT_LEFT,
  IMMEDIATE,
  INDEX,
  IS_LANDING,
  LENGTH,
  LINK,
  RIP_48,
  SCALE,
  SHAPE,
  SHAPE_COUNT,
  SLOT_0,
  SPECIAL,
  SPECIAL_COUNT,
  STACK_BASED,
  WANTS_HEAD,
} from './record.ts';

/** Longest instruction. */
export const MAX_INSTRUCTION = 15;

/** Instructions decoded ahead at most, whether or not they will be reached. */
const MAX_BLOCK = 256;

/** No record: the page at `address` cannot be executed. */
export interface FetchFault {
  readonly fetch: number;
}

interface Link {
  readonly branch: number;
  readonly target: number;
  /** A loop or a call: worth counting how often it is taken. */
  readonly isHead: boolean;
}

/** Heads are where regions may begin. May change, if all code is dropped. */
export interface HeadPolicy {
  /** Instructions that the step executor spends on the way to a head before a region is made; 0: there are no heads. */
  heat: number;
  /** Every branch target is a head, not only those of loops and calls. */
  allHeads: boolean;
  /** Not 0: each head draws from it whether there is one, and how often it is come to. */
  seed: number;
}

/** 0 (no head) half of the time. */
function heatOf(policy: HeadPolicy): number {
  if (policy.seed === 0) return policy.heat;
  let x = policy.seed;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  policy.seed = x;
  return (x >>> 8) & 1 ? 1 + 20 * ((x >>> 16) & 3) : 0;
}

export interface DecodeEnvironment {
  readonly physical: PhysicalMemory;
  readonly cache: CodeCache;
  readonly forms: Uint16Array;
  /** Cycles of every instruction; 0: an estimate of each. */
  readonly flatCost: number;
  /** Whether this Code exists on this machine's processor. */
  supports(code: Code): boolean;
  readonly policy: HeadPolicy;
  /** Whether anybody has a breakpoint there: the instruction is then decoded behind a BREAK record. */
  breaksAt(rip: number): boolean;
}

export class BlockDecoder {
  private readonly environment: DecodeEnvironment;
  private readonly instruction = new Instruction();
  /** Instructions decoded so far. */
  decoded = 0;

  constructor(environment: DecodeEnvironment) {
    this.environment = environment;
  }

  /** Record for `rip` (below 2^47) in this space, decoded now if need be. The cache must not be full. */
  recordAt(space: AddressSpace, rip: number): number | FetchFault {
    const physical = space.translate(rip, 'execute');
    if (physical < 0) return { fetch: rip };
    const frame = (physical & ~PAGE_MASK) >>> 0;
    const known = this.environment.cache.find(frame, rip);
    return known !== 0 ? known : this.decodeBlock(space, frame, rip);
  }

  private decodeBlock(space: AddressSpace, frame: number, start: number): number | FetchFault {
    const { physical, cache } = this.environment;
    const offset = start & PAGE_MASK;
    const decoder = new Decoder(64, physical.bytes.subarray(frame + offset, frame + PAGE_SIZE), DecoderOptions.None);
    decoder.ip = BigInt(start);
    const first = cache.nextRecord;
    const links: Link[] = [];
    const timed: TimedInstruction[] = [];
    const records: number[] = [];
    let rip = start;
    let left = MAX_BLOCK;
    let isWhole = false;
    // Where the block runs into records that exist, one basic block more is decoded again: a loop then falls into its
    // condition without a GOTO in each iteration.
    let repeating = false;
    let branched = false;
    for (;;) {
      const known = rip > start ? cache.find(frame, rip) : 0;
      if (known !== 0 && (branched || left <= 0)) {
        this.special(SPECIAL.GOTO, rip, known);
        break;
      }
      if (rip > start && (!decoder.canDecode || left <= 0)) {
        if (decoder.canDecode) cache.noteCut(frame);
        else isWhole = true;
        this.special(SPECIAL.LOOKUP, rip, 0);
        break;
      }
      left--;
      repeating ||= known !== 0;
      decoder.decodeOut(this.instruction);
      if (decoder.lastError === DecoderError.NoMoreBytes) {
        if (rip === start) {
          decoder.free();
          return this.decodeCrossing(space, frame, start);
        }
        isWhole = true;
        this.special(SPECIAL.LOOKUP, rip, 0);
        break;
      }
      const stop = this.breakBefore(rip);
      const record = this.write(rip, links, timed);
      records.push(record);
      if (stop !== 0) this.setLink(stop, record);
      if (known === 0) cache.note(frame, rip, stop || record);
      branched ||= repeating && this.instruction.flowControl !== FlowControl.Next;
      rip += this.instruction.length;
      if (this.ends(record)) {
        isWhole = true;
        break;
      }
    }
    decoder.free();
    if (timed.length > 0) this.setCosts(frame, records, timed, isWhole);
    this.resolveLinks(frame, start, links);
    cache.noteRun(frame, first);
    return first;
  }

  /** `isWhole`: control does not fall through behind the last one, or leaves the page. */
  private setCosts(frame: number, records: readonly number[], timed: TimedInstruction[], isWhole: boolean): void {
    const { physical, cache, supports } = this.environment;
    const last = timed.at(-1)!;
    const code = new PageCode(physical.bytes.subarray(frame, frame + PAGE_SIZE), last.address - (last.address & PAGE_MASK), supports);
    for (const one of timed) if (leadsBack(one)) cache.noteBackEdge(frame, one);
    const ahead = isWhole ? 0 : cache.mayLeadBack(frame, last.next, last.address) ? last.address + LOOP_BYTES : blockEnd(last);
    const run = ahead > last.next ? [...timed, ...code.read(last.next, ahead)] : timed;
    const costs = costsOf(run, records.length, code);
    for (const [i, record] of records.entries()) physical.view.setUint16(record + COST, costs[i]!, true);
  }

  /** An instruction whose bytes lie in two frames: a record of its own, followed by a look-up of the next address. */
  private decodeCrossing(space: AddressSpace, frame: number, rip: number): number | FetchFault {
    const { physical, cache } = this.environment;
    const boundary = rip - (rip % PAGE_SIZE) + PAGE_SIZE;
    const secondPhysical = space.translate(boundary, 'execute');
    if (secondPhysical < 0) return { fetch: boundary };
    const second = (secondPhysical & ~PAGE_MASK) >>> 0;
    const known = cache.findCrossing(frame, second, rip);
    if (known !== 0) return known;
    const bytes = new Uint8Array(MAX_INSTRUCTION + 1);
    const head = physical.bytes.subarray(frame + (rip & PAGE_MASK), frame + PAGE_SIZE);
    bytes.set(head);
    bytes.set(physical.bytes.subarray(second, second + bytes.length - head.length), head.length);
    const decoder = new Decoder(64, bytes, DecoderOptions.None);
    decoder.ip = BigInt(rip);
    decoder.decodeOut(this.instruction);
    decoder.free();
    const links: Link[] = [];
    const stop = this.breakBefore(rip);
    const timed: TimedInstruction[] = [];
    const record = this.write(rip, links, timed);
    if (timed.length > 0) this.setCosts(frame, [record], timed, true);
    const first = stop || record;
    if (stop !== 0) this.setLink(stop, record);
    if (!this.ends(record)) this.special(SPECIAL.LOOKUP, rip + this.instruction.length, 0);
    for (const { branch, target } of links) this.setLink(branch, this.special(SPECIAL.LOOKUP, target, 0));
    cache.noteCrossing(frame, second, rip, first);
    cache.noteRun(frame, first);
    cache.noteRun(second, first);
    return first;
  }

  /** Branches inside the page lead to records directly, or by way of a MISS record that names its branch until it is resolved. */
  private resolveLinks(frame: number, start: number, links: readonly Link[]): void {
    const page = Math.floor(start / PAGE_SIZE);
    for (const { branch, target, isHead } of links) {
      if (Math.floor(target / PAGE_SIZE) !== page) {
        this.setLink(branch, this.special(SPECIAL.LOOKUP, target, 0));
        continue;
      }
      const known = this.environment.cache.find(frame, target);
      if (known !== 0) this.setLink(branch, isHead ? this.head(frame, target, known) : known);
      else {
        const miss = this.special(SPECIAL.MISS, target, branch);
        this.setLink(branch, miss);
        if (isHead) this.environment.physical.view.setUint32(miss + WANTS_HEAD, 1, true);
      }
    }
  }

  /** The head of the instruction at `rip` in `frame`, whose record is `record`: made now if need be, or `record` itself where there are none. */
  head(frame: number, rip: number, record: number, isLanding = false): number {
    const { cache, policy, physical } = this.environment;
    const heat = heatOf(policy);
    if (heat === 0 || cache.full) return record;
    const known = cache.find(frame, rip);
    // An instruction across a page end belongs to an address space; a breakpoint goes before everything.
    if (known === 0) return record;
    const form = physical.view.getUint16(known + FORM, true);
    if (form < SPECIAL_COUNT && form !== SPECIAL.UNDEFINED) {
      if (isLanding && isHead(form)) physical.view.setUint8(known + IS_LANDING, 1);
      return known;
    }
    const head = this.special(SPECIAL.HEAT, rip, known);
    physical.view.setInt32(head + HEAT_LEFT, heat, true);
    physical.view.setUint8(head + IS_LANDING, isLanding ? 1 : 0);
    cache.noteHead(frame, head);
    cache.note(frame, rip, head);
    cache.noteRun(frame, head);
    return head;
  }

  /**
   * A MISS record was reached and `record` is what stands at its RIP in `frame`: its branch can go there directly,
   * unless the instruction crosses a page and so depends on the address space.
   */
  resolve(miss: number, record: number, frame: number, rip: number): void {
    const view = this.environment.physical.view;
    if (view.getUint16(miss + FORM, true) !== SPECIAL.MISS) return;
    const branch = view.getUint32(miss + LINK, true);
    if (this.environment.cache.find(frame, rip) === record) {
      const target = view.getUint32(miss + WANTS_HEAD, true) !== 0 ? this.head(frame, rip, record) : record;
      this.setLink(branch, target);
      view.setUint16(miss + FORM, SPECIAL.GOTO, true);
      view.setUint32(miss + LINK, target, true);
    } else view.setUint16(miss + FORM, SPECIAL.LOOKUP, true);
  }

  private breakBefore(rip: number): number {
    return this.environment.breaksAt(rip) ? this.special(SPECIAL.BREAK, rip, 0) : 0;
  }

  private special(form: number, rip: number, link: number): number {
    const record = this.environment.cache.allocate();
    const view = this.environment.physical.view;
    view.setUint16(record + FORM, form, true);
    view.setUint32(record + LINK, link, true);
    this.setRip(record, rip);
    return record;
  }

  private setLink(record: number, target: number): void {
    this.environment.physical.view.setUint32(record + LINK, target, true);
  }

  private setRip(record: number, rip: number): void {
    const view = this.environment.physical.view;
    view.setUint32(record + RIP_48, rip >>> 0, true);
    view.setUint16(record + RIP_48 + 4, Math.floor(rip / 0x1_0000_0000), true);
  }

  private ends(record: number): boolean {
    if (this.environment.physical.view.getUint16(record + FORM, true) === SPECIAL.UNDEFINED) return true;
    switch (this.instruction.flowControl) {
      case FlowControl.UnconditionalBranch:
      case FlowControl.IndirectBranch:
      case FlowControl.Return:
      case FlowControl.IndirectCall:
      case FlowControl.Exception:
        return true;
      case FlowControl.Call:
        // iced counts SYSCALL as a call.
        return this.instruction.isCallNear;
      default:
        return false;
    }
  }

  /** The record; its cost is set if it is flat, else by setCosts. */
  private write(rip: number, links: Link[], timed: TimedInstruction[]): number {
    const { instruction, environment } = this;
    const view = environment.physical.view;
    const record = environment.cache.allocate();
    this.decoded++;
    const code = instruction.code;
    if (environment.flatCost > 0) view.setUint16(record + COST, environment.flatCost * UNITS, true);
    view.setUint8(record + LENGTH, instruction.length);
    this.setRip(record, rip);
    view.setUint32(record + SLOT_0, (ZERO * 0x0101_0101) >>> 0, true);
    const exists = !instruction.isInvalid && environment.supports(code);
    const form = exists ? this.writeOperands(record, operandsOf(code)) : 0;
    if (environment.flatCost === 0) timed.push(new TimedInstruction(instruction, rip, exists));
    view.setUint16(record + FORM, form === 0 ? SPECIAL.UNDEFINED : form, true);
    if (form !== 0 && operandsOf(code).places[0] === 'branch') {
      const target = Number(instruction.nearBranchTarget);
      links.push({ branch: record, target, isHead: target <= rip || instruction.isCallNear || environment.policy.allHeads });
    }
    return record;
  }

  /** Fills in the operands and returns the form, 0 if there is none. */
  private writeOperands(record: number, operands: CodeOperands): number {
    const { instruction } = this;
    const view = this.environment.physical.view;
    let shape: number = SHAPE.REGISTER;
    let immediates = 0;
    for (let i = 0; i < operands.places.length; i++) {
      switch (instruction.opKind(i)) {
        case OpKind.Register:
          if (operands.places[i] !== 'cl')
            view.setUint8(record + (i < 2 ? SLOT_0 + i : INDEX), SLOT_OF_REGISTER[instruction.opRegister(i)]!);
          break;
        case OpKind.Memory:
          shape = operands.places[i] === 'string' ? this.writeString(record, i, shape) : this.writeMemory(record, i);
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
          shape = this.writeString(record, i, shape);
      }
    }
    return this.environment.forms[instruction.code * SHAPE_COUNT + shape] ?? 0;
  }

  private writeMemory(record: number, i: number): number {
    const { instruction } = this;
    const view = this.environment.physical.view;
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
    view.setUint8(record + SCALE, Math.log2(instruction.memoryIndexScale) | (stack ? STACK_BASED : 0) | (narrow ? ADDRESS_32 : 0));
    if (based) view.setUint8(record + SLOT_0 + i, SLOT_OF_REGISTER[segment]!);
    if (narrow || based) return SHAPE.FULL;
    return index === Register.None ? SHAPE.BASE : SHAPE.INDEXED;
  }

  /** String operands (and XLAT's, which iced gives as ordinary memory) name their registers implicitly; the record only has the source's segment. */
  private writeString(record: number, i: number, shape: number): number {
    const { instruction } = this;
    const kind = instruction.opKind(i);
    const narrow =
      kind === OpKind.MemorySegESI ||
      kind === OpKind.MemorySegEDI ||
      kind === OpKind.MemoryESEDI ||
      instruction.memoryBase === Register.EBX;
    if (kind !== OpKind.MemoryESEDI && kind !== OpKind.MemoryESRDI) {
      const segment = instruction.memorySegment;
      this.environment.physical.view.setUint8(record + BASE, SLOT_OF_REGISTER[segment]!);
    }
    if (shape >= SHAPE.STRING) return shape;
    const repeat = !canRepeat(operandsOf(instruction.code)) ? 0 : instruction.hasRepPrefix ? 1 : instruction.hasRepnePrefix ? 2 : 0;
    return SHAPE.STRING + repeat + (narrow ? 3 : 0);
  }
}

const isHead = (form: number): boolean => form === SPECIAL.HEAT || form === SPECIAL.REGION || form === SPECIAL.SPANNING;

function canRepeat(operands: CodeOperands): boolean {
  return operands.shapes.includes(SHAPE.STRING + 1);
}
