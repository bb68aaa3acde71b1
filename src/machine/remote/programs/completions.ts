// WaitCompletions: completions off the ring with what they bring, and io_uring_enter where there are too few.

import { errorName } from '../../../kernel/abi/errno.ts';
import { MachineError } from '../../errors.ts';
import type { Machine } from '../../machine.ts';
import type { RemoteResult, RemoteStep } from '../remote-call.ts';
import type { RemoteProgram } from '../remote-program.ts';
import type { RemotePrograms, RingCompletion } from './commands.ts';
import type { RingBook } from './ring-book.ts';
import {
  CQE_BYTES,
  cqeAt,
  IORING_ENTER_EXT_ARG,
  IORING_ENTER_GETEVENTS,
  IORING_SQ_CQ_OVERFLOW,
  IORING_SQ_TASKRUN,
  SYSCALL,
  timespecBytes,
  u32Bytes,
  u32Of,
} from './ring-layout.ts';
import { bookOf, ringReport } from './rings.ts';
import { Scratch } from './scratch.ts';
import { bytesOf, Session, valueOf } from './session.ts';
import { syscall } from './setup-ring.ts';
import { isError, syscallFailure } from './syscall-failure.ts';
import { remoteTask } from './thread.ts';

type Fields = RemotePrograms['wait_completions']['fields'];
type Reply = RemotePrograms['wait_completions']['reply'];

/** The completion queue as it was at one moment. */
interface Queue {
  readonly bytes: Uint8Array;
  readonly head: number;
  readonly available: number;
  /** Completions that are not in the queue yet: an enter with GETEVENTS brings them. */
  readonly more: boolean;
}

const EXT_ARG_BYTES = 24;

export function* waitCompletions(machine: Machine, fields: Fields): RemoteProgram<Reply> {
  const book = bookOf(machine, fields.ring);
  const session = new Session(book.tid, 'WaitCompletions');
  const fromBefore = book.taken.length;
  const maximum = Math.max(fields.maximum - fromBefore, 0);
  const wanted = Math.min(Math.max(fields.minimum - fromBefore, 0), book.params.cqEntries);
  let queue = readQueue(book, yield* session.run(queueSteps(book)), 0);
  let timedOut = false;
  if (queue.available < wanted || (queue.more && queue.available < maximum)) {
    const entered = yield* enter(machine, session, book, wanted, queue.available < wanted ? fields.timeoutNanoseconds : -1);
    queue = entered.queue;
    timedOut = entered.error === 'ETIME';
    if (entered.error !== '' && !timedOut && queue.available + fromBefore === 0) throw entered.failure;
  }
  const completions = yield* takeCompletions(session, book, queue, Math.min(queue.available, maximum));
  const answered = [...book.taken.splice(0, fields.maximum), ...completions];
  settle(machine, book);
  return { completions: answered, timedOut: timedOut && answered.length < fields.minimum, times: session.times };
}

/** Everything that is there, into the book; `minimum`: how many to wait for. */
export function* gather(machine: Machine, session: Session, book: RingBook, minimum: number): RemoteProgram<RingCompletion[]> {
  let queue = readQueue(book, yield* session.run(queueSteps(book)), 0);
  if (queue.available < minimum || queue.more) queue = (yield* enter(machine, session, book, minimum, -1)).queue;
  return yield* takeCompletions(session, book, queue, queue.available);
}

function queueSteps({ at, params }: RingBook): RemoteStep[] {
  return [
    { kind: 'load', address: at.cqRing, length: params.cq.cqes + params.cqEntries * CQE_BYTES },
    { kind: 'load', address: at.sqRing + params.sq.flags, length: 4 },
  ];
}

function readQueue({ params }: RingBook, results: Parameters<typeof bytesOf>[0], first: number): Queue {
  const bytes = bytesOf(results, first);
  const head = u32Of(bytes.subarray(params.cq.head));
  const available = Math.min((u32Of(bytes.subarray(params.cq.tail)) - head) >>> 0, params.cqEntries);
  const more = (u32Of(bytesOf(results, first + 1)) & (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) !== 0;
  return { bytes, head, available, more };
}

/** io_uring_enter until `minimum` completions are in the queue; the queue after it. */
function* enter(
  machine: Machine,
  session: Session,
  book: RingBook,
  minimum: number,
  timeoutNanoseconds: number,
): RemoteProgram<{ readonly queue: Queue; readonly error: string; readonly failure: Error }> {
  const scratch = new Scratch(remoteTask(machine, book.tid).remote);
  let call = syscall(SYSCALL.io_uring_enter, book.fd, 0, minimum, IORING_ENTER_GETEVENTS, 0, 0);
  if (timeoutNanoseconds >= 0) {
    // struct io_uring_getevents_arg: no signal mask, and the time limit.
    const argument = new BigUint64Array(EXT_ARG_BYTES / 8);
    argument[2] = BigInt(scratch.store(timespecBytes(BigInt(timeoutNanoseconds))));
    const address = scratch.store(new Uint8Array(argument.buffer));
    const flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
    call = syscall(SYSCALL.io_uring_enter, book.fd, 0, minimum, flags, address, EXT_ARG_BYTES);
  }
  const results = yield* session.run([...scratch.steps, call, ...queueSteps(book)]);
  const at = scratch.steps.length;
  const result = valueOf(results, at);
  const error = isError(result) ? errorName(Number(-result)) : '';
  return { queue: readQueue(book, results, at + 1), error, failure: syscallFailure('io_uring_enter', result) };
}

/** Moves the head by `count`, after what the completions bring has been copied out. */
function* takeCompletions(session: Session, book: RingBook, queue: Queue, count: number): RemoteProgram<RingCompletion[]> {
  if (count === 0) return [];
  const entries = Array.from({ length: count }, (_, index) => cqeAt(book.params, queue.bytes, (queue.head + index) >>> 0));
  const pending = entries.map((cqe) => book.complete(cqe));
  const loads = pending.flatMap(({ dataAddress, length }): RemoteStep[] =>
    dataAddress === 0 ? [] : [{ kind: 'load', address: dataAddress, length }],
  );
  const head = { kind: 'store', address: book.at.cqRing + book.params.cq.head, bytes: u32Bytes((queue.head + count) >>> 0) } as const;
  let taken = true;
  let results: readonly RemoteResult[];
  try {
    results = yield* session.run([...loads, head]);
  } catch (error) {
    taken = !(error instanceof MachineError && error.code === 'THREAD_INTERRUPTED');
    throw error;
  } finally {
    // Also where the client has gone meanwhile: the machine moves the head all the same.
    if (taken) for (const { done } of pending) done();
  }
  let next = 0;
  return entries.map(({ userData, result, flags }, index) => {
    const data = pending[index]!.dataAddress === 0 ? new Uint8Array(0) : bytesOf(results, next++);
    return { userData, result, flags, error: result < 0 ? errorName(-result) : '', data };
  });
}

/** With both queues empty, memory of requests that completed without a word can be used again. */
function settle(machine: Machine, book: RingBook): void {
  const { sqHead, sqTail, cqHead, cqTail, overflowed, inFlight } = ringReport(machine, book.ring);
  if (sqHead === sqTail && cqHead === cqTail && overflowed === 0) book.settleSilent(new Set(inFlight.map(({ userData }) => userData)));
}
