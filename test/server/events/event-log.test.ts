import { describe, expect, it } from 'vitest';
import { MachineError } from '../../../src/machine/errors.ts';
import { EventLog } from '../../../src/server/events/event-log.ts';

/** Events of one byte, whose value and kind derive from the sequence. */
function batch(firstSequence: number, count: number, size = 1) {
  const offsets = Uint32Array.from({ length: count + 1 }, (_, n) => n * size);
  const bytes = new Uint8Array(count * size);
  for (let n = 0; n < count; n++) bytes.fill((firstSequence + n) & 255, n * size, (n + 1) * size);
  return { firstSequence, bytes, offsets, kinds: Uint8Array.from({ length: count }, (_, n) => (firstSequence + n) % 3) };
}

const content = (pieces: readonly Uint8Array[]): number[] => pieces.flatMap((piece) => [...piece]);

describe('EventLog', () => {
  it('reads what was appended, over batches, from any sequence', () => {
    const log = new EventLog(1 << 20);
    for (const [first, count] of [
      [1, 3],
      [4, 1],
      [5, 10],
    ] as const)
      log.append(batch(first, count));
    for (let from = 1; from <= 15; from++) {
      const slice = log.read(from, null, 100, 1000);
      expect(content(slice.pieces)).toEqual(Array.from({ length: 15 - from }, (_, n) => from + n));
      expect(slice.next).toBe(15);
    }
  });

  it('bounds a read by events and by bytes, but gives at least one', () => {
    const log = new EventLog(1 << 20);
    log.append(batch(1, 10, 4));
    expect(log.read(1, null, 3, 1000)).toMatchObject({ events: 3, bytes: 12, next: 4 });
    expect(log.read(1, null, 100, 9)).toMatchObject({ events: 2, next: 3 });
    expect(log.read(1, null, 100, 1)).toMatchObject({ events: 1, next: 2 });
  });

  it('filters by kind as a concatenation of slices, and moves past what it skips', () => {
    const log = new EventLog(1 << 20);
    log.append(batch(1, 7));
    log.append(batch(8, 7));
    const every = log.read(1, new Set([0]), 100, 1000);
    expect([content(every.pieces), every.next]).toEqual([[3, 6, 9, 12], 15]);
    const two = log.read(1, new Set([0]), 2, 1000);
    expect([content(two.pieces), two.next]).toEqual([[3, 6], 9]);
    expect(log.read(two.next, new Set([0]), 100, 1000).next).toBe(15);
    expect(log.read(1, new Set([99]), 100, 1000)).toMatchObject({ events: 0, next: 15 });
  });

  it('drops the oldest by bytes, and says what is gone', () => {
    const log = new EventLog(10_000);
    for (let n = 0; n < 100; n++) log.append(batch(1 + n * 10, 10, 50));
    expect(log.next).toBe(1001);
    expect(log.oldest).toBeGreaterThan(900);
    const error = (() => {
      try {
        log.read(5, null, 1, 1);
      } catch (caught) {
        return caught as MachineError;
      }
    })();
    expect(error).toBeInstanceOf(MachineError);
    expect(error).toMatchObject({ code: 'HISTORY_GONE', details: { oldest_sequence: String(log.oldest), next_sequence: '1001' } });
    expect(() => log.read(1002, null, 1, 1)).toThrow(MachineError);
    expect(log.read(1001, null, 1, 1)).toMatchObject({ events: 0, next: 1001 });
  });

  it('joins small batches, of which nothing but their number shows', () => {
    const [log, whole] = [new EventLog(1 << 20), new EventLog(1 << 20)];
    let [next, bytes] = [1, 0];
    for (let n = 0; n < 200; n++) {
      // Small ones mostly.
      const [count, size] = n % 50 === 49 ? [3, 3000] : [1 + (n % 7), 10];
      log.append(batch(next, count, size));
      for (let event = 0; event < count; event++) whole.append(batch(next + event, 1, size));
      next += count;
      bytes += count * size;
    }
    expect(log.next).toBe(next);
    for (const from of [1, 2, 77, 300, next - 1])
      for (const kinds of [null, new Set([1])]) {
        const [slice, expected] = [log, whole].map((its) => its.read(from, kinds, 100_000, 1 << 20));
        expect({ ...slice, pieces: content(slice!.pieces) }).toEqual({ ...expected, pieces: content(expected!.pieces) });
      }
    // Of 200 batches, 76 are left: 32 of the 49 before each large one are joined.
    expect(log.bytes).toBeLessThan(bytes + 5 * next + 77 * 512);
    expect(log.tail().reduce((sum, { kinds }) => sum + kinds.length, 0)).toBe(next - 1);
  });

  it('keeps most of its capacity while small batches come and go', () => {
    const log = new EventLog(1 << 16);
    for (let n = 0; n < 5000; n++) {
      log.append(batch(1 + n * 3, 3, 20));
      if (n > 1000) expect(log.bytes).toBeGreaterThan(40_000);
      expect(log.bytes).toBeLessThanOrEqual(1 << 16);
    }
    expect(log.read(log.oldest, null, 1, 1000)).toMatchObject({ events: 1, next: log.oldest + 1 });
  });

  it('refuses a gap', () => {
    const log = new EventLog(10_000);
    log.append(batch(1, 2));
    expect(() => log.append(batch(4, 1))).toThrow(/gap/);
  });

  it('wakes readers on events, on the end, after a time, and lets them go on abort', async () => {
    const log = new EventLog(10_000);
    const never = new AbortController().signal;
    const first = log.bell.wait(never);
    log.append(batch(1, 1));
    await first;
    const second = log.bell.wait(never);
    log.close();
    await second;
    expect(log.closed).toBe(true);
    await log.bell.wait(never, 1);
    const stop = new AbortController();
    const third = log.bell.wait(stop.signal);
    stop.abort(new Error('gone'));
    await expect(third).rejects.toThrow('gone');
    await expect(log.bell.wait(stop.signal)).rejects.toThrow('gone');
  });
});
