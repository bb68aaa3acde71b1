// The code of one page, read for the estimate alone: loops begin before, and blocks end behind, what is decoded to be executed.

import { type Code, Decoder, DecoderError, DecoderOptions, Instruction } from 'iced-x86';
import { type CodeReader, LOOP_BYTES, UNITS, continuation, costsOf, isSkipped } from './block-timing.ts';
import { instructionTable } from '../semantics/table.ts';
import { factsOf } from './code-facts.ts';
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
      return continuation(timed);
    });
    return read;
  }

  reach(address: number, upTo: number): number {
    return this.follow(address, upTo, (at, exists) => (exists ? continuationOf(at) : -1));
  }

  /** Where the last branch behind `last` ends that leads back to it or before it; 0 if there is none, as far as control goes on. */
  lastBack(last: TimedInstruction): number {
    const upTo = Math.min(last.address + LOOP_BYTES, this.page + this.bytes.length);
    const behind = continuation(last);
    let found = 0;
    if (behind < 0 || !this.holdsBranch(behind, upTo, last.address)) return found;
    this.follow(behind, upTo, (at, exists) => {
      const facts = exists ? factsOf(decoded.code) : null;
      if (facts === null) return -1;
      if (facts.operands.places[0] === 'branch' && facts.flow !== 'leaves' && decoded.nearBranchTarget <= last.address)
        found = at + decoded.length;
      return continuationOf(at);
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

  /** Shows `decoded` instructions as long as `each` says where control goes on (-1: nowhere). Where it stands in the end, -1 if nowhere. */
  private follow(address: number, upTo: number, each: (at: number, exists: boolean) => number): number {
    const { page, bytes } = this;
    const end = page + bytes.length;
    if (address < page || address >= end) return -1;
    const decoder = new Decoder(64, bytes.subarray(address - page), DecoderOptions.None);
    decoder.ip = BigInt(address);
    let at = address;
    while (at >= 0 && at < upTo) {
      const isThere = decoder.canDecode;
      if (isThere) decoder.decodeOut(decoded);
      if (!isThere || decoder.lastError === DecoderError.NoMoreBytes) {
        at = -1;
        break;
      }
      const next = each(at, !decoded.isInvalid && this.supports(decoded.code));
      const isSkip = next > at + decoded.length;
      at = isSkip && next >= end ? -1 : next;
      if (!isSkip || at < 0) continue;
      decoder.position = at - address;
      decoder.ip = BigInt(at);
    }
    decoder.free();
    return at;
  }
}

/** Where control goes on behind what has been decoded, which is at `at`. */
function continuationOf(at: number): number {
  const { flow, operands } = factsOf(decoded.code);
  if (flow === 'leaves') return -1;
  const next = at + decoded.length;
  if (flow !== 'jump') return next;
  return operands.places[0] === 'branch' && isSkipped(next, Number(decoded.nearBranchTarget)) ? Number(decoded.nearBranchTarget) : -1;
}

/** What has been decoded last; one serves all. */
const decoded = new Instruction();

/** Cycles of each instruction of `page` from `offset` on, as far as control falls through; the page is at address 0. */
export function cyclesOfCode(page: Uint8Array, offset: number): number[] {
  const code = new PageCode(page, 0, (one) => instructionTable.has(one));
  const run = code.read(offset, page.length);
  return [...costsOf(run, run.length, code)].map((units) => units / UNITS);
}
