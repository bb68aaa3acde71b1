// From SENDUIPI to the first instruction of the handler, by what the receiver is doing then, leg by leg.

import { costsUsed } from '../cost-setting.ts';
import { define, type ExperimentContext, integerOption, OptionError, type Outcome } from '../experiment.ts';
import { guestProgram } from '../guest-program.ts';
import { runOnMachine } from '../machine-run.ts';
import { checksOf } from './checks.ts';
import { describe } from './describe.ts';
import { parseGuestReport } from './guest-sample.ts';
import type { CostTable, Measurement } from './leg.ts';
import { type LatencyRow, rowOf } from './row.ts';
import { SLEEP_CYCLES, SLEEP_NANOSECONDS, type State, STATES } from './states.ts';
import { type Way, WAY_KINDS, waysOf } from './way.ts';

const PROGRAM = 'latency.poc';
/** The guest's arrays hold 20000 rounds with the warm-up. */
const MOST_REPETITIONS = 10_000;

export const latency = define<LatencyRow>({
  name: 'latency',
  title: 'Latency of a user interrupt, by the state of its receiver',
  measures:
    'From SENDUIPI to the first instruction of the handler: receiver running in user mode, running in the kernel, descheduled, and blocked in each WAITING mode; leg by leg from the machine’s events, and by RDTSC in the guest.',
  sources: ['xUI, ASPLOS 2025', 'PreemptDB, SIGMOD 2025', 'cover letter of the Linux RFC "x86 User Interrupts support", September 2021'],
  options: [
    { flags: '--repetitions <n>', description: `interrupts measured in each state, at most ${MOST_REPETITIONS}`, fallback: '200' },
    { flags: '--warm-up <n>', description: 'interrupts before them that are not measured', fallback: '20' },
    { flags: '--states <names>', description: 'only these, with commas between', fallback: 'all' },
  ],
  run,
  describe,
});

async function run(context: ExperimentContext): Promise<Outcome<LatencyRow>> {
  const { client, signal, seed } = context;
  const repetitions = integerOption(context, 'repetitions', 1, MOST_REPETITIONS);
  const warmUp = integerOption(context, 'warm-up', 1, MOST_REPETITIONS);
  const states = chosenStates(context.options['states']!);
  const program = await guestProgram(PROGRAM);
  const { preset, hertz, overrides, table, cycles } = await costsUsed(context);
  const costs: CostTable = { ...cycles, [SLEEP_CYCLES]: Math.round((SLEEP_NANOSECONDS * hertz) / 1e9) };
  const spec = {
    vcpus: 2,
    abi: 'ABI_POC',
    cost_preset: preset,
    cost_overrides: context.costs,
    seed,
    event_kinds: WAY_KINDS,
  } as const;

  const rows: LatencyRow[] = [];
  for (const [at, state] of states.entries()) {
    context.progress(at, states.length, state.title);
    const ran = await runOnMachine(
      client,
      { program, arguments: [state.name, String(repetitions), String(warmUp), String(seed)], spec, labels: context.labels },
      signal,
    );
    const { samples, taken, around } = parseGuestReport(ran.stdout);
    const ways = waysOf(ran.events);
    const measured = samples.map((guest, index): Measurement | undefined => {
      const way = ways[warmUp + index];
      return way && { way, guest, around, costs };
    });
    const counts = {
      sent: repetitions + warmUp,
      delivered: ran.events.filter((event) => event.user_interrupt_delivered !== undefined).length,
      handled: taken,
      attributed: ways.filter((way) => way !== undefined && attributed(way)).length,
    };
    rows.push(
      rowOf(
        state,
        measured.filter((one) => one !== undefined),
        counts,
        hertz,
      ),
    );
  }
  context.progress(states.length, states.length, 'done');
  return {
    rows,
    checks: checksOf(rows, costs, Object.keys(context.costs).length > 0),
    spec: {
      repetitions,
      warm_up: warmUp,
      states: states.map(({ name }) => name),
      seed: String(seed),
      program: { name: program.name, sha256: program.sha256 },
      machine: {
        vcpus: spec.vcpus,
        abi: spec.abi,
        cost_preset: preset,
        cost_overrides: overrides,
        hertz,
      },
      costs: table,
    },
  };
}

function chosenStates(text: string): readonly State[] {
  if (text === 'all') return STATES;
  return text.split(',').map((name) => {
    const state = STATES.find((one) => one.name === name.trim());
    if (!state) throw new OptionError(`--states: "${name.trim()}" is none of ${STATES.map((one) => one.name).join(', ')}`);
    return state;
  });
}

/** The delivery says which interrupt it is and who sent it; where it lists all interrupts behind it, it lists this one alone. */
function attributed({ interrupt, sender, delivered }: Way): boolean {
  const { interrupt: named, senders, interrupts } = delivered.user_interrupt_delivered!;
  const alone = interrupts.length === 0 || (interrupts.length === 1 && interrupts[0] === interrupt);
  return named === interrupt && alone && senders.length === 1 && senders[0] === BigInt(sender);
}
