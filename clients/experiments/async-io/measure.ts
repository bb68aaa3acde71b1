// Runs of guests/async-io, a machine each and as many at a time as there are workers. The files travel to the daemon once.

import { uploadArtifact } from '../../ts/upload.ts';
import type { CostSetting } from '../cost-setting.ts';
import type { ExperimentContext } from '../experiment.ts';
import { guestProgram, type GuestProgram } from '../guest-program.ts';
import { runOnMachine } from '../machine-run.ts';
import { inParallel } from '../parallel.ts';
import { type GuestReport, parseGuestReport } from './guest-report.ts';
import type { PlannedRun, Workload } from './plan.ts';
import type { TaskFile } from './task-files.ts';

const PROGRAM = 'async-io/async_io.poc';
const DIRECTORY = '/data';
/** The files, and room for the program. */
const FILE_BYTES = 64n << 20n;

export interface Measured {
  readonly run: PlannedRun;
  readonly report: GuestReport;
}

export interface Measurement {
  readonly measured: readonly Measured[];
  readonly program: GuestProgram;
}

export async function measure(
  context: ExperimentContext,
  plan: readonly PlannedRun[],
  { reads, computations, unit, blocking }: Workload,
  contents: readonly TaskFile[],
  { preset }: CostSetting,
): Promise<Measurement> {
  const { client, signal, seed, labels } = context;
  const program = await guestProgram(PROGRAM);
  const spec = {
    vcpus: 2,
    abi: 'ABI_POC',
    cost_preset: preset,
    cost_overrides: context.costs,
    seed,
    // As little as can be: nothing is read from the events.
    event_kinds: ['process_exited'],
    limits: { file_bytes: FILE_BYTES },
  } as const;
  const { workers } = await client.lab.GetServerInfo({}, { signal });
  const files: { path: string; artifact: string }[] = [];
  let done = 0;
  try {
    for (const { name, content } of contents)
      files.push({ path: `${DIRECTORY}/${name}`, artifact: await uploadArtifact(client, content, labels) });
    const measured = await inParallel(plan, workers, async (run): Promise<Measured> => {
      const { method, polling } = run;
      context.progress(done, plan.length, titleOf(run));
      const numbers = [reads, computations, seed, unit, polling.tasks, polling.chunk].map(String);
      const words = [method, DIRECTORY, ...numbers, ...(blocking ? ['block'] : [])];
      const { stdout } = await runOnMachine(client, { program, arguments: words, spec, files, labels }, signal);
      context.progress(++done, plan.length, titleOf(run));
      return { run, report: parseGuestReport(stdout) };
    });
    return { measured, program };
  } finally {
    await Promise.all(files.map(({ artifact }) => client.artifacts.DeleteArtifact({ name: artifact }).catch(() => {})));
  }
}

function titleOf({ method, polling: { tasks, chunk } }: PlannedRun): string {
  if (chunk > 0) return `${method}, a poll every ${chunk} multiplications`;
  return tasks > 1 ? `${method}, a poll every ${tasks} computations` : method;
}
