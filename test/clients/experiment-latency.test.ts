import { describe, expect, it } from 'vitest';
import { latency } from '../../clients/experiments/latency/latency.ts';
import type { LatencyRow } from '../../clients/experiments/latency/row.ts';
import { ExperimentBench, failuresOf, figuresOf } from './experiment-bench.ts';

const bench = new ExperimentBench<LatencyRow>(latency, { repetitions: '8', 'warm-up': '2' });

describe('latency', () => {
  it('meets all its checks in every state, the same twice, and leaves no machine', async () => {
    const result = await bench.measure();
    expect(failuresOf(result)).toEqual([]);
    expect(result.rows.map(({ state }) => state)).toEqual([
      'user',
      'kernel',
      'descheduled',
      'blocked-none',
      'blocked-receiver',
      'blocked-sender',
    ]);
    const [user, kernel] = result.rows;
    expect(user).toMatchObject({ repetitions: 8, sent: 10, delivered: 10, handled: 10, attributed: 10, in_state: 8 });
    expect(user!.cycles).toEqual({ min: 1360, avg: 1360, max: 1360, p50: 1360, p99: 1360 });
    expect(user!.nanoseconds.p50).toBe(680);
    expect(new Set(kernel!.samples).size).toBeGreaterThan(1);
    expect(kernel!.mechanism_cycles).toEqual(user!.cycles);
    expect(bench.progress.at(-1)).toBe('6/6 done');
    expect(figuresOf(await bench.measure())).toEqual(figuresOf(result));
    await bench.expectNothingLeft();

    const page = bench.page(result);
    expect(page).toContain('All 37 checks pass');
  }, 120_000);

  it('varies the moment of sending by the seed', async () => {
    const [one, two] = [await bench.measure({ states: 'kernel' }, {}, 1n), await bench.measure({ states: 'kernel' }, {}, 2n)];
    expect(one.rows[0]!.samples).not.toEqual(two.rows[0]!.samples);
  }, 60_000);

  it('follows the cost table, and then claims no published figure', async () => {
    const { rows, checks } = await bench.measure({ states: 'user' }, { delivery: 1000n });
    expect(rows[0]!.legs.find(({ leg }) => leg === 'delivery')!.cycles).toMatchObject({ min: 1000, max: 1000 });
    expect(checks.every(({ pass }) => pass)).toBe(true);
    expect(checks.some(({ name }) => name.includes('by construction'))).toBe(false);
  }, 60_000);

  it.each([
    [{ repetitions: '0' }, '--repetitions: "0" is not an integer from 1 to 10000'],
    [{ repetitions: 'many' }, '--repetitions: "many"'],
    [{ states: 'user,asleep' }, '--states: "asleep" is none of user, kernel'],
  ])('refuses %j', (options, message) => bench.expectRefused(options, message));
});
