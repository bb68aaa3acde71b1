// The instructions of one page as records that lead nowhere yet, decoded and timed as far as they were asked for. They follow from the
// page's bytes, its address and the rules alone, so that every machine of a thread can have its records copied from here.

import { Code, Decoder, DecoderError, DecoderOptions, FlowControl, Instruction } from 'iced-x86';
import { PAGE_SIZE, RECORD_BYTES } from '../../memory/layout.ts';
import { UNITS, blockEnd, continuation, costsOf, leadsBack } from '../timing/block-timing.ts';
import { PageCode } from '../timing/page-code.ts';
import { TimedInstruction } from '../timing/timed-instruction.ts';
import { operandsOf } from './operands.ts';
import { COST, RECORD_WORDS } from './record.ts';
import { RecordWriter } from './record-writer.ts';
import { isUndefinedAlone } from './undefined-opcodes.ts';

/** What decoding depends on besides bytes and their address. */
export interface DecodingRules {
  /** Of the step module: the form of code * SHAPE_COUNT + shape. */
  readonly forms: Uint16Array;
  /** Cycles of every instruction; 0: an estimate of each. */
  readonly flatCost: number;
  /** Names the processor: those of one name support the same instructions. */
  readonly processor: string;
  /** Whether this Code exists on this machine's processor. */
  supports(code: Code): boolean;
}

/** Where control goes behind an instruction. */
export const FLOW = {
  /** Never to the next one. */
  ENDS: 1,
  /** To a direct target. */
  BRANCHES: 2,
  CALLS: 4,
  /** Perhaps elsewhere than to the next one. */
  LEAVES: 8,
  /** To itself: a string instruction with a repeat prefix. */
  REPEATS: 16,
} as const;

const NONE = -1;
/** Of a place: an instruction begins there that ends in the next page. */
const CROSSES = 0xffff;

export class DecodedPage {
  readonly rules: DecodingRules;
  /** Of its first byte. */
  readonly address: number;
  readonly bytes: Uint8Array;
  /** By index: the words of the record; FLOW bits; a direct target, its address. */
  words = new Int32Array(32 * RECORD_WORDS);
  readonly flows: number[] = [];
  readonly targets: number[] = [];
  readonly lengths: number[] = [];
  private view = new DataView(this.words.buffer);
  private readonly writer: RecordWriter;
  private readonly code: PageCode;
  /** By offset in the page: 1 + index, 0 where nothing has been decoded. */
  private readonly places = new Uint16Array(PAGE_SIZE);
  /** Branches that lead back: address, that of the next instruction, and target. */
  private readonly backEdges: number[] = [];
  /** Decoding has stopped before straight-line code does, so that there may be back edges that are not known. */
  private isCut = false;

  /** `bytes` are the page's own. */
  constructor(rules: DecodingRules, address: number, bytes: Uint8Array) {
    this.rules = rules;
    this.address = address;
    this.bytes = bytes;
    this.writer = new RecordWriter(rules.forms);
    this.code = new PageCode(bytes, address, (code) => rules.supports(code));
  }

  /** Index of the instruction at `offset`, decoded now with up to `most` that follow; -1 if it does not lie in the page alone. */
  at(offset: number, most: number): number {
    if (this.places[offset] === 0) this.decode(offset, most);
    const place = this.places[offset]!;
    return place === CROSSES ? NONE : place - 1;
  }

  /** Index of the instruction at `offset`, which ends behind the page; its bytes are the first of `bytes`. */
  addCrossing(offset: number, bytes: Uint8Array): number {
    const first = this.flows.length;
    const timed: TimedInstruction[] = [];
    const decoder = new Decoder(64, bytes, DecoderOptions.None);
    decoder.ip = BigInt(this.address + offset);
    decoder.decodeOut(instruction);
    decoder.free();
    this.add(offset, instruction.code, instruction.length, timed);
    if (timed.length > 0) this.setCosts(first, timed, true);
    return first;
  }

  private decode(offset: number, most: number): void {
    const decoder = new Decoder(64, this.bytes.subarray(offset), DecoderOptions.None);
    decoder.ip = BigInt(this.address + offset);
    const first = this.flows.length;
    const timed: TimedInstruction[] = [];
    let isWhole = false;
    for (let at = offset, left = most; !isWhole; left--) {
      if (at === PAGE_SIZE || this.places[at] === CROSSES) isWhole = true;
      else if (this.places[at] !== 0) break;
      else if (left === 0) {
        this.isCut = true;
        break;
      } else {
        decoder.decodeOut(instruction);
        const code = instruction.code;
        if (code === Code.INVALID && decoder.lastError === DecoderError.NoMoreBytes && !isUndefinedAlone(this.bytes, at)) {
          this.places[at] = CROSSES;
          isWhole = true;
          continue;
        }
        const length = instruction.length;
        isWhole = (this.add(at, code, length, timed) & FLOW.ENDS) !== 0;
        at += length;
      }
    }
    decoder.free();
    if (timed.length > 0) this.setCosts(first, timed, isWhole);
  }

  /** Adds `instruction`, which begins at `offset`. Its FLOW bits. */
  private add(offset: number, code: Code, length: number, timed: TimedInstruction[]): number {
    const { rules } = this;
    const rip = this.address + offset;
    const index = this.flows.length;
    const record = index * RECORD_BYTES;
    if (record === this.words.byteLength) {
      const words = new Int32Array(2 * this.words.length);
      words.set(this.words);
      this.words = words;
      this.view = new DataView(words.buffer);
    }
    const operands = code !== Code.INVALID && rules.supports(code) ? operandsOf(code) : null;
    const isDefined = this.writer.write(this.view, record, instruction, length, rip, operands);
    if (rules.flatCost > 0) this.view.setUint16(record + COST, rules.flatCost * UNITS, true);
    else timed.push(new TimedInstruction(instruction, rip, length, operands !== null));
    let flow = isDefined ? flowOf(instruction) : FLOW.ENDS;
    let target = NONE;
    if (isDefined && operands!.places[0] === 'branch') {
      flow |= FLOW.BRANCHES;
      target = Number(instruction.nearBranchTarget);
    }
    if (operands?.string && (instruction.hasRepPrefix || instruction.hasRepnePrefix)) flow |= FLOW.REPEATS;
    this.flows.push(flow);
    this.targets.push(target);
    this.lengths.push(length);
    this.places[offset] = index + 1;
    return flow;
  }

  /** `isWhole`: control does not fall through behind the last one, or leaves the page. */
  private setCosts(first: number, timed: readonly TimedInstruction[], isWhole: boolean): void {
    const { code } = this;
    const last = timed.at(-1)!;
    for (const one of timed) if (leadsBack(one)) this.backEdges.push(one.address, one.next, one.target);
    const behind = continuation(last);
    // A jump ahead ends a block, but not straight-line code.
    const isSkip = last.flow === 'jump' && behind >= 0;
    this.isCut ||= isSkip;
    const ahead = isSkip ? code.lastBack(last) : isWhole ? 0 : this.aheadOf(last);
    const run = ahead > last.next ? [...timed, ...code.read(behind, ahead)] : timed;
    const costs = costsOf(run, timed.length, code);
    for (let i = 0; i < timed.length; i++) this.view.setUint16((first + i) * RECORD_BYTES + COST, costs[i]!, true);
  }

  /** What costs up to `last` depend on ends here: its cost block, and loops that it is in. */
  private aheadOf(last: TimedInstruction): number {
    const { backEdges } = this;
    let ahead = blockEnd(last);
    for (let i = 0; i < backEdges.length; i += 3)
      if (backEdges[i]! >= last.next && backEdges[i + 2]! <= last.address) ahead = Math.max(ahead, backEdges[i + 1]!);
    return this.isCut ? Math.max(ahead, this.code.lastBack(last)) : ahead;
  }
}

/** What has been decoded last; one serves all. */
const instruction = new Instruction();

export function flowOf(decoded: Instruction): number {
  switch (decoded.flowControl) {
    case FlowControl.Next:
      return 0;
    case FlowControl.UnconditionalBranch:
    case FlowControl.IndirectBranch:
    case FlowControl.Return:
    case FlowControl.IndirectCall:
    case FlowControl.Exception:
      return FLOW.ENDS | FLOW.LEAVES;
    case FlowControl.Call:
      // iced counts SYSCALL as a call.
      return decoded.isCallNear ? FLOW.ENDS | FLOW.LEAVES | FLOW.CALLS : FLOW.LEAVES;
    default:
      return FLOW.LEAVES;
  }
}
