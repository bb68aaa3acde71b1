// Two parties exchange messages by one mechanism after another, user interrupts and the classic ones, spinning and blocking.

import { type CostSetting, costsUsed, presetOption } from '../cost-setting.ts';
import { define, type ExperimentContext, integerOption, type Outcome } from '../experiment.ts';
import { guestProgram, type GuestProgram } from '../guest-program.ts';
import { runOnMachine } from '../machine-run.ts';
import { inParallel } from '../parallel.ts';
import { checksOf } from './checks.ts';
import { describe } from './describe.ts';
import { parseGuestReport } from './guest-report.ts';
import { chosenMechanisms, chosenSizes, MOST_BYTES, planOf } from './plan.ts';
import { type IpcRow, type Measured, rowsOf } from './row.ts';

/** The guest's arrays hold 22000 rounds, a tenth more than are measured. */
const MOST_ROUNDS = 20_000;

export const ipc = define<IpcRow>({
  name: 'ipc',
  title: 'Inter-process communication by user interrupts and by classic means',
  measures:
    'Time of a round, and rounds a second, of a ping-pong of two parties: user interrupts between threads and processes, signals, eventfd, pipes, sockets, message queues, semaphores, futexes and polled memory, each spinning and blocking; by RDTSC in the guest.',
  sources: [
    'the report’s tables of message rates, emulated and physical',
    'cover letter of the Linux RFC "x86 User Interrupts support", September 2021',
  ],
  options: [
    { flags: '--count <n>', description: `rounds measured in each run, at most ${MOST_ROUNDS}; a tenth more is warm-up`, fallback: '1000' },
    { flags: '--size <bytes>', description: `of a message, 1 to ${MOST_BYTES}, several with commas between`, fallback: '1,64,4096' },
    { flags: '--mechanism <names>', description: 'only these, with commas between', fallback: 'all' },
    presetOption,
  ],
  run,
  describe,
});

async function run(context: ExperimentContext): Promise<Outcome<IpcRow>> {
  const { client, signal, seed } = context;
  const count = integerOption(context, 'count', 1, MOST_ROUNDS);
  const warmUp = Math.ceil(count / 10);
  const sizes = chosenSizes(context.options['size']!);
  const mechanisms = chosenMechanisms(context.options['mechanism']!);
  const costs: CostSetting = await costsUsed(context);
  const programs = new Map<string, GuestProgram>();
  for (const { program } of mechanisms) if (!programs.has(program)) programs.set(program, await guestProgram(program));
  const spec = {
    vcpus: 2,
    abi: 'ABI_POC',
    cost_preset: costs.preset,
    cost_overrides: context.costs,
    seed,
    // As little as can be: nothing is read from the events.
    event_kinds: ['process_exited'],
  } as const;

  const plan = planOf(mechanisms, sizes);
  const { workers } = await client.lab.GetServerInfo({}, { signal });
  let done = 0;
  const measured = await inParallel(plan, workers, async (one): Promise<Measured> => {
    const { mechanism, waiting, placement, size } = one;
    const words = [mechanism.name, waiting, String(count), String(warmUp), String(size), String(seed)];
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

  const rows = rowsOf(measured, costs.hertz);
  return {
    rows,
    checks: checksOf(rows, count, Object.keys(context.costs).length > 0),
    spec: {
      count,
      warm_up: warmUp,
      sizes,
      mechanisms: mechanisms.map(({ name }) => name),
      seed: String(seed),
      programs: [...programs.values()].map(({ name, sha256 }) => ({ name, sha256 })),
      machine: { vcpus: spec.vcpus, abi: spec.abi, cost_preset: costs.preset, cost_overrides: costs.overrides, hertz: costs.hertz },
      costs: costs.table,
    },
  };
}
