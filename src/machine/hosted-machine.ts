// A machine inside its worker: its life as commands see it, who waits for what, and what is pushed to the main thread.

import { MachineError } from './errors.ts';
import { Machine } from './machine.ts';
import type { MachineSpec } from './machine-spec.ts';
import type { CommandReply, FromWorker, MachineState, Reply } from './protocol.ts';
import type { StepModule } from './cpu/step/step-module.ts';
import { processInfo, threadInfos } from './reports.ts';

/** A command that answers later. */
export type Wait =
  | { readonly kind: 'wait_process'; readonly request: number; readonly pid: number; readonly untilQuiescent: boolean }
  | { readonly kind: 'run_machine'; readonly request: number; readonly untilCycle: number };

export class HostedMachine {
  readonly id: number;
  machine: Machine;
  /** No time passes while the main thread cannot take more output. */
  held = false;
  private readonly post: (message: FromWorker, transfer?: ArrayBuffer[]) => void;
  private readonly stepModule: StepModule;
  private waits: Wait[] = [];

  constructor(id: number, spec: MachineSpec, stepModule: StepModule, post: (message: FromWorker, transfer?: ArrayBuffer[]) => void) {
    this.id = id;
    this.stepModule = stepModule;
    this.post = post;
    this.machine = new Machine(spec, stepModule);
  }

  get state(): MachineState {
    return this.machine.state;
  }

  /** Time passes by itself (FREE_RUNNING), or because someone waits (LOCKSTEP). */
  get isRunnable(): boolean {
    if (this.held) return false;
    if (this.state !== 'running') return this.state !== 'crashed' && this.state !== 'quiescent' && this.lockstepWait() !== null;
    return this.machine.spec.time_mode === 'FREE_RUNNING' || this.lockstepWait() !== null;
  }

  changeState(state: MachineState, reason: string): void {
    this.machine.setState(state, reason);
    this.flush();
    const { awaitingInput } = this.quiescentReport();
    this.post({ kind: 'state', machine: this.id, state, cycle: this.machine.time, reason, awaitingInput });
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

  addWait(wait: Wait): void {
    this.waits.push(wait);
    this.answerWaits();
  }

  cancelWait(request: number): void {
    const wait = this.waits.find((w) => w.request === request);
    if (!wait) return;
    this.waits = this.waits.filter((w) => w !== wait);
    this.fail(wait.request, new MachineError('CANCELLED', 'the wait was cancelled'));
  }

  cancelAllWaits(why: string): void {
    for (const wait of this.waits) this.fail(wait.request, new MachineError('CANCELLED', why));
    this.waits = [];
  }

  /** One slice of virtual time, and everything that follows from it outside. */
  runSlice(): void {
    const run = this.waits.find((w) => w.kind === 'run_machine');
    try {
      if (this.state !== 'running') this.changeState('running', '');
      const result = this.machine.runSlice(run?.untilCycle);
      this.flush();
      if (result === 'virtual_limit') this.reachVirtualLimit();
      else if (result === 'quiescent') this.reachQuiescence();
      else this.answerWaits();
    } catch (error) {
      this.crash(error);
    }
  }

  reset(): void {
    this.cancelAllWaits('the machine was reset');
    this.machine = new Machine(this.machine.spec, this.stepModule);
    this.flush();
    this.post({ kind: 'state', machine: this.id, state: 'created', cycle: 0, reason: 'reset', awaitingInput: false });
  }

  /** Sends what has been emitted since the last time. */
  flush(): void {
    const { consoles } = this.machine;
    for (const chunk of consoles.takeOutput())
      this.post({ kind: 'console', machine: this.id, ...chunk }, [chunk.bytes.buffer as ArrayBuffer]);
    for (const pid of consoles.takeEnded()) this.post({ kind: 'console_end', machine: this.id, pid });
    const batch = this.machine.events.take();
    if (!batch) return;
    const transfer = [batch.bytes.buffer, batch.offsets.buffer, batch.kinds.buffer] as ArrayBuffer[];
    this.post({ kind: 'events', machine: this.id, ...batch }, transfer);
  }

  quiescentReport(): CommandReply<'quiescent_report'> {
    return { awaitingInput: this.machine.consoles.awaitsInput(), threads: this.state === 'crashed' ? [] : threadInfos(this.machine, 0) };
  }

  private lockstepWait(): Wait | null {
    return this.machine.spec.time_mode === 'LOCKSTEP' ? (this.waits[0] ?? null) : null;
  }

  private reachVirtualLimit(): void {
    this.changeState('paused', 'virtual_limit');
    for (const wait of this.takeWaits(() => true))
      if (wait.kind === 'run_machine') this.reply('run_machine', wait.request, { cycle: this.machine.time, reason: 'virtual_limit' });
      else this.answerProcess(wait, 'virtual_limit');
  }

  private reachQuiescence(): void {
    this.answerWaits();
    this.changeState('quiescent', '');
    const awaitsInput = this.machine.consoles.awaitsInput();
    for (const wait of this.takeWaits((w) => w.kind === 'run_machine' || (w.untilQuiescent && !awaitsInput)))
      if (wait.kind === 'run_machine') this.reply('run_machine', wait.request, { cycle: this.machine.time, reason: 'quiescent' });
      else this.answerProcess(wait, 'quiescent');
  }

  /** Replies to every wait whose end has come. */
  private answerWaits(): void {
    const { machine } = this;
    const isOver = (wait: Wait): boolean =>
      wait.kind === 'run_machine'
        ? machine.time >= wait.untilCycle
        : processInfo(machine, wait.pid)?.state === 'exited' ||
          (wait.untilQuiescent && this.state === 'quiescent' && !machine.consoles.awaitsInput());
    for (const wait of this.takeWaits(isOver))
      if (wait.kind === 'wait_process')
        this.answerProcess(wait, processInfo(machine, wait.pid)?.state === 'exited' ? 'exited' : 'quiescent');
      else {
        this.changeState('paused', 'requested');
        this.reply('run_machine', wait.request, { cycle: machine.time, reason: 'reached' });
      }
  }

  private answerProcess(wait: Wait & { kind: 'wait_process' }, reason: 'exited' | 'quiescent' | 'virtual_limit'): void {
    this.flush();
    const process = processInfo(this.machine, wait.pid);
    if (process) this.reply('wait_process', wait.request, { process, reason, cycle: this.machine.time });
    else this.fail(wait.request, new MachineError('PROCESS_NOT_FOUND', `process ${wait.pid} is gone`));
  }

  private takeWaits(which: (wait: Wait) => boolean): Wait[] {
    const taken = this.waits.filter(which);
    this.waits = this.waits.filter((wait) => !taken.includes(wait));
    return taken;
  }

  private reply<K extends Wait['kind']>(command: K, request: number, reply: CommandReply<K>): void {
    this.post({ kind: 'reply', command, request, reply } as Reply);
  }

  private fail(request: number, error: MachineError): void {
    this.post({ kind: 'error', request, error: { code: error.code, message: error.message, details: error.details } });
  }

  /** A bug of the emulator: this machine stops for good, with a report; the others go on. */
  private crash(error: unknown): void {
    const report = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.machine.events.emit('oops', { cycle: this.machine.time, vcpu: -1, pid: 0, tid: 0 }, { message: report });
    this.machine.setState('crashed', report);
    this.flush();
    this.post({ kind: 'state', machine: this.id, state: 'crashed', cycle: this.machine.time, reason: report, awaitingInput: false });
    for (const wait of this.takeWaits(() => true)) this.fail(wait.request, new MachineError('MACHINE_CRASHED', report));
  }
}
