// Memory of machines that have ended is as fresh memory, and nobody else sees what was in it.

import { expect, it } from 'vitest';
import type { Machine } from '../../../src/machine/machine.ts';
import { tableRooms } from '../../../src/machine/memory/address-space.ts';
import { RAM_BASE, RECORDS_BASE } from '../../../src/machine/memory/layout.ts';
import { MemoryPool } from '../../../src/machine/memory/memory-pool.ts';
import { rooms } from '../../../src/machine/memory/physical-memory.ts';
import { capture, restore } from '../../../src/machine/snapshot/image.ts';
import { finish, guest, newMachine, spawn, stepModule } from '../run-guest.ts';

const SPEC = { ram_bytes: 16 << 20 };

/** Empties the pools, so that tests know what is in them. */
function drain(): void {
  while (rooms.take(0));
  while (tableRooms.take(0));
}

/** Runs a guest whose processes fork and exec; `cycles`: to the end if it is not given. */
function runGuest(cycles?: number): Machine {
  const machine = newMachine(SPEC);
  finish(machine, spawn(machine, guest('fork_wait')), cycles);
  return machine;
}

const isZero = (bytes: Uint8Array): boolean => Buffer.compare(bytes, new Uint8Array(bytes.length)) === 0;

it.each([
  ['whose processes have ended', undefined],
  ['whose processes still run', 30_000],
])('memory of a machine %s is zero in all of its bytes', (_, cycles) => {
  drain();
  const machine = runGuest(cycles);
  expect(machine.board.kernel.hardware.tables.spaces.size > 0).toBe(cycles !== undefined);
  machine.end();
  const room = rooms.take(0)!;
  expect(isZero(room.bytes.subarray(0, RECORDS_BASE))).toBe(true);
  expect(isZero(room.bytes.subarray(RECORDS_BASE, RAM_BASE))).toBe(true);
  expect(isZero(room.bytes.subarray(RAM_BASE))).toBe(true);
  expect([...new Set(room.references), ...new Set(room.codeFrames)]).toEqual([0, 0]);
  expect(isZero(new Uint8Array(tableRooms.take(0)!.memory.buffer))).toBe(true);
});

it('a machine in used memory ends in the same state as one in fresh memory', () => {
  drain();
  const fresh = runGuest();
  const expected = [fresh.hash(), fresh.time];
  fresh.end();
  expect(rooms.size).toBe(1);
  const second = runGuest();
  expect(rooms.size).toBe(0);
  expect([second.hash(), second.time]).toEqual(expected);
});

it('a machine that has ended has no memory any more', () => {
  const machine = runGuest();
  machine.end();
  expect(machine.board.physical.bytes.length).toBe(0);
});

it('memory of a machine that a snapshot has filled is not used again', () => {
  const machine = runGuest(30_000);
  const image = capture(machine);
  drain();
  restore(machine.spec, stepModule(), image).end();
  expect([rooms.size, tableRooms.size]).toEqual([0, 0]);
});

it('at most four of a size and eight in all are kept', () => {
  const pool = new MemoryPool<{ readonly memory: WebAssembly.Memory }>();
  const memory = (pages: number): { memory: WebAssembly.Memory } => ({ memory: new WebAssembly.Memory({ initial: pages }) });
  for (let n = 0; n < 6; n++) pool.give(memory(1));
  expect(pool.size).toBe(4);
  for (let n = 2; n < 9; n++) pool.give(memory(n));
  expect(pool.size).toBe(8);
  expect([pool.take(65536)?.memory.buffer.byteLength, pool.take(65536 * 100)]).toEqual([65536, null]);
});
