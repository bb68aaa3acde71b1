// What a machine tells: its events and the output of its consoles, from one beginning on. One that is reset or put back begins another.

import { ConsoleLog } from './console-log.ts';
import { behind, type Tails } from './durable/tails.ts';
import type { EventFiles } from './events/event-files.ts';
import { EventLog } from './events/event-log.ts';
import type { StreamCounts } from './metrics-counts.ts';
import type { EventBudget } from './quota/event-budget.ts';
import type { MachinePush } from './worker-port.ts';
import type { RestoredMachine } from '../machine/protocol.ts';

type Told<K extends MachinePush['kind']> = Extract<MachinePush, { kind: K }>;

export interface StreamOptions {
  /** Of the machine. */
  readonly uid: string;
  /** That its events may have in memory. */
  readonly logBytes: number;
  readonly budget: EventBudget;
  /** Where its events are kept; null: in memory alone. */
  readonly files: EventFiles | null;
  readonly counts: StreamCounts;
  /** Some reader of a console cannot take more, or all can again. */
  readonly onLag: (lags: boolean) => void;
}

export class MachineStreams {
  log: EventLog;
  private readonly consoles = new Map<number, ConsoleLog>();
  private readonly lagging = new Set<number>();
  private readonly options: StreamOptions;

  constructor(options: StreamOptions) {
    this.options = options;
    this.log = this.newLog(1);
  }

  /** The console of a spawned process; made when first asked for, so that a reader may come before the first byte. */
  console(pid: number): ConsoleLog {
    let log = this.consoles.get(pid);
    if (!log) {
      log = new ConsoleLog((lags) => this.balance(pid, lags));
      this.consoles.set(pid, log);
    }
    return log;
  }

  hasConsole(pid: number): boolean {
    return this.consoles.has(pid);
  }

  /** Its output waits for a reader. */
  get lags(): boolean {
    return this.lagging.size > 0;
  }

  /** `isRepeating`: what is told may be here already. */
  append(told: Told<'events'>, isRepeating: boolean): void {
    // A machine that was reset starts again at 1, before its answer to the reset is taken.
    if (told.firstSequence === 1 && this.log.next > 1 && !isRepeating) this.renew();
    const news = isRepeating ? behind(told, this.log.next) : told;
    if (!news) return;
    this.log.append(news);
    this.options.counts.appended += news.kinds.length;
  }

  endConsoles(): void {
    for (const console of this.consoles.values()) console.end();
  }

  /** The latest that was told. */
  tails(): Tails {
    // Those on the disk need no tail.
    return {
      events: this.log.history ? null : this.log.tail(),
      consoles: [...this.consoles].map(([pid, console]) => ({ pid, ...console.tail() })),
    };
  }

  /** What was told before the machine was saved, with `next` as the sequence of the event after that. `generation`: of those on the disk. */
  expect({ events, consoles }: Tails, next: number, generation: string | null): void {
    this.drop();
    const { uid, logBytes, budget, files } = this.options;
    const history = generation === null ? null : (files?.resume(uid, generation, next) ?? null);
    this.log = history ? new EventLog(logBytes, next, budget, history) : this.newLog(events?.[0]?.firstSequence ?? next);
    for (const batch of events ?? []) this.log.append(batch);
    for (const { pid, ended, chunks } of consoles) {
      const console = this.console(pid);
      for (const chunk of chunks) console.append(chunk);
      if (ended) console.end();
    }
  }

  /** From the middle, where an image is. */
  begin({ nextSequence, consoles }: RestoredMachine): void {
    this.log = this.newLog(nextSequence);
    for (const { pid, ended } of consoles) {
      const console = this.console(pid);
      if (ended) console.end();
    }
  }

  renew(): void {
    this.drop();
    this.log = this.newLog(1);
  }

  drop(): void {
    this.endConsoles();
    this.consoles.clear();
    this.lagging.clear();
    this.log.close();
  }

  /** Of events from `first` on. */
  private newLog(first: number): EventLog {
    const { uid, logBytes, budget, files } = this.options;
    return new EventLog(logBytes, first, budget, files?.begin(uid, first) ?? null);
  }

  private balance(pid: number, lags: boolean): void {
    const before = this.lags;
    if (lags) this.lagging.add(pid);
    else this.lagging.delete(pid);
    if (this.lags !== before) this.options.onLag(this.lags);
  }
}
