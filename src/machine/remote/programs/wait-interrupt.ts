// WaitForInterrupt: as the thread is parked, or in uintr_wait.

import { errorName } from '../../../kernel/abi/errno.ts';
import { invalidField } from '../../errors.ts';
import type { Machine } from '../../machine.ts';
import type { RemoteStep } from '../remote-call.ts';
import type { InterruptWait, RemoteProgram } from '../remote-program.ts';
import type { RemotePrograms } from './commands.ts';
import { Session, valueOf } from './session.ts';
import { isError, syscallFailure } from './syscall-failure.ts';
import { remoteTask } from './thread.ts';
import { uintrStep } from './uintr-calls.ts';

type Fields = RemotePrograms['wait_for_interrupt']['fields'];
type Reply = RemotePrograms['wait_for_interrupt']['reply'];

/** The longest that uintr_wait takes, in microseconds. */
const LONGEST_UINTR_WAIT = 1_000_000_000;

export function* waitForInterrupt(machine: Machine, fields: Fields): RemoteProgram<Reply> {
  remoteTask(machine, fields.tid);
  return fields.mode === 'parked' ? yield* parked(machine, fields) : yield* inUintrWait(machine, fields);
}

function* parked(machine: Machine, { tid, timeoutNanoseconds }: Fields): RemoteProgram<Reply> {
  const untilCycle = timeoutNanoseconds < 0 ? Infinity : machine.time + machine.board.kernel.clock.cycles(timeoutNanoseconds);
  return reply(machine, yield* taken(tid, untilCycle));
}

function* inUintrWait(machine: Machine, fields: Fields): RemoteProgram<Reply> {
  const { tid } = fields;
  const step = uintrWaitStep(machine, fields);
  const before = yield* taken(tid, machine.time);
  if (before.outcome === 'interrupt') return reply(machine, before);
  const result = valueOf(yield* new Session(tid, 'WaitForInterrupt').run([step]), 0);
  if (isError(result) && errorName(Number(-result)) !== 'EINTR') throw syscallFailure('uintr_wait', result);
  const after = yield* taken(tid, machine.time);
  // EINTR by a signal.
  if (after.outcome !== 'interrupt' && isError(result)) throw syscallFailure('uintr_wait', result);
  return reply(machine, after.outcome === 'interrupt' ? after : { outcome: 'timed_out' });
}

function uintrWaitStep(machine: Machine, { timeoutNanoseconds }: Fields): RemoteStep {
  const { name, timedWait } = machine.board.kernel.uintr.profile;
  if (!timedWait) {
    if (timeoutNanoseconds >= 0)
      throw invalidField('timeout', `uintr_wait of profile ${name} has no time limit: leave it out, or use mode PARKED`);
    return uintrStep(machine, 'uintr_wait', 0);
  }
  const microseconds = timeoutNanoseconds < 0 ? LONGEST_UINTR_WAIT : Math.ceil(timeoutNanoseconds / 1000);
  if (microseconds > LONGEST_UINTR_WAIT) throw invalidField('timeout', 'uintr_wait takes at most 1000 s; mode PARKED takes any');
  return uintrStep(machine, 'uintr_wait', microseconds, 0);
}

function* taken(tid: number, untilCycle: number): RemoteProgram<InterruptWait> {
  return (yield { kind: 'wait', tid, untilCycle }) as InterruptWait;
}

function reply(machine: Machine, wait: InterruptWait): Reply {
  if (wait.outcome !== 'interrupt') return { outcome: wait.outcome, interrupt: null, more: 0, cycle: machine.time };
  return { outcome: 'interrupt', interrupt: wait.interrupt, more: wait.more, cycle: machine.time };
}
