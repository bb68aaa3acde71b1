// The code of one page, read for the estimate alone: loops begin before, and blocks end behind, what is decoded to be executed.

import { type Code, Decoder, DecoderError, DecoderOptions, Instruction } from 'iced-x86';
import { type CodeReader, LOOP_BYTES, UNITS, costsOf, endsRun } from './block-timing.ts';
import { instructionTable } from '../semantics/table.ts';
import { type Flow, factsOf } from './code-facts.ts';
import { TimedInstruction } from './timed-instruction.ts';

export class PageCode implements CodeReader {
  private readonly bytes: Uint8Array;
  private readonly page: number;
  private readonly supports: (code: Code) => boolean;

  /** `page`: the address of its first byte; `supports`: whether a Code can be executed. */
  constructor(bytes: Uint8Array, page: number, supports: (code: Code) => boolean) {
    this.bytes = bytes;
    this.page = page;
    this.supports = supports;
  }

  read(address: number, upTo: number): TimedInstruction[] {
    const read: TimedInstruction[] = [];
    this.follow(address, upTo, (at, exists) => {
      const timed = new TimedInstruction(decoded, at, decoded.length, exists);
      read.push(timed);
      return !endsRun(timed);
    });
    return read;
  }

  reach(address: number, upTo: number): number {
    return this.follow(address, upTo, (_, exists) => exists && !NEVER_FALLS_THROUGH.has(factsOf(decoded.code).flow));
  }

  /** Where the last branch behind `last` ends that leads back to it or before it; 0 if there is none, as far as control falls through. */
  lastBack(last: TimedInstruction): number {
    const upTo = Math.min(last.address + LOOP_BYTES, this.page + this.bytes.length);
    let found = 0;
    if (!this.holdsBranch(last.next, upTo, last.address)) return found;
    this.follow(last.next, upTo, (at, exists) => {
      const facts = exists ? factsOf(decoded.code) : null;
      if (facts === null) return false;
      if (facts.operands.places[0] === 'branch' && facts.flow !== 'leaves' && decoded.nearBranchTarget <= last.address)
        found = at + decoded.length;
      return !NEVER_FALLS_THROUGH.has(facts.flow);
    });
    return found;
  }

  /** Whether any bytes from `address` to `upTo` might be a branch to `target` or before it, if an instruction began there. */
  private holdsBranch(address: number, upTo: number, target: number): boolean {
    const { bytes, page } = this;
    for (let at = address - page; at < upTo - page; at++) {
      const byte = bytes[at]!;
      const distance = page + at - target;
      // Jcc and JMP, LOOP and JRCXZ by 8 bits; Jcc and JMP by 32, whose distance is at most two bytes long in a loop.
      if (
        ((byte & 0xf0) === 0x70 || (byte & 0xfc) === 0xe0 || byte === 0xeb) &&
        distance <= 0x7e &&
        (bytes[at + 1]! << 24) >> 24 <= -distance - 2
      )
        return true;
      if (((byte & 0xf0) === 0x80 || byte === 0xe9) && (bytes[at + 3]! & bytes[at + 4]!) === 0xff) return true;
    }
    return false;
  }

  /** Shows `decoded` instructions as long as `each` says that control falls through. Where it stands in the end, -1 if it does not. */
  private follow(address: number, upTo: number, each: (at: number, exists: boolean) => boolean): number {
    if (address < this.page || address >= this.page + this.bytes.length) return -1;
    const decoder = new Decoder(64, this.bytes.subarray(address - this.page), DecoderOptions.None);
    decoder.ip = BigInt(address);
    let at = address;
    while (at >= 0 && at < upTo) {
      const isThere = decoder.canDecode;
      if (isThere) decoder.decodeOut(decoded);
      if (!isThere || decoder.lastError === DecoderError.NoMoreBytes) at = -1;
      else at = each(at, !decoded.isInvalid && this.supports(decoded.code)) ? at + decoded.length : -1;
    }
    decoder.free();
    return at;
  }
}

/** What has been decoded last; one serves all. */
const decoded = new Instruction();
const NEVER_FALLS_THROUGH: ReadonlySet<Flow> = new Set(['jump', 'leaves']);

/** Cycles of each instruction of `page` from `offset` on, as far as control falls through; the page is at address 0. */
export function cyclesOfCode(page: Uint8Array, offset: number): number[] {
  const code = new PageCode(page, 0, (one) => instructionTable.has(one));
  const run = code.read(offset, page.length);
  return [...costsOf(run, run.length, code)].map((units) => units / UNITS);
}
