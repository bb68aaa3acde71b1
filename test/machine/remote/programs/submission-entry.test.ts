import { describe, expect, it } from 'vitest';
import type { RingOperation } from '../../../../src/machine/remote/programs/commands.ts';
import { encodeEntry, type EntryMemory } from '../../../../src/machine/remote/programs/submission-entry.ts';

const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** Slices one after the other from 0x1000, registered buffers from 0x8000. */
function memory(): EntryMemory {
  let next = 0x1000;
  return {
    take(length) {
      const slice = { address: next, length };
      next += 0x100;
      return slice;
    },
    registered: (index, length) => ({ address: 0x8000 + index * 0x1000, length }),
  };
}

function encoded(operation: RingOperation, flags = 0) {
  const entry = encodeEntry('entries[0]', { userData: ALL_ONES, flags, operation }, memory());
  const view = new DataView(entry.sqe.buffer);
  return {
    entry,
    sqe: {
      opcode: view.getUint8(0),
      flags: view.getUint8(1),
      fd: view.getInt32(4, true),
      offset: view.getBigUint64(8, true),
      address: view.getBigUint64(16, true),
      length: view.getUint32(24, true),
      operationFlags: view.getUint32(28, true),
      userData: view.getBigUint64(32, true),
      bufferIndex: view.getUint16(40, true),
    },
  };
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('submission entries', () => {
  it.each<[RingOperation, object]>([
    [{ kind: 'nop' }, { opcode: 0, fd: -1 }],
    [
      { kind: 'read', fd: 4, length: 10, offset: ALL_ONES, bufferIndex: -1 },
      { opcode: 22, fd: 4, length: 10, offset: ALL_ONES, address: 0x1000n },
    ],
    [
      { kind: 'read', fd: 4, length: 10, offset: 1n << 40n, bufferIndex: 1 },
      { opcode: 4, offset: 1n << 40n, address: 0x9000n, bufferIndex: 1 },
    ],
    [
      { kind: 'write', fd: -1, data: bytes(1, 2), offset: 0n, bufferIndex: -1 },
      { opcode: 23, fd: -1, length: 2, address: 0x1000n },
    ],
    [
      { kind: 'write', fd: 5, data: bytes(1, 2), offset: 0n, bufferIndex: 0 },
      { opcode: 5, length: 2, address: 0x8000n, bufferIndex: 0 },
    ],
    [
      { kind: 'readv', fd: 4, lengths: [3, 5], offset: 7n },
      { opcode: 1, length: 2, offset: 7n, address: 0x1000n },
    ],
    [
      { kind: 'writev', fd: 4, data: [bytes(1), bytes(2, 3)], offset: 0n },
      { opcode: 2, length: 2 },
    ],
    [
      { kind: 'fsync', fd: 4, dataOnly: true },
      { opcode: 3, fd: 4, operationFlags: 1 },
    ],
    [
      { kind: 'openat', directoryFd: -100, path: bytes(47, 0), openFlags: 0o102, mode: 0o644 },
      { opcode: 18, fd: -100, length: 0o644, operationFlags: 0o102 },
    ],
    [
      { kind: 'close', fd: 9 },
      { opcode: 19, fd: 9 },
    ],
    [
      { kind: 'poll_add', fd: 3, events: 0x2001 },
      { opcode: 6, fd: 3, operationFlags: 0x2001 },
    ],
    [
      { kind: 'timeout', nanoseconds: 1n, completions: 5 },
      { opcode: 11, fd: -1, length: 1, offset: 5n },
    ],
    [
      { kind: 'cancel', target: { by: 'user_data', userData: ALL_ONES, all: false } },
      { opcode: 14, address: ALL_ONES, operationFlags: 0 },
    ],
    [
      { kind: 'cancel', target: { by: 'fd', fd: 6, all: true } },
      { opcode: 14, fd: 6, operationFlags: 3 },
    ],
    [
      { kind: 'cancel', target: { by: 'any', all: false } },
      { opcode: 14, operationFlags: 4 },
    ],
  ])('encode %o', (operation, expected) => {
    expect(encoded(operation, 0x10).sqe).toMatchObject({ flags: 0x10, userData: ALL_ONES, ...expected });
  });

  it('bring along what must be in memory', () => {
    expect(encoded({ kind: 'timeout', nanoseconds: 3_000_000_007n, completions: 0 }).entry.stores).toEqual([
      { kind: 'store', address: 0x1000, bytes: bytes(3, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0) },
    ]);
    const { stores } = encoded({ kind: 'writev', fd: 4, data: [bytes(1), bytes(2, 3)], offset: 0n }).entry;
    const [store] = stores;
    const at = new DataView((store as { bytes: Uint8Array }).bytes.buffer);
    expect([0, 8, 16, 24].map((offset) => at.getBigUint64(offset, true))).toEqual([0x1020n, 1n, 0x1021n, 2n]);
    expect([...(store as { bytes: Uint8Array }).bytes.subarray(32)]).toEqual([1, 2, 3]);
    expect(encoded({ kind: 'readv', fd: 4, lengths: [3, 5], offset: 0n }).entry.dataAddress).toBe(0x1020);
    expect(encoded({ kind: 'write', fd: 4, data: bytes(), offset: 0n, bufferIndex: -1 }).entry.stores).toEqual([]);
  });

  it('are taken as they are, or refused', () => {
    const raw = new Uint8Array(64).fill(0xaa);
    const entry = (fields: object) => ({ userData: 0n, flags: 0, operation: { kind: 'raw', bytes: raw } as const, ...fields });
    expect(encodeEntry('entries[3]', entry({}), memory())).toMatchObject({ userData: 0xaaaa_aaaa_aaaa_aaaan, flags: 0xaa, sqe: raw });
    for (const [wrong, field] of [
      [entry({ userData: 5n }), 'entries[3].user_data'],
      [entry({ flags: 1 }), 'entries[3].flags'],
      [entry({ operation: { kind: 'raw', bytes: raw.subarray(1) } }), 'entries[3].raw'],
    ] as const)
      expect(() => encodeEntry('entries[3]', wrong, memory())).toThrow(field);
  });
});
