// One machine: its board, its life, and the two things that act on it: time and inputs.
// Inputs enter through apply() alone, which records them; time passes in runSlice() and replays to the same state.

import type { Process } from '../kernel/task/process.ts';
import { Board } from './board.ts';
import { Consoles } from './consoles.ts';
import { CONTROL_INPUTS } from './control/inputs.ts';
import { PlaceReached } from './control/stop-condition.ts';
import type { StepModule } from './cpu/step/step-module.ts';
import { EventEncoder } from './events/encoder.ts';
import { InterruptTrail } from './explain/interrupt-trail.ts';
import { placeText } from './explain/place.ts';
import { ObservedEvents } from './explain/observed-events.ts';
import { MachineError } from './errors.ts';
import { INPUTS, type InputReply } from './inputs.ts';
import { type InputKind, Journal, type JournalEntry, type StoppedPlace } from './journal.ts';
import type { MachinePosition } from './machine-position.ts';
import type { MachineSpec } from './machine-spec.ts';
import type { CommandFields, MachineState } from './protocol.ts';
import type { RingBooks } from './remote/programs/rings.ts';
import { loadRoot } from './root-file-system.ts';
import { advance, type AdvanceResult } from './run-loop.ts';
import { StateHasher } from './state-hash.ts';

/** Virtual time that one slice may cover at most, in cycles. */
export const SLICE_CYCLES = 2_000_000;

/**
 * Virtual time up to the first look at whether a slice has had enough, and then twice as much each time, up to so much. A cycle of code
 * that rewrites itself takes as long on the host as ten thousand others.
 */
export const FIRST_PIECE = 4096;
export const LARGEST_PIECE = 1 << 16;

/** A process that was started from outside; kept when it has exited. */
export interface Program {
  readonly process: Process;
  readonly arguments: readonly string[];
}

export class Machine {
  readonly spec: MachineSpec;
  readonly events: EventEncoder;
  readonly board: Board;
  /** What led to the present state of user interrupts; nothing depends on it. */
  readonly trail = new InterruptTrail();
  readonly journal = new Journal();
  readonly consoles = new Consoles();
  /** Beside the state, as the trail. */
  readonly ringBooks: RingBooks = { byRing: new Map(), arenas: new Map() };
  /** By pid. */
  readonly programs = new Map<number, Program>();
  /** It did not begin at its spec. */
  wasRestored: boolean;
  state: MachineState = 'created';
  /** Why it is in this state, for people. */
  reason = '';
  /** Everything before this virtual time has happened. */
  time = 0;
  /** Where execution stands, when it was stopped between the times that all vCPUs reach together. */
  private place: StoppedPlace | null = null;
  /** No vCPU had gone further when it was. */
  private raggedUntil = 0;

  /** Of which remote threads somebody waits for news: time is stopped there. */
  remoteInterest: (tid: number) => boolean = () => false;
  /** When there was some that time has not yet passed. */
  news: number[] = [];

  /**
   * `stepModule` from createStepModule(), `firstSequence` of its events; `blank`: a snapshot will fill it (snapshot/image.ts).
   * Throws where the spec's root file system cannot be unpacked.
   */
  constructor(spec: MachineSpec, stepModule: StepModule, { firstSequence = 1, blank = false } = {}) {
    this.spec = spec;
    this.events = new EventEncoder(spec.event_kinds, firstSequence);
    const places = {
      rip: () => this.board.cpu.context.rip,
      describe: (tid: number, rip: bigint) => placeText(this.board.kernel.pids.tasks.get(tid) ?? null, rip),
    };
    this.board = new Board(spec, new ObservedEvents(this.events, this.trail, places), stepModule);
    this.board.remoteObserver.onNews = (tid, cycle) => {
      if (!this.remoteInterest(tid)) return;
      this.news.push(cycle);
      this.board.stopRequested = true;
    };
    this.wasRestored = blank;
    if (blank) return;
    loadRoot(this.board.kernel, spec);
    this.reportState();
  }

  /** When something that happens now happens, for advanceTo(). */
  get moment(): { readonly time: number; readonly place?: StoppedPlace } {
    const { time, place } = this;
    return place ? { time, place } : { time };
  }

  get position(): MachinePosition {
    const { time, place, raggedUntil, state, reason, board, events } = this;
    return { time, place, raggedUntil, state, reason, emitted: events.emitted, instructions: board.cpu.instructions };
  }

  /** As a snapshot says; its events are numbered on by themselves. */
  set position({ instructions, emitted: _numbered, ...rest }: MachinePosition) {
    Object.assign(this, rest);
    this.board.cpu.instructions = instructions;
  }

  /** The time as others are told it: clocks count parts of a cycle too. */
  get cycle(): number {
    return Math.floor(this.time);
  }

  setState(state: MachineState, reason: string): void {
    if (state === this.state && reason === this.reason) return;
    this.state = state;
    this.reason = reason;
    this.journal.sink?.({ kind: 'state', ...this.moment, state, reason });
    this.reportState();
  }

  /** An event, which changes nothing. */
  announceParking(idleSeconds: number, inSeconds: number): void {
    this.journal.sink?.({ kind: 'parking', ...this.moment, idleSeconds, inSeconds });
    this.events.emit(
      'machine_parking',
      { cycle: this.cycle, vcpu: -1, pid: 0, tid: 0 },
      { idle_seconds: idleSeconds, in_seconds: inSeconds },
    );
  }

  /** Lets one slice of time pass, or the part of it that is enough; for states running and quiescent. */
  runSlice(limit = Number.POSITIVE_INFINITY, cycles = SLICE_CYCLES, isEnough = (): boolean => false): AdvanceResult | 'virtual_limit' {
    const virtualLimit = this.spec.limits.virtual_cycles || Number.POSITIVE_INFINITY;
    const from = Math.max(this.time, Math.min(this.board.nextTime(), Number.MAX_SAFE_INTEGER));
    const goal = Math.min(from + cycles, limit, virtualLimit);
    let piece = FIRST_PIECE;
    let until = this.news.length > 0 ? goal : Math.min(goal, from + piece);
    let result: AdvanceResult = this.news.length > 0 ? 'stopped' : this.advance(until);
    while (result === 'limit' && until < goal && !isEnough()) {
      piece = Math.min(LARGEST_PIECE, piece * 2);
      until = Math.min(goal, until + piece);
      result = this.advance(until);
    }
    if (result === 'stopped' && this.news.length > 0 && !this.board.breakpointHit)
      result = this.meetNews(until, Math.min(limit, virtualLimit));
    else
      this.time = Math.max(this.time, result === 'quiescent' ? this.board.now + 1 : result === 'stopped' ? this.stoppedAt(until) : until);
    if (result === 'limit' && this.time >= virtualLimit) return 'virtual_limit';
    return result;
  }

  /**
   * Time stands behind what a client waits for: at the end of the interleaving quantum, because another vCPU may have gone
   * as far in its turn; of a lone vCPU one cycle later. The same however time is sliced, and no further than `limit`.
   */
  private meetNews(until: number, limit: number): AdvanceResult {
    const { board } = this;
    const end = Math.min(Math.max(this.time, this.behind(Math.min(...this.news))), limit);
    const result = this.advancePastNews(end);
    if (result === 'stopped') this.time = Math.max(this.time, this.stoppedAt(until));
    else this.time = Math.max(this.time, result === 'quiescent' ? Math.min(end, board.now + 1) : end);
    this.news = result === 'quiescent' ? [] : this.news.filter((cycle) => this.behind(cycle) > this.time);
    return result === 'stopped' ? result : 'limit';
  }

  /** No vCPU has gone further when something has happened at `cycle`. */
  private behind(cycle: number): number {
    const { vcpus, quantum } = this.board;
    return vcpus.length === 1 ? cycle + 1 : (Math.floor(cycle / quantum) + 1) * quantum;
  }

  /** What a client waits for happened at `cycle`, and time stands where it may hear of it. */
  hasPassed(cycle: number): boolean {
    return cycle < this.time && !this.news.includes(cycle);
  }

  private advancePastNews(end: number): AdvanceResult {
    for (;;) {
      const known = this.news.length;
      const result = this.advance(end);
      if (result !== 'stopped' || this.board.breakpointHit || this.news.length === known) return result;
    }
  }

  /** The door for inputs: recorded, then applied at the present virtual time. */
  apply<K extends InputKind>(kind: K, fields: CommandFields<K>): InputReply<K> {
    this.journal.record({ ...this.moment, kind, fields } as JournalEntry);
    this.board.suspendAll();
    this.board.spinTo(this.time, false);
    if (!(kind in CONTROL_INPUTS)) this.board.kernel.enterFromOutside(this.time);
    return INPUTS[kind](this, fields);
  }

  /** A machine of this spec that has been given `entries` again, at the same virtual times. */
  static replay(spec: MachineSpec, stepModule: StepModule, entries: readonly JournalEntry[]): Machine {
    const machine = new Machine(spec, stepModule);
    for (const entry of entries) {
      machine.advanceTo(entry.time, entry.place);
      try {
        machine.apply(entry.kind, entry.fields);
      } catch (error) {
        if (!(error instanceof MachineError)) throw error;
      }
    }
    return machine;
  }

  /** Everything before `time` happens, or all that can; breakpoints do not hold it up. With a place: up to there. */
  advanceTo(time: number, place: StoppedPlace | null = null): void {
    if (place) this.advanceToPlace(time, place);
    if (place?.exact || time <= this.time) return;
    let result: AdvanceResult;
    do result = this.advance(time);
    while (result === 'stopped');
    this.time = result === 'quiescent' ? Math.max(this.time, Math.min(time, this.board.now + 1)) : time;
  }

  private advanceToPlace(time: number, place: StoppedPlace): void {
    const { board } = this;
    const goal = new PlaceReached(board, place);
    const { conditions } = board;
    board.conditions = [...conditions, goal];
    while (!goal.isReached() && this.advance(Number.POSITIVE_INFINITY) === 'stopped');
    board.conditions = conditions;
    this.place = place;
    if (place.exact) this.time = time;
  }

  /** Keeps note of whether the time alone says how far execution has come. */
  private advance(until: number): AdvanceResult {
    const { board } = this;
    board.stopRequested = false;
    board.breakpointHit = null;
    board.stopWhereWanted(board.turnTime);
    if (board.stopRequested) return 'stopped';
    const result = advance(board, until);
    if (result === 'stopped') {
      this.place = { ...board.place, exact: true };
      this.raggedUntil = board.now;
    } else if (this.place && result === 'limit' && until <= this.raggedUntil) this.place = { ...board.place, exact: false };
    else this.place = null;
    return result;
  }

  private stoppedAt(until: number): number {
    return Math.min(this.board.turnTime, until);
  }

  /** 16 hexadecimal digits over everything that decides the future. */
  hash(): string {
    this.board.suspendAll();
    const hasher = new StateHasher();
    hasher.value(this.board, 'machine');
    return hasher.digest();
  }

  /** Nothing and nobody uses it any more: gives back what it took, its memory to machines to come. */
  end(): void {
    const { cpu, physical, kernel } = this.board;
    cpu.release();
    // What a snapshot says of frames and tables, or what a failure has left of them, is not what other machines should depend on.
    if (this.wasRestored || this.state === 'crashed') return;
    physical.release();
    kernel.hardware.tables.end();
  }

  private reportState(): void {
    this.events.emit('machine_state', { cycle: this.cycle, vcpu: -1, pid: 0, tid: 0 }, { state: this.state, reason: this.reason });
  }
}
