// SubmitOps: entries into the ring's memory by stores, then io_uring_enter.

import { MachineError } from '../../errors.ts';
import type { Machine } from '../../machine.ts';
import type { RemoteStep } from '../remote-call.ts';
import type { RemoteProgram } from '../remote-program.ts';
import type { RemotePrograms } from './commands.ts';
import type { RingBook } from './ring-book.ts';
import { IORING_ENTER_SQ_WAKEUP, IORING_SETUP_SQPOLL, IORING_SQ_NEED_WAKEUP, SQE_BYTES, SYSCALL, u32Bytes, u32Of } from './ring-layout.ts';
import { bookOf } from './rings.ts';
import { bytesOf, Session, valueOf } from './session.ts';
import { syscall } from './setup-ring.ts';
import { encodeEntry, type EncodedEntry, type EntryMemory } from './submission-entry.ts';
import { checked } from './syscall-failure.ts';

const WORD = 4;

export function* submitOps(
  machine: Machine,
  { ring, entries }: RemotePrograms['submit_ops']['fields'],
): RemoteProgram<RemotePrograms['submit_ops']['reply']> {
  const book = bookOf(machine, ring);
  const session = new Session(book.tid, 'SubmitOps');
  const encode = (index: number, memory: EntryMemory): EncodedEntry => encodeEntry(`entries[${index}]`, entries[index]!, memory);
  const { submitted } = yield* submit(session, book, entries.length, encode);
  return { submitted, times: session.times };
}

/** `submitted`: what the kernel took, of earlier entries that it had left in the ring too; `left`: how many it left now. */
export function* submit(
  session: Session,
  book: RingBook,
  count: number,
  encode: (index: number, memory: EntryMemory) => EncodedEntry,
): RemoteProgram<{ readonly submitted: number; readonly left: number }> {
  const { params, at, fd } = book;
  const head = at.sqRing + params.sq.head;
  const tail = at.sqRing + params.sq.tail;
  const word = (address: number): RemoteStep => ({ kind: 'load', address, length: WORD });
  const before = yield* session.run([word(head), word(tail)]);
  const oldTail = u32Of(bytesOf(before, 1));
  const pending = (oldTail - u32Of(bytesOf(before, 0))) >>> 0;
  const room = params.sqEntries - pending;
  if (count > room)
    throw new MachineError(
      'LIMIT_EXCEEDED',
      `the submission queue of ring ${book.ring} has room for ${Math.max(room, 0)} more entries, not for ${count}: submit fewer, or none to have the kernel take what is there`,
      { subject: `ring ${book.ring}`, limit: `${params.sqEntries}` },
    );
  const { entries, undo } = book.enter(count, encode);
  const newTail = (oldTail + count) >>> 0;
  const stores = [...entryStores(book, entries, oldTail), { kind: 'store', address: tail, bytes: u32Bytes(newTail) } as const];
  try {
    if (params.setupFlags & IORING_SETUP_SQPOLL) return yield* wakePoller(session, book, stores, count);
    const results = yield* session.run([...stores, syscall(SYSCALL.io_uring_enter, fd, pending + count, 0, 0, 0, 0), word(head)]);
    const left = (newTail - u32Of(bytesOf(results, stores.length + 1))) >>> 0;
    return { submitted: Number(checked('io_uring_enter', valueOf(results, stores.length))), left };
  } catch (error) {
    // Nothing has been written: otherwise the entries are in the ring and go with a later submission.
    if (error instanceof MachineError && error.code === 'THREAD_INTERRUPTED') undo();
    throw error;
  }
}

/** The kernel's thread takes the entries by itself once it is awake. */
function* wakePoller(
  session: Session,
  book: RingBook,
  stores: readonly RemoteStep[],
  count: number,
): RemoteProgram<{ readonly submitted: number; readonly left: number }> {
  const flags = book.at.sqRing + book.params.sq.flags;
  const results = yield* session.run([...stores, { kind: 'load', address: flags, length: WORD }]);
  if (u32Of(bytesOf(results, stores.length)) & IORING_SQ_NEED_WAKEUP) {
    const woken = yield* session.run([syscall(SYSCALL.io_uring_enter, book.fd, count, 0, IORING_ENTER_SQ_WAKEUP, 0, 0)]);
    checked('io_uring_enter', valueOf(woken, 0));
  }
  return { submitted: count, left: 0 };
}

/** Entries, and their places in the index array, in at most two stretches each. */
function entryStores({ params, at }: RingBook, entries: readonly EncodedEntry[], tail: number): RemoteStep[] {
  const steps: RemoteStep[] = entries.flatMap((entry) => entry.stores);
  const mask = params.sqEntries - 1;
  for (let from = 0; from < entries.length; ) {
    const slot = (tail + from) & mask;
    const stretch = entries.slice(from, from + params.sqEntries - slot);
    const bytes = new Uint8Array(stretch.length * SQE_BYTES);
    for (const [index, entry] of stretch.entries()) bytes.set(entry.sqe, index * SQE_BYTES);
    steps.push({ kind: 'store', address: at.sqes + slot * SQE_BYTES, bytes });
    steps.push({
      kind: 'store',
      address: at.sqRing + params.sq.array + slot * WORD,
      bytes: u32Bytes(...stretch.map((_, index) => slot + index)),
    });
    from += stretch.length;
  }
  return steps;
}
