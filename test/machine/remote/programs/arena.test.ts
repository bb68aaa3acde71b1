import { describe, expect, it } from 'vitest';
import { Arena, type Slice } from '../../../../src/machine/remote/programs/arena.ts';

describe('the arena', () => {
  it('gives aligned slices that do not overlap, and takes them back in any order', () => {
    const arena = new Arena(0x1000, 64 * 100);
    let state = 12345;
    const random = (below: number): number => (state = (state * 1103515245 + 12345) & 0x7fff_ffff) % below;
    const live: Slice[] = [];
    for (let round = 0; round < 3000; round++) {
      if (live.length > 0 && random(2) === 0) arena.give(live.splice(random(live.length), 1)[0]!);
      else {
        const slice = arena.take(random(400));
        if (!slice) continue;
        expect(slice.address % 64).toBe(0);
        for (const other of live)
          expect(slice.address + slice.length <= other.address || other.address + other.length <= slice.address).toBe(true);
        live.push(slice);
      }
      expect(arena.freeBytes + live.reduce((sum, { length }) => sum + length, 0)).toBe(6400);
    }
    for (const slice of live) arena.give(slice);
    // All in one piece again.
    expect(arena.take(6400)).toEqual({ address: 0x1000, length: 6400 });
    expect(arena.take(1)).toBeNull();
  });

  it('has a place for nothing, too', () => {
    const arena = new Arena(0, 128);
    expect(arena.take(0)).toEqual({ address: 0, length: 64 });
    expect(arena.take(65)).toBeNull();
    expect(arena.take(64)).toEqual({ address: 64, length: 64 });
  });
});
