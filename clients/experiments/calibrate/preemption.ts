// A worker that is preempted at one quantum after another, by user interrupts and by signals: guests/calibrate/preemption.c.

import type { CostSetting } from '../cost-setting.ts';
import type { ExperimentContext } from '../experiment.ts';
import type { GuestProgram } from '../guest-program.ts';
import { runOnMachine } from '../machine-run.ts';
import { inParallel } from '../parallel.ts';

export const PREEMPTION = 'calibrate/preemption.poc';
export type By = 'uintr' | 'signal';

const QUANTA = [2, 5, 10, 20, 30, 50, 100];

export interface SweepRow {
  readonly kind: 'sweep';
  readonly by: By;
  readonly quantum_microseconds: number;
  readonly preemptions: number;
  /** Part of the worker's time that preemption takes, percent; by Aspen's rule cost / quantum. Null where the work makes no progress. */
  readonly slowdown_percent: number | null;
  /** Of one preemption. */
  readonly cycles: number | null;
}

export async function sweep(
  context: ExperimentContext,
  program: GuestProgram,
  preemptions: number,
  costs: CostSetting,
  workers: number,
): Promise<SweepRow[]> {
  const runs = (['uintr', 'signal'] as const).flatMap((by) => QUANTA.map((quantum) => ({ by, quantum })));
  let done = 0;
  return inParallel(runs, workers, async ({ by, quantum }): Promise<SweepRow> => {
    const cycles = Math.round((quantum * costs.hertz) / 1e6);
    const { stdout } = await runOnMachine(
      context.client,
      {
        program,
        arguments: [by, String(cycles), String(preemptions)],
        spec: {
          vcpus: 2,
          abi: 'ABI_POC',
          cost_preset: costs.preset,
          cost_overrides: context.costs,
          seed: context.seed,
          event_kinds: ['process_exited'],
        },
        labels: context.labels,
      },
      context.signal,
    );
    context.progress(++done, runs.length, `preemption by ${by}, ${quantum} us`);
    return sweepRow(by, quantum, stdout);
  });
}

export function sweepRow(by: By, quantum: number, stdout: string): SweepRow {
  const match = /^alone (\d+)\npreempted (\d+)\nhandled (\d+)\nsaturated ([01])\n$/.exec(stdout);
  if (!match) throw new Error(`the guest printed "${stdout}"`);
  const [alone, preempted, handled, saturated] = match.slice(1).map(Number) as [number, number, number, number];
  const known = saturated === 0 && handled > 0;
  return {
    kind: 'sweep',
    by,
    quantum_microseconds: quantum,
    preemptions: handled,
    slowdown_percent: known ? Math.round(((preempted - alone) / preempted) * 10_000) / 100 : null,
    cycles: known ? Math.round((preempted - alone) / handled) : null,
  };
}
