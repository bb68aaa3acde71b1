// Two parties exchange messages by one mechanism after another, user interrupts and the classic ones, spinning and blocking.

import { type CostSetting, costsUsed, presetOption } from '../cost-setting.ts';
import { define, type ExperimentContext, integerOption, type Outcome } from '../experiment.ts';
import { checksOf } from './checks.ts';
import { describe } from './describe.ts';
import { measure, MOST_ROUNDS, warmUpOf } from './measure.ts';
import { chosenMechanisms, chosenSizes, MOST_BYTES, planOf } from './plan.ts';
import { type IpcRow, rowsOf } from './row.ts';

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
  const { seed } = context;
  const count = integerOption(context, 'count', 1, MOST_ROUNDS);
  const sizes = chosenSizes(context.options['size']!);
  const mechanisms = chosenMechanisms(context.options['mechanism']!);
  const costs: CostSetting = await costsUsed(context);
  const { measured, programs } = await measure(context, planOf(mechanisms, sizes), count, costs);
  const rows = rowsOf(measured, costs.hertz);
  return {
    rows,
    checks: checksOf(rows, count, Object.keys(context.costs).length > 0),
    spec: {
      count,
      warm_up: warmUpOf(count),
      sizes,
      mechanisms: mechanisms.map(({ name }) => name),
      seed: String(seed),
      programs,
      machine: { vcpus: 2, abi: 'ABI_POC', cost_preset: costs.preset, cost_overrides: costs.overrides, hertz: costs.hertz },
      costs: costs.table,
    },
  };
}
