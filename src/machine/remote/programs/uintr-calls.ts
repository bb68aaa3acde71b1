// The uintr system calls and instructions as programs: one or two steps each.

import { numberedCalls, type UintrCall, WAITING_RECEIVER, WAITING_SENDER } from '../../../kernel/uintr/profile.ts';
import { MachineError } from '../../errors.ts';
import type { Machine } from '../../machine.ts';
import { uintrStates } from '../../uintr-report.ts';
import type { RemoteInstruction, RemoteStep } from '../remote-call.ts';
import type { RemoteProgram } from '../remote-program.ts';
import type { RemotePrograms } from './commands.ts';
import { Session, valueOf } from './session.ts';
import { checked, isError, syscallFailure } from './syscall-failure.ts';
import { handlerAddress, remoteTask } from './thread.ts';

const ENOSYS = 38n;
const CLOSE = 3;
const BLOCKED_FLAGS = { none: 0, receiver: WAITING_RECEIVER, sender: WAITING_SENDER } as const;

type Fields<K extends keyof RemotePrograms> = RemotePrograms[K]['fields'];
type Program<K extends keyof RemotePrograms> = RemoteProgram<RemotePrograms[K]['reply']>;

/** A uintr system call by the number that the machine's profile gives it; one without fails as it would for a program. */
export function uintrStep(machine: Machine, call: UintrCall, ...args: (number | bigint)[]): RemoteStep {
  const { profile } = machine.board.kernel.uintr;
  const found = numberedCalls(profile).find((numbered) => numbered.call === call);
  if (!found) throw syscallFailure(call, -ENOSYS);
  return { kind: 'syscall', number: found.number, arguments: args.map((value) => BigInt.asUintN(64, BigInt(value))) };
}

const instruction = (name: RemoteInstruction): RemoteStep => ({ kind: 'instruction', name });

export function* registerHandler(machine: Machine, fields: Fields<'register_handler'>): Program<'register_handler'> {
  const { tid, mode, blockedReceiver, keepMasked } = fields;
  const handler = handlerAddress(remoteTask(machine, tid).remote, mode);
  const session = new Session(tid, 'RegisterHandler');
  const call = uintrStep(machine, 'uintr_register_handler', handler, BLOCKED_FLAGS[blockedReceiver]);
  checked('uintr_register_handler', valueOf(yield* session.run([call]), 0));
  const upid = uintrStates(machine.board, tid)[0]?.upid?.address ?? 0n;
  if (!keepMasked) yield* session.run([instruction('stui')]);
  return { handler: BigInt(handler), upid, times: session.times };
}

/** One system call whose result is all there is to know. */
function* single(
  machine: Machine,
  tid: number,
  name: string,
  call: UintrCall,
  ...args: (number | bigint)[]
): RemoteProgram<[Session, number]> {
  const session = new Session(tid, name);
  const results = yield* session.run([uintrStep(machine, call, ...args)]);
  return [session, Number(checked(call, valueOf(results, 0)))];
}

export function* unregisterHandler(machine: Machine, { tid }: Fields<'unregister_handler'>): Program<'unregister_handler'> {
  const [{ times }] = yield* single(machine, tid, 'UnregisterHandler', 'uintr_unregister_handler', 0);
  return { times };
}

export function* createVectorFd(machine: Machine, { tid, vector }: Fields<'create_vector_fd'>): Program<'create_vector_fd'> {
  const { pid } = remoteTask(machine, tid).process;
  const [{ times }, fd] = yield* single(machine, tid, 'CreateVectorFd', 'uintr_vector_fd', vector, 0);
  return { pid, fd, times };
}

/** `fd` is the thread's own; of another process (`pid`) it has been passed before, and does not stay if the call fails. */
export function* registerSender(machine: Machine, { tid, fd, pid }: Fields<'register_sender'>): Program<'register_sender'> {
  const session = new Session(tid, 'RegisterSender');
  const result = valueOf(yield* session.run([uintrStep(machine, 'uintr_register_sender', fd, 0)]), 0);
  if (isError(result) && pid !== 0) yield* session.run([{ kind: 'syscall', number: CLOSE, arguments: [BigInt(fd)] }]);
  return { uittIndex: Number(checked('uintr_register_sender', result)), fd, times: session.times };
}

export function* unregisterSender(machine: Machine, fields: Fields<'unregister_sender'>): Program<'unregister_sender'> {
  const { tid, uittIndex, fd } = fields;
  const operand = machine.board.kernel.uintr.profile.unregisterByFd ? fd : uittIndex;
  const [{ times }] = yield* single(machine, tid, 'UnregisterSender', 'uintr_unregister_sender', operand, 0);
  return { times };
}

export function* sendUipis(_machine: Machine, { tid, name, indexes }: Fields<'send_uipis'>): Program<'send_uipis'> {
  const session = new Session(tid, name);
  const results = yield* session.runUntilInterrupted(indexes.map((index) => ({ kind: 'senduipi', index })));
  return { interrupts: results.map((_, at) => Number(valueOf(results, at))), times: session.times };
}

export function* setUserInterruptFlag(
  _machine: Machine,
  { tid, uif }: Fields<'set_user_interrupt_flag'>,
): Program<'set_user_interrupt_flag'> {
  const session = new Session(tid, 'SetUserInterruptFlag');
  yield* session.run([instruction(uif ? 'stui' : 'clui')]);
  return { times: session.times };
}

export function* testUserInterruptFlag(
  _machine: Machine,
  { tid }: Fields<'test_user_interrupt_flag'>,
): Program<'test_user_interrupt_flag'> {
  const session = new Session(tid, 'TestUserInterruptFlag');
  const results = yield* session.run([instruction('testui')]);
  return { uif: valueOf(results, 0) !== 0n, times: session.times };
}

export function* returnFromInterrupt(machine: Machine, { tid }: Fields<'return_from_interrupt'>): Program<'return_from_interrupt'> {
  const { remote } = remoteTask(machine, tid);
  if (remote.handlerDepth === 0)
    throw new MachineError('WRONG_STATE', `thread ${tid} is in no handler: UIRET would take whatever is on its stack for a frame`, {
      state: 'no handler',
      allowed: 'in a handler of mode MANUAL',
    });
  const session = new Session(tid, 'ReturnFromInterrupt');
  const rip = BigInt.asUintN(64, valueOf(yield* session.run([instruction('uiret')]), 0));
  return { handlerDepth: remote.handlerDepth, rip, times: session.times };
}
