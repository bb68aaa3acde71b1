import { describe, expect, it } from 'vitest';
import { ipc } from '../../clients/experiments/ipc/ipc.ts';
import { MECHANISMS } from '../../clients/experiments/ipc/mechanisms.ts';
import { parseGuestReport } from '../../clients/experiments/ipc/guest-report.ts';
import { chosenMechanisms, chosenSizes, planOf } from '../../clients/experiments/ipc/plan.ts';
import { PUBLISHED } from '../../clients/experiments/ipc/published.ts';
import { inParallel } from '../../clients/experiments/parallel.ts';
import type { Result } from '../../clients/experiments/experiment.ts';
import type { IpcRow } from '../../clients/experiments/ipc/row.ts';
import { ExperimentBench, failuresOf, figuresOf } from './experiment-bench.ts';

const FEW = 'uintr-thread,uintr-rights,eventfd-two,eventfd-one,pipe,fifo,unix-stream';

const bench = new ExperimentBench<IpcRow>(ipc, { count: '20', size: '1,64', mechanism: FEW });

describe('ipc', () => {
  it('meets its checks, the same twice, leaves no machine, and makes a whole page', async () => {
    const result = await bench.measure();
    expect(failuresOf(result)).toEqual([]);
    expect(result.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['block, 64 B, two vCPUs: FIFO is pipe', 'block, 1 B, one vCPU: eventfd <= pipe']),
    );
    const row = (mechanism: string, waiting: string, size = 1, placement = 'two vCPUs'): IpcRow =>
      result.rows.find(
        (one) => one.mechanism === mechanism && one.waiting === waiting && one.size === size && one.placement === placement,
      )!;
    const uintr = row('uintr-thread', 'spin');
    expect(uintr).toMatchObject({ rounds: 20, times_uintr: 1, published_emulated: 28935, published_physical: 191868, round: 'round trip' });
    expect(uintr.rate).toBe(Math.round((20 * 2e9) / uintr.samples.reduce((sum, value) => sum + value, 0)));
    expect(row('uintr-thread', 'spin', 64).cycles.avg).toBeGreaterThan(uintr.cycles.avg);
    expect(row('pipe', 'block', 1, 'one vCPU').cycles.avg).toBeLessThan(row('pipe', 'block').cycles.avg / 2);
    // With one eventfd a party that does not spin reads what it has just written; with two it cannot.
    expect(row('eventfd-one', 'block').own).toBeGreaterThanOrEqual(18);
    expect(row('eventfd-two', 'block').own).toBe(0);
    expect(row('eventfd-two', 'spin', 64)).toBeUndefined();

    expect(figuresOf(await bench.measure())).toEqual(figuresOf(result));
    await bench.expectNothingLeft();
    const page = bench.page(result);
    expect(page).toContain(`All ${result.checks.length} checks pass`);
    expect(page).toContain('races with itself');
  }, 120_000);

  it('follows the cost table, claims no order then, and scales with the clock of a preset', async () => {
    const slow = await bench.measure({ mechanism: 'uintr-thread', size: '1' }, { delivery: 10_000n });
    expect(slow.rows[0]!.cycles.min).toBeGreaterThan(20_000);
    expect(slow.checks.map(({ name }) => name).join()).not.toContain('faster');
    const [at2, at29] = [
      await bench.measure({ mechanism: 'pipe', size: '1' }),
      await bench.measure({ mechanism: 'pipe', size: '1', preset: 'spr-vm-2.9ghz' }),
    ];
    const block = ({ rows }: Result<IpcRow>): IpcRow => rows.find(({ waiting }) => waiting === 'block')!;
    expect(block(at29).cycles).toEqual(block(at2).cycles);
    expect(block(at29).microseconds.p50).toBeCloseTo(block(at2).microseconds.p50 / 1.45, 2);
  }, 60_000);

  it('varies by the seed when the parties begin', async () => {
    const [one, two] = [await bench.measure({ mechanism: 'pipe' }, {}, 1n), await bench.measure({ mechanism: 'pipe' }, {}, 2n)];
    const spinning = ({ rows }: Result<IpcRow>): readonly number[] => rows.find(({ waiting }) => waiting === 'spin')!.samples;
    expect(spinning(one)).not.toEqual(spinning(two));
  }, 60_000);

  it.each([
    [{ count: '0' }, '--count: "0" is not an integer from 1 to 20000'],
    [{ size: '1,9000' }, '--size: "9000" is not a number of bytes from 1 to 8192'],
    [{ size: '' }, '--size: ""'],
    [{ mechanism: 'pipe,tube' }, '--mechanism: "tube" is none of uintr-thread'],
    [{ preset: 'fast' }, '--preset: "fast" is none of spr-2.0ghz, spr-vm-2.9ghz'],
  ])('refuses %j', (options, message) => bench.expectRefused(options, message));
});

describe('its plan', () => {
  it('has every mechanism, way of waiting and size once, and blocking ones on one vCPU too', () => {
    const plan = planOf(chosenMechanisms('all'), chosenSizes('4096,1,64,1'));
    const keys = plan.map(({ mechanism, waiting, placement, size }) => `${mechanism.name} ${waiting} ${placement} ${size}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(plan.filter(({ placement }) => placement === 'one vCPU').every(({ waiting, size }) => waiting === 'block' && size === 1)).toBe(
      true,
    );
    for (const { name, carries, waits } of MECHANISMS)
      expect(keys.filter((key) => key.startsWith(`${name} `) && key.includes('two vCPUs'))).toHaveLength(waits.length * (carries ? 3 : 1));
  });

  it('names published rows that there are', () => {
    for (const { published } of MECHANISMS) if (published !== undefined) expect(PUBLISHED.map(({ name }) => name)).toContain(published);
  });

  it.each([['12\n13\n'], ['12\ntotal 13\n'], ['total 0\n'], ['12\nwhat?\ntotal 12\n']])(
    'does not believe a guest that prints %j',
    (text) => {
      expect(() => parseGuestReport(text)).toThrow();
    },
  );

  it('runs jobs together and keeps their order; a failure ends what has not begun', async () => {
    let running = 0;
    let most = 0;
    const answers = await inParallel([3, 1, 2, 0], 2, async (item) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < item * 3; turn++) await Promise.resolve();
      running--;
      return item * 10;
    });
    expect([answers, most]).toEqual([[30, 10, 20, 0], 2]);
    const begun: number[] = [];
    await expect(
      inParallel([1, 2, 3, 4], 1, async (item) => {
        begun.push(item);
        if (item === 2) throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(begun).toEqual([1, 2]);
  });
});
