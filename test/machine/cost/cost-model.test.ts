// The table of costs: every constant has a source, no figure is an input and a check, and the sums of section "derived" come out.

import { describe, expect, it } from 'vitest';
import { CONSTANTS, type CycleCostName } from '../../../src/machine/cost/constants.ts';
import { completeSpec } from '../../../src/machine/machine-spec.ts';
import { type CostName, costBounds, costRows, PRESETS, resolveCosts } from '../../../src/machine/cost/presets.ts';
import { PUBLISHED } from '../../../src/machine/cost/published.ts';
import { DEVICE_CONSTANTS, storageModel } from '../../../src/machine/cost/storage.ts';

const figure = (name: string) => PUBLISHED.find((one) => one.name === name)!;
const cycles = (name: CycleCostName): number => CONSTANTS[name].cycles;
/** What a figure in nanoseconds is in cycles of the core it was measured on. */
const inCycles = (name: string): number => (figure(name).value * figure(name).hertz) / 1e9;

describe('the cost model', () => {
  it.each(Object.entries(CONSTANTS))('%s has cycles and a source', (_, { cycles: value, source }) => {
    expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
    if (value === 0) expect(source).toMatch(/^assumed: .+/);
    expect(source).toMatch(/^(assumed|derived|measured|xUI|shared-memory)/);
  });

  it.each(PUBLISHED.map((one) => [one.name, one] as const))('%s is one row with one role and bounds around its value', (name, one) => {
    expect(PUBLISHED.filter((other) => other.name === name)).toHaveLength(1);
    expect(name in CONSTANTS ? one.role : 'input').toBe('input');
    expect(one.from).toBeLessThan(one.value);
    expect(one.to).toBeGreaterThan(one.value);
    expect(one.source).not.toBe('');
  });

  it.each<[string, number, number]>([
    ['UIPI end to end', cycles('senduipi') + cycles('ipi_flight') + cycles('notification_processing') + cycles('delivery'), 1360],
    ["the receiver's part of it", cycles('notification_processing') + cycles('delivery') + cycles('uiret'), 720],
    ['a system call', cycles('syscall'), inCycles('syscall')],
    ['eventfd write + read', 2 * (cycles('syscall') + cycles('eventfd_operation')), inCycles('eventfd_write_read')],
    ['pipe write + read', 2 * (cycles('syscall') + cycles('pipe_operation')), inCycles('pipe_write_read')],
    [
      'pipe ping-pong on one CPU',
      2 * (2 * (cycles('syscall') + cycles('pipe_operation')) + cycles('wake_up') + cycles('context_switch')),
      inCycles('pipe_ping_pong'),
    ],
    [
      'waking an idle CPU',
      cycles('ipi_flight') + cycles('kernel_interrupt') + cycles('idle_exit') + cycles('context_switch'),
      (6300 * 2_000_000_000) / 1e9,
    ],
  ])('%s is the sum of its primitives, rounding aside', (_, sum, expected) => {
    expect(Math.abs(sum - expected)).toBeLessThanOrEqual(4);
  });

  it.each<[string, number, number]>([
    ['4 KiB', 1, 259],
    ['4 MiB', 1024, 38_753],
    ['40 MiB', 10_240, 698_487],
  ])("reads of %s cost what the report's normal row says", (_, pages, microseconds) => {
    const { costs, hertz, lastLevelCache } = PRESETS['report-2022']!;
    const far = pages * 4096 > lastLevelCache ? costs.copy_far_per_64_bytes.cycles : 0;
    const page = costs.page_cache_page.cycles + 64 * (costs.copy_per_64_bytes.cycles + far);
    const read = costs.syscall.cycles + costs.file_operation.cycles + pages * page;
    expect(((read / hertz) * 1e6 * 200) / 3 / microseconds).toBeCloseTo(1, 2);
  });

  it.each(Object.entries(DEVICE_CONSTANTS))('%s has a value within its bounds, a unit and a source', (name, { value, unit, source }) => {
    const { least, most, multiple } = costBounds(name as CostName);
    expect(value >= least && value <= most && value % multiple === 0).toBe(true);
    expect(unit).not.toBe('');
    expect(source).toMatch(/^assumed: .+/);
  });

  it('lists the figures of devices with the other rows, the same at every clock, and makes devices of them', () => {
    const rows = costRows(PRESETS['report-2022']!, { nvme_depth: 8 });
    expect(rows.find(({ name }) => name === 'nvme_depth')).toMatchObject({ value: 8, unit: 'commands', overridden: true });
    expect(rows.find(({ name }) => name === 'disk_read_latency')).toMatchObject({
      value: 8_000_000,
      unit: 'nanoseconds',
      overridden: false,
    });
    const costs = resolveCosts(PRESETS['spr-2.0ghz']!, { nvme_depth: 8, disk_bandwidth: 1000 });
    expect(storageModel('nvme', costs)).toMatchObject({ name: 'nvme0n1', figures: { depth: 8, channels: 16, bandwidth: 7e9 } });
    expect(storageModel('disk', costs)).toMatchObject({ rotational: true, figures: { depth: 1, bandwidth: 1000 } });
    expect(storageModel('none', costs)).toBeNull();
  });

  it('keeps cycles from clock to clock, and takes overrides', () => {
    const [slow, fast] = [PRESETS['spr-2.0ghz']!, PRESETS['spr-vm-2.9ghz']!];
    expect(resolveCosts(fast, {})).toEqual(resolveCosts(slow, {}));
    expect(fast.hertz / slow.hertz).toBe(1.45);
    expect(resolveCosts(slow, { uiret: 0 }).uiret).toBe(0);
  });

  it.each([
    [{ instruction: 0.05 }, 'must be an integer, got 0.05; a flat cost is whole cycles, and 0 asks for the estimate'],
    [{ instruction: 1 / 17 }, 'must be an integer, got 0.0588'],
    [{ instruction: -1 }, 'must be from 0 to 4095, got -1; a flat cost is whole cycles'],
    [{ instruction: 4096 }, 'must be from 0 to 4095, got 4096; a flat cost is whole cycles'],
    [{ uiret: 1.5 }, 'must be an integer, got 1.5'],
  ])('refuses %j, with the field, the value and the remedy', (cost_overrides, text) => {
    const [name] = Object.keys(cost_overrides);
    expect(() => completeSpec({ cost_overrides })).toThrow(`spec.cost_overrides["${name}"]: ${text}`);
  });
});
