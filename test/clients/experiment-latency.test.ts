import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { latency } from '../../clients/experiments/latency/latency.ts';
import { OptionError } from '../../clients/experiments/experiment.ts';
import { renderPage } from '../../clients/experiments/report/html.ts';
import { runExperiment } from '../../clients/experiments/run-experiment.ts';
import { startLocalDaemon } from '../../clients/ts/local-daemon.ts';
import { connect } from '../../clients/ts/client.ts';
import { wellFormed } from './well-formed.ts';
import type { Result } from '../../clients/experiments/experiment.ts';
import type { LatencyRow } from '../../clients/experiments/latency/row.ts';
import type { LocalDaemon } from '../../clients/ts/local-daemon.ts';
import type { UintrClient } from '../../clients/ts/client.ts';

let daemon: LocalDaemon;
let client: UintrClient;
beforeAll(async () => {
  daemon = await startLocalDaemon();
  client = connect(daemon.endpoint);
}, 60_000);
afterAll(async () => {
  client.close();
  await daemon.stop();
});

const progress: string[] = [];

function measure(options: Record<string, string> = {}, costs: Record<string, bigint> = {}, seed = 1n): Promise<Result<LatencyRow>> {
  return runExperiment(latency, {
    client,
    signal: new AbortController().signal,
    labels: { origin: 'test' },
    seed,
    costs,
    options: { repetitions: '8', 'warm-up': '2', states: 'all', ...options },
    progress: (done, of, what) => progress.push(`${done}/${of} ${what}`),
  }) as Promise<Result<LatencyRow>>;
}

const figures = ({ wall_seconds: _, started_at: __, ...rest }: Result<LatencyRow>): unknown => rest;

describe('latency', () => {
  it('meets all its checks in every state, the same twice, and leaves no machine', async () => {
    const result = await measure();
    expect(result.checks.filter(({ pass }) => !pass)).toEqual([]);
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
    expect(progress.at(-1)).toBe('6/6 done');
    expect(figures(await measure())).toEqual(figures(result));
    expect((await client.machines.ListMachines({ parent: 'projects/default' })).machines).toEqual([]);

    const page = renderPage({
      title: latency.title,
      measures: latency.measures,
      sources: latency.sources,
      blocks: latency.describe(result as unknown as Result),
      result,
    });
    expect(wellFormed(page)).toEqual([]);
    expect(page).toContain('All 37 checks pass');
  }, 120_000);

  it('varies the moment of sending by the seed', async () => {
    const [one, two] = [await measure({ states: 'kernel' }, {}, 1n), await measure({ states: 'kernel' }, {}, 2n)];
    expect(one.rows[0]!.samples).not.toEqual(two.rows[0]!.samples);
  }, 60_000);

  it('follows the cost table, and then claims no published figure', async () => {
    const { rows, checks } = await measure({ states: 'user' }, { delivery: 1000n });
    expect(rows[0]!.legs.find(({ leg }) => leg === 'delivery')!.cycles).toMatchObject({ min: 1000, max: 1000 });
    expect(checks.every(({ pass }) => pass)).toBe(true);
    expect(checks.some(({ name }) => name.includes('by construction'))).toBe(false);
  }, 60_000);

  it.each([
    [{ repetitions: '0' }, '--repetitions: "0" is not an integer from 1 to 10000'],
    [{ repetitions: 'many' }, '--repetitions: "many"'],
    [{ states: 'user,asleep' }, '--states: "asleep" is none of user, kernel'],
  ])('refuses %j', async (options, message) => {
    const failure = await measure(options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OptionError);
    expect((failure as Error).message).toContain(message);
  });
});
