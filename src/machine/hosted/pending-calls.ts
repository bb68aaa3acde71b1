// Calls that are answered later: who waits for a process, for a program on remote threads, for a run or step to end, or for a recording to have
// run again. Each is answered once; all but the last go along to another worker.

import { type ControlledRun, runOf } from '../control/controlled-run.ts';
import type { MachineError } from '../errors.ts';
import type { MachineLife } from '../life.ts';
import type { Machine } from '../machine.ts';
import type { CommandFields, CommandReply } from '../protocol.ts';
import { type ProgramClient, ProgramRunner } from '../remote/program-runner.ts';
import type { RemoteProgramKind } from '../remote/programs/commands.ts';
import type { Outlet } from './outlet.ts';
import type { Playback } from './playback.ts';
import { ProcessWaits } from './process-waits.ts';

/** Who hears of what programs do. */
interface ProgramObserver {
  /** One has applied an input. */
  inputApplied(): void;
  /** One begins or is about to be answered. */
  programActs(): void;
}

export class PendingCalls {
  readonly waits: ProcessWaits;
  programs: ProgramRunner;
  /** A RunMachine or StepMachine. */
  run: ControlledRun | null = null;
  playback: Playback | null = null;
  private readonly outlet: Outlet;
  private readonly observer: ProgramObserver;

  constructor(machine: Machine, outlet: Outlet, observer: ProgramObserver) {
    this.outlet = outlet;
    this.observer = observer;
    this.waits = new ProcessWaits(outlet);
    this.programs = this.programsOf(machine);
  }

  /** Another machine is in the place of the last, which nobody waits for any more. */
  renew(machine: Machine): void {
    this.programs = this.programsOf(machine);
  }

  /** Somebody waits for what time brings, however long that takes. */
  get isAwaited(): boolean {
    return !this.waits.isEmpty || this.programs.isWaiting;
  }

  /** The virtual time at which somebody must hear something; Infinity if that depends on what happens. */
  get until(): number {
    return Math.min(this.run?.until ?? Number.POSITIVE_INFINITY, this.programs.deadline);
  }

  startProgram<K extends RemoteProgramKind>(command: K, request: number, fields: CommandFields<K>): void {
    this.observer.programActs();
    this.programs.start(this.clientOf(command, request), command, fields);
  }

  dropRun(): void {
    this.run?.end();
    this.run = null;
  }

  failAll(error: MachineError): void {
    this.waits.failAll(error);
    this.programs.failAll(error);
    const { playback, run } = this;
    this.playback = null;
    this.dropRun();
    for (const call of [playback, run]) if (call) this.outlet.fail(call.request, error);
  }

  /** For another worker; null in the middle of what cannot be begun again. */
  get life(): Pick<MachineLife, 'waits' | 'programs' | 'run'> | null {
    const programs = this.programs.lives();
    return this.playback || !programs ? null : { waits: this.waits.list, programs, run: this.run?.life ?? null };
  }

  /** `requests`: the numbers here of the calls in flight there. */
  goOn(machine: Machine, { waits, programs, run }: NonNullable<typeof this.life>, requests: ReadonlyMap<number, number>): void {
    const here = <T extends { readonly request: number }>(call: T): T => ({ ...call, request: requests.get(call.request)! });
    for (const wait of waits) this.waits.add(here(wait));
    for (const program of programs.map(here)) this.programs.goOn(this.clientOf(program.kind, program.request), program);
    this.run = run && runOf(machine, here(run));
    this.run?.begin();
  }

  private programsOf(machine: Machine): ProgramRunner {
    return new ProgramRunner(machine, () => this.observer.inputApplied());
  }

  private clientOf(command: RemoteProgramKind, request: number): ProgramClient {
    return {
      request,
      ended: (reply) => {
        this.observer.programActs();
        this.outlet.answer(command, request, reply as CommandReply<typeof command>);
      },
      failed: (error) => this.outlet.fail(request, error),
    };
  }
}
