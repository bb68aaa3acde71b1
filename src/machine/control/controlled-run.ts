// One RunMachine or StepMachine in progress: its ends as conditions of the board, and the answer when one of them has come.

import type { Machine } from '../machine.ts';
import { invalidField } from '../errors.ts';
import type { RunLife } from '../life.ts';
import type { CommandFields, CommandReply } from '../protocol.ts';
import { EventMatcher } from './event-matcher.ts';
import { StepCount, type StepSubject } from './step-count.ts';
import { InstructionCount, type StopCondition } from './stop-condition.ts';
import { liveThread } from './subjects.ts';

export type ControlCommand = 'run_machine' | 'step_machine';
/** What the hosted machine has seen happen. */
export type Ending = 'cycle' | 'condition' | 'breakpoint' | 'quiescent' | 'virtual_limit';

export interface ControlledRun {
  readonly command: ControlCommand;
  readonly request: number;
  /** Absolute virtual time at which it ends. */
  readonly until: number;
  /** One of its conditions is reached; its time is the caller's business. */
  readonly isReached: boolean;
  begin(): void;
  /** Nothing of it is left behind. */
  end(): void;
  reply(ending: Ending): CommandReply<ControlCommand>;
  readonly life: RunLife;
}

/** One that began in another worker, on this machine as it was there. */
export function runOf(machine: Machine, life: RunLife): ControlledRun {
  return life.command === 'run_machine'
    ? new MachineRun(machine, life.request, life.fields, life)
    : new MachineStep(machine, life.request, life.fields, life.done);
}

/** Its conditions are there while it runs. */
abstract class Run implements ControlledRun {
  abstract readonly command: ControlCommand;
  readonly request: number;
  readonly until: number = Number.POSITIVE_INFINITY;
  protected readonly machine: Machine;
  protected conditions: StopCondition[] = [];

  constructor(machine: Machine, request: number) {
    this.machine = machine;
    this.request = request;
  }

  get isReached(): boolean {
    return this.conditions.some((condition) => condition.isReached());
  }

  begin(): void {
    const { board } = this.machine;
    board.conditions = [...board.conditions, ...this.conditions];
  }

  end(): void {
    const { board, events } = this.machine;
    board.conditions = board.conditions.filter((condition) => !this.conditions.includes(condition));
    events.observer = null;
  }

  abstract reply(ending: Ending): CommandReply<ControlCommand>;
  abstract readonly life: RunLife;
}

export class MachineRun extends Run {
  readonly command = 'run_machine';
  override readonly until: number;
  private readonly fields: CommandFields<'run_machine'>;
  private readonly from: number;
  private readonly count: InstructionCount | null;
  private readonly matcher: EventMatcher | null;
  private eventSequence = 0;

  constructor(
    machine: Machine,
    request: number,
    fields: CommandFields<'run_machine'>,
    began: { readonly from: number; readonly until: number } | null = null,
  ) {
    super(machine, request);
    const { board, time } = machine;
    this.fields = fields;
    this.from = began?.from ?? board.cpu.instructions;
    const duration = Number((fields.nanoseconds * BigInt(board.hertz) + 999_999_999n) / 1_000_000_000n);
    const ends = [fields.untilCycle, fields.cycles && time + fields.cycles, duration && time + duration].filter((end) => end > 0);
    this.until = began?.until ?? Math.min(Number.POSITIVE_INFINITY, ...ends);
    this.matcher = fields.event && new EventMatcher(fields.event, machine.spec.event_kinds);
    const executed = board.cpu.instructions - this.from;
    this.count = fields.instructions > 0 ? new InstructionCount(board, fields.instructions - executed) : null;
    if (this.count) this.conditions.push(this.count);
    if (this.matcher)
      this.conditions.push({
        allowance: () => Number.POSITIVE_INFINITY,
        executed: () => {},
        isReached: () => this.eventSequence > 0,
      });
  }

  get life(): RunLife {
    const { command, request, fields, from, until } = this;
    return { command, request, fields, from, until };
  }

  override begin(): void {
    super.begin();
    const { matcher, machine } = this;
    if (!matcher) return;
    machine.events.observer = (kind, place, fields, sequence) => {
      if (this.eventSequence > 0 || !matcher.matches(kind, place, fields)) return;
      this.eventSequence = sequence;
      machine.board.cpu.leave();
    };
  }

  reply(ending: Ending): CommandReply<'run_machine'> {
    const { board, cycle } = this.machine;
    const hit = ending === 'breakpoint' ? board.breakpointHit : null;
    return {
      cycle,
      reason: ending === 'condition' ? (this.eventSequence > 0 ? 'event' : 'instructions') : ending,
      instructions: board.cpu.instructions - this.from,
      eventSequence: this.eventSequence,
      breakpoint: hit?.breakpoint.id ?? 0,
      tid: hit?.tid ?? 0,
    };
  }
}

export class MachineStep extends Run {
  readonly command = 'step_machine';
  private readonly steps: StepCount;
  private readonly fields: CommandFields<'step_machine'>;

  /** `done`: instructions that it has counted before. */
  constructor(machine: Machine, request: number, fields: CommandFields<'step_machine'>, done = 0) {
    super(machine, request);
    const { vcpus, kernel } = machine.board;
    const { tid, vcpu, instructions } = fields;
    this.fields = fields;
    if (tid !== 0) liveThread(machine, tid);
    else if (vcpu >= vcpus.length) throw invalidField('vcpu', `the machine has vCPUs 0 to ${vcpus.length - 1}, got ${vcpu}`);
    const subject: StepSubject = tid !== 0 ? { tid } : { vcpu };
    this.steps = new StepCount(kernel, subject, instructions, done);
    this.conditions.push(this.steps);
  }

  get life(): RunLife {
    const { command, request, fields, steps } = this;
    return { command, request, fields, done: steps.done };
  }

  reply(ending: Ending): CommandReply<'step_machine'> {
    const { machine, steps } = this;
    machine.board.suspendAll();
    const { task } = steps;
    return {
      cycle: machine.cycle,
      reason: ending === 'condition' || ending === 'cycle' ? (steps.isAsleep ? 'not_running' : 'instructions') : ending,
      instructions: steps.done,
      tid: task?.tid ?? 0,
      rip: task?.context.rip ?? 0n,
      symbol: task?.process.symbols?.describe(task.context.rip) ?? '',
    };
  }
}
