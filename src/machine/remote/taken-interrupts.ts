// Interrupts that one remote thread took, first in, first out, as bytes: some forty each, where nobody may ask for thousands of them.

import { ByteWriter } from '../../wire/byte-writer.ts';
import type { TakenInterrupt } from './remote-call.ts';

/** Kept while nobody asks for them; the oldest go first. */
export const KEPT_INTERRUPTS = 16_384;

const TEXT = new TextDecoder();
/** Of what has been read, before the rest moves to the front. */
const SLACK = 4096;

export class TakenInterrupts {
  private readonly tid: number;
  /** When each was taken; the first are those that are gone. */
  private cycles: number[] = [];
  private gone = 0;
  private readonly records = new ByteWriter(256);
  /** Of the first record, in `records`. */
  private at = 0;

  constructor(tid: number, interrupts: readonly TakenInterrupt[] = []) {
    this.tid = tid;
    for (const interrupt of interrupts) this.push(interrupt);
  }

  get length(): number {
    return this.cycles.length - this.gone;
  }

  /** When the oldest was taken. */
  get firstCycle(): number | undefined {
    return this.cycles[this.gone];
  }

  push({ vector, cycle, vcpu, sources, rip, symbol, handlerDepth, eventSequence }: TakenInterrupt): void {
    if (this.length >= KEPT_INTERRUPTS) this.shift();
    this.cycles.push(cycle);
    const { records } = this;
    for (const number of [vector, vcpu, handlerDepth, eventSequence, sources.length]) records.varint53(number);
    for (const { interrupt, sender } of sources) {
      records.varint53(interrupt);
      records.varint53(sender);
    }
    records.varintBig(rip);
    records.text(symbol);
  }

  shift(): TakenInterrupt | undefined {
    if (this.length === 0) return undefined;
    const interrupt = this.read(this.cycles[this.gone]!);
    this.gone++;
    if (this.gone > 64 && this.gone * 2 > this.cycles.length) {
      this.cycles = this.cycles.slice(this.gone);
      this.gone = 0;
    }
    const { records, at } = this;
    if (at === records.length || (at > SLACK && at * 2 > records.length)) {
      records.bytes.copyWithin(0, at, records.length);
      records.length -= at;
      this.at = 0;
    }
    return interrupt;
  }

  /** Those that were taken when `isMeant` says so. */
  count(isMeant: (cycle: number) => boolean): number {
    let count = 0;
    for (let at = this.gone; at < this.cycles.length; at++) if (isMeant(this.cycles[at]!)) count++;
    return count;
  }

  all(): TakenInterrupt[] {
    const { at } = this;
    const interrupts = this.cycles.slice(this.gone).map((cycle) => this.read(cycle));
    this.at = at;
    return interrupts;
  }

  private read(cycle: number): TakenInterrupt {
    const [vector, vcpu, handlerDepth, eventSequence, count] = [this.number(), this.number(), this.number(), this.number(), this.number()];
    const sources = Array.from({ length: count }, () => ({ interrupt: this.number(), sender: this.number() }));
    const rip = this.wide();
    const length = this.number();
    this.at += length;
    const symbol = TEXT.decode(this.records.bytes.subarray(this.at - length, this.at));
    return { tid: this.tid, vector, cycle, vcpu, sources, rip, symbol, handlerDepth, eventSequence };
  }

  private number(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.records.bytes[this.at++]!;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  private wide(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.records.bytes[this.at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
}
