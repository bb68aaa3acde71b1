// Reads behind computations: by blocking calls, by a polled ring, and by a ring whose completions are user interrupts.

import { costsUsed, presetOption } from '../cost-setting.ts';
import { define, type ExperimentContext, flagOption, type Outcome } from '../experiment.ts';
import { REPORT_PRESET, reportChecks, sweepChecks, workChecks } from './checks.ts';
import { describe } from './describe.ts';
import { measure } from './measure.ts';
import { chosenMethods, EACH_TASK, planOf, REPORT_TASKS, REPORT_UNIT, workloadOf } from './plan.ts';
import { type MethodRow, rowOf } from './row.ts';
import { type SweepRow, sweepRows } from './sweep.ts';
import { taskFiles } from './task-files.ts';

export type AsyncIoRow = MethodRow | SweepRow;

export const asyncIo = define<AsyncIoRow>({
  name: 'async-io',
  title: 'Asynchronous I/O with completion by user interrupt',
  measures:
    'The same reads of whole files and the same computations by three methods: blocking reads, io_uring whose completions are polled between computations, and the same ring with a user interrupt for each completion. Total time and the latency of each read, by RDTSC in the guest; the clock stops when every read is done.',
  sources: ['the report on user interrupts for IPC and asynchronous I/O, 2022', 'xUI, ASPLOS 2025'],
  options: [
    { flags: '--io <n>', description: 'reads of 4 KiB, 4 MiB or 40 MiB', fallback: String(REPORT_TASKS.reads) },
    { flags: '--compute <n>', description: 'computations', fallback: String(REPORT_TASKS.computations) },
    { flags: '--method <names>', description: 'only these, with commas between', fallback: 'normal,uring,uintr' },
    { flags: '--scale <factor>', description: 'multiplies both numbers of tasks', fallback: '1.0' },
    { flags: '--unit <n>', description: 'a computation is 1 to 10 times as many multiplications', fallback: String(REPORT_UNIT) },
    { flags: '--blocking', description: 'wait in the kernel, not in a loop, when nothing is left to compute', fallback: 'false' },
    { flags: '--sweep', description: 'poll at other intervals too, to see where polling breaks even', fallback: 'false' },
    { ...presetOption, fallback: REPORT_PRESET },
  ],
  run,
  describe,
});

async function run(context: ExperimentContext): Promise<Outcome<AsyncIoRow>> {
  const workload = workloadOf(context);
  const sweeps = flagOption(context, 'sweep');
  const methods = chosenMethods(context.options['method']!);
  const plan = planOf(methods, sweeps);
  const costs = await costsUsed(context);
  const files = taskFiles();
  const { measured, program } = await measure(context, plan, workload, files, costs);
  const rows = measured.filter(({ run: { polling } }) => polling === EACH_TASK).map((one) => rowOf(one, costs.hertz));
  const swept = sweeps ? sweepRows(measured) : [];
  // With costs or tasks of one's own there is no published figure to meet.
  const isReports = workload.isReports && Object.keys(context.costs).length === 0;
  return {
    rows: [...rows, ...swept],
    checks: [
      ...workChecks(measured, workload, files),
      ...(isReports ? reportChecks(rows, costs.preset) : []),
      ...(sweeps ? sweepChecks(swept) : []),
    ],
    spec: {
      methods: [...methods],
      reads: workload.reads,
      computations: workload.computations,
      unit: workload.unit,
      blocking: workload.blocking,
      sweep: sweeps,
      seed: String(context.seed),
      program: { name: program.name, sha256: program.sha256 },
      files: files.map(({ name, content, checksum }) => ({ name, bytes: content.length, checksum })),
      machine: { vcpus: 2, abi: 'ABI_POC', cost_preset: costs.preset, cost_overrides: costs.overrides, hertz: costs.hertz },
      costs: costs.table,
    },
  };
}
