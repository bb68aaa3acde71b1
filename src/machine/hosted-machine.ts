// A machine inside its worker: its life as commands see it, who waits for what, and what is pushed to the main thread.

import { type ControlledRun, type Ending, runOf } from './control/controlled-run.ts';
import { MachineError } from './errors.ts';
import { KEPT_BYTES } from './journal.ts';
import type { MachineLife, Wait } from './life.ts';
import { Machine, SLICE_CYCLES } from './machine.ts';
import type { MachineSpec } from './machine-spec.ts';
import type {
  CommandFields,
  CommandReply,
  FromWorker,
  JournalFields,
  MachineImage,
  MachineState,
  Reply,
  RestoredMachine,
} from './protocol.ts';
import type { StepModule } from './cpu/step/step-module.ts';
import { type ProgramClient, ProgramRunner } from './remote/program-runner.ts';
import type { RemoteProgramKind } from './remote/programs/commands.ts';
import { processInfo, threadInfos } from './reports.ts';
import { GraphError } from './snapshot/graph-reader.ts';
import { capture, fork, restore } from './snapshot/image.ts';
import type { FileLayer } from './durable/file-layer.ts';
import { unshared } from './durable/journal-record.ts';
import { MachineJournal } from './durable/machine-journal.ts';
import { ending, Player, recordingOf } from './durable/recording.ts';
import { readAll, recover, type Recovered } from './durable/recovery.ts';
import { booksToBytes } from './durable/ring-books-bytes.ts';

/** Slices that a program gets at once, before other machines and commands have their turn. */
const PROMPT_SLICES = 4;
/** A machine should be saved when to replay its journal would take half a second, or a second if it is all calls of remote threads. */
export const REPLAY_BYTES = 8 << 20;
export const REPLAY_CYCLES = 100_000_000;

function restored(spec: MachineSpec, stepModule: StepModule, image: MachineImage): Machine {
  try {
    return restore(spec, stepModule, image);
  } catch (error) {
    throw badSnapshot(error);
  }
}

function badSnapshot(error: unknown): unknown {
  if (!(error instanceof GraphError)) return error;
  return new MachineError('BAD_SNAPSHOT', `the snapshot ${error.message}`, { state: 'damaged' });
}

export class HostedMachine {
  readonly id: number;
  /** Of the project that its processor time is for. */
  readonly account: number;
  machine: Machine;
  /** No time passes while the main thread cannot take more output. */
  held = false;
  /** Virtual time of a slice: the worker sees to it that it takes some milliseconds. */
  sliceCycles = SLICE_CYCLES;
  private readonly post: (message: FromWorker, transfer?: ArrayBuffer[]) => void;
  private readonly stepModule: StepModule;
  private readonly files: FileLayer;
  /** Of inputs that are kept in memory, at most. */
  private readonly journalBytes: number;
  private waits: Wait[] = [];
  private programs: ProgramRunner;
  /** A RunMachine or StepMachine in progress. */
  private run: ControlledRun | null = null;
  /** A breakpoint or PauseMachine has stopped a LOCKSTEP machine: those who wait wait on, until somebody makes time pass anew. */
  private halted = false;
  /** Another worker is about to have it. */
  private isLeaving = false;
  /** A recording that runs again. */
  private playing: { readonly request: number; readonly player: Player } | null = null;
  private journal: MachineJournal | null = null;
  /** Something is about to go out since the last commit. */
  private spoke = false;
  /** Programs have acted since then: they may have changed the books of rings. */
  private programsActed = false;
  /** The last horizon. */
  private shown: Machine['moment'] = { time: -1 };
  private savedAt = 0;
  private saveWanted = false;
  private replayed = { records: 0, torn: 0 };

  /**
   * With an image, or a `source` that it is a copy of: in that state, but paused where time would pass. With a journal that it is to be recovered from, or with what it
   * was doing in another worker: exactly as it was. Throws BAD_SNAPSHOT, BAD_JOURNAL.
   */
  constructor(
    id: number,
    fields: CommandFields<'create_machine'>,
    stepModule: StepModule,
    post: (message: FromWorker, transfer?: ArrayBuffer[]) => void,
    files: FileLayer,
    source?: Machine,
    journalBytes = KEPT_BYTES,
  ) {
    const { spec, account, image, journal, moved } = fields;
    this.id = id;
    this.account = account;
    this.stepModule = stepModule;
    this.files = files;
    this.journalBytes = journalBytes;
    this.post = (message, transfer) => {
      this.spoke = true;
      post(message, transfer);
    };
    let since: number | undefined;
    if (journal?.recover) ({ machine: this.machine, since } = this.recover(fields, journal, files));
    else {
      this.machine = source ? fork(source, stepModule) : image ? restored(spec, stepModule, image) : new Machine(spec, stepModule);
      if (journal) this.journal = MachineJournal.create(files, journal, journal.segment, journal.incarnation, image ? 'image' : 'fresh');
    }
    this.programs = this.newPrograms();
    if (moved) this.goOn(moved.life, moved.requests);
    else {
      this.connectJournal();
      // A daemon that dies again and again must not have more to replay each time.
      this.savedAt = since ?? this.savedAt;
      if ((image || source) && !journal?.recover) this.standStill();
    }
  }

  get state(): MachineState {
    return this.machine.state;
  }

  /** Time passes by itself (FREE_RUNNING), or because someone waits (LOCKSTEP). */
  get isRunnable(): boolean {
    if (this.held || this.isLeaving) return false;
    if (this.playing) return this.state !== 'crashed';
    if (this.run) return this.state !== 'crashed';
    if (this.state !== 'running') return this.state !== 'crashed' && this.state !== 'quiescent' && this.isAwaited;
    return this.machine.spec.time_mode === 'FREE_RUNNING' || this.isAwaited;
  }

  changeState(state: MachineState, reason: string): void {
    this.machine.setState(state, reason);
    this.flush();
    const awaitingInput = this.machine.consoles.awaitsInput();
    this.post({ kind: 'state', machine: this.id, state, cycle: this.machine.cycle, reason, awaitingInput });
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
    if (this.run || this.playing) {
      const details = { state: this.state, allowed: 'created, paused, quiescent' };
      throw new MachineError('WRONG_STATE', `${command}: a RunMachine, StepMachine or replay of this machine is in progress`, details);
    }
    if (this.machine.spec.time_mode !== 'LOCKSTEP' || this.isRunnable) this.require(command, 'created', 'paused', 'quiescent');
  }

  /** Lets time pass until the run is over, then the machine is paused. */
  control(run: ControlledRun): void {
    this.halted = false;
    this.run = run;
    if (run.isReached) return this.endRun('condition');
    if (this.machine.time >= run.until) return this.endRun('cycle');
    this.changeState('running', '');
    run.begin();
  }

  pause(): void {
    const { run } = this;
    this.halted = true;
    this.dropRun();
    this.changeState('paused', 'requested');
    if (run) this.fail(run.request, new MachineError('CANCELLED', `PauseMachine has stopped it at cycle ${this.machine.cycle}`));
  }

  addWait(wait: Wait): void {
    this.halted = false;
    this.waits.push(wait);
    this.answerWaits();
  }

  /** Runs a program on remote threads; it is answered as `command` when it ends, before this returns where that is soon. */
  runProgram<K extends RemoteProgramKind>(command: K, request: number, fields: CommandFields<K>): void {
    this.halted = false;
    this.programsActed = true;
    this.programs.start(this.programClient(command, request), command, fields);
    for (let slices = 0; slices < PROMPT_SLICES && this.programs.isRunning(request) && this.isRunnable; slices++) this.runSlice();
    // Nothing can happen, so there will be no slice to end the wait.
    if (this.state === 'quiescent') this.programs.answerWaits('quiescent');
  }

  private programClient(command: RemoteProgramKind, request: number): ProgramClient {
    return {
      request,
      ended: (reply) => {
        this.programsActed = true;
        this.flush();
        this.post({ kind: 'reply', command, request, reply } as Reply);
      },
      failed: (error) => this.fail(request, error),
    };
  }

  cancelWait(request: number): void {
    if (this.playing?.request === request) return this.stopPlaying('the call was cancelled');
    if (this.programs.cancel(request)) return;
    if (this.run?.request === request) {
      this.dropRun();
      this.changeState('paused', `cancelled at cycle ${this.machine.cycle}`);
      this.fail(request, new MachineError('CANCELLED', `cancelled at cycle ${this.machine.cycle}`));
      return;
    }
    const wait = this.waits.find((w) => w.request === request);
    if (!wait) return;
    this.waits = this.waits.filter((w) => w !== wait);
    this.fail(wait.request, new MachineError('CANCELLED', 'the wait was cancelled'));
  }

  private stopPlaying(why: string): void {
    const { playing } = this;
    this.playing = null;
    this.changeState('paused', 'requested');
    if (playing) this.fail(playing.request, new MachineError('CANCELLED', why));
  }

  cancelAllWaits(why: string): void {
    if (this.playing) this.stopPlaying(why);
    for (const wait of this.waits) this.fail(wait.request, new MachineError('CANCELLED', why));
    this.waits = [];
    this.programs.failAll(new MachineError('CANCELLED', why));
    const { run } = this;
    this.dropRun();
    if (run) this.fail(run.request, new MachineError('CANCELLED', why));
  }

  /** One slice of virtual time, and everything that follows from it outside. */
  runSlice(): void {
    if (this.playing) {
      this.playSlice(this.playing);
      return this.flush();
    }
    try {
      if (this.state !== 'running') this.changeState('running', '');
      const result = this.machine.runSlice(Math.min(this.run?.until ?? Number.POSITIVE_INFINITY, this.programs.deadline), this.sliceCycles);
      this.flush();
      if (result === 'stopped' && this.machine.board.breakpointHit) this.reachBreakpoint();
      else if (result === 'stopped' && this.run?.isReached) this.endRun('condition');
      if (result === 'virtual_limit') this.reachVirtualLimit();
      else if (result === 'quiescent') this.reachQuiescence();
      else this.answerWaits();
      this.programs.answer();
      if (this.run && this.machine.time >= this.run.until) this.endRun('cycle');
    } catch (error) {
      this.crash(error);
    }
  }

  reset(): void {
    this.cancelAllWaits('the machine was reset');
    this.journal?.rotate('fresh', this.journal.incarnation + 1);
    this.replaceMachine(new Machine(this.machine.spec, this.stepModule));
    this.programs = this.newPrograms();
    this.connectJournal();
    this.flush();
    this.post({ kind: 'state', machine: this.id, state: 'created', cycle: 0, reason: 'reset', awaitingInput: false });
  }

  /** Number of the journal's present segment, 0 without one. */
  get segment(): number {
    return this.journal?.segment ?? 0;
  }

  /** Throws BAD_SNAPSHOT, and is then as it was. */
  restore(image: MachineImage): void {
    const machine = restored(this.machine.spec, this.stepModule, image);
    this.cancelAllWaits('the machine was put back to a snapshot');
    this.journal?.rotate('image', this.journal.incarnation + 1);
    this.replaceMachine(machine);
    this.programs = this.newPrograms();
    this.connectJournal();
    this.standStill();
  }

  private replaceMachine(machine: Machine): void {
    const ended = this.machine;
    this.machine = machine;
    ended.end();
  }

  restoredReport(): RestoredMachine {
    const { state, reason, cycle, events, consoles } = this.machine;
    return {
      state,
      reason,
      cycle,
      nextSequence: events.emitted - events.waitingEvents + 1,
      awaitingInput: consoles.awaitsInput(),
      consoles: consoles.report(),
      segment: this.segment,
      incarnation: this.journal?.incarnation ?? 1,
      replayed: this.replayed.records,
      torn: this.replayed.torn,
    };
  }

  /** The whole state, from which the journal goes on in a new segment. `last`: no time passes any more. */
  save(last: boolean): CommandReply<'save_machine'> {
    if (!this.journal) throw new MachineError('WRONG_STATE', 'this machine has no journal', { state: this.state, allowed: '' });
    if (last) this.held = true;
    // Before the answer, so that who takes it has all that the image has told.
    this.flush();
    const image = capture(this.machine);
    this.journal.rotate('saved');
    this.savedAt = this.machine.time;
    this.saveWanted = false;
    return { image, segment: this.journal.segment };
  }

  /** From where its journal begins, which is at `segment` if that is on disk. */
  record(segment: number): CommandReply<'record_machine'>['recording'] {
    const { journal, machine } = this;
    if (!journal) return recordingOf(machine, this.stepModule);
    journal.sync();
    const segments = readAll(this.files, journal.place, segment);
    const start = Math.max(
      0,
      segments.findLastIndex(({ head }) => head.base === 'fresh'),
    );
    const image = segments[start]?.head.base === 'fresh' ? capture(new Machine(machine.spec, this.stepModule)) : null;
    return {
      image,
      ...ending(
        machine,
        segments.slice(start).flatMap(({ records }) => records),
      ),
    };
  }

  /** Runs a recording again; answered when that is done. */
  play(request: number, records: Uint8Array, toCycle: number): void {
    this.requireStandstill('play_recording');
    this.playing = { request, player: new Player(records, toCycle) };
  }

  private playSlice({ request, player }: NonNullable<typeof this.playing>): void {
    try {
      if (player.step(this.machine)) return;
      this.machine.board.remoteObserver.ended = [];
      const hash = player.stoppedEarly ? '' : this.machine.hash();
      this.changeState('paused', 'replayed');
      this.reply('play_recording', request, { cycle: this.machine.cycle, hash });
    } catch (error) {
      if (!(error instanceof MachineError)) return this.crash(error);
      this.fail(request, error);
    }
    this.playing = null;
  }

  /** For another worker: as it is between two slices, and what it is about. It stands still here until forget() or stay(). Throws MACHINE_BUSY. */
  leave(): CommandReply<'leave_machine'> {
    const programs = this.programs.lives();
    if (this.playing || !programs)
      throw new MachineError(
        'MACHINE_BUSY',
        'the machine replays a recording, or is in the middle of a call of a remote thread: try again',
      );
    this.flush();
    const journal = this.leaveJournal();
    const { held, halted, sliceCycles, waits, machine } = this;
    const { news, wasRestored, board } = machine;
    const run = this.run?.life ?? null;
    const { ended } = board.remoteObserver;
    this.isLeaving = true;
    const life = {
      held,
      halted,
      sliceCycles,
      waits,
      run,
      programs,
      ended,
      news,
      inputs: { ...machine.journal.life, wasRestored },
      journal,
    };
    return { image: capture(machine), life };
  }

  /** It could not leave. */
  stay(): void {
    this.isLeaving = false;
  }

  /** Everything that it has told is durable. */
  private leaveJournal(): MachineLife['journal'] {
    const { journal, savedAt, saveWanted } = this;
    if (!journal) return null;
    this.recordHorizon(journal);
    journal.sync();
    const { place, segment, incarnation, bytes: length } = journal;
    return { place, segment, incarnation, length, shown: this.shown, savedAt, saveWanted };
  }

  /** `requests`: the numbers here of the calls in flight there. */
  private goOn(life: MachineLife, requests: ReadonlyMap<number, number>): void {
    const { machine } = this;
    const here = <T extends { readonly request: number }>(call: T): T => ({ ...call, request: requests.get(call.request)! });
    machine.news = [...life.news];
    machine.wasRestored = life.inputs.wasRestored;
    machine.journal.goOn(life.inputs);
    this.boundInputs();
    machine.board.remoteObserver.ended = [...life.ended];
    this.held = life.held;
    this.halted = life.halted;
    this.sliceCycles = life.sliceCycles;
    if (life.journal) {
      const { place, segment, incarnation, length, shown, savedAt, saveWanted } = life.journal;
      this.journal = MachineJournal.reopen(this.files, place, segment, incarnation, length);
      this.connectJournal();
      Object.assign(this, { shown, savedAt, saveWanted });
    }
    this.waits = life.waits.map(here);
    for (const program of life.programs.map(here)) this.programs.goOn(this.programClient(program.kind, program.request), program);
    this.run = life.run && runOf(machine, here(life.run));
    this.run?.begin();
  }

  /** A command of this machine was. */
  answered(): void {
    this.spoke = true;
  }

  /** The journal that must be durable before what has been said may go out; null if nothing has. */
  commit(): MachineJournal | null {
    const { journal } = this;
    if (!journal || !this.spoke) return null;
    this.spoke = false;
    this.recordHorizon(journal);
    if (!this.saveWanted && (journal.bytes > REPLAY_BYTES || this.machine.time - this.savedAt > REPLAY_CYCLES)) {
      this.saveWanted = true;
      this.post({ kind: 'save_wanted', machine: this.id });
      this.spoke = false;
    }
    return journal.hasGathered ? journal : null;
  }

  close(): void {
    this.journal?.close();
    this.journal = null;
  }

  private recordHorizon(journal: MachineJournal): void {
    const { machine, programsActed } = this;
    const { remoteObserver } = machine.board;
    const told = remoteObserver.told ?? [];
    const { moment, shown } = { moment: machine.moment, shown: this.shown };
    const isShown = moment.time === shown.time && moment.place === shown.place;
    if (isShown && told.length === 0 && !programsActed && !journal.hasGathered) return;
    this.shown = moment;
    this.programsActed = false;
    remoteObserver.told = [];
    const books = programsActed && machine.ringBooks.byRing.size > 0 ? booksToBytes(machine) : null;
    journal.record({ kind: 'horizon', ...moment, ...(told.length > 0 ? { told } : {}), ...(books ? { books } : {}) });
  }

  /** What led to the state of a snapshot is not known, so nothing is to be kept of what follows. */
  private boundInputs(): void {
    this.machine.journal.limit = this.machine.wasRestored ? 0 : this.journalBytes;
  }

  private connectJournal(): void {
    const { journal, machine } = this;
    this.boundInputs();
    if (!journal) return;
    machine.journal.sink = (record) => journal.record(unshared(record));
    machine.board.remoteObserver.told = [];
    this.shown = { time: -1 };
    this.savedAt = machine.time;
  }

  private recover({ spec, image }: CommandFields<'create_machine'>, fields: JournalFields, files: FileLayer): Recovered {
    const saved = { image: image ?? null, segment: fields.segment, incarnation: fields.incarnation };
    try {
      const recovered = recover(files, fields, spec, this.stepModule, saved, (machine) => this.flushOf(machine));
      this.journal = recovered.journal;
      this.replayed = recovered;
      return recovered;
    } catch (error) {
      throw badSnapshot(error);
    }
  }

  private standStill(): void {
    if (this.state === 'running' || this.state === 'quiescent') this.machine.setState('paused', 'restored');
  }

  /** Sends what has been emitted since the last time. */
  flush(): void {
    this.flushOf(this.machine);
  }

  private flushOf({ consoles, events }: Machine): void {
    for (const chunk of consoles.takeOutput())
      this.post({ kind: 'console', machine: this.id, ...chunk }, [chunk.bytes.buffer as ArrayBuffer]);
    for (const pid of consoles.takeEnded()) this.post({ kind: 'console_end', machine: this.id, pid });
    const batch = events.take();
    if (!batch) return;
    const transfer = [batch.bytes.buffer, batch.offsets.buffer, batch.kinds.buffer] as ArrayBuffer[];
    this.post({ kind: 'events', machine: this.id, ...batch }, transfer);
  }

  quiescentReport(): CommandReply<'quiescent_report'> {
    return { awaitingInput: this.machine.consoles.awaitsInput(), threads: this.state === 'crashed' ? [] : threadInfos(this.machine, 0) };
  }

  /** In LOCKSTEP: somebody waits, so time passes. */
  private get isAwaited(): boolean {
    return this.machine.spec.time_mode === 'LOCKSTEP' && !this.halted && (this.waits.length > 0 || this.programs.isWaiting);
  }

  private newPrograms(): ProgramRunner {
    return new ProgramRunner(this.machine, () => this.inputApplied());
  }

  private reachVirtualLimit(): void {
    if (this.run) this.endRun('virtual_limit');
    else this.changeState('paused', 'virtual_limit');
    this.programs.answer();
    this.programs.answerWaits('virtual_limit');
    for (const wait of this.takeWaits(() => true)) this.answerProcess(wait, 'virtual_limit');
  }

  private reachQuiescence(): void {
    this.answerWaits();
    if (this.programs.answer()) return;
    if (this.run) this.endRun('quiescent');
    else this.changeState('quiescent', '');
    this.programs.answerWaits('quiescent');
    const awaitsInput = this.machine.consoles.awaitsInput();
    for (const wait of this.takeWaits((w) => w.untilQuiescent && !awaitsInput)) this.answerProcess(wait, 'quiescent');
  }

  private reachBreakpoint(): void {
    this.halted = true;
    if (this.run) this.endRun('breakpoint');
    else this.changeState('paused', this.endingText('breakpoint'));
  }

  private endRun(ending: Ending): void {
    const run = this.run!;
    const reply = run.reply(ending);
    this.dropRun();
    this.changeState('paused', this.endingText(ending));
    this.reply(run.command, run.request, reply);
  }

  private dropRun(): void {
    this.run?.end();
    this.run = null;
  }

  /** Why the machine is paused, for people. */
  private endingText(ending: Ending): string {
    const hit = ending === 'breakpoint' ? this.machine.board.breakpointHit : null;
    if (!hit) return ending === 'cycle' || ending === 'condition' ? 'requested' : ending;
    const { id, process, address } = hit.breakpoint;
    const where = process.symbols?.describe(address) || `0x${address.toString(16)}`;
    return `breakpoint ${id} (${where}), met by thread ${hit.tid} at cycle ${hit.cycle}`;
  }

  /** Replies to every wait whose end has come. */
  private answerWaits(): void {
    const { machine } = this;
    const isOver = (wait: Wait): boolean =>
      processInfo(machine, wait.pid)?.state === 'exited' ||
      (wait.untilQuiescent && this.state === 'quiescent' && !machine.consoles.awaitsInput());
    for (const wait of this.takeWaits(isOver))
      this.answerProcess(wait, processInfo(machine, wait.pid)?.state === 'exited' ? 'exited' : 'quiescent');
  }

  private answerProcess(wait: Wait, reason: 'exited' | 'quiescent' | 'virtual_limit'): void {
    this.flush();
    const process = processInfo(this.machine, wait.pid);
    if (process) this.reply('wait_process', wait.request, { process, reason, cycle: this.machine.cycle });
    else this.fail(wait.request, new MachineError('PROCESS_NOT_FOUND', `process ${wait.pid} is gone`));
  }

  private takeWaits(which: (wait: Wait) => boolean): Wait[] {
    const taken = this.waits.filter(which);
    this.waits = this.waits.filter((wait) => !taken.includes(wait));
    return taken;
  }

  private reply<K extends 'wait_process' | 'play_recording' | ControlledRun['command']>(
    command: K,
    request: number,
    reply: CommandReply<K>,
  ): void {
    this.post({ kind: 'reply', command, request, reply } as Reply);
  }

  private fail(request: number, error: MachineError): void {
    this.post({ kind: 'error', request, error: { code: error.code, message: error.message, details: error.details } });
  }

  /** A bug of the emulator: this machine stops for good, with a report; the others go on. */
  private crash(error: unknown): void {
    const report = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.machine.events.emit('oops', { cycle: this.machine.cycle, vcpu: -1, pid: 0, tid: 0 }, { message: report });
    this.machine.setState('crashed', report);
    this.flush();
    this.post({ kind: 'state', machine: this.id, state: 'crashed', cycle: this.machine.cycle, reason: report, awaitingInput: false });
    const requests = this.takeWaits(() => true).map((wait) => wait.request);
    if (this.playing) requests.push(this.playing.request);
    this.playing = null;
    if (this.run) requests.push(this.run.request);
    this.run = null;
    for (const request of requests) this.fail(request, new MachineError('MACHINE_CRASHED', report));
    this.programs.failAll(new MachineError('MACHINE_CRASHED', report));
  }
}
