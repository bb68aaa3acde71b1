// A machine's events as a timeline on a terminal: a line an event, with a lane a vCPU, and the interrupt or request that it is a leg of.

import { Recent } from './follow-legs.ts';
import { wordsOf } from './follow-words.ts';
import { paint } from './paint.ts';
import { printable } from '../../src/text/printable.ts';
import type { Event } from '../../src/gen/api.ts';
import type { Marks } from './follow-legs.ts';
import type { Paint } from './paint.ts';

/** A number always has the same colour, so none need be remembered. */
const COLOURS: readonly Paint[] = ['cyan', 'yellow', 'magenta', 'green', 'blueBright', 'red'];
const NAMES_KEPT = 4096;
const WIDTH = { cycle: 12, since: 11, thread: 20, marks: 7, what: 15 } as const;

/** Virtual time of so many cycles, with three digits or so. */
export function sinceText(cycles: bigint, hertz: number): string {
  const nanoseconds = (Number(cycles) / hertz) * 1e9;
  const size = Math.abs(nanoseconds);
  const [scale, unit] = size < 1e3 ? [1, 'ns'] : size < 1e6 ? [1e3, 'us'] : size < 1e9 ? [1e6, 'ms'] : [1e9, 's'];
  const value = nanoseconds / scale;
  return `${value < 0 ? '' : '+'}${Number.isInteger(value) || unit === 'ns' ? Math.round(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1)} ${unit}`;
}

export interface Machine {
  readonly vcpus: number;
  readonly hertz: number;
  readonly names: Iterable<readonly [tid: number, name: string]>;
}

export class TimelineText {
  private readonly hertz: number;
  private readonly names = new Recent<number, string>(NAMES_KEPT);
  /** vCPUs that run a thread, as far as events say so. */
  private readonly busy: boolean[];
  private last: bigint | undefined;

  constructor({ vcpus, hertz, names }: Machine) {
    this.hertz = hertz;
    this.busy = Array.from({ length: vcpus }, () => false);
    for (const [tid, name] of names) this.names.set(tid, name);
  }

  heading(): string {
    const lanes = this.busy.map((_, vcpu) => vcpu % 10).join('');
    return paint('bold', this.columns('CYCLE', 'SINCE', lanes, 'THREAD', ''.padEnd(WIDTH.marks), 'EVENT'));
  }

  /** To be told of every event, those that are not shown too. */
  note(event: Event): void {
    const { vcpu, tid } = event;
    if (vcpu >= 0 && vcpu < this.busy.length) this.busy[vcpu] = tid !== 0 && !event.switched_out && !event.vcpu_idle;
    if (event.process_executed) this.name(tid, event.process_executed.path);
    else if (event.process_started && this.names.get(tid) === undefined) this.name(tid, event.process_started.path);
    else if (event.thread_started && this.names.get(tid) === undefined)
      this.name(tid, this.names.get(event.thread_started.parent_tid) ?? '');
  }

  line(event: Event, { interrupts, request }: Marks): string {
    const since = this.last === undefined ? '' : sinceText(event.cycle - this.last, this.hertz);
    this.last = event.cycle;
    const name = this.names.get(event.tid) ?? '';
    const thread = event.tid === 0 ? '' : `${event.tid} ${printable(name)}`.trimEnd();
    const { what, detail } = wordsOf(event);
    const [interrupt] = interrupts;
    const marks = [
      ...(request === 0n ? [] : [[`r${request}`, request] as const]),
      ...(interrupt === undefined
        ? []
        : [[`#${interrupt}${interrupts.length > 1 ? `+${interrupts.length - 1}` : ''}`, interrupt] as const]),
    ];
    const width = marks.reduce((sum, [text]) => sum + text.length + 1, -1);
    const painted = marks.map(([text, number]) => paint(colourOf(number), text)).join(' ') + ' '.repeat(Math.max(0, WIDTH.marks - width));
    const [, number] = marks.at(-1) ?? [];
    const shown = what.padEnd(WIDTH.what);
    const words = `${number === undefined ? shown : paint(colourOf(number), shown)}  ${detail}`;
    return this.columns(String(event.cycle), since, this.lanes(event.vcpu), thread, painted, words).trimEnd();
  }

  private name(tid: number, path: string): void {
    this.names.set(tid, path.slice(path.lastIndexOf('/') + 1).slice(0, 15));
  }

  /** The number of the vCPU in its lane; "|" where another runs a thread. */
  private lanes(at: number): string {
    return this.busy.map((busy, vcpu) => (vcpu === at ? paint('bold', String(vcpu % 10)) : busy ? '|' : '.')).join('');
  }

  private columns(cycle: string, since: string, lanes: string, thread: string, marks: string, words: string): string {
    return `${cycle.padStart(WIDTH.cycle)}  ${since.padStart(WIDTH.since)}  ${lanes}  ${thread.padEnd(WIDTH.thread)}  ${marks}  ${words}`;
  }
}

const colourOf = (number: bigint): Paint => COLOURS[Number(number % BigInt(COLOURS.length))]!;
