// The rings of a machine as its observer knows them: those that clients made, with their books, and what the kernel reports of all.

import type { Task } from '../../../kernel/task/task.ts';
import { ringsOf, ringState, type RingState, type RingSummary } from '../../../uring/report.ts';
import { MachineError } from '../../errors.ts';
import type { Machine } from '../../machine.ts';
import { Arena } from './arena.ts';
import type { RingInfo, RingStateReply } from './commands.ts';
import type { RingBook } from './ring-book.ts';
import { arenaOf, remoteTask } from './thread.ts';

/** What a machine's observer knows of rings; a machine that is reset has new ones. */
export interface RingBooks {
  readonly byRing: Map<number, RingBook>;
  readonly arenas: Map<Task, Arena>;
}

/** The memory for requests of a thread's rings. */
export function ringArena(machine: Machine, task: ReturnType<typeof remoteTask>): Arena {
  const { arenas } = machine.ringBooks;
  let arena = arenas.get(task);
  if (!arena) {
    const { address, length } = arenaOf(task.remote);
    arenas.set(task, (arena = new Arena(address, length)));
  }
  return arena;
}

export function addBook(machine: Machine, book: RingBook): void {
  machine.ringBooks.byRing.set(book.ring, book);
}

export function dropBook(machine: Machine, book: RingBook): void {
  book.close();
  machine.ringBooks.byRing.delete(book.ring);
}

const notFound = (ring: number): MachineError =>
  new MachineError('RING_NOT_FOUND', `there is no ring ${ring}: it was closed, or never made`, { ring: `${ring}` });

/** The book of a ring that is open and was made by SetupRing, whose thread is alive. */
export function bookOf(machine: Machine, ring: number): RingBook {
  const summary = ringsOf(machine.board.uring).find((candidate) => candidate.ring === ring);
  const book = machine.ringBooks.byRing.get(ring);
  if (!summary) {
    if (book) dropBook(machine, book);
    throw notFound(ring);
  }
  if (!book)
    throw new MachineError(
      'NOT_REMOTE',
      `ring ${ring} was not made by SetupRing, but by process ${summary.pid}: it can only be looked at`,
      {
        ring: `${ring}`,
        pid: `${summary.pid}`,
      },
    );
  remoteTask(machine, book.tid);
  return book;
}

function info(machine: Machine, summary: RingSummary): RingInfo {
  const { ring, pid, fd, sqEntries, cqEntries, setupFlags, features } = summary;
  return { ring, tid: machine.ringBooks.byRing.get(ring)?.tid ?? 0, pid, fd, sqEntries, cqEntries, setupFlags, features };
}

export function ringInfos(machine: Machine): RingInfo[] {
  return ringsOf(machine.board.uring).map((summary) => info(machine, summary));
}

export function ringReport(machine: Machine, ring: number): RingState {
  const state = ringState(machine.board.kernel, machine.board.uring, ring);
  if (!state) throw notFound(ring);
  return state;
}

export function ringStateReply(machine: Machine, ring: number): RingStateReply {
  const state = ringReport(machine, ring);
  return { ...state, ring: info(machine, state), cycle: machine.time };
}
