// The books of a machine's rings as bytes, for its journal: a replay executes the calls that changed them, but not the programs that made
// those calls.

import type { Machine } from '../machine.ts';
import type { Arena } from '../remote/programs/arena.ts';
import type { RingBook } from '../remote/programs/ring-book.ts';
import { GraphReader } from '../snapshot/graph-reader.ts';
import { GraphWriter } from '../snapshot/graph-writer.ts';

interface Books {
  readonly books: RingBook[];
  /** By thread. */
  readonly arenas: Map<number, Arena>;
}

const NOTHING_KNOWN = { constants: new Map<string, object>(), anchors: new Map<string, object>(), ram: new ArrayBuffer(0) };

export function booksToBytes({ ringBooks }: Machine): Uint8Array {
  const books: Books = {
    books: [...ringBooks.byRing.values()],
    arenas: new Map([...ringBooks.arenas].map(([task, arena]) => [task.tid, arena])),
  };
  return new GraphWriter(NOTHING_KNOWN).write(books).slice();
}

export function booksFromBytes({ ringBooks, board }: Machine, bytes: Uint8Array): void {
  const { books, arenas } = new GraphReader(bytes, NOTHING_KNOWN).read() as Books;
  ringBooks.byRing.clear();
  ringBooks.arenas.clear();
  for (const book of books) ringBooks.byRing.set(book.ring, book);
  for (const [tid, arena] of arenas) {
    const task = board.kernel.pids.tasks.get(tid);
    if (task) ringBooks.arenas.set(task, arena);
  }
}
