// Runs of guests/ipc, a machine each and several at a time.

import type { CostSetting } from '../cost-setting.ts';
import type { Data, ExperimentContext } from '../experiment.ts';
import { guestProgram, type GuestProgram } from '../guest-program.ts';
import { runOnMachine } from '../machine-run.ts';
import { inParallel } from '../parallel.ts';
import { parseGuestReport } from './guest-report.ts';
import type { PlannedRun } from './plan.ts';
import type { Measured } from './row.ts';

/** The guest's arrays hold 22000 rounds, a tenth more than are measured. */
export const MOST_ROUNDS = 20_000;

export const warmUpOf = (count: number): number => Math.ceil(count / 10);

export interface Measurement {
  /** In the order of the plan. */
  readonly measured: readonly Measured[];
  readonly programs: readonly { readonly [name: string]: Data }[];
}

export async function measure(
  context: ExperimentContext,
  plan: readonly PlannedRun[],
  count: number,
  { preset }: CostSetting,
): Promise<Measurement> {
  const { client, signal, seed } = context;
  const programs = new Map<string, GuestProgram>();
  for (const { program } of plan.map(({ mechanism }) => mechanism))
    if (!programs.has(program)) programs.set(program, await guestProgram(program));
  const spec = {
    vcpus: 2,
    abi: 'ABI_POC',
    cost_preset: preset,
    cost_overrides: context.costs,
    seed,
    // As little as can be: nothing is read from the events.
    event_kinds: ['process_exited'],
  } as const;
  const { workers } = await client.lab.GetServerInfo({}, { signal });
  let done = 0;
  const measured = await inParallel(plan, workers, async (one): Promise<Measured> => {
    const { mechanism, waiting, placement, size } = one;
    const words = [mechanism.name, waiting, String(count), String(warmUpOf(count)), String(size), String(seed)];
    const ran = await runOnMachine(
      client,
      {
        program: programs.get(mechanism.program)!,
        arguments: placement === 'one vCPU' ? [...words, 'same'] : words,
        spec,
        labels: context.labels,
      },
      signal,
    );
    context.progress(++done, plan.length, `${mechanism.name}, ${waiting}`);
    return { run: one, report: parseGuestReport(ran.stdout) };
  });
  return { measured, programs: [...programs.values()].map(({ name, sha256 }) => ({ name, sha256 })) };
}
