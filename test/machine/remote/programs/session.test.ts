import { describe, expect, it } from 'vitest';
import { MachineError } from '../../../../src/machine/errors.ts';
import { Session, bytesOf, valueOf } from '../../../../src/machine/remote/programs/session.ts';
import type { RemoteOutcome, RemoteResult, RemoteStep } from '../../../../src/machine/remote/remote-call.ts';
import type { RemoteAnswer, RemoteProgram, RemoteRequest } from '../../../../src/machine/remote/remote-program.ts';

const SEND: RemoteStep = { kind: 'senduipi', index: 0n };
const LOAD: RemoteStep = { kind: 'load', address: 0x1000, length: 4 };
const value = (of: bigint): RemoteResult => ({ kind: 'value', value: of });

function outcome(fields: Partial<RemoteOutcome>): RemoteOutcome {
  return { call: 1, tid: 7, outcome: 'done', results: [], number: 0, text: '', startCycle: 10, endCycle: 20, vcpu: 1, ...fields };
}

/** Drives a program by hand: what it asked for, and what it came to. */
function drive<T>(program: RemoteProgram<T>, answers: readonly RemoteAnswer[]): { asked: RemoteRequest[]; result: unknown } {
  const asked: RemoteRequest[] = [];
  try {
    let step = program.next(undefined as never);
    for (const answer of answers) {
      if (step.done) break;
      asked.push(step.value);
      step = program.next(answer);
    }
    return { asked, result: step.done ? step.value : 'unfinished' };
  } catch (error) {
    return { asked, result: error };
  }
}

const lengths = (asked: readonly RemoteRequest[]): number[] =>
  asked.map((request) => (request.kind === 'call' ? request.call.steps.length : 0));

describe('a session', () => {
  it('answers with a result a step, and times the whole', () => {
    const session = new Session(7, 'Test');
    const first = drive(session.run([SEND]), [outcome({ results: [value(3n)], startCycle: 100, endCycle: 150 })]);
    expect(first.result).toEqual([value(3n)]);
    drive(session.run([LOAD]), [
      outcome({ results: [{ kind: 'bytes', bytes: Uint8Array.of(1) }], startCycle: 200, endCycle: 200, vcpu: 2 }),
    ]);
    expect(session.times).toEqual({ startCycle: 100, endCycle: 200, vcpu: 2 });
  });

  it('goes on in a handler once something has been done', () => {
    const { asked, result } = drive(new Session(7, 'Test').run([SEND, SEND, SEND]), [
      outcome({ outcome: 'interrupted', results: [value(1n)], number: 5 }),
      outcome({ outcome: 'interrupted', results: [], number: 6 }),
      outcome({ results: [value(2n), value(3n)] }),
    ]);
    expect(lengths(asked)).toEqual([3, 2, 2]);
    expect(result).toEqual([value(1n), value(2n), value(3n)]);
  });

  it('answers with what was done before a handler, if told so', () => {
    const { result } = drive(new Session(7, 'Test').runUntilInterrupted([SEND, SEND]), [
      outcome({ outcome: 'interrupted', results: [value(1n)], number: 5 }),
    ]);
    expect(result).toEqual([value(1n)]);
  });

  it.each([
    ['a handler came first', outcome({ outcome: 'interrupted', number: 9 }), 'THREAD_INTERRUPTED', { tid: '7', vector: '9' }],
    [
      'a signal',
      outcome({ outcome: 'killed', number: 11, text: '#GP at senduipi' }),
      'THREAD_KILLED',
      { tid: '7', signal: 'SIGSEGV', fault: '#GP at senduipi' },
    ],
    ['a real-time signal', outcome({ outcome: 'killed', number: 40 }), 'THREAD_KILLED', { tid: '7', signal: 'signal 40', fault: '' }],
    ['exit', outcome({ outcome: 'killed', text: 'it has called exit' }), 'THREAD_KILLED', { signal: '' }],
    ['memory', outcome({ outcome: 'faulted' }), 'MEMORY_FAULT', { address: '0x1000' }],
  ])('fails: %s', (_, end, code, details) => {
    const { result } = drive(new Session(7, 'Test').run([LOAD]), [end]);
    expect(result).toBeInstanceOf(MachineError);
    expect(result).toMatchObject({ code, details });
  });

  it('calls loads before a handler nothing done', () => {
    const { result } = drive(new Session(7, 'Test').run([LOAD, SEND]), [
      outcome({ outcome: 'interrupted', results: [{ kind: 'bytes', bytes: new Uint8Array(4) }], number: 1 }),
    ]);
    expect(result).toMatchObject({ code: 'THREAD_INTERRUPTED' });
  });
});

describe('results', () => {
  it('are signed numbers or bytes', () => {
    expect(valueOf([value(0xffff_ffff_ffff_ffffn)], 0)).toBe(-1n);
    expect(valueOf([value(-2n)], 0)).toBe(-2n);
    expect(() => valueOf([], 0)).toThrow('step 0 has no value');
    expect(() => bytesOf([value(1n)], 0)).toThrow('step 0 has no bytes');
  });
});
