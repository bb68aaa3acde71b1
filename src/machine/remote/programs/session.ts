// The calls that one program makes on one thread: their results in one list, their times as one span, their ends as errors.

import { SIGNAL } from '../../../kernel/abi/signal.ts';
import { MachineError } from '../../errors.ts';
import type { RemoteOutcome, RemoteResult, RemoteStep } from '../remote-call.ts';
import type { RemoteProgram } from '../remote-program.ts';
import type { CallTimes } from './commands.ts';

const SIGNAL_NAMES = new Map<number, string>(Object.entries(SIGNAL).map(([name, number]) => [number, name]));

export class Session {
  readonly tid: number;
  readonly name: string;
  /** A step that changes something has been done: the program can no more pretend that nothing has happened. */
  private acted = false;
  private first: RemoteOutcome | null = null;
  private last: RemoteOutcome | null = null;

  constructor(tid: number, name: string) {
    this.tid = tid;
    this.name = name;
  }

  get times(): CallTimes {
    return { startCycle: this.first?.startCycle ?? 0, endCycle: this.last?.endCycle ?? 0, vcpu: this.last?.vcpu ?? 0 };
  }

  /** One result a step. Steps that a handler of mode MANUAL has cut off are done in that handler. */
  *run(steps: readonly RemoteStep[]): RemoteProgram<readonly RemoteResult[]> {
    const results: RemoteResult[] = [];
    while (!(yield* this.attempt(steps, results)));
    return results;
  }

  /** As run(), but what a handler has cut off is left out. */
  *runUntilInterrupted(steps: readonly RemoteStep[]): RemoteProgram<readonly RemoteResult[]> {
    const results: RemoteResult[] = [];
    yield* this.attempt(steps, results);
    return results;
  }

  /** True if all steps are done, false if a handler was entered before; THREAD_INTERRUPTED if nothing was done by then. */
  private *attempt(steps: readonly RemoteStep[], results: RemoteResult[]): RemoteProgram<boolean> {
    const call = { tid: this.tid, name: this.name, steps: steps.slice(results.length) };
    const outcome = (yield { kind: 'call', call }) as RemoteOutcome;
    this.first ??= outcome;
    this.last = outcome;
    results.push(...outcome.results);
    this.acted ||= steps.slice(0, results.length).some((step) => step.kind !== 'load');
    if (outcome.outcome === 'done') return true;
    if (outcome.outcome === 'interrupted' && this.acted) return false;
    throw this.failure(outcome, steps[results.length]);
  }

  private failure({ outcome, number, text }: RemoteOutcome, step: RemoteStep | undefined): MachineError {
    const tid = `${this.tid}`;
    if (outcome === 'interrupted')
      return new MachineError('THREAD_INTERRUPTED', `thread ${tid} has entered a handler for vector ${number} before ${this.name} began`, {
        tid,
        vector: `${number}`,
      });
    if (outcome === 'killed') {
      const signal = number === 0 ? '' : (SIGNAL_NAMES.get(number) ?? `signal ${number}`);
      const how = signal === '' ? 'has ended' : `was killed by ${signal}`;
      const why = text === '' ? '' : `: ${text}`;
      return new MachineError('THREAD_KILLED', `thread ${tid} ${how} in ${this.name}${why}`, { tid, signal, fault: text });
    }
    const address = step && 'address' in step ? `0x${step.address.toString(16)}` : '';
    return new MachineError('MEMORY_FAULT', `${this.name}: ${text || `the thread's memory is not there at ${address}`}`, { tid, address });
  }
}

/** RAX of a system call as a signed number; CF; an interrupt's number. */
export function valueOf(results: readonly RemoteResult[], at: number): bigint {
  const result = results[at];
  if (result?.kind !== 'value') throw new Error(`step ${at} has no value`);
  return BigInt.asIntN(64, result.value);
}

export function bytesOf(results: readonly RemoteResult[], at: number): Uint8Array {
  const result = results[at];
  if (result?.kind !== 'bytes') throw new Error(`step ${at} has no bytes`);
  return result.bytes;
}
