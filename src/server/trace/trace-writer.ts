// Trace Event Format, JSON object form: the text of one event after another, taken away in pieces.

import { microsecondsOf } from './microseconds.ts';

export interface Row {
  readonly pid: number;
  readonly tid: number;
}

/** B, E: a slice. i: instant. s, t, f: flow. b, n, e: asynchronous slice. */
export type Phase = 'B' | 'E' | 'i' | 's' | 't' | 'f' | 'b' | 'n' | 'e';

export class TraceWriter {
  private readonly microseconds: (cycle: bigint) => string;
  private text: string[];
  private first = true;

  constructor(hertz: number) {
    this.microseconds = microsecondsOf(hertz);
    this.text = ['{"displayTimeUnit":"ns","otherData":{"hertz":', String(hertz), '},"traceEvents":['];
  }

  event(phase: Phase, row: Row, cycle: bigint, fields: object): void {
    const rest = JSON.stringify(fields);
    this.write(
      `{"ph":"${phase}","pid":${row.pid},"tid":${row.tid},"ts":${this.microseconds(cycle)}${rest === '{}' ? '}' : `,${rest.slice(1)}`}`,
    );
  }

  /** process_name, thread_name, process_sort_index, thread_sort_index. */
  metadata(name: string, pid: number, tid: number, args: object): void {
    this.write(JSON.stringify({ ph: 'M', pid, tid, name, args }));
  }

  finish(): void {
    this.text.push('\n]}\n');
  }

  /** What was written since the last time. */
  take(): string {
    const text = this.text.join('');
    this.text = [];
    return text;
  }

  private write(line: string): void {
    this.text.push(this.first ? '\n' : ',\n', line);
    this.first = false;
  }
}
