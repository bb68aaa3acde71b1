// Drives the programs of a machine: hands each the outcome it waits for when the machine has got there, and applies its next call.

import { MachineError } from '../errors.ts';
import type { ProgramLife } from '../life.ts';
import type { Machine } from '../machine.ts';
import type { RemoteProgramKind, RemotePrograms } from './programs/commands.ts';
import { BEGIN_AGAIN, REMOTE_PROGRAMS } from './programs/table.ts';
import type { RemoteAnswer, RemoteCommand, RemoteProgram, RemoteRequest } from './remote-program.ts';

/** Whoever asked for a program hears of its end once. */
export interface ProgramClient {
  readonly request: number;
  ended(reply: unknown): void;
  failed(error: MachineError): void;
}

export type Awaited =
  | { readonly kind: 'call'; readonly tid: number; readonly call: number }
  | { readonly kind: 'wait'; readonly tid: number; readonly untilCycle: number };

interface Running {
  readonly client: ProgramClient;
  readonly kind: RemoteProgramKind;
  readonly fields: RemotePrograms[RemoteProgramKind]['fields'];
  readonly program: RemoteProgram<unknown>;
  /** All that it has been given. */
  readonly answers: RemoteAnswer[];
  awaits: Awaited | null;
}

export class ProgramRunner {
  private readonly machine: Machine;
  /** After each input of a program. */
  private readonly inputApplied: () => void;
  /** In the order of their beginning. */
  private running: Running[] = [];

  constructor(machine: Machine, inputApplied: () => void) {
    this.machine = machine;
    this.inputApplied = inputApplied;
    machine.remoteInterest = (tid) => this.running.some(({ awaits }) => awaits?.tid === tid);
  }

  get isWaiting(): boolean {
    return this.running.length > 0;
  }

  isRunning(request: number): boolean {
    return this.running.some(({ client }) => client.request === request);
  }

  /** The virtual time at which a wait gives up; Infinity if none does. */
  get deadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { awaits } of this.running) if (awaits?.kind === 'wait') earliest = Math.min(earliest, awaits.untilCycle);
    return earliest;
  }

  start<K extends RemoteProgramKind>(client: ProgramClient, kind: K, fields: RemotePrograms[K]['fields']): void {
    const program = this.program(kind, fields);
    const running: Running = { client, kind, fields, program, answers: [], awaits: null };
    this.running.push(running);
    this.resume(running, () => program.next(undefined as never));
  }

  /** Where all of them are; null while one is in the middle of something that cannot be begun again. */
  lives(): ProgramLife[] | null {
    const lives: ProgramLife[] = [];
    for (const { client, kind, fields, answers, awaits } of this.running) {
      if (!BEGIN_AGAIN.has(kind) || !awaits || !this.machine.board.kernel.pids.tasks.get(awaits.tid)?.remote) return null;
      lives.push({ request: client.request, kind, fields, answers, awaits });
    }
    return lives;
  }

  /** A program that began in another worker, on this machine as it was there. What it asks for again has been asked for. */
  goOn(client: ProgramClient, { kind, fields, answers, awaits }: ProgramLife): void {
    const program = this.program(kind, fields);
    program.next(undefined as never);
    for (const answer of answers) program.next(answer);
    this.running.push({ client, kind, fields, program, answers: [...answers], awaits });
  }

  private program(kind: RemoteProgramKind, fields: RemotePrograms[RemoteProgramKind]['fields']): RemoteProgram<unknown> {
    return (REMOTE_PROGRAMS[kind] as RemoteCommand<unknown, unknown>)(this.machine, fields);
  }

  /** Hands out what the machine has come to by now. True if a program has made a call because of that. */
  answer(): boolean {
    const { machine } = this;
    const { length } = machine.journal;
    const observer = machine.board.remoteObserver;
    for (let next = this.nextEnded(); next >= 0; next = this.nextEnded()) {
      const [{ outcome }] = observer.ended.splice(next, 1) as [(typeof observer.ended)[number]];
      const caller = this.running.find(({ awaits }) => awaits?.kind === 'call' && awaits.call === outcome.call);
      if (caller) this.give(caller, outcome);
    }
    for (const running of [...this.running]) {
      const { awaits } = running;
      if (awaits?.kind === 'wait' && this.running.includes(running)) this.answerWait(running, awaits);
    }
    return machine.journal.length > length;
  }

  /** Nothing can happen any more, or may. */
  answerWaits(outcome: 'quiescent' | 'virtual_limit'): void {
    for (const running of [...this.running]) {
      if (!this.running.includes(running)) continue;
      if (running.awaits?.kind === 'wait') this.give(running, { outcome });
      else if (outcome === 'virtual_limit') {
        const cycles = `${this.machine.spec.limits.virtual_cycles}`;
        const message = `the machine has reached limits.virtual_cycles, ${cycles}, before the call was over`;
        this.drop(running, new MachineError('LIMIT_EXCEEDED', message, { subject: 'limits.virtual_cycles', limit: cycles }));
      }
    }
  }

  /** Drops a program: a call in progress goes on without it. False if there is none of this request. */
  cancel(request: number): boolean {
    const running = this.running.find(({ client }) => client.request === request);
    if (running) this.drop(running, new MachineError('CANCELLED', 'the call was cancelled'));
    return running !== undefined;
  }

  failAll(error: MachineError): void {
    for (const running of [...this.running]) this.drop(running, error);
  }

  /** Index of the call that ended first, of those that have ended by now; -1 if there is none. */
  private nextEnded(): number {
    const { ended } = this.machine.board.remoteObserver;
    let first = -1;
    for (const [i, { cycle }] of ended.entries())
      if (this.machine.hasPassed(cycle) && (first < 0 || cycle < ended[first]!.cycle)) first = i;
    return first;
  }

  private answerWait(running: Running, { tid, untilCycle }: Awaited & { kind: 'wait' }): void {
    const { machine } = this;
    const next = machine.board.remoteObserver.nextInterrupt(tid, (cycle) => machine.hasPassed(cycle));
    if (next) return this.give(running, { outcome: 'interrupt', ...next });
    if (!machine.board.kernel.pids.tasks.get(tid)?.remote)
      return this.throwInto(running, new MachineError('THREAD_NOT_FOUND', `thread ${tid} has ended`, { tid: `${tid}` }));
    if (machine.time >= untilCycle) this.give(running, { outcome: 'timed_out' });
  }

  private give(running: Running, answer: RemoteAnswer): void {
    if (BEGIN_AGAIN.has(running.kind)) running.answers.push(answer);
    this.resume(running, () => running.program.next(answer));
  }

  private throwInto(running: Running, error: MachineError): void {
    this.resume(running, () => running.program.throw(error));
  }

  /** Lets a program go on until it must wait again, or ends. */
  private resume(running: Running, advance: () => IteratorResult<RemoteRequest, unknown>): void {
    running.awaits = null;
    let step = advance;
    for (;;) {
      let result: IteratorResult<RemoteRequest, unknown>;
      try {
        result = step();
      } catch (error) {
        return this.fail(running, machineError(error));
      }
      if (result.done) {
        this.forget(running);
        return running.client.ended(result.value);
      }
      const request = result.value;
      if (request.kind === 'wait') {
        running.awaits = { kind: 'wait', tid: request.tid, untilCycle: request.untilCycle };
        return this.answerWait(running, running.awaits);
      }
      try {
        const { call } = this.machine.apply('remote_call', request.call);
        running.awaits = { kind: 'call', tid: request.call.tid, call };
        return this.inputApplied();
      } catch (error) {
        step = () => running.program.throw(error);
      }
    }
  }

  /** Ends a program that is in the middle: what it holds it gives up. */
  private drop(running: Running, error: MachineError): void {
    this.forget(running);
    try {
      running.program.return(undefined);
    } catch (failure) {
      return running.client.failed(machineError(failure));
    }
    running.client.failed(error);
  }

  private fail(running: Running, error: MachineError): void {
    this.forget(running);
    running.client.failed(error);
  }

  private forget(running: Running): void {
    this.running = this.running.filter((other) => other !== running);
  }
}

function machineError(error: unknown): MachineError {
  if (error instanceof MachineError) return error;
  return new MachineError('INTERNAL', error instanceof Error ? (error.stack ?? error.message) : String(error));
}
