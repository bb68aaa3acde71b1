import { describe, expect, it } from 'vitest';
import { Arena } from '../../../../src/machine/remote/programs/arena.ts';
import type { RingEntry, RingOperation } from '../../../../src/machine/remote/programs/commands.ts';
import { RingBook } from '../../../../src/machine/remote/programs/ring-book.ts';
import { parseParams } from '../../../../src/machine/remote/programs/ring-layout.ts';
import { encodeEntry } from '../../../../src/machine/remote/programs/submission-entry.ts';

const TOTAL = 64 * 16;
const SKIP = 64;

function newBook(): { book: RingBook; arena: Arena; enter: (...entries: RingEntry[]) => () => void } {
  const arena = new Arena(0x1000, TOTAL);
  const book = new RingBook({ ring: 1, tid: 7, pid: 7, fd: 3 }, parseParams(new Uint8Array(120)), { sqRing: 0, cqRing: 0, sqes: 0 }, arena);
  const enter = (...entries: RingEntry[]) =>
    book.enter(entries.length, (at, memory) => encodeEntry(`entries[${at}]`, entries[at]!, memory)).undo;
  return { book, arena, enter };
}

const entry = (userData: bigint, operation: RingOperation, flags = 0): RingEntry => ({ userData, flags, operation });
const read = (userData: bigint, length = 64, flags = 0): RingEntry =>
  entry(userData, { kind: 'read', fd: 0, length, offset: 0n, bufferIndex: -1 }, flags);
const nop = (userData: bigint, flags = 0): RingEntry => entry(userData, { kind: 'nop' }, flags);
const fixed = (userData: bigint, bufferIndex: number, length: number): RingEntry =>
  entry(userData, { kind: 'read', fd: 0, length, offset: 0n, bufferIndex });
const cqe = (userData: bigint, result: number, flags = 0) => ({ userData, result, flags });

describe('the book of a ring', () => {
  it('finds what a completion brings, in any order', () => {
    const { book, arena, enter } = newBook();
    enter(read(1n), read(2n), nop(3n));
    const second = book.complete(cqe(2n, 10));
    expect(second).toMatchObject({ dataAddress: 0x1040, length: 10 });
    second.done();
    expect(book.complete(cqe(3n, 0))).toMatchObject({ dataAddress: 0 });
    const first = book.complete(cqe(1n, -11));
    expect(first).toMatchObject({ dataAddress: 0, length: 0 });
    first.done();
    expect(arena.freeBytes).toBe(TOTAL);
    expect(book.complete(cqe(99n, 5))).toMatchObject({ dataAddress: 0 });
  });

  it('keeps memory while more completions are to come', () => {
    const { book, arena, enter } = newBook();
    enter(read(1n));
    book.complete(cqe(1n, 5, 2)).done();
    expect(arena.freeBytes).toBe(TOTAL - 64);
    book.complete(cqe(1n, 5)).done();
    expect(arena.freeBytes).toBe(TOTAL);
  });

  it('refuses a user_data that it could not tell apart', () => {
    const { book, enter, arena } = newBook();
    enter(nop(5n), nop(5n));
    expect(() => enter(read(5n))).toThrow('entries[0].user_data');
    book.complete(cqe(5n, 0)).done();
    expect(() => enter(read(5n))).toThrow('entries[0].user_data');
    book.complete(cqe(5n, 0)).done();
    enter(read(5n));
    expect(() => enter(nop(5n))).toThrow('entries[0].user_data');
    expect(() => enter(read(6n), read(6n))).toThrow('entries[1].user_data');
    // What was refused has left nothing behind.
    expect(arena.freeBytes).toBe(TOTAL - 64);
    expect(book.isOut(6n)).toBe(false);
  });

  it('refuses more than there is room for, and takes a batch back', () => {
    const { enter, arena } = newBook();
    expect(() => enter(read(1n, 512), read(2n, 600))).toThrow('have no room for 600');
    expect(arena.freeBytes).toBe(TOTAL);
    const undo = enter(read(1n, 512), nop(2n));
    undo();
    expect(arena.freeBytes).toBe(TOTAL);
    enter(read(2n, 1024));
  });

  it('gives up memory of silent completions when nothing is in flight any more', () => {
    const { book, arena, enter } = newBook();
    enter(entry(1n, { kind: 'write', fd: 1, data: new Uint8Array(10), offset: 0n, bufferIndex: -1 }, SKIP), nop(2n, SKIP), read(3n));
    expect(() => enter(read(4n, 10, SKIP))).toThrow('CQE_SKIP_SUCCESS');
    book.settleSilent(new Set([1n, 3n]));
    expect([1n, 2n, 3n].map((userData) => book.isOut(userData))).toEqual([true, false, true]);
    book.settleSilent(new Set());
    expect([1n, 3n].map((userData) => book.isOut(userData))).toEqual([false, true]);
    expect(arena.freeBytes).toBe(TOTAL - 64);
  });

  it('keeps registered buffers for as long as a request uses them', () => {
    const { book, arena, enter } = newBook();
    expect(() => enter(fixed(1n, 0, 10))).toThrow('no buffer 0 was registered');
    expect(() => book.registerBuffers([512, 600])).toThrow('have no room for 600');
    expect(arena.freeBytes).toBe(TOTAL);
    const buffers = (book.buffers = book.registerBuffers([100, 200]));
    expect(() => enter(fixed(1n, 1, 201))).toThrow('buffer 1 has 200 bytes');
    expect(() => enter(fixed(1n, 2, 1))).toThrow('no buffer 2');
    enter(fixed(1n, 1, 200));
    book.unregisterBuffers(buffers);
    expect(arena.freeBytes).toBe(TOTAL - 128 - 256);
    expect(() => enter(fixed(2n, 0, 10))).toThrow('no buffer 0 was registered');
    expect(book.complete(cqe(1n, 200))).toMatchObject({ dataAddress: 0x1000 + 128, length: 200 });
    book.complete(cqe(1n, 200)).done();
    expect(arena.freeBytes).toBe(TOTAL);
  });

  it('has nothing left when the ring is closed', () => {
    const { book, arena, enter } = newBook();
    book.buffers = book.registerBuffers([100]);
    enter(read(1n), fixed(2n, 0, 50), nop(3n));
    book.close();
    expect(arena.freeBytes).toBe(TOTAL);
    expect(book.isOut(3n)).toBe(false);
  });
});
