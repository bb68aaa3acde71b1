// CancelOps: an IORING_OP_ASYNC_CANCEL of its own, whose completion is the answer; others that come before it are kept for WaitCompletions.

import { syscallFailure } from './syscall-failure.ts';
import type { Machine } from '../../machine.ts';
import type { RemoteProgram } from '../remote-program.ts';
import { gather } from './completions.ts';
import type { RemotePrograms, RingCompletion } from './commands.ts';
import type { RingBook } from './ring-book.ts';
import { bookOf } from './rings.ts';
import { Session } from './session.ts';
import { cancelFields, sqeBytes, type EncodedEntry } from './submission-entry.ts';
import { submit } from './submit.ts';

const EAGAIN = 11n;
const HIGHEST = 0xffff_ffff_ffff_ffffn;

export function* cancelOps(
  machine: Machine,
  { ring, target }: RemotePrograms['cancel_ops']['fields'],
): RemoteProgram<RemotePrograms['cancel_ops']['reply']> {
  const book = bookOf(machine, ring);
  const session = new Session(book.tid, 'CancelOps');
  const userData = unusedUserData(book);
  const entry: EncodedEntry = { userData, flags: 0, sqe: sqeBytes(cancelFields(target), userData, 0), stores: [], dataAddress: 0 };
  let { submitted, left } = yield* submit(session, book, 1, () => entry);
  // The kernel stops behind an entry that is wrong; ours is the last one.
  while (left > 0) {
    ({ submitted, left } = yield* submit(session, book, 0, () => entry));
    if (submitted === 0) throw syscallFailure('io_uring_enter', -EAGAIN);
  }
  const { result, error } = yield* completionOf(machine, session, book, userData);
  const found = result > 0 ? result : 1;
  return { cancelled: result < 0 ? 0 : target.all || target.by === 'any' ? result : found, error, times: session.times };
}

function* completionOf(machine: Machine, session: Session, book: RingBook, userData: bigint): RemoteProgram<RingCompletion> {
  let minimum = 0;
  for (;;) {
    const completions = yield* gather(machine, session, book, minimum);
    const own = completions.find((completion) => completion.userData === userData);
    book.taken.push(...completions.filter((completion) => completion !== own));
    if (own) return own;
    minimum = 1;
  }
}

/** From the top, where a client's are least likely to be. */
function unusedUserData(book: RingBook): bigint {
  let userData = HIGHEST;
  while (book.isOut(userData)) userData--;
  return userData;
}
