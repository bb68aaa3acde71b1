// The code of one page, read for the estimate alone: loops begin before, and blocks end behind, what is decoded to be executed.

import { type Code, Decoder, DecoderError, DecoderOptions, Instruction } from 'iced-x86';
import { type CodeReader, UNITS, costsOf, endsRun } from './block-timing.ts';
import { instructionTable } from '../semantics/table.ts';
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
    if (address < this.page || address >= this.page + this.bytes.length) return read;
    const decoder = new Decoder(64, this.bytes.subarray(address - this.page), DecoderOptions.None);
    const instruction = new Instruction();
    decoder.ip = BigInt(address);
    let at = address;
    while (at < upTo && decoder.canDecode) {
      decoder.decodeOut(instruction);
      if (decoder.lastError === DecoderError.NoMoreBytes) break;
      const timed = new TimedInstruction(instruction, at, !instruction.isInvalid && this.supports(instruction.code));
      read.push(timed);
      if (endsRun(timed)) break;
      at = timed.next;
    }
    instruction.free();
    decoder.free();
    return read;
  }
}

/** Cycles of each instruction of `page` from `offset` on, as far as control falls through; the page is at address 0. */
export function cyclesOfCode(page: Uint8Array, offset: number): number[] {
  const code = new PageCode(page, 0, (one) => instructionTable.has(one));
  const run = code.read(offset, page.length);
  return [...costsOf(run, run.length, code)].map((units) => units / UNITS);
}
