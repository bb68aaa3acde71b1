// Holds the cost model against what was published: single calls, preemption, latency and ratios of ping-pongs.

import { costsUsed, type CostSetting } from '../cost-setting.ts';
import { define, type ExperimentContext, integerOption, type Outcome } from '../experiment.ts';
import { guestProgram } from '../guest-program.ts';
import { measure, warmUpOf } from '../ipc/measure.ts';
import { MECHANISMS } from '../ipc/mechanisms.ts';
import { planOf, type PlannedRun } from '../ipc/plan.ts';
import { rowsOf } from '../ipc/row.ts';
import { parseGuestReport } from '../latency/guest-sample.ts';
import { runOnMachine } from '../machine-run.ts';
import { summarize } from '../statistics.ts';
import { checksOf } from './checks.ts';
import { describe } from './describe.ts';
import { figureRow, type FigureRow, preemptions, ratios } from './figures.ts';
import { PREEMPTION, sweep, type SweepRow } from './preemption.ts';
import { parsePrimitives, PRIMITIVES } from './primitives.ts';

export type CalibrateRow = FigureRow | SweepRow;

const LATENCY = 'latency.poc';
/** As the published ping-pong by pipe has it. */
const PIPE_BYTES = 8;
const MOST = 10_000;

export const calibrate = define<CalibrateRow>({
  name: 'calibrate',
  title: 'The cost model and what was published',
  measures:
    'Every published figure that the cost model must meet, or was made from, beside what machines come to by RDTSC in the guest: single calls, a user interrupt end to end, preemption by quantum, and ratios of ping-pongs.',
  sources: [
    'xUI, ASPLOS 2025',
    'Aspen, NSDI 2025',
    'PreemptDB, SIGMOD 2025',
    'cover letter of the Linux RFC "x86 User Interrupts support", September 2021',
    'measurements on a Sapphire-Rapids-class VM',
  ],
  options: [
    { flags: '--count <n>', description: `rounds of each measurement, at most ${MOST}; a tenth more is warm-up`, fallback: '200' },
    { flags: '--preemptions <n>', description: 'at each quantum, while the work alone would last', fallback: '50' },
  ],
  run,
  describe,
});

async function run(context: ExperimentContext): Promise<Outcome<CalibrateRow>> {
  const { client, signal, seed } = context;
  const count = integerOption(context, 'count', 1, MOST);
  const most = integerOption(context, 'preemptions', 1, MOST);
  const costs = await costsUsed(context);
  const { workers } = await client.lab.GetServerInfo({}, { signal });
  const [primitives, latency, preemption] = [await guestProgram(PRIMITIVES), await guestProgram(LATENCY), await guestProgram(PREEMPTION)];
  const output = async (program: typeof latency, ...words: readonly string[]): Promise<string> =>
    (await runOnMachine(client, { program, arguments: words, spec: specOf(context, costs), labels: context.labels }, signal)).stdout;

  const measurements = new Map(parsePrimitives(await output(primitives, String(count))));
  for (const [name, cycles] of latencies(await output(latency, 'user', String(count), String(warmUpOf(count)), String(seed))))
    measurements.set(name, cycles);
  const swept = await sweep(context, preemption, most, costs, workers);
  for (const [name, cycles] of preemptions(swept)) measurements.set(name, cycles);
  const pipe = MECHANISMS.find(({ name }) => name === 'pipe')!;
  const alone: PlannedRun = { mechanism: pipe, waiting: 'block', placement: 'one vCPU', size: PIPE_BYTES };
  const { measured, programs } = await measure(context, [...planOf(MECHANISMS, [1]), alone], count, costs);
  const ipc = rowsOf(measured, costs.hertz);
  for (const [name, ratio] of ratios(ipc)) measurements.set(name, ratio);
  measurements.set('pipe_ping_pong', ipc.at(-1)!.cycles.avg);

  const figures = costs.figures.map((figure) => figureRow(figure, measurements, costs.hertz));
  return {
    rows: [...figures, ...swept],
    checks: checksOf(figures, swept, ipc, count),
    spec: {
      count,
      preemptions: most,
      seed: String(seed),
      programs: [...[primitives, latency, preemption].map(({ name, sha256 }) => ({ name, sha256 })), ...programs],
      machine: { vcpus: 2, abi: 'ABI_POC', cost_preset: costs.preset, cost_overrides: costs.overrides, hertz: costs.hertz },
      costs: costs.table,
    },
  };
}

function specOf({ seed, costs }: ExperimentContext, { preset }: CostSetting) {
  return { vcpus: 2, abi: 'ABI_POC', cost_preset: preset, cost_overrides: costs, seed, event_kinds: ['process_exited'] } as const;
}

function latencies(stdout: string): [string, number][] {
  const { samples, around } = parseGuestReport(stdout);
  const median = (values: readonly number[]): number => summarize(values).p50;
  const endToEnd = median(samples.map(({ before, began }) => began - before - around));
  return [
    ['uipi_end_to_end', endToEnd],
    ['uipi_one_way_p50', endToEnd],
    ['senduipi_aspen', median(samples.map(({ before, after }) => after - before - around))],
  ];
}
