// What the hash sees and what it must not see.

import { expect, test } from 'vitest';
import { AddressSpace, PageTableMemory, PTE_READ, PTE_WRITABLE, WriteGrants } from '../../src/machine/memory/address-space.ts';
import { PhysicalMemory } from '../../src/machine/memory/physical-memory.ts';
import { StateHasher } from '../../src/machine/state-hash.ts';

function hashOf(value: unknown): string {
  const hasher = new StateHasher();
  hasher.value(value, 'root');
  return hasher.digest();
}

class Part {
  static readonly transient = ['cache'];
  state = 1;
  cache = { any: 'thing' };
}

const DIFFERENT: readonly [what: string, a: unknown, b: unknown][] = [
  ['numbers', { n: 1 }, { n: 2 }],
  ['minus zero', 0, -0],
  ['number and bigint', 1, 1n],
  ['string and number', '1', 1],
  ['null and undefined', null, undefined],
  ['field names', { a: 1 }, { b: 1 }],
  ['array order', [1, 2], [2, 1]],
  ['one bit of a typed array', Uint8Array.of(0, 0, 0, 0, 0), Uint8Array.of(0, 0, 0, 0, 128)],
  ['map values', new Map([[1, 'a']]), new Map([[1, 'b']])],
  ['64-bit high halves', 1n, 1n + (1n << 63n)],
  ['sharing', ((x) => [x, x])({ n: 1 }), [{ n: 1 }, { n: 1 }]],
];

for (const [what, a, b] of DIFFERENT) test(`tells apart: ${what}`, () => expect(hashOf(a)).not.toBe(hashOf(b)));

test('does not see insertion order of maps, sets and fields, nor transient fields', () => {
  expect(
    hashOf(
      new Map([
        [1, 'a'],
        [2, 'b'],
      ]),
    ),
  ).toBe(
    hashOf(
      new Map([
        [2, 'b'],
        [1, 'a'],
      ]),
    ),
  );
  expect(hashOf(new Set(['x', 'y']))).toBe(hashOf(new Set(['y', 'x'])));
  expect(hashOf({ a: 1, b: 2 })).toBe(hashOf({ b: 2, a: 1 }));
  const [one, other] = [new Part(), new Part()];
  other.cache.any = 'else';
  expect(hashOf(one)).toBe(hashOf(other));
  other.state = 2;
  expect(hashOf(one)).not.toBe(hashOf(other));
});

test('cycles end, functions are refused with their path', () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  expect(hashOf(loop)).toMatch(/^[0-9a-f]{16}$/);
  expect(() => hashOf({ deep: [{ f: () => 1 }] })).toThrow('root.deep[0].f holds a function');
});

test('sees RAM in use and page tables, not write grants', () => {
  const physical = new PhysicalMemory(1 << 20);
  const frame = physical.allocateFrame();
  const space = AddressSpace.create(physical, new PageTableMemory(), new WriteGrants())!;
  const empty = hashOf([physical, space]);
  space.map(0x400, frame, PTE_READ | PTE_WRITABLE);
  const mapped = hashOf([physical, space]);
  expect(mapped).not.toBe(empty);
  space.translate(0x400123, 'write');
  const dirty = hashOf([physical, space]);
  space.revokeWrite(0x400);
  expect(hashOf([physical, space])).toBe(dirty);
  physical.bytes[frame + 0x123]! ^= 1;
  expect(hashOf([physical, space])).not.toBe(dirty);
});
