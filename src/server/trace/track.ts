// One row of a trace: slices that nest, begun and ended in order of time whatever the events say.

import type { TraceWriter } from './trace-writer.ts';

export type Arguments = Readonly<Record<string, string | number | boolean | readonly string[]>>;

interface OpenSlice {
  readonly kind: string;
}

/** Slices open at one time; a program that never leaves its handlers has no more of them. */
const MOST_OPEN = 128;

export class Track {
  readonly pid: number;
  readonly tid: number;
  private readonly writer: TraceWriter;
  private readonly open: OpenSlice[] = [];
  /** Of what was written last: nothing earlier may follow. */
  private last = 0n;

  constructor(writer: TraceWriter, pid: number, tid: number) {
    this.writer = writer;
    this.pid = pid;
    this.tid = tid;
  }

  /** The kind of the innermost open slice, '' if there is none. */
  get innermost(): string {
    return this.open.at(-1)?.kind ?? '';
  }

  has(kind: string): boolean {
    return this.open.some((slice) => slice.kind === kind);
  }

  begin(kind: string, name: string, cycle: bigint, args: Arguments = {}): void {
    if (this.open.length >= MOST_OPEN) this.endAll(cycle);
    this.open.push({ kind });
    this.writer.event('B', this, this.advance(cycle), { name, cat: kind, args });
  }

  /** Ends the innermost slice. */
  end(cycle: bigint, args?: Arguments): void {
    if (!this.open.pop()) return;
    this.writer.event('E', this, this.advance(cycle), args ? { args } : {});
  }

  /** Ends the innermost slice of this kind and all within it; nothing if there is none. */
  endThrough(kind: string, cycle: bigint, args?: Arguments): void {
    const at = this.open.findLastIndex((slice) => slice.kind === kind);
    if (at < 0) return;
    while (this.open.length > at + 1) this.end(cycle);
    this.end(cycle, args);
  }

  endAll(cycle: bigint): void {
    while (this.open.length > 0) this.end(cycle);
  }

  /** A slice without duration, and within it what it takes part in. */
  point(kind: string, name: string, cycle: bigint, args: Arguments = {}, within?: () => void): void {
    this.begin(kind, name, cycle, args);
    within?.();
    this.end(cycle);
  }

  instant(kind: string, name: string, cycle: bigint, args: Arguments = {}): void {
    this.writer.event('i', this, this.advance(cycle), { name, cat: kind, s: 't', args });
  }

  /** One end or a bend of an arrow, at the innermost slice and the time of what was written last. */
  flow(phase: 's' | 't' | 'f', category: string, name: string, id: string): void {
    this.writer.event(phase, this, this.last, { name, cat: category, id, ...(phase === 'f' ? { bp: 'e' } : {}) });
  }

  private advance(cycle: bigint): bigint {
    if (cycle > this.last) this.last = cycle;
    return this.last;
  }
}
