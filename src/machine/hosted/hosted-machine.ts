// A machine inside its worker: its life as commands see it. Time passes in slices, by itself or because someone waits, and everything that
// follows from it outside is told.

import type { ControlledRun, Ending } from '../control/controlled-run.ts';
import { endingText } from '../control/ending-text.ts';
import type { StepModule } from '../cpu/step/step-module.ts';
import type { MachineJournal } from '../durable/machine-journal.ts';
import { MachineError } from '../errors.ts';
import { KEPT_BYTES } from '../journal.ts';
import type { MachineLife, Wait } from '../life.ts';
import { Machine, SLICE_CYCLES } from '../machine.ts';
import type { CommandFields, CommandReply, MachineImage, MachineState, RestoredMachine } from '../protocol.ts';
import type { RemoteProgramKind } from '../remote/programs/commands.ts';
import { threadInfos } from '../reports.ts';
import { capture } from '../snapshot/image.ts';
import { type Durability, recordMachine } from './durability.ts';
import { fromImage } from './from-image.ts';
import { Outlet } from './outlet.ts';
import { PendingCalls } from './pending-calls.ts';
import { Playback } from './playback.ts';
import { type Replayed, restoredReport } from './restored-report.ts';
import type { Surroundings } from './surroundings.ts';

/** Slices that a program gets at once, before other machines and commands have their turn. */
const PROMPT_SLICES = 4;
/** A slice ends when it has taken so many milliseconds of the host, however little virtual time that was: code may be as slow as it likes. */
const LONGEST_SLICE = 10;
/** Likewise, where a command waits. However many come, so much time passes between two of them. */
const SHORT_SLICE = 0.5;

export class HostedMachine {
  readonly id: number;
  /** Of the project that its processor time is for. */
  readonly account: number;
  machine: Machine;
  /** No time passes while the main thread cannot take more output. */
  held = false;
  /** Virtual time of a slice: the worker sees to it that it takes some milliseconds. */
  sliceCycles = SLICE_CYCLES;
  private readonly stepModule: StepModule;
  private readonly stopwatch: () => number;
  private readonly isAsked: () => boolean;
  private readonly journalBytes: number;
  private readonly outlet: Outlet;
  private readonly calls: PendingCalls;
  /** A breakpoint or PauseMachine has stopped a LOCKSTEP machine: those who wait wait on, until somebody makes time pass anew. */
  private halted = false;
  /** Another worker is about to have it. */
  private isLeaving = false;
  /** Null: it ends with its worker. */
  private durability: Durability | null;
  private readonly replayed: Replayed;

  constructor(
    id: number,
    account: number,
    machine: Machine,
    durability: Durability | null,
    { stepModule, post, isAsked = () => false, journalBytes = KEPT_BYTES }: Omit<Surroundings, 'files'>,
    replayed: Replayed = { records: 0, torn: 0 },
  ) {
    this.id = id;
    this.account = account;
    this.machine = machine;
    this.durability = durability;
    this.stepModule = stepModule;
    this.stopwatch = stepModule.stopwatch ?? (() => 0);
    this.isAsked = isAsked;
    this.journalBytes = journalBytes;
    this.replayed = replayed;
    this.outlet = new Outlet(id, post);
    this.calls = new PendingCalls(machine, this.outlet, {
      inputApplied: () => this.inputApplied(),
      programActs: () => this.programActs(),
    });
    this.boundInputs();
  }

  get state(): MachineState {
    return this.machine.state;
  }

  /** Time passes by itself (FREE_RUNNING), or because someone waits (LOCKSTEP). */
  get isRunnable(): boolean {
    if (this.held || this.isLeaving) return false;
    if (this.state === 'crashed') return false;
    if (this.calls.playback || this.calls.run) return true;
    if (this.state !== 'running') return this.state !== 'quiescent' && this.isAwaited;
    return this.machine.spec.time_mode === 'FREE_RUNNING' || this.isAwaited;
  }

  changeState(state: MachineState, reason: string): void {
    this.machine.setState(state, reason);
    this.flush();
    this.outlet.state(state, this.machine.cycle, reason, this.machine.consoles.awaitsInput());
  }

  /** Allowed states of a command, or WRONG_STATE. */
  require(command: string, ...allowed: MachineState[]): void {
    if (allowed.includes(this.state)) return;
    const details = { state: this.state, allowed: allowed.join(', ') };
    throw new MachineError('WRONG_STATE', `${command} needs the machine to be ${allowed.join(' or ')}; it is ${this.state}`, details);
  }

  /** After an input: a quiescent machine may have something to do again. */
  inputApplied(): void {
    if (this.state === 'quiescent') this.changeState('running', '');
  }

  /** Nothing may happen at the moment: created, paused, quiescent; a LOCKSTEP machine also while nobody makes its time pass. */
  requireStandstill(command: string): void {
    if (this.calls.run || this.calls.playback) {
      const details = { state: this.state, allowed: 'created, paused, quiescent' };
      throw new MachineError('WRONG_STATE', `${command}: a RunMachine, StepMachine or replay of this machine is in progress`, details);
    }
    if (this.machine.spec.time_mode !== 'LOCKSTEP' || this.isRunnable) this.require(command, 'created', 'paused', 'quiescent');
  }

  /** Lets time pass until the run is over, then the machine is paused. */
  control(run: ControlledRun): void {
    this.halted = false;
    this.calls.run = run;
    if (run.isReached) return this.endRun('condition');
    if (this.machine.time >= run.until) return this.endRun('cycle');
    this.changeState('running', '');
    run.begin();
  }

  pause(): void {
    const { run } = this.calls;
    this.halted = true;
    this.calls.dropRun();
    this.changeState('paused', 'requested');
    if (run) this.outlet.fail(run.request, new MachineError('CANCELLED', `PauseMachine has stopped it at cycle ${this.machine.cycle}`));
  }

  addWait(wait: Wait): void {
    this.halted = false;
    this.calls.waits.add(wait);
    this.calls.waits.answer(this.machine);
  }

  /** Runs a program on remote threads; it is answered as `command` when it ends, before this returns where that is soon. */
  runProgram<K extends RemoteProgramKind>(command: K, request: number, fields: CommandFields<K>): void {
    this.halted = false;
    this.calls.startProgram(command, request, fields);
    const { programs } = this.calls;
    for (let slices = 0; slices < PROMPT_SLICES && programs.isRunning(request) && this.isRunnable; slices++) this.runSlice();
    // Nothing can happen, so there will be no slice to end the wait.
    if (this.state === 'quiescent') programs.answerWaits('quiescent');
  }

  private programActs(): void {
    this.flush();
    if (this.durability) this.durability.programsActed = true;
  }

  cancelWait(request: number): void {
    const { playback, programs, run, waits } = this.calls;
    if (playback?.request === request) return this.stopPlaying('the call was cancelled');
    if (programs.cancel(request)) return;
    if (run?.request !== request) return void waits.fail(request, new MachineError('CANCELLED', 'the wait was cancelled'));
    this.calls.dropRun();
    this.changeState('paused', `cancelled at cycle ${this.machine.cycle}`);
    this.outlet.fail(request, new MachineError('CANCELLED', `cancelled at cycle ${this.machine.cycle}`));
  }

  private stopPlaying(why: string): void {
    const { playback } = this.calls;
    this.calls.playback = null;
    this.changeState('paused', 'requested');
    if (playback) this.outlet.fail(playback.request, new MachineError('CANCELLED', why));
  }

  cancelAllWaits(why: string): void {
    if (this.calls.playback) this.stopPlaying(why);
    this.calls.failAll(new MachineError('CANCELLED', why));
  }

  /** One slice of virtual time, and everything that follows from it outside. */
  runSlice(): void {
    const { calls } = this;
    const start = this.stopwatch();
    const isEnough = (): boolean => this.stopwatch() - start >= (this.isAsked() ? SHORT_SLICE : LONGEST_SLICE);
    if (calls.playback) {
      this.playSlice(calls.playback, isEnough);
      return this.flush();
    }
    try {
      if (this.state !== 'running') this.changeState('running', '');
      const result = this.machine.runSlice(calls.until, this.sliceCycles, isEnough);
      this.flush();
      if (result === 'stopped' && this.machine.board.breakpointHit) this.reachBreakpoint();
      else if (result === 'stopped' && calls.run?.isReached) this.endRun('condition');
      if (result === 'virtual_limit') this.reachVirtualLimit();
      else if (result === 'quiescent') this.reachQuiescence();
      else calls.waits.answer(this.machine);
      calls.programs.answer();
      if (calls.run && this.machine.time >= calls.run.until) this.endRun('cycle');
    } catch (error) {
      this.crash(error);
    }
  }

  reset(): void {
    this.cancelAllWaits('the machine was reset');
    this.durability?.beginAnew('fresh');
    this.replaceMachine(new Machine(this.machine.spec, this.stepModule));
    this.flush();
    this.outlet.state('created', 0, 'reset', false);
  }

  /** Throws BAD_SNAPSHOT, and is then as it was. */
  restore(image: MachineImage): void {
    const machine = fromImage(this.machine.spec, this.stepModule, image);
    this.cancelAllWaits('the machine was put back to a snapshot');
    this.durability?.beginAnew('image');
    this.replaceMachine(machine);
    this.standStill();
  }

  private replaceMachine(machine: Machine): void {
    const ended = this.machine;
    this.machine = machine;
    ended.end();
    this.calls.renew(machine);
    this.boundInputs();
    this.durability?.connect(machine);
  }

  /** Number of its journal's present segment, 0 without one. */
  get segment(): number {
    return this.durability?.segment ?? 0;
  }

  restoredReport(): RestoredMachine {
    return restoredReport(this.machine, this.durability, this.replayed);
  }

  /** The whole state, from which the journal goes on in a new segment. `last`: no time passes any more. */
  save(last: boolean): CommandReply<'save_machine'> {
    const { durability } = this;
    if (!durability) throw new MachineError('WRONG_STATE', 'this machine has no journal', { state: this.state, allowed: '' });
    if (last) this.held = true;
    // Before the answer, so that who takes it has all that the image has told.
    this.flush();
    return durability.save(this.machine);
  }

  /** From where its journal begins, which is at `segment` if that is on disk. */
  record(segment: number): CommandReply<'record_machine'>['recording'] {
    return recordMachine(this.machine, this.durability, this.stepModule, segment);
  }

  /** Runs a recording again; answered when that is done. */
  play(request: number, records: Uint8Array, toCycle: number): void {
    this.requireStandstill('play_recording');
    this.calls.playback = new Playback(request, records, toCycle);
  }

  private playSlice(playback: Playback, isEnough: () => boolean): void {
    const { request } = playback;
    try {
      const reply = playback.step(this.machine, isEnough);
      if (!reply) return;
      this.changeState('paused', 'replayed');
      this.outlet.answer('play_recording', request, reply);
    } catch (error) {
      if (!(error instanceof MachineError)) return this.crash(error);
      this.outlet.fail(request, error);
    }
    this.calls.playback = null;
  }

  /** For another worker: as it is between two slices, and what it is about. It stands still here until forget() or stay(). Throws MACHINE_BUSY. */
  leave(): CommandReply<'leave_machine'> {
    const calls = this.calls.life;
    if (!calls)
      throw new MachineError(
        'MACHINE_BUSY',
        'the machine replays a recording, or is in the middle of a call of a remote thread: try again',
      );
    this.flush();
    const journal = this.durability?.leave(this.machine) ?? null;
    const { held, halted, sliceCycles, machine } = this;
    const { news, wasRestored, board } = machine;
    const { ended } = board.remoteObserver;
    const inputs = { ...machine.journal.life, wasRestored };
    this.isLeaving = true;
    return { image: capture(machine), life: { held, halted, sliceCycles, ...calls, ended, news, inputs, journal } };
  }

  /** It could not leave. */
  stay(): void {
    this.isLeaving = false;
  }

  /** With what it was about in another worker. `requests`: the numbers here of the calls in flight there. */
  goOn(life: MachineLife, requests: ReadonlyMap<number, number>): void {
    const { machine } = this;
    machine.news = [...life.news];
    machine.wasRestored = life.inputs.wasRestored;
    machine.journal.goOn(life.inputs);
    this.boundInputs();
    machine.board.remoteObserver.ended = [...life.ended];
    this.held = life.held;
    this.halted = life.halted;
    this.sliceCycles = life.sliceCycles;
    this.calls.goOn(machine, life, requests);
  }

  /** A command of this machine was. */
  answered(): void {
    this.outlet.speaks();
  }

  /** It took a processor so many microseconds to get here, and `saving` of them to save it. */
  worked(microseconds: number, saving = 0): void {
    if (!this.durability) return;
    if (saving > 0) this.durability.saved(saving);
    if (this.durability.worked(this.machine, microseconds) && this.state !== 'crashed') this.outlet.wantSave();
  }

  /** The journal that must be durable before what has been said may go out; null if nothing has. */
  commit(): MachineJournal | null {
    if (!this.durability || !this.outlet.takeSpoke()) return null;
    return this.durability.commit(this.machine);
  }

  close(): void {
    this.durability?.close();
    this.durability = null;
  }

  /** Where time would pass: somebody has to want that. */
  standStill(): void {
    if (this.state === 'running' || this.state === 'quiescent') this.machine.setState('paused', 'restored');
  }

  /** Sends what has been emitted since the last time. */
  flush(): void {
    this.outlet.flush(this.machine);
  }

  quiescentReport(): CommandReply<'quiescent_report'> {
    return { awaitingInput: this.machine.consoles.awaitsInput(), threads: this.state === 'crashed' ? [] : threadInfos(this.machine, 0) };
  }

  /** In LOCKSTEP: somebody waits, so time passes. */
  private get isAwaited(): boolean {
    return this.machine.spec.time_mode === 'LOCKSTEP' && !this.halted && this.calls.isAwaited;
  }

  /** What led to the state of a snapshot is not known, so nothing is to be kept of what follows. */
  private boundInputs(): void {
    this.machine.journal.limit = this.machine.wasRestored ? 0 : this.journalBytes;
  }

  private reachVirtualLimit(): void {
    const { calls } = this;
    if (calls.run) this.endRun('virtual_limit');
    else this.changeState('paused', 'virtual_limit');
    calls.programs.answer();
    calls.programs.answerWaits('virtual_limit');
    calls.waits.answerLimit(this.machine);
  }

  private reachQuiescence(): void {
    const { calls } = this;
    calls.waits.answer(this.machine);
    if (calls.programs.answer()) return;
    if (calls.run) this.endRun('quiescent');
    else this.changeState('quiescent', '');
    calls.programs.answerWaits('quiescent');
    calls.waits.answerQuiescent(this.machine);
  }

  private reachBreakpoint(): void {
    this.halted = true;
    if (this.calls.run) this.endRun('breakpoint');
    else this.changeState('paused', endingText(this.machine, 'breakpoint'));
  }

  private endRun(ending: Ending): void {
    const run = this.calls.run!;
    const reply = run.reply(ending);
    this.calls.dropRun();
    this.changeState('paused', endingText(this.machine, ending));
    this.outlet.answer(run.command, run.request, reply);
  }

  /** A bug of the emulator: this machine stops for good, with a report; the others go on. */
  private crash(error: unknown): void {
    const report = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.machine.events.emit('oops', { cycle: this.machine.cycle, vcpu: -1, pid: 0, tid: 0 }, { message: report });
    this.machine.setState('crashed', report);
    this.flush();
    this.outlet.state('crashed', this.machine.cycle, report, false);
    this.calls.failAll(new MachineError('MACHINE_CRASHED', report));
  }
}
