import { describe, expect, it } from 'vitest';
import { asyncIo, type AsyncIoRow } from '../../clients/experiments/async-io/async-io.ts';
import { REPORT_PRESET, reportChecks, sweepChecks, workChecks } from '../../clients/experiments/async-io/checks.ts';
import { expectedProduct, parseGuestReport } from '../../clients/experiments/async-io/guest-report.ts';
import { METHODS } from '../../clients/experiments/async-io/methods.ts';
import { EACH_TASK, planOf } from '../../clients/experiments/async-io/plan.ts';
import { type MethodRow, rowOf } from '../../clients/experiments/async-io/row.ts';
import type { SweepRow } from '../../clients/experiments/async-io/sweep.ts';
import { FILES, taskFiles } from '../../clients/experiments/async-io/task-files.ts';
import { verdictOf } from '../../clients/experiments/report/verdict.ts';
import type { Result } from '../../clients/experiments/experiment.ts';
import { ExperimentBench, failuresOf, figuresOf } from './experiment-bench.ts';

/** Their first four reads are of every size, or of 4K and 4M alone, which takes less time. */
const ALL_SIZES = 2n;
const FEW = 0n;

const bench = new ExperimentBench<AsyncIoRow>(asyncIo, { io: '4', compute: '40', unit: '7000' }, ALL_SIZES);

const method = ({ rows }: Result<AsyncIoRow>, name: string): MethodRow =>
  rows.find((row): row is MethodRow => row.kind === 'method' && row.method === name)!;
const sum = ({ latencies }: MethodRow): number => latencies.reduce((total, one) => total + one.sum, 0);

describe('async-io', () => {
  it('does all of the work by each method, leaves nothing behind, and makes a whole page', async () => {
    const result = await bench.measure({ unit: '70000' });
    expect(failuresOf(result)).toEqual([]);
    const [normal, uring, uintr] = ['normal', 'uring', 'uintr'].map((name) => method(result, name)) as [MethodRow, MethodRow, MethodRow];
    expect([normal, uring, uintr].map(({ files }) => files)).toEqual([normal.files, normal.files, normal.files]);
    // A ring hides reads behind computations; a poll comes late, an interrupt at once.
    expect(normal.total - uring.total).toBeGreaterThan(0.5 * sum(normal));
    expect(sum(uring)).toBeGreaterThan(sum(uintr));
    expect(sum(uintr)).toBeGreaterThan(sum(normal));
    expect(uintr).toMatchObject({ counts: { interrupts: 4, 'empty-interrupts': 0 }, waiting: 0 });
    expect(uintr.handlers).toHaveLength(4);
    expect(uring.counts['polls']).toBe(40);
    for (const { computing, handling, waiting, total } of [normal, uring, uintr])
      expect(total - computing - handling - waiting).toBeGreaterThanOrEqual(0);

    await bench.expectNothingLeft();
    const page = bench.page(result);
    for (const { title } of METHODS) expect(page).toContain(`${title}: computations`);
    expect(page).toContain('io_uring, user interrupts: handler');
    expect(page).toContain('Reads of 4K by latency');
  }, 120_000);

  it('is the same twice, and another with another seed', async () => {
    const [one, two, other] = [
      await bench.measure({}, {}, FEW),
      await bench.measure({}, {}, FEW),
      await bench.measure({ method: 'normal' }, {}, FEW + 1n),
    ];
    expect(figuresOf(two)).toEqual(figuresOf(one));
    expect(method(other, 'normal').computations).not.toEqual(method(one, 'normal').computations);
  }, 60_000);

  it('sweeps polling from dear and prompt to cheap and late', async () => {
    const result = await bench.measure({ sweep: 'true', method: 'uring,uintr', unit: '40000' }, {}, FEW);
    expect(failuresOf(result)).toEqual([]);
    const sweep = result.rows.filter((row): row is SweepRow => row.kind === 'sweep');
    expect(sweep).toHaveLength(12);
    const [shortest] = sweep;
    const each = sweep.find(({ polling: { tasks, chunk } }) => tasks === 1 && chunk === 0)!;
    expect(shortest!.polling.chunk).toBe(30);
    expect(shortest!.longer_cycles).toBeGreaterThan(0.1 * (shortest!.total_cycles - shortest!.longer_cycles));
    expect(shortest!.later_cycles).toBeLessThan(0);
    expect(each.later_cycles).toBeGreaterThan(10_000);
    expect(each.longer_cycles).toBeLessThan(0.01 * each.total_cycles);
    const blocks = asyncIo.describe(result as unknown as Result);
    expect(blocks.some((block) => block.kind === 'heading' && block.text === 'Where polling breaks even')).toBe(true);
  }, 120_000);

  it('waits in the kernel when only reads are left', async () => {
    const result = await bench.measure({ blocking: 'true', compute: '1', method: 'uring,uintr' }, {}, FEW);
    expect(failuresOf(result)).toEqual([]);
    expect(result.checks.map(({ name }) => name)).toContain('uintr: no wait runs into its time limit');
    for (const name of ['uring', 'uintr']) expect(method(result, name).counts['waits']).toBeGreaterThan(0);
  }, 60_000);

  it('holds the report’s tasks against what the report found, unless costs were set', async () => {
    const few = { io: '1', compute: '5', unit: '700000', method: 'normal,uring' };
    const names = (result: Result<AsyncIoRow>): string[] => result.checks.map(({ name }) => name);
    expect(names(await bench.measure(few, {}, FEW))).toContain('total: the ring hides the reads behind computations');
    expect(names(await bench.measure(few, { syscall: 300n }, FEW)).filter((name) => /^(total|latency)/.test(name))).toEqual([]);
  }, 60_000);

  it.each([
    [{ io: '0' }, '--io: "0" is not an integer from 1 to 20000'],
    [{ compute: '-1' }, '--compute: "-1"'],
    [{ io: '20000', scale: '2' }, '--io: 40000 by --scale are more than 20000'],
    [{ scale: '0' }, '--scale: "0" is not a number above 0 and up to 100'],
    [{ scale: 'half' }, '--scale: "half"'],
    [{ unit: '0' }, '--unit: "0" is not an integer'],
    [{ method: 'normal,aio' }, '--method: "aio" is none of normal, uring, uintr'],
    [{ method: 'normal,uintr', sweep: 'true' }, '--sweep: holds uring against uintr, and --method leaves out uring'],
    [{ preset: 'fast' }, '--preset: "fast" is none of'],
  ])('refuses %j', (options, message) => bench.expectRefused(options, message));
});

describe('its checks', () => {
  const row = (name: string, change: Partial<MethodRow> = {}): MethodRow => {
    const { published, title, about } = METHODS.find((one) => one.name === name)!;
    const summary = { min: 1, avg: 1, max: 1, p50: 1, p99: 1 };
    return {
      kind: 'method',
      method: name as MethodRow['method'],
      title,
      about,
      published,
      total: published.total,
      total_microseconds: published.total,
      computing: 0,
      handling: 0,
      waiting: 0,
      latencies: FILES.map(({ name: file }) => ({
        file,
        reads: 67,
        sum: published.latencies[file],
        cycles: summary,
        sum_microseconds: 0,
        microseconds: summary,
      })),
      counts: {},
      reads: [],
      computations: [],
      handlers: [],
      files: [],
      ...change,
    };
  };
  const passes = (...rows: MethodRow[]): boolean[] => reportChecks(rows, REPORT_PRESET).map(({ pass }) => pass);
  const [normal, uring, uintr] = [row('normal'), row('uring'), row('uintr')];

  it('are met by the published figures, and not by others', () => {
    expect(passes(normal, uring, uintr)).toEqual([true, true, true, true, true, true]);
    expect(passes(normal, uring, row('uintr', { total: uring.total * 1.04 }))[0]).toBe(false);
    expect(passes(normal, row('uring', { total: normal.total }), uintr)[1]).toBe(false);
    expect(passes(normal, uring, row('uintr', { latencies: uring.latencies })).slice(2, 5)).toEqual([false, false, false]);
    expect(passes(normal, row('uring', { latencies: uintr.latencies }), uintr)[5]).toBe(false);
  });

  it('judge the bound at 4K where it comes from, and say so elsewhere', () => {
    const slow = row('uintr', { latencies: uring.latencies });
    const at = (preset: string) => reportChecks([normal, slow], preset).filter(({ name }) => name.includes('4K'));
    expect(at(REPORT_PRESET)).toMatchObject([{ pass: false, expected: 'at most 1.5 times at preset report-2022' }]);
    expect(at(REPORT_PRESET)[0]).not.toHaveProperty('unjudged');
    expect(at('spr-2.0ghz')).toMatchObject([{ pass: true, unjudged: expect.stringContaining('3.9 us') }]);
    expect(verdictOf(reportChecks([normal, slow], 'spr-2.0ghz'))).toEqual({ pass: false, text: '2 of 2 checks fail, 1 is not judged' });
    expect(verdictOf(at('spr-2.0ghz'))).toEqual({ pass: true, text: 'all 0 checks pass, 1 is not judged' });
  });

  it('notice work that was not done', () => {
    const files = taskFiles();
    const computations = [{ factor: 2, began: 10, ended: 20 }];
    const text = (file: string, product: string, checksum: string): string =>
      `read ${file} 0 5 6\ncompute 2 10 20\ntotal 20\nproduct ${product}\nchecksum ${file} ${checksum}\n`;
    const [product, checksum] = [expectedProduct(computations, 3), files[0]!.checksum];
    const failures = (...texts: string[]): string[] =>
      workChecks(
        texts.map((one, at) => ({ run: { method: at === 0 ? 'normal' : 'uring', polling: EACH_TASK }, report: parseGuestReport(one) })),
        { reads: 1, computations: 1, unit: 3, blocking: false, isReports: false },
        files,
      )
        .filter(({ pass }) => !pass)
        .map(({ name }) => name);
    const right = text('4K', product, checksum);
    expect(failures(right, right)).toEqual([]);
    expect(failures(right, text('4K', '1', checksum))).toEqual(['uring: the product of all multiplications']);
    expect(failures(right, text('4K', product, '0'))).toEqual(['uring: what was read is what the files hold']);
    expect(failures(right, text('4M', product, files[1]!.checksum))).toEqual(['uring: every task is done, the same ones by every method']);
  });

  it('notice an interval of polling that is better in both respects', () => {
    const at = (interval_cycles: number, later_cycles: number, longer_cycles: number): SweepRow => ({
      kind: 'sweep',
      polling: EACH_TASK,
      interval_cycles,
      polls: 1,
      total_cycles: 1000,
      later_cycles,
      longer_cycles,
      hidden: true,
    });
    expect(sweepChecks([at(100, -9, 200), at(1000, 50, 20), at(10_000, 400, 0)])).toMatchObject([{ pass: true }]);
    expect(sweepChecks([at(100, -9, 200), at(1000, 0, 0)])).toMatchObject([{ pass: false }]);
  });
});

describe('its arithmetic', () => {
  it.each([['read 4K 0 5 6\ntotal 9\n'], ['total 9\nproduct 1\n'], ['read 5K 0 5 6\n'], ['']])(
    'does not believe a guest that prints %j',
    (text) => {
      expect(() => parseGuestReport(text)).toThrow('the guest printed');
    },
  );

  it('multiplies as the guest does', () => {
    let product = 1n;
    for (let step = 0; step < 35; step++) product = BigInt.asUintN(64, product * 0x9e3779b97f4a7c15n);
    expect(
      expectedProduct(
        [2, 3].map((factor) => ({ factor, began: 0, ended: 0 })),
        7,
      ),
    ).toBe(product.toString(16));
  });

  it('takes handlers out of the computations that they interrupted', () => {
    const report = parseGuestReport(
      'read 4K 0 40 50\nread 4K 60 90 95\ncompute 1 10 100\nhandler 40 60\nhandler 90 110\ntotal 110\nproduct 1\n',
    );
    const { computing, handling, latencies } = rowOf({ run: { method: 'uintr', polling: EACH_TASK }, report }, 2e9);
    expect([computing, handling, latencies.map(({ sum: all }) => all)]).toEqual([60, 40, [70]]);
  });

  it('plans each interval once', () => {
    const plan = planOf(['normal', 'uring', 'uintr'], true).map(({ method: name, polling }) => `${name} ${polling.tasks} ${polling.chunk}`);
    expect(new Set(plan).size).toBe(plan.length);
    expect(plan.filter((one) => one === 'uring 1 0')).toHaveLength(1);
  });
});
