import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { calibrate, type CalibrateRow } from '../../clients/experiments/calibrate/calibrate.ts';
import { figureRow, type FigureRow } from '../../clients/experiments/calibrate/figures.ts';
import { sweepRow } from '../../clients/experiments/calibrate/preemption.ts';
import { parsePrimitives } from '../../clients/experiments/calibrate/primitives.ts';
import type { PublishedFigure } from '../../src/gen/api.ts';
import type { Result } from '../../clients/experiments/experiment.ts';
import { ExperimentBench, failuresOf } from './experiment-bench.ts';

const bench = new ExperimentBench<CalibrateRow>(calibrate, { count: '6', preemptions: '3' });

const figure = ({ rows }: Result<CalibrateRow>, name: string): FigureRow =>
  rows.find((row): row is FigureRow => row.kind === 'figure' && row.name === name)!;

describe('calibrate', () => {
  it('passes with the constants as they are, and says of inputs that they are', async () => {
    const result = await bench.measure();
    expect(failuresOf(result)).toEqual([]);
    for (const { role, name, measured } of result.rows.filter((row): row is FigureRow => row.kind === 'figure')) {
      const checks = result.checks.filter((check) => check.name.startsWith(`${name}: `));
      expect(checks).toHaveLength(role === 'context' ? 0 : 1);
      expect(checks.every((check) => check.name.includes('self-consistency') === (role === 'input'))).toBe(true);
      if (role !== 'context') expect(measured).not.toBeNull();
    }
    expect(figure(result, 'uipi_end_to_end').measured).toBe(1362);
    bench.page(result);
  }, 120_000);

  it('fails where a constant is implausible, and only what that constant is in', async () => {
    const names = failuresOf(await bench.measure({}, { signal_delivery: 20_000n })).map((name) => name.split(':')[0]);
    expect(names).toContain('signal_to_self');
    expect(names).toContain('preemption_signal');
    expect(names).not.toContain('preemption_uipi');
    expect(names).not.toContain('sched_yield');
    expect(names).not.toContain('ratio_pipe');
  }, 120_000);

  it.each([
    [{ count: '0' }, '--count: "0" is not an integer from 1 to 10000'],
    [{ preemptions: 'few' }, '--preemptions: "few"'],
  ])('refuses %j', (options, message) => bench.expectRefused(options, message));
});

describe('its arithmetic', () => {
  const published: PublishedFigure = {
    name: 'one',
    what: 'one thing',
    value: 100_000n,
    unit: 'ns',
    from: 90_000n,
    to: 110_000n,
    role: 'FIGURE_ROLE_CHECK',
    hertz: 2_900_000_000n,
    source: 'nobody',
  };

  it.each<[string, Partial<PublishedFigure>, number]>([
    ['ns of a core at 2.9 GHz', {}, 100],
    ['ns of an unknown core', { hertz: 0n }, 145],
    ['cycles', { unit: 'cycles' }, 290],
    ['a ratio', { unit: 'x UIPI' }, 290],
  ])('290 measured on a machine of 2 GHz, figure in %s', (_, change, measured) => {
    expect(figureRow({ ...published, ...change }, new Map([['one', 290]]), 2e9)).toMatchObject({ published: 100, measured, role: 'check' });
  });

  it('has no figure of what was not measured', () => {
    expect(figureRow(published, new Map(), 2e9).measured).toBeNull();
  });

  it('takes the slowdown as the lost part of the time', () => {
    expect(sweepRow('uintr', 5, 'alone 900\npreempted 1000\nhandled 4\nsaturated 0\n')).toMatchObject({ slowdown_percent: 10, cycles: 25 });
    expect(sweepRow('signal', 2, 'alone 900\npreempted 5000\nhandled 4\nsaturated 1\n')).toMatchObject({
      slowdown_percent: null,
      cycles: null,
    });
    expect(() => sweepRow('uintr', 5, 'alone 900\n')).toThrow('the guest printed');
  });
});

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('its program of single calls on this kernel', () => {
  it('measures every call', () => {
    const path = fileURLToPath(new URL('../../guests/bin/calibrate/primitives', import.meta.url));
    const { stdout, status } = spawnSync(path, ['200'], { encoding: 'utf8', timeout: 30_000 });
    expect(status).toBe(0);
    const cycles = parsePrimitives(stdout);
    for (const name of ['syscall', 'sched_yield', 'eventfd_write_read', 'pipe_write_read', 'signal_to_self'])
      expect(cycles.get(name)).toBeGreaterThan(0);
  });
});
